package io.gravity.local.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.SyncConfig;
import io.gravity.SyncConfigLoader;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.flink.LocalJob;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import io.gravity.local.server.OtherServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A source of which nothing changes for long, while its server goes on writing binlogs and removing old ones: the job's
 * position goes along, so that a restart finds what it needs, and metrics say how near the server's purge is.
 */
class PositionIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long STREAMING = 1;
    private static final int KEPT_SECONDS = 864_000;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void anIdleSourceGoesAlongWithItsBinlogMariaDb() throws Exception {
        try (var server = DatabaseServers.start("source", folder.resolve("source"))) {
            goesAlong(server);
        }
    }

    @Test
    void anIdleSourceGoesAlongWithItsBinlogMySql9() throws Exception {
        try (var server = OtherServers.mySql9("source", folder.resolve("source"))) {
            goesAlong(server);
        }
    }

    private void goesAlong(DatabaseServer server) throws Exception {
        server.execute(
                "CREATE DATABASE src",
                "CREATE TABLE src.t (id INT PRIMARY KEY, name VARCHAR(40))",
                "CREATE DATABASE noise",
                "CREATE TABLE noise.n (id INT PRIMARY KEY AUTO_INCREMENT, text VARCHAR(200))",
                "CREATE DATABASE copy",
                "CREATE TABLE copy.t (id INT PRIMARY KEY, name VARCHAR(40))",
                "INSERT INTO src.t VALUES (1, 'early')",
                "SET GLOBAL binlog_expire_logs_seconds = " + KEPT_SECONDS);
        var config = config(server);
        try (var flink = LocalFlink.start(config, 1, folder.resolve("flink"))) {
            var job = flink.submit(config);
            await().atMost(LIMIT).until(() -> ids(server).equals(List.of("1")));
            awaitStreaming(job);
            var first = newest(server);

            // Others write; nothing of it is ours.
            for (int i = 0; i < 3; i++) {
                server.execute("INSERT INTO noise.n (text) VALUES ('x')", "FLUSH BINARY LOGS");
            }
            server.execute("INSERT INTO noise.n (text) VALUES ('x')");
            job = restoredAfterPurge(flink, config, job, server);
            server.execute("INSERT INTO src.t VALUES (2, 'after noise')");
            awaitCopied(job, server, "1", "2");

            // Nobody writes at all.
            server.execute("FLUSH BINARY LOGS", "FLUSH BINARY LOGS");
            job = restoredAfterPurge(flink, config, job, server);
            server.execute("INSERT INTO src.t VALUES (3, 'after silence')");
            awaitCopied(job, server, "1", "2", "3");
            assertThat(newest(server)).isNotEqualTo(first);

            var running = job;
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(running.metrics().total("binlogSecondsLeft"))
                            .isEqualTo(KEPT_SECONDS));
            job.cancel();
        }
    }

    /** The position in the savepoint must have gone along: what lies before the newest binlog is gone when it is read. */
    private static LocalJob restoredAfterPurge(LocalFlink flink, SyncConfig config, LocalJob job, DatabaseServer server)
            throws Exception {
        // More than a heartbeat of the server and one of the connector.
        awaitCheckpoints(job, 8);
        var savepoint = job.stop();
        server.execute("PURGE BINARY LOGS TO '" + newest(server) + "'");
        assertThat(server.query("SHOW BINARY LOGS")).hasSize(1);
        var restored = flink.submit(config, savepoint);
        awaitStreaming(restored);
        return restored;
    }

    private static void awaitCheckpoints(LocalJob job, int more) throws Exception {
        long before = job.completedCheckpoints();
        await().atMost(LIMIT).until(() -> job.completedCheckpoints() >= before + more);
    }

    private static void awaitStreaming(LocalJob job) {
        await().atMost(LIMIT).until(() -> job.metrics().sourceStates().getOrDefault("src", 0L) == STREAMING);
    }

    private static void awaitCopied(LocalJob job, DatabaseServer server, String... ids) {
        await().atMost(LIMIT).untilAsserted(() -> assertThat(ids(server))
                .as("state %s", job.metrics().sourceStates())
                .containsExactly(ids));
    }

    private static List<String> ids(DatabaseServer server) throws SQLException {
        return server.query("SELECT id FROM copy.t ORDER BY id");
    }

    private static String newest(DatabaseServer server) throws SQLException {
        var logs = server.query("SHOW BINARY LOGS");
        return logs.get(logs.size() - 1);
    }

    private SyncConfig config(DatabaseServer server) throws Exception {
        var yaml = """
                gravity:
                  checkpoint-interval: 1s
                  sources:
                    - {name: src, type: mysql, host: %1$s, port: %2$d, username: %3$s, password: "${env:PASSWORD}",
                       tables: ["src.*"]}
                  targets:
                    - {name: copy, type: mysql, host: %1$s, port: %2$d, username: %3$s, password: "${env:PASSWORD}",
                       database: copy}
                """.formatted(server.host(), server.port(), server.user());
        var file = Files.writeString(folder.resolve("job.yaml"), yaml);
        return SyncConfigLoader.load(file, Map.of("PASSWORD", server.password())::get);
    }
}
