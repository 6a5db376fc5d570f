package io.gravity.local.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.SnapshotsCommand;
import io.gravity.SyncConfig;
import io.gravity.SyncConfigLoader;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.flink.LocalJob;
import io.gravity.local.server.DatabaseServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Copies of tables, first and later ones, from every kind of source server. One server is source and target at once:
 * tables of database {@code src} are mapped into database {@code copy}.
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SnapshotContract {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final String TABLE = "CREATE TABLE %s (tenant INT NOT NULL, id INT NOT NULL, n INT NOT NULL,"
            + " name VARCHAR(40), PRIMARY KEY (tenant, id))";

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
                "CREATE DATABASE copy");
        create("t");
    }

    /** Nine rows of ten belong to one tenant. */
    private void fill(int rows) throws SQLException {
        for (int id = 1; id <= rows; id += 500) {
            sql(IntStream.range(id, Math.min(id + 500, rows + 1))
                    .mapToObj(i -> "(" + (i % 10 == 0 ? i : 7) + "," + i + ",0,'row " + i + "')")
                    .collect(Collectors.joining(",", "INSERT INTO src.t VALUES ", "")));
        }
    }

    private void create(String table) throws SQLException {
        sql(TABLE.formatted("src." + table), TABLE.formatted("copy." + table));
    }

    @Test
    void cutsTablesByKeysOfEveryKind() throws Exception {
        var keys = Map.of(
                "u", "a BIGINT UNSIGNED NOT NULL, PRIMARY KEY (a)",
                "ci", "a VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL, PRIMARY KEY (a)",
                "bin", "a VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, PRIMARY KEY (a)",
                "latin", "a CHAR(20) CHARACTER SET latin1 NOT NULL, PRIMARY KEY (a)",
                "bytes", "a VARBINARY(20) NOT NULL, PRIMARY KEY (a)",
                "fixed", "a BINARY(4) NOT NULL, b DECIMAL(20,4) NOT NULL, PRIMARY KEY (a, b)",
                "times", "a DATETIME(6) NOT NULL, b TIME(3) NOT NULL, c DATE NOT NULL, PRIMARY KEY (a, b, c)",
                "stamp", "a TIMESTAMP(6) NOT NULL, b INT NOT NULL, PRIMARY KEY (a, b)",
                "enums", "a ENUM('z', 'm', 'a') NOT NULL, b INT NOT NULL, PRIMARY KEY (a, b)",
                "odd", "b INT NOT NULL, a DOUBLE NOT NULL, PRIMARY KEY (b, a)");
        for (var key : keys.entrySet()) {
            sql("CREATE TABLE src." + key.getKey() + " (" + key.getValue() + ")");
            sql("CREATE TABLE copy." + key.getKey() + " (" + key.getValue() + ")");
        }
        for (int i = 0; i < 60; i++) {
            sql("INSERT INTO src.u VALUES (18446744073709551615 - " + i * 97L + "), (" + i + ")");
            var text = List.of("a", "A b", "é", "z''", "😀", "\\\\", "", "ß").get(i % 8);
            sql("INSERT IGNORE INTO src.ci VALUES ('" + text + i / 8 + "'), ('" + text + "')");
            sql("INSERT IGNORE INTO src.bin VALUES ('" + text + i / 8 + "'), ('" + text + "')");
            sql("INSERT IGNORE INTO src.latin VALUES ('" + (text.equals("😀") ? "ÿ" : text) + i / 8 + "')");
            sql("INSERT IGNORE INTO src.bytes VALUES (x'" + String.format("%02X", i * 4) + "00'), (x'"
                    + String.format("%02X", i * 4) + "')");
            sql("INSERT INTO src.fixed VALUES (x'" + String.format("%02X", i / 9) + "', -5.5 + " + i + ")");
            sql("INSERT INTO src.times VALUES ('2026-01-01 00:00:00.000001' + INTERVAL " + i / 9 + " MICROSECOND, '-"
                    + String.format("%03d", i % 9 * 90 + 1) + ":00:01.500', '1999-12-31' + INTERVAL " + i + " DAY)");
            sql("INSERT INTO src.stamp VALUES ('2024-03-10 02:30:00' + INTERVAL " + i / 9 + " HOUR, " + i + ")");
            sql("INSERT INTO src.enums VALUES ('" + List.of("a", "m", "z").get(i % 3) + "', " + i + ")");
            sql("INSERT INTO src.odd VALUES (" + i / 9 + ", " + i + " / 7)");
        }
        fill(500);
        try (var flink = flink()) {
            var job = flink.submit(config("src.*", "chunk-size: 7"));
            for (var table : keys.keySet()) {
                awaitEqual(job, table);
            }
            awaitEqual(job, "t");
            await().atMost(LIMIT).untilAsserted(() -> assertThat(snapshots(flink))
                    .hasSize(keys.size() + 1)
                    .allMatch(line -> line.contains("\tcomplete\t"))
                    .anyMatch(line ->
                            line.startsWith("source\tsrc.t\tfirst\tcomplete\t500/500 rows\t72/72 chunks\t0 s left"))
                    .anyMatch(line -> line.startsWith("source\tsrc.u\tfirst\tcomplete\t120/120 rows\t18/18 chunks")));
            job.cancel();
        }
    }

    @Test
    void repairsARangeUnderTrafficAndOverwritesNoNewerRow() throws Exception {
        fill(3000);
        try (var flink = flink();
                var traffic = new Traffic()) {
            var job = flink.submit(config("src.*", "chunk-size: 100"));
            awaitEqual(job, "t");
            traffic.begin();
            // What no change of the source would mend.
            sql(
                    "UPDATE copy.t SET name = 'wrong' WHERE id BETWEEN 1000 AND 2000",
                    "DELETE FROM copy.t WHERE id BETWEEN 1500 AND 1600",
                    "UPDATE copy.t SET name = 'outside' WHERE id = 2500");
            for (var where :
                    List.of("id BETWEEN 1000 AND 2000 AND name LIKE 'row %'", "tenant = 7 AND id = 1001 -- one")) {
                var result = resnapshot(flink, "--where", where, "--wait");
                assertThat(result.status()).as(result.err()).isZero();
                assertThat(result.out()).contains("\tcomplete\t").contains(where);
            }
            traffic.end();
            await().atMost(LIMIT).untilAsserted(() -> assertThat(differences()).containsExactly("2500"));
            assertThat(traffic.backwards).as("values that became older").isZero();
            assertThat(traffic.seen)
                    .as("values seen of the row that changes most")
                    .isGreaterThan(3);

            assertThat(resnapshot(flink, "--wait").status()).isZero();
            awaitEqual(job, "t");
            assertThat(job.metrics().restarts()).isZero();
            job.cancel();
        }
    }

    @Test
    void endsEqualAfterAKillDuringACopyOfALaterTime() throws Exception {
        fill(4000);
        try (var flink = flink();
                var traffic = new Traffic()) {
            var job = flink.submit(config("src.*", "chunk-size: 100, fetch-size: 50, snapshot-rows-per-second: 1000"));
            awaitEqual(job, "t");
            sql("UPDATE copy.t SET name = 'wrong'", "DELETE FROM copy.t WHERE id % 3 = 0");
            traffic.begin();
            var begun = resnapshot(flink);
            assertThat(begun.status()).as(begun.err()).isZero();
            await().atMost(LIMIT)
                    .until(() -> Integer.parseInt(text("SELECT COUNT(*) FROM copy.t WHERE name <> 'wrong'")) > 400);
            flink.killTaskManager(0);
            assertThat(Integer.parseInt(text("SELECT COUNT(*) FROM copy.t WHERE name = 'wrong'")))
                    .as("rows left to repair at the kill")
                    .isGreaterThan(500);
            flink.startTaskManager();
            job.awaitRunning(LIMIT);
            await().atMost(LIMIT).until(() -> text("SELECT COUNT(*) FROM copy.t WHERE name = 'wrong'")
                    .equals("0"));
            traffic.end();
            awaitEqual(job, "t");
            job.cancel();
        }
    }

    @Test
    void refusesWhatCanNotBeCopied() throws Exception {
        try (var flink = flink()) {
            var job = flink.submit(config("src.*", ""));
            job.awaitRunning(LIMIT);
            sql("INSERT INTO src.t VALUES (1, 1, 1, 'x')");
            awaitEqual(job, "t");
            assertThat(resnapshot(flink, "--where", "nmae = 'x'").err())
                    .startsWith("source source refuses: Unknown column 'nmae'");
            assertThat(resnapshot(flink, "--where", "id = ").err()).contains("error in your SQL syntax");
            var none = run(flink, "resnapshot", config, "--table", "src.none");
            assertThat(none.status()).isEqualTo(1);
            assertThat(none.err()).contains("there is no table src.none with a primary key");
            assertThat(run(flink, "resnapshot", config, "--table", "elsewhere.t")
                            .err())
                    .startsWith("elsewhere.t: no source of the configuration reads it");
            assertThat(job.metrics().restarts()).isZero();
            job.cancel();
        }
    }

    @Test
    void copiesATableThatIsAddedAndForgetsOneThatIsRemoved() throws Exception {
        fill(2000);
        create("gone");
        create("added");
        sql("INSERT INTO src.gone SELECT * FROM src.t", "INSERT INTO src.added SELECT * FROM src.t");
        try (var flink = flink();
                var traffic = new Traffic()) {
            var job = flink.submit(config("src.t\", \"src.gone", "chunk-size: 50, snapshot-rows-per-second: 1000"));
            await().atMost(LIMIT)
                    .until(() -> !text("SELECT COUNT(*) FROM copy.t").equals("0")
                            || !text("SELECT COUNT(*) FROM copy.gone").equals("0"));
            traffic.begin();
            var savepoint = job.stop();
            sql("UPDATE src.added SET n = 1 WHERE id % 5 = 0", "DELETE FROM src.added WHERE id % 7 = 0");
            var gone = text("SELECT COUNT(*), COALESCE(SUM(n), 0) FROM copy.gone");

            job = flink.submit(config("src.t\", \"src.added", "chunk-size: 50"), savepoint);
            await().atMost(LIMIT)
                    .until(() -> !text("SELECT COUNT(*) FROM copy.added").equals("0"));
            sql(
                    "UPDATE src.added SET n = n + 1 WHERE id % 11 = 0",
                    "INSERT INTO src.added VALUES (1, 100000, 5, 'late')", "UPDATE src.gone SET n = 99");
            awaitEqual(job, "added");
            traffic.end();
            awaitEqual(job, "t");
            assertThat(text("SELECT COUNT(*), COALESCE(SUM(n), 0) FROM copy.gone"))
                    .isEqualTo(gone);
            assertThat(traffic.backwards).isZero();

            // The added table is known from now on, and the forgotten one is new.
            savepoint = job.stop();
            sql("UPDATE copy.added SET name = 'kept' WHERE id = 1", "UPDATE src.added SET n = 77 WHERE id = 2");
            job = flink.submit(config("src.*", "chunk-size: 50"), savepoint);
            awaitEqual(job, "gone");
            await().atMost(LIMIT)
                    .until(() -> text("SELECT n FROM copy.added WHERE id = 2").equals("77"));
            assertThat(text("SELECT name FROM copy.added WHERE id = 1")).isEqualTo("kept");
            assertThat(job.metrics().restarts()).isZero();
            job.cancel();
        }
    }

    /** Changes rows of {@code src.t} all the time, one of them most; watches that one at the target. */
    private final class Traffic implements AutoCloseable {
        private final AtomicBoolean goesOn = new AtomicBoolean();
        private CompletableFuture<Void> load = CompletableFuture.completedFuture(null);
        private CompletableFuture<Void> watch = CompletableFuture.completedFuture(null);
        private volatile int seen;
        private volatile int backwards;

        void begin() {
            goesOn.set(true);
            load = CompletableFuture.runAsync(this::write);
            watch = CompletableFuture.runAsync(this::look);
        }

        private void write() {
            var random = new Random(7);
            try (var connection = server.connect();
                    var statement = connection.createStatement()) {
                while (goesOn.get()) {
                    statement.execute("UPDATE src.t SET n = n + 1 WHERE id = 1001");
                    statement.execute("UPDATE src.t SET n = n + 1 WHERE id = " + (1 + random.nextInt(2000)));
                    pause();
                    if (random.nextInt(20) == 0) {
                        statement.execute("DELETE FROM src.t WHERE id = " + (1700 + random.nextInt(100)));
                    }
                }
            } catch (SQLException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void pause() throws InterruptedException {
            new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
        }

        private void look() {
            int last = 0;
            while (goesOn.get()) {
                try {
                    pause();
                    int now = Integer.parseInt(text("SELECT COALESCE(MAX(n), 0) FROM copy.t WHERE id = 1001"));
                    if (now < last) {
                        backwards++;
                    }
                    if (now > last) {
                        seen++;
                    }
                    last = Math.max(last, now);
                } catch (SQLException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        void end() {
            goesOn.set(false);
            load.join();
            watch.join();
        }

        @Override
        public void close() {
            goesOn.set(false);
        }
    }

    private record Result(int status, String out, String err) {}

    private Path config;

    private Result resnapshot(LocalFlink flink, String... further) {
        var args = new ArrayList<>(List.of("--table", "src.t"));
        args.addAll(List.of(further));
        return run(flink, "resnapshot", config, args.toArray(new String[0]));
    }

    private List<String> snapshots(LocalFlink flink) {
        return run(flink, "snapshots", config).out().lines().toList();
    }

    private Result run(LocalFlink flink, String command, Path file, String... further) {
        var args = new ArrayList<>(
                List.of(command, file.toString(), "--flink", flink.webUi().toString()));
        args.addAll(List.of(further));
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int status = SnapshotsCommand.run(
                args,
                Map.of("PASSWORD", server.password())::get,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private List<String> differences() throws SQLException {
        return server
                .query("SELECT id FROM (SELECT * FROM src.t UNION ALL SELECT * FROM copy.t) both_of_them"
                        + " GROUP BY tenant, id, n, name HAVING COUNT(*) = 1 ORDER BY id")
                .stream()
                .distinct()
                .toList();
    }

    private void awaitEqual(LocalJob job, String table) throws SQLException {
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
            assertThat(job.ended()).isFalse();
            assertThat(text("CHECKSUM TABLE copy." + table)).as(table).isEqualTo(text("CHECKSUM TABLE src." + table));
        });
        assertThat(text("SELECT COUNT(*) FROM copy." + table)).isNotEqualTo("0");
    }

    private LocalFlink flink() throws Exception {
        return LocalFlink.start(config("src.*", ""), 2, folder.resolve("flink-" + NUMBER.incrementAndGet()));
    }

    private SyncConfig config(String tables, String more) throws Exception {
        var yaml =
                """
                gravity:
                  checkpoint-interval: 300ms
                  sources:
                    - {name: source, type: mysql, host: %1$s, port: %2$d, username: %3$s, password: "${env:PASSWORD}",
                       tables: ["%4$s"], max-workers: 2 %5$s}
                  table-mapping:
                    - {tables: ["src.*"], target: "copy.${table}"}
                  targets:
                    - {name: copy, type: mysql, host: %1$s, port: %2$d, username: %3$s, password: "${env:PASSWORD}"}
                """.formatted(server.host(), server.port(), server.user(), tables, more.isEmpty() ? "" : ", " + more);
        config = Files.writeString(folder.resolve("copies.yaml"), yaml);
        return SyncConfigLoader.load(config, Map.of("PASSWORD", server.password())::get);
    }

    private void sql(String... statements) throws SQLException {
        server.execute(statements);
    }

    /** Returns all columns of the first row, with blanks between. */
    private String text(String query) throws SQLException {
        try (var connection = server.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            if (!rows.next()) {
                return "";
            }
            // The name of a table that was compared comes first.
            int from = query.startsWith("CHECKSUM") ? 2 : 1;
            var columns = new ArrayList<String>();
            for (int i = from; i <= rows.getMetaData().getColumnCount(); i++) {
                columns.add(rows.getString(i));
            }
            return String.join(" ", columns);
        }
    }
}
