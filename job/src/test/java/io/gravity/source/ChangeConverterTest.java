package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.RowKey;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.source.SourceConfig.TimeColumn;
import io.gravity.source.SourceConfig.Timing;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class ChangeConverterTest {
    private static final TableId ORDERS = TableId.parse("shop.orders");
    private static final SourcePosition START = new SourcePosition(3, 100, 0, 0);
    private static final ChangeSplit SPLIT = new ChangeSplit(null, START, 5_000_000);
    private static final Map<String, ?> OFFSET =
            Map.of("file", "mysql-bin.000012", "pos", 4711L, "event", 2L, "row", 1L);

    private static final Schema ROW = SchemaBuilder.struct()
            .field("region", Schema.STRING_SCHEMA)
            .field(
                    "id",
                    SchemaBuilder.int64()
                            .parameter("__debezium.source.column.type", "BIGINT")
                            .build())
            .field("amount", SchemaBuilder.int32().optional().defaultValue(7).build())
            .optional()
            .build();
    private static final Schema KEY = SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field("region", Schema.STRING_SCHEMA)
            .build();
    private static final Schema ORIGIN = SchemaBuilder.struct()
            .field("db", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .field("ts_ms", Schema.INT64_SCHEMA)
            .build();
    private static final Schema ENVELOPE = envelope(ROW);

    private final ChangeConverter converter = new ChangeConverter("orders-db", Timing.binlog(), ZoneOffset.UTC);

    @Test
    void readsAnInsert() {
        var event = converter.convert(record("c", null, row("eu", 1, 5), OFFSET), SPLIT, 99);
        assertThat(event.source()).isEqualTo("orders-db");
        assertThat(event.table()).isEqualTo(ORDERS).isSameAs(event.target());
        assertThat(event.operation()).isEqualTo(Operation.INSERT);
        assertThat(event.before()).isNull();
        assertThat(event.after()).isEqualTo(Row.of("eu", 1L, 5L));
        assertThat(event.eventTimeMicros()).isEqualTo(8_000_000);
        assertThat(event.position()).isEqualTo(new SourcePosition(12, 4711, 2, 1));
        assertThat(event.captureTimeMicros()).isEqualTo(99);
        assertThat(event.version()).isZero();
    }

    @Test
    void keepsTheKeysOwnOrderOfColumns() {
        var event = converter.convert(record("c", null, row("eu", 1, 5), OFFSET), SPLIT, 99);
        assertThat(event.key()).isEqualTo(RowKey.of(ORDERS, 1L, "eu"));
        assertThat(event.schema().keyColumn(0)).isEqualTo(1);
        assertThat(event.schema().keyColumn(1)).isZero();
    }

    @Test
    void readsUpdatesAndDeletesWithBothImages() {
        var update = converter.convert(record("u", row("eu", 1, 5), row("eu", 1, 6), OFFSET), SPLIT, 99);
        var delete = converter.convert(record("d", row("eu", 1, 6), null, OFFSET), SPLIT, 99);
        assertThat(update.operation()).isEqualTo(Operation.UPDATE);
        assertThat(update.before()).isEqualTo(Row.of("eu", 1L, 5L));
        assertThat(update.after()).isEqualTo(Row.of("eu", 1L, 6L));
        assertThat(delete.operation()).isEqualTo(Operation.DELETE);
        assertThat(delete.after()).isNull();
        assertThat(delete.key()).isEqualTo(update.key());
    }

    @Test
    void aSnapshotRowCarriesThePositionAndTimeAtWhichReadingBegan() {
        var event = converter.convert(record("r", null, row("eu", 1, 5), OFFSET), SPLIT, 99);
        assertThat(event.isSnapshot()).isTrue();
        assertThat(event.position()).isEqualTo(START);
        assertThat(event.eventTimeMicros()).isEqualTo(5_000_000);
    }

    @Test
    void tellsTheTimeOfTheBinlogBesideTheColumns() {
        var timing = new Timing(List.of(new TimeColumn(new TablePattern("orders"), "id")), Duration.ofSeconds(1));
        var own = new ChangeConverter("orders-db", timing, ZoneOffset.UTC);
        var event = own.convert(record("c", null, row("eu", 6_500, 5), OFFSET), SPLIT, 99);
        assertThat(event.eventTimeMicros()).isEqualTo(6_499_000_000L);
        assertThat(own.committedMillis()).isEqualTo(7000);
        assertThat(own.convert(record("r", null, row("eu", 1, 5), OFFSET), SPLIT, 99)
                        .eventTimeMicros())
                .isEqualTo(5_000_000);
    }

    @Test
    void nullIsNotTheColumnsDefault() {
        var event = converter.convert(record("c", null, row("eu", 1, null), OFFSET), SPLIT, 99);
        assertThat(event.after()).isEqualTo(Row.of("eu", 1L, null));
    }

    @Test
    void changesOfOneTableShareASchemaUntilItChanges() {
        var one = convertInsert(ENVELOPE, row("eu", 1, 5));
        var two = convertInsert(ENVELOPE, row("eu", 2, 5));
        assertThat(two.schema()).isSameAs(one.schema());

        var wider = SchemaBuilder.struct()
                .field("region", Schema.STRING_SCHEMA)
                .field("id", Schema.INT64_SCHEMA)
                .field("amount", Schema.OPTIONAL_INT32_SCHEMA)
                .field("note", Schema.OPTIONAL_STRING_SCHEMA)
                .optional()
                .build();
        var three = convertInsert(
                envelope(wider),
                new Struct(wider).put("region", "eu").put("id", 3L).put("note", "x"));
        assertThat(three.schema().columnCount()).isEqualTo(4);
        assertThat(three.after()).isEqualTo(Row.of("eu", 3L, null, "x"));
        assertThat(convertInsert(ENVELOPE, row("eu", 4, 5)).schema()).isEqualTo(one.schema());
    }

    @Test
    void aPositionWithoutEventAndRowIsTheTransactionsBeginning() {
        assertThat(converter.position(Map.of("file", "bin.000001", "pos", 4L)))
                .isEqualTo(new SourcePosition(1, 4, 0, 0));
        assertThat(converter.position(Map.of("file", "bin.000002", "pos", 4L, "row", 3)))
                .isEqualTo(new SourcePosition(2, 4, 0, 3));
    }

    @Test
    void refusesATableWithoutKey() {
        var record = new SourceRecord(
                Map.of(), OFFSET, "topic", 0, null, null, ENVELOPE, value(ENVELOPE, "c", null, row("eu", 1, 5)));
        assertThatThrownBy(() -> converter.convert(record, SPLIT, 99))
                .isInstanceOfSatisfying(
                        GravityException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TABLE_WITHOUT_KEY))
                .hasMessage("source orders-db, table shop.orders has no primary key, so its rows can't be told apart."
                        + " Add one, or exclude the table.");
    }

    @Test
    void refusesAnOperationItDoesNotKnow() {
        assertThatThrownBy(() -> converter.convert(record("t", null, row("eu", 1, 5), OFFSET), SPLIT, 99))
                .isInstanceOf(GravityException.class)
                .hasMessage("source orders-db, table shop.orders: unknown operation t");
    }

    @Test
    void refusesABinlogFileWithoutNumber() {
        assertThatThrownBy(() -> ChangeConverter.fileNumber("mysql-bin.index"))
                .isInstanceOf(GravityException.class)
                .hasMessage("binlog file \"mysql-bin.index\": expected a name that ends with a dot and a number");
    }

    private ChangeEvent convertInsert(Schema envelope, Struct after) {
        var key = new Struct(KEY).put("id", after.getInt64("id")).put("region", after.getString("region"));
        return converter.convert(
                new SourceRecord(Map.of(), OFFSET, "topic", 0, KEY, key, envelope, value(envelope, "c", null, after)),
                SPLIT,
                99);
    }

    private static SourceRecord record(String operation, Struct before, Struct after, Map<String, ?> offset) {
        var image = after != null ? after : before;
        var key = new Struct(KEY).put("id", image.getInt64("id")).put("region", image.getString("region"));
        return new SourceRecord(
                Map.of(), offset, "topic", 0, KEY, key, ENVELOPE, value(ENVELOPE, operation, before, after));
    }

    private static Struct value(Schema envelope, String operation, Struct before, Struct after) {
        return new Struct(envelope)
                .put("op", operation)
                .put("before", before)
                .put("after", after)
                .put(
                        "source",
                        new Struct(ORIGIN)
                                .put("db", "shop")
                                .put("table", "orders")
                                .put("ts_ms", 8000L));
    }

    private static Struct row(String region, long id, Integer amount) {
        return new Struct(ROW).put("region", region).put("id", id).put("amount", amount);
    }

    private static Schema envelope(Schema row) {
        return SchemaBuilder.struct()
                .field("before", row)
                .field("after", row)
                .field("source", ORIGIN)
                .field("op", Schema.STRING_SCHEMA)
                .build();
    }
}
