package io.gravity.local.target;

import static io.gravity.local.target.AllKinds.delete;
import static io.gravity.local.target.AllKinds.insert;
import static io.gravity.local.target.AllKinds.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetWriter;
import io.gravity.dispatch.clickhouse.ClickHouseWriter;
import io.gravity.dispatch.schema.SchemaPolicy;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.local.server.ClickHouseServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClickHouseWriterIT {
    private static final TableId ORDERS = new TableId("shop", "orders");
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false),
                    new Column("name", ColumnType.of(Kind.TEXT, "VARCHAR"), true),
                    new Column("day", ColumnType.of(Kind.DATE, "DATE"), false)),
            0);
    private static final LocalDate DAY = LocalDate.of(2024, 2, 29);

    private static ClickHouseServer server;

    @BeforeAll
    static void startServer(@TempDir Path folder) {
        server = ClickHouseServer.start(folder);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void clear() {
        server.execute("DROP DATABASE IF EXISTS shop");
    }

    @Test
    void keepsEveryKindOfValueInATableItCreates() throws Exception {
        try (var writer = writer()) {
            writer.write(List.of(
                    insert(AllKinds.TABLE, AllKinds.SCHEMA, AllKinds.low(1)),
                    insert(AllKinds.TABLE, AllKinds.SCHEMA, AllKinds.high(2)),
                    insert(AllKinds.TABLE, AllKinds.SCHEMA, AllKinds.nulls(3))));
        }
        assertThat(query("SELECT id, tiny, utiny, small, medium, normal, unormal, big, ubig, deci, money, bits, bits64,"
                        + " day, span, dt, dt0, ts, yr, txt, colour, flags, doc, hex(bin), hex(geo)"
                        + " FROM shop.all_kinds FINAL ORDER BY id"))
                .containsExactly(
                        "1\t-128\t0\t-32768\t0\t-2147483648\t0\t-9223372036854775808\t0\t"
                                + "-99999999999999999999999999999999999.999999999999999999999999999999\t-0.01\t0\t0\t"
                                + "1900-01-01\t-838:59:58.999999\t1900-01-01 00:00:00.000001\t1900-01-01 00:00:00\t"
                                + "1970-01-01 00:00:01.000000\t1901\t\tp,q\t\t{\"a\": 1}\t\t"
                                + "000000000101000000000000000000F03F0000000000000040",
                        "2\t127\t255\t32767\t16777215\t2147483647\t4294967295\t9223372036854775807\t"
                                + "18446744073709551615\t99999999999999999999999999999999999."
                                + "999999999999999999999999999999\t99999999.99\t31\t18446744073709551614\t"
                                + "2299-12-31\t838:59:58.000001\t2299-12-31 23:59:59.999999\t2024-02-29 02:30:00\t"
                                + "2038-01-19 03:14:07.999999\t2155\t" + "x".repeat(200) + "\tgreen\ta,c\t[]\t"
                                + HexFormat.of().withUpperCase().formatHex((byte[])
                                        AllKinds.high(2).value(26))
                                + "\tE6100000010100000000000000000024400000000000003440",
                        "3" + "\t\\N".repeat(24));
        var text = (String) AllKinds.low(1).value(22);
        assertThat(query("SELECT flt = toFloat32('-3.14159'), dbl = 2.2250738585072014e-308,"
                        + " lengthUTF8(long_txt), position(long_txt, '日本語 😀') > 0 FROM shop.all_kinds WHERE id = 1"))
                .containsExactly("1\t1\t" + text.codePointCount(0, text.length()) + "\t1");
        assertThat(query("SELECT reinterpretAsUInt32(assumeNotNull(flt)), dbl = 0.1 + 0.2, lengthUTF8(long_txt)"
                        + " FROM shop.all_kinds WHERE id = 2"))
                .containsExactly(Float.floatToIntBits(3.4028235e38f) + "\t1\t70000");
    }

    @Test
    void showsTheNewestVersionWhateverTheOrderAndHidesDeletedRows() throws Exception {
        var first = insert(ORDERS, SCHEMA, row(1, "first"));
        var second = update(ORDERS, SCHEMA, row(1, "first"), row(1, "second"));
        var other = insert(ORDERS, SCHEMA, row(2, "other"));
        var gone = delete(ORDERS, SCHEMA, row(2, "other"));
        try (var writer = writer()) {
            writer.write(List.of(second, gone));
            writer.write(List.of(first, other));
            writer.write(List.of(second, gone));
        }
        assertThat(query("SELECT id, name FROM shop.orders FINAL")).containsExactly("1\tsecond");
        assertThat(query("SELECT id, name, day, _deleted FROM shop.orders WHERE id = 2 AND _deleted = 1 LIMIT 1"))
                .containsExactly("2\tother\t2024-02-29\t1");
    }

    @Test
    void acceptsAnExistingTableWithWiderTypes() throws Exception {
        server.execute(
                "CREATE DATABASE shop",
                "CREATE TABLE shop.orders (id Int64, name LowCardinality(Nullable(String)), day Nullable(Date32),"
                        + " extra String DEFAULT 'x', twice Int64 ALIAS id * 2, _version UInt64, _deleted UInt8)"
                        + " ENGINE = ReplacingMergeTree(_version, _deleted) ORDER BY id");
        try (var writer = writer()) {
            writer.write(List.of(insert(ORDERS, SCHEMA, row(1, "a")), insert(ORDERS, SCHEMA, row(2, null))));
        }
        assertThat(query("SELECT id, name, day, extra, twice FROM shop.orders FINAL ORDER BY id"))
                .containsExactly("1\ta\t2024-02-29\tx\t2", "2\t\\N\t2024-02-29\tx\t4");
    }

    @Test
    void listsAllDifferencesOfAnExistingTableUntilTheyAreMended() throws Exception {
        server.execute(
                "CREATE DATABASE shop",
                "CREATE TABLE shop.orders (id Int16, name Nullable(String), _version UInt64, _deleted UInt8)"
                        + " ENGINE = MergeTree ORDER BY id");
        var batch = List.of(insert(ORDERS, SCHEMA, row(1, "a")));
        try (var writer = strict()) {
            var error = failure(writer, batch);
            assertThat(error.code()).isEqualTo(ErrorCode.TABLE_STOPPED);
            assertThat(error)
                    .hasMessageContaining("target lake: table shop.orders does not fit its rows in 3 places:")
                    .hasMessageContaining("engine: found MergeTree, expected ReplacingMergeTree(_version, _deleted)")
                    .hasMessageContaining("column id: found Int16, expected Int32")
                    .hasMessageContaining("ALTER TABLE `shop`.`orders` ADD COLUMN `day` Date32");
            server.execute("DROP TABLE shop.orders");
            writer.write(batch);
        }
        assertThat(query("SELECT count() FROM shop.orders")).containsExactly("1");
    }

    @Test
    void writesNothingInTheOldFormIntoATableAlteredMeanwhile() throws Exception {
        var batch = List.of(insert(ORDERS, SCHEMA, row(1, "a")));
        try (var writer = strict()) {
            writer.write(batch);
            server.execute("ALTER TABLE shop.orders MODIFY COLUMN day UInt16");
            var error = failure(writer, batch);
            assertThat(error.code()).isEqualTo(ErrorCode.TABLE_STOPPED);
            assertThat(error).hasMessageContaining("column day: found UInt16, expected Date32");
        }
    }

    @Test
    void createsATableAgainThatWasDroppedMeanwhile() throws Exception {
        var batch = List.of(insert(ORDERS, SCHEMA, row(1, "a")));
        try (var writer = writer()) {
            writer.write(batch);
            server.execute("DROP DATABASE shop");
            writer.write(batch);
        }
        assertThat(query("SELECT count() FROM shop.orders FINAL")).containsExactly("1");
    }

    @Test
    void refusesADateThatClickHouseDoesNotHoldButDeletesItsRow() throws Exception {
        var odd = Row.of(1L, "a", LocalDate.of(9999, 12, 31));
        try (var writer = writer()) {
            var error = failure(writer, List.of(insert(ORDERS, SCHEMA, odd)));
            assertThat(error.code()).isEqualTo(ErrorCode.VALUE_OUT_OF_RANGE);
            assertThat(error)
                    .hasMessageContaining("shop.orders (key id=1) column day: found 9999-12-31, expected 1900-01-01 to"
                            + " 2299-12-31");
            writer.write(List.of(insert(ORDERS, SCHEMA, row(1, "a"))));
            writer.write(List.of(delete(ORDERS, SCHEMA, odd)));
        }
        assertThat(query("SELECT count() FROM shop.orders FINAL")).containsExactly("0");
    }

    @Test
    void waitsForMergesWhenThereAreTooManyParts() throws Exception {
        server.execute(
                "CREATE DATABASE shop",
                "CREATE TABLE shop.orders (id Int32, name Nullable(String), day Date32, _version UInt64, _deleted UInt8)"
                        + " ENGINE = ReplacingMergeTree(_version, _deleted) ORDER BY id"
                        + " SETTINGS parts_to_throw_insert = 3, parts_to_delay_insert = 3",
                "SYSTEM STOP MERGES shop.orders");
        try (var writer = writer()) {
            GravityException error = null;
            for (int i = 0; i < 10 && error == null; i++) {
                error = failure(writer, List.of(insert(ORDERS, SCHEMA, row(i, "a"))));
            }
            assertThat(error).isNotNull();
            assertThat(error.code()).isEqualTo(ErrorCode.TARGET_BUSY);
            assertThat(error).hasMessageContaining("[252]").hasMessageContaining("batch-size");
        }
    }

    @Test
    void writesTheSameBatchAfterTheServerCameBack() throws Exception {
        try (var writer = writer()) {
            writer.write(List.of(insert(ORDERS, SCHEMA, row(1, "a"))));
            writer.check();
            server.kill();
            var batch = LongStream.range(0, 100)
                    .mapToObj(id -> insert(ORDERS, SCHEMA, row(id, "b")))
                    .toList();
            try {
                assertThat(failure(writer, batch).code()).isEqualTo(ErrorCode.TARGET_UNREACHABLE);
                assertThat(catchThrowableOfType(GravityException.class, writer::check)
                                .code())
                        .isEqualTo(ErrorCode.TARGET_UNREACHABLE);
            } finally {
                server.restart();
            }
            writer.check();
            writer.write(batch);
        }
        assertThat(query("SELECT count(), countIf(name = 'b') FROM shop.orders FINAL"))
                .containsExactly("100\t100");
    }

    @Test
    void noticesAServerThatHangsAndStillCloses() throws Exception {
        var writer = writer(Map.of("socket_timeout", "1000", "retry", "0"));
        writer.write(List.of(insert(ORDERS, SCHEMA, row(1, "a"))));
        server.pause();
        try {
            var error = failure(writer, List.of(insert(ORDERS, SCHEMA, row(2, "b"))));
            assertThat(error.code()).isEqualTo(ErrorCode.TARGET_UNREACHABLE);
            long start = System.nanoTime();
            writer.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        } finally {
            server.resume();
        }
    }

    private static TargetWriter writer() {
        return writer(Map.of());
    }

    private static TargetWriter writer(Map<String, String> settings) {
        return ClickHouseWriter.of(config(settings)).open();
    }

    /** Returns a writer that changes no table. */
    private static TargetWriter strict() {
        var policy = SchemaPolicy.of(SchemaPolicy.Mode.EXCEPTION);
        return ClickHouseWriter.of(config(Map.of()).withSchema(policy)).open();
    }

    private static TargetConfig.ClickHouse config(Map<String, String> settings) {
        return new TargetConfig.ClickHouse(
                "lake",
                server.host(),
                server.port(),
                server.user(),
                AllKinds.secret(server.password()),
                null,
                settings,
                AllKinds.delivery());
    }

    private static Row row(long id, String name) {
        return Row.of(id, name, DAY);
    }

    private static List<String> query(String sql) {
        return server.query(sql).lines().toList();
    }

    private static GravityException failure(TargetWriter writer, List<ChangeEvent> batch) {
        return catchThrowableOfType(GravityException.class, () -> writer.write(batch));
    }
}
