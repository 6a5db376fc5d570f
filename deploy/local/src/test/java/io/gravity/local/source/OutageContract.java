package io.gravity.local.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.SyncConfig;
import io.gravity.SyncConfigLoader;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.flink.LocalJob;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two sources write one target table. One of them is down, frozen, or has lost its binlog: the job never restarts, and the
 * other source's changes arrive as fast as ever. Changes wait for those of the other source for up to 20 s, so that a
 * source which holds the other one back would show.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OutageContract {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** A change waits for the end of the second it was made in, and some for a busy machine. */
    private static final Duration AT_ONCE = Duration.ofSeconds(10);

    private static final Duration DOWN = Duration.ofSeconds(5);
    private static final long STREAMING = 1;
    private static final long UNREACHABLE = 3;
    private static final long BINLOG_LOST = 4;
    private static final AtomicInteger NUMBER = new AtomicInteger();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private DatabaseServer shaky;
    private DatabaseServer steady;
    private LocalFlink flink;
    private LocalJob job;
    private int rows;

    /** Starts the server that fails. */
    abstract DatabaseServer startShaky(Path home);

    @BeforeAll
    void startServers() {
        shaky = startShaky(folder.resolve("shaky"));
        // The target as well.
        steady = DatabaseServers.start("steady", folder.resolve("steady"));
    }

    @AfterAll
    void stopServers() {
        for (var server : new DatabaseServer[] {shaky, steady}) {
            if (server != null) {
                server.close();
            }
        }
    }

    @BeforeEach
    void createTables() throws Exception {
        var table = "CREATE TABLE %s.t (id INT PRIMARY KEY, name VARCHAR(40))";
        for (var server : new DatabaseServer[] {shaky, steady}) {
            server.execute("DROP DATABASE IF EXISTS src", "CREATE DATABASE src", table.formatted("src"));
        }
        steady.execute("DROP DATABASE IF EXISTS copy", "CREATE DATABASE copy", table.formatted("copy"));
        flink = LocalFlink.start(config("stop"), 1, folder.resolve("flink-" + NUMBER.incrementAndGet()));
    }

    @AfterEach
    void stopFlink() throws Exception {
        if (job != null && !job.ended()) {
            job.cancel();
        }
        flink.close();
    }

    @Test
    void aServerThatIsDownAtTheStartKeepsNobodyWaiting() throws Exception {
        shaky.execute("INSERT INTO src.t VALUES (1, 'early')");
        shaky.kill();
        try {
            job = flink.submit(config("stop"));
            job.awaitRunning(LIMIT);
            await().atMost(LIMIT).until(() -> job.completedCheckpoints() > 0);
            assertOthersGoOn();
        } finally {
            shaky.restart();
        }
        shaky.execute("INSERT INTO src.t VALUES (2, 'late')");
        assertAllEqual();
    }

    @Test
    void aServerKilledInTheSnapshotComesBack() throws Exception {
        shaky.execute("INSERT INTO src.t SELECT seq.n, 'old' FROM (" + numbers() + ") seq");
        job = flink.submit(config("stop"));
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(5)).until(() -> count(steady, "copy") > 100);
        killForAWhile();
        assertThat(rowsAtKill).as("rows at the target when it was killed").isBetween(100L, 18_000L);
        shaky.execute("UPDATE src.t SET name = 'new' WHERE id % 10 = 2", "DELETE FROM src.t WHERE id % 10 = 4");
        assertAllEqual();
    }

    @Test
    void aServerKilledInTheBinlogComesBack() throws Exception {
        startAndCatchUp("stop");
        killForAWhile();
        change();
        assertAllEqual();
        killForAWhile();
        change();
        assertAllEqual();
        await().atMost(LIMIT).until(() -> state() == STREAMING);
    }

    @Test
    void aServerThatHangsIsNoticedAndComesBack() throws Exception {
        startAndCatchUp("stop");
        shaky.pause();
        try {
            await().atMost(LIMIT).until(() -> state() == UNREACHABLE);
            assertOthersGoOn();
        } finally {
            shaky.resume();
        }
        change();
        assertAllEqual();
    }

    @Test
    void aSavepointIsTakenWhileAServerIsDown() throws Exception {
        startAndCatchUp("stop");
        String savepoint;
        shaky.kill();
        try {
            await().atMost(LIMIT).until(() -> state() == UNREACHABLE);
            long begun = System.nanoTime();
            savepoint = job.stop();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(AT_ONCE);
            job = flink.submit(config("stop"), savepoint);
            job.awaitRunning(LIMIT);
            assertOthersGoOn();
        } finally {
            shaky.restart();
        }
        change();
        assertAllEqual();
    }

    @Test
    void aLostBinlogStopsItsSourceAloneOrIsReplacedByAnotherCopy() throws Exception {
        startAndCatchUp("stop");
        var savepoint = job.stop();
        change();
        loseBinlog();

        job = flink.submit(config("stop"), savepoint);
        await().atMost(LIMIT).until(() -> state() == BINLOG_LOST);
        assertOthersGoOn();
        assertThat(state()).isEqualTo(BINLOG_LOST);
        savepoint = job.stop();

        job = flink.submit(config("resnapshot"), savepoint);
        assertAllEqual();
        change();
        shaky.execute("DELETE FROM src.t WHERE id % 6 = 2");
        assertAllEqual();
        assertThat(state()).isEqualTo(STREAMING);

        savepoint = job.stop();
        change();
        job = flink.submit(config("resnapshot"), savepoint);
        assertAllEqual();
    }

    private long rowsAtKill;

    private void startAndCatchUp(String onBinlogLost) throws Exception {
        change();
        job = flink.submit(config(onBinlogLost));
        change();
        assertAllEqual();
    }

    /** The shaky server's keys are even, the steady one's odd. */
    private void change() throws SQLException {
        for (int i = 0; i < 20; i++) {
            rows++;
            shaky.execute("INSERT INTO src.t VALUES (" + (2_000_000 + 2 * rows) + ", 'inserted')");
            steady.execute("INSERT INTO src.t VALUES (" + (2_000_001 + 2 * rows) + ", 'inserted')");
        }
        shaky.execute("UPDATE src.t SET name = 'changed " + rows + "' WHERE id % 6 = 0");
    }

    private void killForAWhile() throws Exception {
        rowsAtKill = count(steady, "copy");
        shaky.kill();
        try {
            long end = System.nanoTime() + DOWN.toNanos();
            do {
                assertOthersGoOn();
            } while (System.nanoTime() < end);
            await().atMost(AT_ONCE).until(() -> state() == UNREACHABLE);
        } finally {
            shaky.restart();
        }
    }

    /** The server keeps a file for a moment that it has just been sending. */
    private void loseBinlog() throws SQLException {
        shaky.execute("FLUSH BINARY LOGS");
        await().atMost(LIMIT).until(() -> {
            shaky.execute("PURGE BINARY LOGS TO '" + binlogs().getLast() + "'");
            return binlogs().size() == 1;
        });
    }

    private ArrayDeque<String> binlogs() throws SQLException {
        var names = new ArrayDeque<String>();
        try (var connection = shaky.connect();
                var statement = connection.createStatement();
                var files = statement.executeQuery("SHOW BINARY LOGS")) {
            while (files.next()) {
                names.add(files.getString(1));
            }
        }
        return names;
    }

    /** A change of the steady source arrives at once, and checkpoints are completed. */
    private void assertOthersGoOn() throws Exception {
        int id = 1_000_001 + 2 * ++rows;
        long checkpoints = job.completedCheckpoints();
        steady.execute("INSERT INTO src.t VALUES (" + id + ", 'meanwhile')");
        await().atMost(AT_ONCE).pollInterval(Duration.ofMillis(50)).until(() -> text(
                        steady, "SELECT COUNT(*) FROM copy.t WHERE id = " + id)
                .equals("1"));
        await().atMost(AT_ONCE).until(() -> job.completedCheckpoints() > checkpoints);
        assertNoRestart();
    }

    private void assertAllEqual() throws Exception {
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
            var sums = "SELECT COUNT(*), COALESCE(SUM(CRC32(CONCAT(id, ':', name))), 0) FROM ";
            var even = numbers(shaky, sums + "src.t");
            var odd = numbers(steady, sums + "src.t");
            var copied = numbers(steady, sums + "copy.t");
            assertThat(copied).containsExactly(even[0] + odd[0], even[1] + odd[1]);
        });
        assertNoRestart();
    }

    private void assertNoRestart() throws Exception {
        assertThat(job.ended()).isFalse();
        assertThat(job.metrics().restarts()).as("restarts of the job").isZero();
    }

    private long state() throws Exception {
        return job.metrics().sourceStates().getOrDefault("shaky", -1L);
    }

    private static long count(DatabaseServer server, String database) throws SQLException {
        return Long.parseLong(text(server, "SELECT COUNT(*) FROM " + database + ".t"));
    }

    private static String text(DatabaseServer server, String query) throws SQLException {
        return String.valueOf(numbers(server, query)[0]);
    }

    private static long[] numbers(DatabaseServer server, String query) throws SQLException {
        try (var connection = server.connect();
                var statement = connection.createStatement();
                var result = statement.executeQuery(query)) {
            result.next();
            var numbers = new long[result.getMetaData().getColumnCount()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = result.getLong(i + 1);
            }
            return numbers;
        }
    }

    /** Even numbers up to 40,000. */
    private static String numbers() {
        var digits = "(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4"
                + " UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)";
        return "SELECT 2 * (10000 * e.d + 1000 * a.d + 100 * b.d + 10 * c.d + f.d) AS n FROM (SELECT 0 d UNION ALL SELECT 1) e, "
                + digits + " a, " + digits + " b, " + digits + " c, " + digits + " f";
    }

    private SyncConfig config(String onBinlogLost) throws Exception {
        var yaml = """
                gravity:
                  checkpoint-interval: 500ms
                  merge: {max-delay: 20s}
                  sources:
                    - {name: shaky, type: mysql, host: %1$s, port: %2$d, username: %3$s, password: "${env:SHAKY}",
                       tables: ["src.*"], chunk-size: 100, on-binlog-lost: %7$s}
                    - {name: steady, type: mysql, host: %4$s, port: %5$d, username: %6$s, password: "${env:STEADY}",
                       tables: ["src.*"]}
                  table-mapping:
                    - {tables: ["src.*"], target: "copy.${table}"}
                  targets:
                    - {name: copy, type: mysql, host: %4$s, port: %5$d, username: %6$s, password: "${env:STEADY}"}
                """.formatted(
                shaky.host(), shaky.port(), shaky.user(), steady.host(), steady.port(), steady.user(), onBinlogLost);
        var file = Files.writeString(folder.resolve("job.yaml"), yaml);
        return SyncConfigLoader.load(file, Map.of("SHAKY", shaky.password(), "STEADY", steady.password())::get);
    }
}
