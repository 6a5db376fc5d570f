package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ChangeEvent;
import io.gravity.source.SourceConfig.Origin;
import io.gravity.source.SourceConfig.Timing;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

/** A binlog in which applications and Gravity take turns. */
class OwnTransactionsTest {
    private static final Schema ROW =
            SchemaBuilder.struct().field("id", Schema.INT64_SCHEMA).optional().build();
    private static final Schema ORIGIN_ROW = SchemaBuilder.struct()
            .field("origin", Schema.STRING_SCHEMA)
            .optional()
            .build();
    private static final Schema SOURCE = SchemaBuilder.struct()
            .field("db", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .field("ts_ms", Schema.INT64_SCHEMA)
            .build();

    private final ChangeSplitState state = new ChangeSplitState(Splits.binlog(4));
    private final List<Long> changes = new ArrayList<>();
    private final List<Long> echoes = new ArrayList<>();

    @Test
    void whatGravityWroteIsNoChange() throws Exception {
        read(new Origin("shop", false), row(100, 1, 1), mark(200, "shop"), row(200, 2, 2), row(300, 1, 3));
        assertThat(changes).containsExactly(1L, 3L);
        assertThat(echoes).isEmpty();
    }

    @Test
    void whereTheJobWritesItIsToldWhatItWrote() throws Exception {
        read(new Origin("shop", true), mark(200, "shop"), row(200, 2, 2), row(200, 3, 3), row(300, 1, 4));
        assertThat(echoes).containsExactly(2L, 3L);
        assertThat(changes).containsExactly(4L);
    }

    @Test
    void whatOthersOfAnotherOriginWroteAreChanges() throws Exception {
        read(new Origin("shop", true), mark(200, "elsewhere"), row(200, 2, 2), mark(300, "shop"), row(300, 2, 3));
        assertThat(changes).containsExactly(2L);
        assertThat(echoes).containsExactly(3L);
    }

    /** Behind its first row nothing tells whose a transaction is. */
    @Test
    void readingGoesOnAtTheBeginningOfAnOwnTransactionUntilItIsOver() throws Exception {
        pass(row(100, 1, 1));
        assertThat(offset()).isEqualTo("100:1");
        pass(mark(200, "shop"), row(200, 2, 2));
        assertThat(offset()).isEqualTo("100:1");
        pass(row(200, 3, 3), mark(300, "shop"));
        assertThat(offset()).as("the one before is complete").isEqualTo("200:3");
        pass(row(300, 2, 4), row(400, 1, 5));
        assertThat(offset()).isEqualTo("400:1");
    }

    private void pass(SourceRecord... records) throws Exception {
        for (var record : records) {
            state.passed(record);
        }
    }

    private String offset() {
        var offset = state.mark().offset();
        return offset.getPosition() + ":" + offset.getRestartSkipEvents();
    }

    private void read(Origin origin, SourceRecord... records) throws Exception {
        var emitter = new ChangeEmitter(
                new ChangeConverter("left", Timing.binlog(), ZoneOffset.UTC),
                new SourceMetrics(new UnregisteredMetricsGroup()),
                InstantSource.fixed(Instant.ofEpochMilli(9_000)),
                Duration.ZERO,
                origin);
        for (var record : records) {
            emitter.emitRecord(new SourceRecords(List.of(record)), new Output(), state);
        }
    }

    private static SourceRecord mark(long transaction, String origin) {
        var row = new Struct(ORIGIN_ROW).put("origin", origin);
        return record("gravity", "gravity_origin", transaction, 1, ORIGIN_ROW, row);
    }

    private static SourceRecord row(long transaction, long event, long id) {
        return record("shop", "orders", transaction, event, ROW, new Struct(ROW).put("id", id));
    }

    private static SourceRecord record(
            String database, String table, long transaction, long event, Schema schema, Struct row) {
        var envelope = SchemaBuilder.struct()
                .name("server." + database + "." + table + ".Envelope")
                .field("op", Schema.STRING_SCHEMA)
                .field("before", schema)
                .field("after", schema)
                .field("source", SOURCE)
                .build();
        var value = new Struct(envelope)
                .put("op", "c")
                .put("after", row)
                .put(
                        "source",
                        new Struct(SOURCE)
                                .put("db", database)
                                .put("table", table)
                                .put("ts_ms", 8_000L));
        var key = schema == ROW ? ROW : ORIGIN_ROW;
        Map<String, Object> offset = Map.of("file", "b.000001", "pos", transaction, "event", event, "row", 1L);
        return new SourceRecord(Map.of(), offset, "server." + database + "." + table, 0, key, row, envelope, value);
    }

    private final class Output implements SourceOutput<ChangeEvent> {
        @Override
        public void collect(ChangeEvent event) {
            throw new AssertionError(event);
        }

        @Override
        public void collect(ChangeEvent event, long timestamp) {
            (event.isEcho() ? echoes : changes).add((Long) event.after().value(0));
        }

        @Override
        public void emitWatermark(Watermark watermark) {}

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}
    }
}
