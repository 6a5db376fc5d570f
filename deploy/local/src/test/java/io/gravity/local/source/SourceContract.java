package io.gravity.local.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.SyncConfig;
import io.gravity.SyncConfigLoader;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.flink.LocalJob;
import io.gravity.local.server.DatabaseServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every kind of source server must pass. One server is source and target at once: tables of database {@code src} are mapped into database {@code copy}, and
 * {@code CHECKSUM TABLE} compares them to the bit.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SourceContract {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final String TABLE = """
            CREATE TABLE %s.t (
              id INT NOT NULL, part VARCHAR(10) NOT NULL, name VARCHAR(40), amount DECIMAL(20,4), big BIGINT UNSIGNED,
              tiny TINYINT, bits BIT(10), d DATE, dt DATETIME(6), ts TIMESTAMP(6) NULL, tm TIME(3), y YEAR, f DOUBLE,
              e ENUM('a','b'), s SET('x','y','z'), txt TEXT CHARACTER SET utf8mb4, bin VARBINARY(20), note INT DEFAULT 7,
              PRIMARY KEY (id, part))
            """;
    static final String VALUES =
            "'naïve 😀', 12345.6789, 18446744073709551615, -128, b'1000000001', '2024-02-29', '1999-12-31 23:59:59.123456',"
                    + " '2024-06-01 12:00:00.654321', '-10:11:12.500', 2024, 0.1, 'b', 'x,z', 'text', x'00FF10', NULL";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private DatabaseServer server;

    abstract DatabaseServer start(Path home);

    @BeforeAll
    void startServer() {
        server = start(folder.resolve("server"));
    }

    @AfterAll
    void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void createTables() throws SQLException {
        sql(
                "DROP DATABASE IF EXISTS src",
                "DROP DATABASE IF EXISTS copy",
                "CREATE DATABASE src",
                "CREATE DATABASE copy",
                TABLE.formatted("src"),
                TABLE.formatted("copy"));
    }

    @Test
    void copiesSnapshotAndChangesAcrossASavepoint() throws Exception {
        for (int id = 0; id < 300; id++) {
            sql("INSERT INTO src.t VALUES (" + id + ",'p'," + VALUES + ")");
        }
        try (var flink = flink()) {
            var config = config("{mode: initial}");
            var job = flink.submit(config);
            awaitEqual(job);
            change(1000);
            awaitEqual(job);
            var savepoint = job.stop();
            change(2000);
            job = flink.submit(config, savepoint);
            awaitEqual(job);
            change(3000);
            awaitEqual(job);
            job.cancel();
        }
    }

    @Test
    void startsAtLatest() throws Exception {
        sql("INSERT INTO src.t VALUES (1,'old'," + VALUES + ")");
        try (var flink = flink()) {
            var job = flink.submit(config("{mode: latest}"));
            job.awaitRunning(LIMIT);
            // Which moment is "latest" is the job's to say, so rows are written until one comes through.
            var written = new AtomicInteger(1);
            await().atMost(LIMIT).pollInterval(Duration.ofMillis(200)).until(() -> {
                sql("INSERT INTO src.t VALUES (" + written.incrementAndGet() + ",'new'," + VALUES + ")");
                return !text("SELECT COUNT(*) FROM copy.t").equals("0");
            });
            assertThat(text("SELECT COUNT(*) FROM copy.t WHERE part = 'old'")).isEqualTo("0");
            job.cancel();
        }
    }

    @Test
    void startsAtPosition() throws Exception {
        sql("INSERT INTO src.t VALUES (1,'old'," + VALUES + ")");
        var status = server.connect();
        String file;
        long position;
        try (status;
                var statement = status.createStatement();
                var rows = statement.executeQuery(masterStatus())) {
            rows.next();
            file = rows.getString(1);
            position = rows.getLong(2);
        }
        sql("INSERT INTO src.t VALUES (2,'new'," + VALUES + ")");
        assertStartsBehindOldRow("{mode: position, file: " + file + ", position: " + position + "}");
    }

    @Test
    void startsAtTimestamp() throws Exception {
        sql("INSERT INTO src.t VALUES (1,'old'," + VALUES + ")", "DO SLEEP(1.1)");
        long millis = Long.parseLong(text("SELECT UNIX_TIMESTAMP() * 1000"));
        sql("DO SLEEP(1.1)", "INSERT INTO src.t VALUES (2,'new'," + VALUES + ")");
        assertStartsBehindOldRow("{mode: timestamp, timestamp-millis: " + millis + "}");
    }

    @Test
    void refusesTableWithoutKeyAndSaysSo() throws Exception {
        sql("CREATE TABLE src.keyless (a INT)");
        try (var flink = flink()) {
            var job = flink.submit(config("{mode: initial}"));
            await().atMost(LIMIT).untilAsserted(() -> assertThat(
                            job.failure().map(Throwable::toString).orElse("") + exceptions(flink, job))
                    .contains("table src.keyless has no primary key"));
            job.cancel();
        }
    }

    final void assertStartsBehindOldRow(String startup) throws Exception {
        try (var flink = flink()) {
            var job = flink.submit(config(startup));
            await().atMost(LIMIT).untilAsserted(() -> assertThat(text("SELECT GROUP_CONCAT(part) FROM copy.t"))
                    .isEqualTo("new"));
            job.cancel();
        }
    }

    private void change(int base) throws SQLException {
        sql(
                "INSERT INTO src.t VALUES (" + base + ",'a'," + VALUES + "),(" + (base + 1) + ",'a'," + VALUES + "),("
                        + (base + 2) + ",'a'," + VALUES + ")",
                "UPDATE src.t SET name = 'changed', tiny = 127, bits = b'1', note = NULL WHERE id % 7 = 0",
                "UPDATE src.t SET note = 5 WHERE id % 11 = 0",
                "UPDATE src.t SET id = id + 100000 WHERE id = " + (base + 1),
                "DELETE FROM src.t WHERE id % 13 = 1");
    }

    private void awaitEqual(LocalJob job) throws SQLException {
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
            assertThat(job.ended()).isFalse();
            assertThat(text("CHECKSUM TABLE copy.t")).isEqualTo(text("CHECKSUM TABLE src.t"));
        });
        assertThat(text("SELECT COUNT(*) FROM copy.t")).isNotEqualTo("0");
    }

    private String exceptions(LocalFlink flink, LocalJob job) throws Exception {
        var client = java.net.http.HttpClient.newHttpClient();
        var request = java.net.http.HttpRequest.newBuilder(flink.webUi().resolve("/jobs/" + job.id() + "/exceptions"))
                .build();
        return client.send(request, java.net.http.HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private String masterStatus() throws SQLException {
        var version = text("SELECT VERSION()");
        return version.contains("MariaDB") || version.startsWith("8.0")
                ? "SHOW MASTER STATUS"
                : "SHOW BINARY LOG STATUS";
    }

    private LocalFlink flink() throws Exception {
        return LocalFlink.start(config("{mode: initial}"), 2, folder.resolve("flink-" + NUMBER.incrementAndGet()));
    }

    private SyncConfig config(String startup) throws Exception {
        var yaml = """
                gravity:
                  checkpoint-interval: 300ms
                  sources:
                    - {name: source, type: mysql, host: %1$s, port: %2$d, username: %3$s, password: "${env:PASSWORD}",
                       tables: ["src.*"], max-workers: 2, chunk-size: 50, startup: %4$s}
                  table-mapping:
                    - {tables: ["src.*"], target: "copy.${table}"}
                  targets:
                    - {name: copy, type: mysql, host: %1$s, port: %2$d, username: %3$s, password: "${env:PASSWORD}"}
                """.formatted(server.host(), server.port(), server.user(), startup);
        var file = Files.writeString(folder.resolve("job.yaml"), yaml);
        return SyncConfigLoader.load(file, Map.of("PASSWORD", server.password())::get);
    }

    final void sql(String... statements) throws SQLException {
        server.execute(statements);
    }

    final String text(String query) throws SQLException {
        try (var connection = server.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return String.valueOf(rows.getObject(rows.getMetaData().getColumnCount()));
        }
    }
}
