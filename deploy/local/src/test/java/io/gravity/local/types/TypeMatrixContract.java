package io.gravity.local.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.SyncConfigLoader;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.server.ClickHouseServer;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.KafkaBroker;
import io.gravity.local.types.TypeContract.Column;
import io.gravity.local.types.TypeContract.Only;
import io.gravity.local.types.TypeContract.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every value of {@link TypeContract} on every way, as each kind of source server must pass it. Half of the rows are
 * there before the job starts and come by the snapshot, the others, with the same values, by the binlog. The JVM's zone
 * is Asia/Shanghai, the server's America/New_York, and sessions are in UTC.
 */
@Timeout(300)
abstract class TypeMatrixContract {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final int IDS_OF_TABLE = 1000;
    /** Rows of the binlog have the numbers of the snapshot's and this. */
    private static final int STREAMED = 500;

    private static final String SESSION =
            "SET SESSION time_zone = '+00:00', sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO'";

    /** A row of the test: where it is, and what it must become. */
    private record Case(String table, int id, Column column, Value value) {

        @Override
        public String toString() {
            var way = id % IDS_OF_TABLE < STREAMED ? "snapshot" : "binlog";
            var sql = value.sql();
            return column.declaration() + " " + (sql.length() < 80 ? sql : sql.substring(0, 80) + "...") + " by " + way;
        }
    }

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private TimeZone zoneBefore;
    private DatabaseServer server;

    abstract DatabaseServer start(Path home);

    @BeforeEach
    void startServer() throws SQLException {
        zoneBefore = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Shanghai"));
        server = start(folder.resolve("server"));
        NamedZone.set(server, ZoneId.of("America/New_York"));
    }

    @AfterEach
    void stopServer() {
        TimeZone.setDefault(zoneBefore);
        if (server != null) {
            server.close();
        }
    }

    @Test
    void everyValueArrivesAsTheContractSays() throws Exception {
        var cases = createTables();
        insert(cases, false);
        try (var lake = ClickHouseServer.start(folder.resolve("lake"));
                var broker = KafkaBroker.start(folder.resolve("kafka"))) {
            var file = Files.writeString(folder.resolve("job.yaml"), yaml(lake, broker));
            var config = SyncConfigLoader.load(file, Map.of("PASSWORD", server.password())::get);
            try (var flink = LocalFlink.start(config, 2, folder.resolve("flink"));
                    var topics = new Topics(broker.bootstrapServers())) {
                var job = flink.submit(config);
                long half = cases.size() / 2;
                await().atMost(LIMIT).until(() -> topics.count("gravity-json") > half);
                insert(cases, true);
                for (var format : Topics.FORMATS) {
                    await().atMost(LIMIT).untilAsserted(() -> assertThat(topics.count(format))
                            .as("records of %s", format)
                            .isGreaterThanOrEqualTo(cases.size() + 2));
                }
                for (var database : List.of("copy", "near")) {
                    awaitRows(cases, lake, database);
                }
                var softly = new SoftAssertions();
                checkRecords(softly, cases, topics);
                checkGenerated(softly, topics);
                checkMySql(softly, cases);
                checkClickHouse(softly, cases, lake);
                softly.assertThat(job.metrics().restarts()).as("restarts").isZero();
                job.cancel();
                softly.assertAll();
            }
        }
    }

    /** Waits for the slower ones of the targets; what they hold is looked at then. */
    private void awaitRows(List<Case> cases, ClickHouseServer lake, String database) {
        var expected = cases.stream().collect(Collectors.groupingBy(Case::table, Collectors.counting()));
        for (var table : expected.entrySet()) {
            await().atMost(LIMIT).pollDelay(Duration.ZERO).ignoreExceptions().until(() -> lake.query(
                            "SELECT count() FROM " + database + "." + table.getKey() + " FINAL")
                    .strip()
                    .equals(table.getValue().toString()));
            if (database.equals("copy")) {
                await().atMost(LIMIT).pollDelay(Duration.ZERO).until(() -> server.query(
                                "SELECT COUNT(*) FROM copy." + table.getKey())
                        .equals(List.of(table.getValue().toString())));
            }
        }
    }

    private List<Case> createTables() throws SQLException {
        boolean isMariaDb = server.query("SELECT VERSION()").get(0).contains("MariaDB");
        var other = isMariaDb ? Only.MYSQL : Only.MARIADB;
        var cases = new ArrayList<Case>();
        var statements = new ArrayList<>(List.of("CREATE DATABASE src", "CREATE DATABASE copy"));
        int number = 0;
        for (var column : TypeContract.columns()) {
            if (column.only() == other) {
                continue;
            }
            var table = "t%02d".formatted(++number);
            for (var database : List.of("src", "copy")) {
                statements.add("CREATE TABLE " + database + "." + table + " (id INT PRIMARY KEY, v "
                        + column.declaration() + ") DEFAULT CHARACTER SET utf8mb4");
            }
            int id = number * IDS_OF_TABLE;
            var values = new ArrayList<>(column.values());
            values.add(new Value("NULL", "NULL", null, null));
            for (var value : values) {
                cases.add(new Case(table, id, column, value));
                cases.add(new Case(table, id + STREAMED, column, value));
                id++;
            }
        }
        server.execute(statements.toArray(String[]::new));
        // Not for the MySQL target, which would compute the columns itself.
        server.execute("CREATE TABLE src.computed"
                + " (id INT PRIMARY KEY, v INT, twice INT AS (v * 2) VIRTUAL, next INT AS (v + 1) STORED)");
        return cases;
    }

    private void insert(List<Case> cases, boolean streamed) throws SQLException {
        try (var connection = server.connect("src");
                var statement = connection.createStatement()) {
            statement.execute(SESSION);
            statement.execute("INSERT INTO computed (id, v) VALUES (" + (streamed ? STREAMED : 0) + ", 7)");
            for (var one : cases) {
                if (one.id() % IDS_OF_TABLE >= STREAMED == streamed) {
                    statement.execute("INSERT INTO " + one.table() + " VALUES (" + one.id() + ", "
                            + one.value().sql() + ")");
                }
            }
        }
    }

    private String yaml(ClickHouseServer lake, KafkaBroker broker) {
        var yaml = new StringBuilder("""
                gravity:
                  checkpoint-interval: 500ms
                  sources:
                    - {name: source, type: mysql, host: %1$s, port: %2$d, username: %3$s, password: "${env:PASSWORD}",
                       tables: ["src.*"], chunk-size: 5}
                  table-mapping:
                    - {tables: ["src.*"], target: "copy.${table}"}
                  targets:
                    - {name: copy, type: mysql, host: %1$s, port: %2$d, username: %3$s, password: "${env:PASSWORD}",
                       exclude: ["src.computed"]}
                    - {name: lake, type: clickhouse, host: %4$s, port: %5$d, username: %6$s, password: "%7$s",
                       unfit-values: set-null}
                    - {name: near, type: clickhouse, host: %4$s, port: %5$d, username: %6$s, password: "%7$s",
                       unfit-values: nearest, database: near}
                """.formatted(
                server.host(), server.port(), server.user(), lake.host(), lake.port(), lake.user(), lake.password()));
        for (var format : Topics.FORMATS) {
            yaml.append(
                    "    - {name: %1$s, type: kafka, brokers: [\"%2$s\"], topic: %1$s, format: %1$s, unfit-values: nearest}\n"
                            .formatted(format, broker.bootstrapServers()));
        }
        return yaml.toString();
    }

    private void checkRecords(SoftAssertions softly, List<Case> cases, Topics topics) throws Exception {
        for (var one : cases) {
            boolean isNull = one.value().sql().equals("NULL");
            var form = one.column().form();
            var text = text(one);
            check(softly, one, topics, "gravity-json", "\"id\":%d,\"v\":%s}", isNull ? "null" : form.gravity(text));
            check(softly, one, topics, "event-json", "\"id\":%d,\"v\":%s}", isNull ? "null" : form.gravity(text));
            check(softly, one, topics, "debezium-json", "\"id\":%d,\"v\":%s}", isNull ? "null" : debezium(one, text));
            check(softly, one, topics, "canal-json", "\"id\":\"%d\",\"v\":%s}", isNull ? "null" : form.canal(text));
            check(softly, one, topics, "maxwell-json", "\"id\":%d,\"v\":%s}", isNull ? "null" : form.maxwell(text));
            var avro = topics.avro(one.id());
            var expected = isNull
                    ? null
                    : form.avro(
                            one.value().inCalendar() == null
                                    ? text
                                    : one.value().inCalendar());
            softly.assertThat(same(form.isNumber() && form != Form.BIT, avro, expected))
                    .as("%s in avro: found %s, expected %s", one, avro, expected)
                    .isTrue();
        }
    }

    /** A single bit is a boolean. */
    private static String debezium(Case one, String text) {
        return one.column().declaration().equals("BIT(1)")
                ? String.valueOf(text.equals("01"))
                : one.column().form().debezium(text);
    }

    private static void checkGenerated(SoftAssertions softly, Topics topics) {
        for (int id : new int[] {0, STREAMED}) {
            softly.assertThat(topics.record("gravity-json", id))
                    .as("generated columns")
                    .contains("\"id\":" + id + ",\"v\":7,\"twice\":14,\"next\":8}");
        }
    }

    private static void check(
            SoftAssertions softly, Case one, Topics topics, String format, String pattern, String value) {
        softly.assertThat(topics.record(format, one.id()))
                .as("%s in %s", one, format)
                .contains(pattern.formatted(one.id(), value));
    }

    /** Returns the value in plain words; what has none is asked of the source. */
    private String text(Case one) throws SQLException {
        return one.value().text() != null
                ? one.value().text()
                : server.query("SELECT HEX(v) FROM src." + one.table() + " WHERE id = " + one.id())
                        .get(0);
    }

    private static boolean same(boolean isNumber, String found, String expected) {
        if (found == null || expected == null) {
            return found == null && expected == null;
        }
        return isNumber ? new BigDecimal(found).compareTo(new BigDecimal(expected)) == 0 : found.equals(expected);
    }

    private void checkMySql(SoftAssertions softly, List<Case> cases) throws SQLException {
        for (var table : cases.stream().map(Case::table).distinct().toList()) {
            var column = cases.stream()
                    .filter(one -> one.table().equals(table))
                    .findFirst()
                    .orElseThrow()
                    .column();
            softly.assertThat(checksum("copy." + table))
                    .as("CHECKSUM TABLE of %s", column.declaration())
                    .isEqualTo(checksum("src." + table));
            softly.assertThat(server.query("SELECT a.id FROM src." + table + " a LEFT JOIN copy." + table
                            + " b ON a.id = b.id WHERE b.id IS NULL OR NOT ("
                            + column.form().same("a.v", "b.v") + ")"))
                    .as("rows that differ in %s", column.declaration())
                    .isEmpty();
        }
    }

    private String checksum(String table) throws SQLException {
        try (var connection = server.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("CHECKSUM TABLE " + table)) {
            rows.next();
            return rows.getString(2);
        }
    }

    private void checkClickHouse(SoftAssertions softly, List<Case> cases, ClickHouseServer lake) throws SQLException {
        for (var one : cases) {
            boolean isNull = one.value().sql().equals("NULL");
            var form = one.column().form();
            var expected = isNull ? null : form.clickHouse(text(one));
            boolean fits = one.value().nearest() == null;
            checkCell(softly, one, "lake", cell(lake, "copy", one), fits ? expected : null);
            checkCell(
                    softly,
                    one,
                    "near",
                    cell(lake, "near", one),
                    fits ? expected : one.value().nearest());
        }
    }

    private static void checkCell(SoftAssertions softly, Case one, String target, String found, String expected) {
        var form = one.column().form();
        boolean isTime = form == Form.DATETIME || form == Form.TIMESTAMP;
        softly.assertThat(same(
                        form.isNumber(), isTime ? shortened(found) : found, isTime ? shortened(expected) : expected))
                .as("%s in %s: found %s, expected %s", one, target, found, expected)
                .isTrue();
    }

    /** ClickHouse writes all declared digits behind the second. */
    private static String shortened(String time) {
        return time == null || time.indexOf('.') < 0 ? time : time.replaceFirst("\\.?0*$", "");
    }

    /** Returns the text of a value, or its bytes as hexadecimal digits. */
    private static String cell(ClickHouseServer lake, String database, Case one) {
        boolean isBinary = one.column().form().isBinary();
        var hex = lake.query("SELECT ifNull(hex(" + (isBinary ? "v" : "toString(v)") + "), 'NULL') FROM " + database
                        + "." + one.table() + " FINAL WHERE id = " + one.id())
                .strip();
        if (hex.equals("NULL")) {
            return null;
        }
        return isBinary ? hex : new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
    }
}
