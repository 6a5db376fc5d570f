package io.gravity.local.target;

import static io.gravity.local.target.AllKinds.delete;
import static io.gravity.local.target.AllKinds.insert;
import static io.gravity.local.target.AllKinds.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetWriter;
import io.gravity.dispatch.mysql.MySqlWriter;
import io.gravity.dispatch.schema.SchemaPolicy;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import io.gravity.local.server.MySql9;
import io.gravity.types.TableNaming;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

class MySqlWriterIT {
    private static final TableId ORDERS = new TableId("shop", "orders");
    private static final TableSchema ORDERS_SCHEMA = new TableSchema(
            List.of(
                    new Column("region", ColumnType.of(Kind.TEXT, "VARCHAR"), false),
                    new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false),
                    new Column("code", ColumnType.of(Kind.TEXT, "VARCHAR"), true)),
            0,
            1);

    @Nested
    class MariaDb extends Contract {
        @Override
        DatabaseServer start(Path folder) {
            return DatabaseServers.start("target", folder);
        }
    }

    @Nested
    class MySql extends Contract {
        @Override
        DatabaseServer start(Path folder) {
            return MySql9.start("target", folder);
        }
    }

    /** What holds with every server. */
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class Contract {
        private DatabaseServer server;

        abstract DatabaseServer start(Path folder);

        @BeforeAll
        void startServer(@TempDir Path folder) {
            server = start(folder);
        }

        @AfterAll
        void stopServer() {
            server.close();
        }

        @BeforeEach
        void createTables() throws SQLException {
            server.execute(
                    "DROP DATABASE IF EXISTS shop",
                    "CREATE DATABASE shop DEFAULT CHARACTER SET utf8mb4",
                    AllKinds.MYSQL_DDL,
                    "CREATE TABLE shop.orders (region VARCHAR(20) NOT NULL, id INT NOT NULL, code VARCHAR(5),"
                            + " PRIMARY KEY (region, id), UNIQUE (code))");
        }

        @Test
        void keepsEveryKindOfValue() throws Exception {
            try (var writer = writer()) {
                writer.write(List.of(all(AllKinds.low(1)), all(AllKinds.high(2)), all(AllKinds.nulls(3))));
            }
            assertThat(query("SELECT id, tiny, utiny, small, medium, normal, unormal, big, ubig, deci, money, bits+0,"
                            + " bits64+0, day, span, dt, dt0, yr, txt, colour, flags FROM shop.all_kinds ORDER BY id"))
                    .containsExactly(
                            "1|-128|0|-32768|0|-2147483648|0|-9223372036854775808|0|"
                                    + "-99999999999999999999999999999999999.999999999999999999999999999999|-0.01|0|0|"
                                    + "1900-01-01|-838:59:58.999999|1900-01-01 00:00:00.000001|1900-01-01 00:00:00|1901||p,q|",
                            "2|127|255|32767|16777215|2147483647|4294967295|9223372036854775807|18446744073709551615|"
                                    + "99999999999999999999999999999999999.999999999999999999999999999999|99999999.99|31|"
                                    + "18446744073709551614|2299-12-31|838:59:58.000001|2299-12-31 23:59:59.999999|"
                                    + "2024-02-29 02:30:00|2155|" + "x".repeat(200) + "|green|a,c",
                            "3" + "|null".repeat(20));
            assertThat(
                            query(
                                    "SELECT UNIX_TIMESTAMP(ts), HEX(bin), HEX(geo) FROM shop.all_kinds WHERE id < 3 ORDER BY id"))
                    .containsExactly(
                            "1.000000||" + "000000000101000000000000000000F03F0000000000000040",
                            "2147483647.999999|"
                                    + HexFormat.of().withUpperCase().formatHex((byte[])
                                            AllKinds.high(2).value(26))
                                    + "|E6100000010100000000000000000024400000000000003440");
            try (var connection = server.connect();
                    var rows = connection
                            .createStatement()
                            .executeQuery(
                                    "SELECT flt*1.0e0, dbl, long_txt, doc FROM shop.all_kinds WHERE id < 3 ORDER BY id")) {
                for (var row : List.of(AllKinds.low(1), AllKinds.high(2))) {
                    rows.next();
                    assertThat((float) rows.getDouble(1)).isEqualTo(row.value(11));
                    assertThat(rows.getDouble(2)).isEqualTo(row.value(12));
                    assertThat(rows.getString(3)).isEqualTo(row.value(22));
                    assertThat(rows.getString(4)).isEqualTo(row.value(25));
                }
            }
        }

        @Test
        void writesTheLastChangeOfEachRowAndTheSameBatchTwice() throws Exception {
            var batch = List.of(
                    order("eu", 1, "a"),
                    order("eu", 2, "b"),
                    update(ORDERS, ORDERS_SCHEMA, row("eu", 1, "a"), row("eu", 1, "c")),
                    delete(ORDERS, ORDERS_SCHEMA, row("eu", 2, "b")),
                    order("us", 1, "a"),
                    order("us", 2, null));
            try (var writer = writer()) {
                writer.write(batch);
                writer.write(batch);
            }
            assertThat(query("SELECT region, id, code FROM shop.orders ORDER BY 1, 2"))
                    .containsExactly("eu|1|c", "us|1|a", "us|2|null");
        }

        @Test
        void neverOverwritesAnotherRowThatHoldsTheUniqueValue() throws Exception {
            try (var writer = writer()) {
                writer.write(List.of(order("eu", 1, "a"), order("eu", 2, "b")));

                var inserted = failure(writer, List.of(order("us", 1, "a")));
                assertThat(inserted.code()).isEqualTo(ErrorCode.CONSTRAINT_UNIQUE);
                assertThat(inserted)
                        .hasMessageContaining("target warehouse: shop.orders (key region=us, id=1) needs code=a of the"
                                + " unique index code, which the row region=eu, id=1 holds. The row waits");

                var updated =
                        failure(writer, List.of(update(ORDERS, ORDERS_SCHEMA, row("eu", 2, "b"), row("eu", 2, "a"))));
                assertThat(updated.code()).isEqualTo(ErrorCode.CONSTRAINT_UNIQUE);
                assertThat(updated).hasMessageContaining("which the row region=eu, id=1 holds");

                var amongOthers =
                        failure(writer, List.of(order("eu", 3, "c"), order("us", 1, "a"), order("eu", 4, "d")));
                assertThat(amongOthers.code()).isEqualTo(ErrorCode.CONSTRAINT_UNIQUE);
            }
            assertThat(query("SELECT region, id, code FROM shop.orders ORDER BY id"))
                    .containsExactly("eu|1|a", "eu|2|b");
        }

        @Test
        void takesManyRowsWithoutUniqueValue() throws Exception {
            try (var writer = writer()) {
                writer.write(List.of(order("eu", 1, null), order("eu", 2, null)));
                writer.write(List.of(order("eu", 1, null), order("eu", 2, null), order("eu", 3, null)));
            }
            assertThat(query("SELECT id, code FROM shop.orders ORDER BY id"))
                    .containsExactly("1|null", "2|null", "3|null");
        }

        @Test
        void guardsAUniqueIndexOfSeveralColumns() throws Exception {
            server.execute(
                    "CREATE TABLE shop.seats (id INT PRIMARY KEY, hall INT, seat INT, UNIQUE place (seat, hall))");
            try (var writer = writer()) {
                writer.write(List.of(seat(1, 7L, 1L), seat(2, 7L, 2L), seat(3, null, 1L), seat(4, null, 1L)));
                writer.write(List.of(seat(5, 8L, 1L), seat(3, null, 1L)));

                var error = failure(writer, List.of(seat(6, 7L, 2L)));

                assertThat(error.code()).isEqualTo(ErrorCode.CONSTRAINT_UNIQUE);
                assertThat(error)
                        .hasMessageContaining("(key id=6) needs seat=2, hall=7 of the unique index place, which the row"
                                + " id=2 holds");
            }
            assertThat(query("SELECT id, hall, seat FROM shop.seats ORDER BY id"))
                    .containsExactly("1|7|1", "2|7|2", "3|null|1", "4|null|1", "5|8|1");
        }

        @Test
        void swapsUniqueValuesThroughAnotherOneInWhicheverOrderTheRowsComeAgain() throws Exception {
            try (var writer = writer()) {
                writer.write(List.of(order("eu", 1, "x"), order("eu", 2, "y")));
                var first = List.of(order("eu", 1, "t"), order("eu", 1, "y"));
                var second = List.of(order("eu", 2, "x"));
                assertThat(failure(writer, second).code()).isEqualTo(ErrorCode.CONSTRAINT_UNIQUE);
                assertThat(failure(writer, first).code()).isEqualTo(ErrorCode.CONSTRAINT_UNIQUE);
                writer.write(first.subList(0, 1));
                assertThat(failure(writer, first.subList(1, 2)).code()).isEqualTo(ErrorCode.CONSTRAINT_UNIQUE);
                writer.write(second);
                writer.write(first.subList(1, 2));
            }
            assertThat(query("SELECT id, code FROM shop.orders ORDER BY id")).containsExactly("1|y", "2|x");
        }

        @Test
        void guardsKeysOfEveryType() throws Exception {
            var keys = new LinkedHashMap<String, List<Object>>();
            keys.put("INT", List.of(1L, 2L));
            keys.put("BIGINT UNSIGNED", List.of(new BigInteger("18446744073709551615"), BigInteger.ONE));
            keys.put("DECIMAL(20,5)", List.of(new BigDecimal("1.10000"), new BigDecimal("-2.00000")));
            keys.put("FLOAT", List.of(0.1f, 1.5f));
            keys.put("DOUBLE", List.of(0.1, 1.5));
            keys.put("BIT(12)", List.of(new byte[] {5, 7}, new byte[] {0, 1}));
            keys.put("DATE", List.of(LocalDate.of(2024, 2, 29), LocalDate.of(1970, 1, 1)));
            keys.put("TIME(6)", List.of(Duration.ofNanos(-1_000), Duration.ofHours(800)));
            keys.put(
                    "DATETIME(6)",
                    List.of(LocalDateTime.of(2024, 1, 1, 0, 0, 0, 1_000), LocalDateTime.of(1970, 1, 1, 0, 0)));
            keys.put("TIMESTAMP(6)", List.of(Instant.ofEpochSecond(1, 1_000), Instant.ofEpochSecond(2_000_000_000)));
            keys.put("YEAR", List.of(1901L, 2024L));
            keys.put("VARCHAR(10)", List.of("ä'b", ""));
            keys.put("CHAR(10)", List.of("a", "b"));
            keys.put("ENUM('p','q')", List.of("p", "q"));
            keys.put("SET('p','q')", List.of("p,q", ""));
            keys.put("VARBINARY(4)", List.of(new byte[] {1, -1}, new byte[0]));
            for (var type : keys.entrySet()) {
                var table = new TableId("shop", "typed");
                server.execute(
                        "DROP TABLE IF EXISTS shop.typed",
                        "CREATE TABLE shop.typed (k " + type.getKey() + " NOT NULL PRIMARY KEY, u INT UNIQUE)");
                var schema = new TableSchema(
                        List.of(
                                new Column(
                                        "k",
                                        ColumnType.of(kindOf(type.getValue().get(0), type.getKey()), "T"),
                                        false),
                                new Column("u", ColumnType.of(Kind.INTEGER, "INT"), true)),
                        0);
                var first = insert(table, schema, Row.of(type.getValue().get(0), 1L));
                var second = insert(table, schema, Row.of(type.getValue().get(1), 2L));
                try (var writer = writer()) {
                    writer.write(List.of(first, second));
                    var stored = query("SELECT HEX(k), u FROM shop.typed ORDER BY u");
                    writer.write(List.of(first, second));
                    assertThat(query("SELECT HEX(k), u FROM shop.typed ORDER BY u"))
                            .as(type.getKey())
                            .isEqualTo(stored);
                    var taken = insert(table, schema, Row.of(type.getValue().get(1), 1L));
                    writer.write(List.of(delete(table, schema, second.after())));
                    assertThat(failure(writer, List.of(taken)).code())
                            .as(type.getKey())
                            .isEqualTo(ErrorCode.CONSTRAINT_UNIQUE);
                }
            }
        }

        @Test
        void tellsAMissingParentAndAChildThatIsStillThere() throws Exception {
            server.execute(
                    "CREATE TABLE shop.parents (id INT PRIMARY KEY)",
                    "CREATE TABLE shop.children (id INT PRIMARY KEY, parent INT NOT NULL,"
                            + " FOREIGN KEY (parent) REFERENCES shop.parents (id))");
            var parents = new TableId("shop", "parents");
            var parentSchema = new TableSchema(List.of(new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false)), 0);
            var children = new TableId("shop", "children");
            var childSchema = new TableSchema(
                    List.of(
                            new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false),
                            new Column("parent", ColumnType.of(Kind.INTEGER, "INT"), false)),
                    0);
            var parent = Row.of(1L);
            var child = Row.of(10L, 1L);
            try (var writer = writer()) {
                var early = failure(writer, List.of(insert(children, childSchema, child)));
                assertThat(early.code()).isEqualTo(ErrorCode.CONSTRAINT_PARENT);
                assertThat(early).hasMessageContaining("upsert into shop.children (1 row, key id=10) failed");
                writer.write(List.of(insert(parents, parentSchema, parent)));
                writer.write(List.of(insert(children, childSchema, child)));

                var tooSoon = failure(writer, List.of(delete(parents, parentSchema, parent)));
                assertThat(tooSoon.code()).isEqualTo(ErrorCode.CONSTRAINT_CHILD);
                writer.write(List.of(delete(children, childSchema, child)));
                writer.write(List.of(delete(parents, parentSchema, parent)));
            }
            assertThat(query("SELECT * FROM shop.parents")).isEmpty();
        }

        @Test
        void learnsTheIndexesOfATableThatIsMadeLate() throws Exception {
            server.execute("DROP TABLE shop.orders");
            try (var writer = writer()) {
                assertThat(failure(writer, List.of(order("eu", 1, "a"))).code()).isEqualTo(ErrorCode.TABLE_STOPPED);
                createTables();
                writer.write(List.of(order("eu", 1, "a")));
                assertThat(failure(writer, List.of(order("eu", 2, "a"))).code()).isEqualTo(ErrorCode.CONSTRAINT_UNIQUE);
            }
        }

        @Test
        void tellsNullAndNumbersOutOfRange() throws Exception {
            server.execute("CREATE TABLE shop.seats (id INT PRIMARY KEY, hall TINYINT NOT NULL, seat INT)");
            try (var writer = writer()) {
                assertThat(failure(writer, List.of(seat(1, null, 1L))).code()).isEqualTo(ErrorCode.VALUE_NULL);
                assertThat(failure(writer, List.of(seat(1, 1000L, 1L))).code()).isEqualTo(ErrorCode.VALUE_OUT_OF_RANGE);
            }
        }

        @Test
        void deletesManyRowsByTheirKeyIndex() throws Exception {
            var rows = LongStream.range(0, 5_000)
                    .mapToObj(id -> row("eu", id, null))
                    .toList();
            try (var writer = writer()) {
                writer.write(rows.stream()
                        .map(row -> insert(ORDERS, ORDERS_SCHEMA, row))
                        .toList());
                server.execute("ANALYZE TABLE shop.orders");
                writer.write(rows.subList(0, 999).stream()
                        .map(row -> delete(ORDERS, ORDERS_SCHEMA, row))
                        .toList());
            }
            assertThat(query("SELECT COUNT(*), MIN(id) FROM shop.orders")).containsExactly("4001|999");
        }

        @Test
        void deletesRowsWhoseKeyHoldsNullOrBits() throws Exception {
            server.execute("CREATE TABLE shop.loose (a INT, b BIT(12), c VARBINARY(4))");
            var table = new TableId("shop", "loose");
            var schema = new TableSchema(
                    List.of(
                            new Column("a", ColumnType.of(Kind.INTEGER, "INT"), true),
                            new Column("b", new ColumnType(Kind.BITS, "BIT", 12, -1), true),
                            new Column("c", ColumnType.of(Kind.BINARY, "VARBINARY"), true)),
                    0,
                    1,
                    2);
            var first = Row.of(null, new byte[] {5, 7}, new byte[] {1, -1});
            var second = Row.of(1L, null, null);
            var third = Row.of(2L, new byte[] {0, 1}, new byte[] {65});
            try (var writer = writer()) {
                writer.write(List.of(
                        insert(table, schema, first), insert(table, schema, second), insert(table, schema, third)));
                writer.write(List.of(delete(table, schema, first), delete(table, schema, second)));
            }
            assertThat(query("SELECT a, b+0, c FROM shop.loose")).containsExactly("2|1|A");
        }

        @Test
        void splitsRowsThatAreTooMuchForOneStatement() throws Exception {
            var blob = new byte[700_000];
            Arrays.fill(blob, (byte) '\'');
            var table = new TableId("shop", "blobs");
            server.execute("CREATE TABLE shop.blobs (id INT PRIMARY KEY, data LONGBLOB)");
            var batch = LongStream.range(0, 40)
                    .mapToObj(id -> insert(table, blobs(), Row.of(id, blob)))
                    .toList();
            try (var writer = writer()) {
                writer.write(batch);
            }
            assertThat(query("SELECT COUNT(*), SUM(LENGTH(data)) FROM shop.blobs"))
                    .containsExactly("40|28000000");
        }

        @Test
        void refusesARowThatNoPacketHolds() throws Exception {
            var table = new TableId("shop", "blobs");
            server.execute("CREATE TABLE shop.blobs (id INT PRIMARY KEY, data LONGBLOB)");
            try (var writer = writer()) {
                var error = failure(writer, List.of(insert(table, blobs(), Row.of(1L, new byte[70 << 20]))));
                assertThat(error.code()).isEqualTo(ErrorCode.VALUE_TOO_LONG);
                assertThat(error).hasMessageContaining("max_allowed_packet").hasMessageContaining("key id=1");
            }
        }

        @Test
        void namesAPoisonRowAndLeavesNothingOfItsBatch() throws Exception {
            try (var writer = writer()) {
                var error = failure(writer, List.of(order("eu", 1, "a"), order("eu", 2, "too long")));
                assertThat(error.code()).isEqualTo(ErrorCode.VALUE_TOO_LONG);
                assertThat(error)
                        .hasMessageContaining("target warehouse: upsert into shop.orders (2 rows, the first with key "
                                + "region=eu, id=1) failed:")
                        .hasMessageContaining("Data too long for column 'code' at row 2 [1406 22001]");
                assertThat(query("SELECT * FROM shop.orders")).isEmpty();
            }
        }

        @Test
        void saysWhatIsMissing() throws Exception {
            try (var writer = writer()) {
                var table = new TableId("shop", "nowhere");
                var noTable = failure(writer, List.of(insert(table, ORDERS_SCHEMA, row("eu", 1, "a"))));
                assertThat(noTable.code()).isEqualTo(ErrorCode.TABLE_STOPPED);
                assertThat(noTable).hasMessageContaining("shop.nowhere").hasMessageContaining("CREATE TABLE");

                var database = new TableId("nowhere", "orders");
                var noDatabase = failure(writer, List.of(insert(database, ORDERS_SCHEMA, row("eu", 1, "a"))));
                assertThat(noDatabase.code()).isEqualTo(ErrorCode.TABLE_STOPPED);
            }
            try (var writer = MySqlWriter.of(config("nobody", "wrong")).open()) {
                var noUser = failure(writer, List.of(order("eu", 1, "a")));
                assertThat(noUser.code()).isEqualTo(ErrorCode.TARGET_MISCONFIGURED);
                assertThat(noUser).hasMessageContaining("Access denied").hasMessageContaining("password");
                assertThat(noUser.getMessage()).doesNotContain("wrong");
            }
        }

        @Test
        void writesTheSameBatchAfterTheServerCameBack() throws Exception {
            try (var writer = writer()) {
                var written = new ArrayList<ChangeEvent>();
                for (int i = 0; i < 5; i++) {
                    written.add(order("eu", i, null));
                }
                writer.write(written);
                writer.check();
                server.kill();
                var batch = List.of(order("eu", 1, "n"), order("eu", 7, "m"));
                var lost = failure(writer, batch);
                assertThat(lost.code().category()).isEqualTo(ErrorCode.Category.TARGET_RETRYABLE);
                var down = failure(writer, batch);
                assertThat(down.code()).isEqualTo(ErrorCode.TARGET_UNREACHABLE);
                assertThat(catchThrowableOfType(GravityException.class, writer::check)
                                .code())
                        .isEqualTo(ErrorCode.TARGET_UNREACHABLE);
                server.restart();
                writer.check();
                writer.write(batch);
                assertThat(query("SELECT id, code FROM shop.orders WHERE code IS NOT NULL ORDER BY id"))
                        .containsExactly("1|n", "7|m");
            }
        }

        @Test
        void takesAServerThatIsReadOnlyForNotReady() throws Exception {
            try (var writer = writer()) {
                server.execute("SET GLOBAL read_only = 1");
                var error = catchThrowableOfType(GravityException.class, writer::check);
                assertThat(error.code()).isEqualTo(ErrorCode.TARGET_BUSY);
                assertThat(error).hasMessageContaining("read-only");
                server.execute("SET GLOBAL read_only = 0");
                writer.check();
            }
        }

        @Test
        void noticesAServerThatHangsAndStillCloses() throws Exception {
            var slow =
                    config(server.user(), server.password(), Map.of("socketTimeout", "1000", "connectTimeout", "1000"));
            var writer = MySqlWriter.of(slow).open();
            writer.write(List.of(order("eu", 1, "a")));
            server.pause();
            try {
                var error = failure(writer, List.of(order("eu", 2, "b")));
                assertThat(error.code()).isEqualTo(ErrorCode.TARGET_UNREACHABLE);
                long start = System.nanoTime();
                writer.close();
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            } finally {
                server.resume();
            }
        }

        @Test
        void writesTablesUnderTheNamesOfTheTarget() throws Exception {
            server.execute("CREATE TABLE shop.ods_eu_orders LIKE shop.orders");
            var plain = config(server.user(), server.password());
            var config = new TargetConfig.MySql(
                    plain.name(),
                    plain.host(),
                    plain.port(),
                    plain.username(),
                    plain.password(),
                    "nowhere",
                    List.of(new TableNaming(List.of(), "(\\w+)\\.orders_(\\w+)", "${1}.ods_${2}_orders")),
                    Map.of(),
                    SchemaPolicy.none(),
                    AllKinds.delivery());
            var eu = new TableId("shop", "orders_eu");
            try (var writer = MySqlWriter.of(config).open()) {
                writer.write(List.of(order("eu", 1, "a").mappedTo(eu, RowKey.of(eu, "eu", 1L))));
            }
            assertThat(query("SELECT * FROM shop.ods_eu_orders")).containsExactly("eu|1|a");
        }

        private TargetWriter writer() {
            return MySqlWriter.of(config(server.user(), server.password())).open();
        }

        private TargetConfig.MySql config(String user, String password) {
            return config(user, password, Map.of());
        }

        private TargetConfig.MySql config(String user, String password, Map<String, String> properties) {
            return new TargetConfig.MySql(
                            "warehouse",
                            server.host(),
                            server.port(),
                            user,
                            AllKinds.secret(password),
                            null,
                            properties,
                            AllKinds.delivery())
                    // What a table does not take is told of each row.
                    .withSchema(SchemaPolicy.none());
        }

        private List<String> query(String sql) throws SQLException {
            var lines = new ArrayList<String>();
            try (var connection = server.connect();
                    var statement = connection.createStatement();
                    var rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    var line = new StringBuilder();
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        var bytes = rows.getBytes(i);
                        line.append(i == 1 ? "" : "|")
                                .append(bytes == null ? "null" : new String(bytes, StandardCharsets.UTF_8));
                    }
                    lines.add(line.toString());
                }
            }
            return lines;
        }
    }

    private static TableSchema blobs() {
        return new TableSchema(
                List.of(
                        new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false),
                        new Column("data", ColumnType.of(Kind.BINARY, "LONGBLOB"), true)),
                0);
    }

    private static ChangeEvent all(Row row) {
        return insert(AllKinds.TABLE, AllKinds.SCHEMA, row);
    }

    private static ChangeEvent seat(long id, Long hall, Long seat) {
        var schema = new TableSchema(
                List.of(
                        new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false),
                        new Column("hall", ColumnType.of(Kind.INTEGER, "INT"), true),
                        new Column("seat", ColumnType.of(Kind.INTEGER, "INT"), true)),
                0);
        return insert(new TableId("shop", "seats"), schema, Row.of(id, hall, seat));
    }

    private static Kind kindOf(Object value, String sqlType) {
        if (value instanceof byte[]) {
            return sqlType.startsWith("BIT") ? Kind.BITS : Kind.BINARY;
        }
        return Map.of(
                        Long.class, Kind.INTEGER,
                        BigInteger.class, Kind.UNSIGNED_BIGINT,
                        BigDecimal.class, Kind.DECIMAL,
                        Float.class, Kind.FLOAT,
                        Double.class, Kind.DOUBLE,
                        LocalDate.class, Kind.DATE,
                        Duration.class, Kind.TIME,
                        LocalDateTime.class, Kind.DATETIME,
                        Instant.class, Kind.TIMESTAMP,
                        String.class, Kind.TEXT)
                .get(value.getClass());
    }

    private static ChangeEvent order(String region, long id, String code) {
        return insert(ORDERS, ORDERS_SCHEMA, row(region, id, code));
    }

    private static Row row(String region, long id, String code) {
        return Row.of(region, id, code);
    }

    private static GravityException failure(TargetWriter writer, List<ChangeEvent> batch) {
        return catchThrowableOfType(GravityException.class, () -> writer.write(batch));
    }
}
