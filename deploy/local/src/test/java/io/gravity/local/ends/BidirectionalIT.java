package io.gravity.local.ends;

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
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Applications at two ends write the same rows at once, and both ends become equal, with nothing read as a change that
 * Gravity wrote itself, and no addition to a counter lost.
 *
 * <p>{@code -Dgravity.bidirectional.seconds=600} writes longer.
 */
class BidirectionalIT {
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration SETTLE = Duration.ofMinutes(2);
    private static final Duration QUIET = Duration.ofSeconds(5);
    private static final Duration LOAD = Duration.ofSeconds(Integer.getInteger("gravity.bidirectional.seconds", 20));
    private static final String BOTH = "left, right";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void twoJobsInOppositeDirectionsEndEqual() throws Exception {
        try (var left = DatabaseServers.start("left", folder.resolve("left"));
                var right = OtherServers.mySql9("right", folder.resolve("right"));
                var toLeft = load(left, "left", 1);
                var toRight = load(right, "right", 2)) {
            toLeft.preload(1, 50);
            toRight.preload(51, 100);
            var rightwards = config(left, right, "right");
            var leftwards = config(left, right, "left");
            try (var flink = LocalFlink.start(1, 4, folder.resolve("flink"), new Configuration())) {
                var jobs = List.of(flink.submit(rightwards), flink.submit(leftwards));
                awaitCopied(left, right);
                long leftBefore = toLeft.changes();
                long rightBefore = toRight.changes();
                toLeft.start();
                toRight.start();
                pause(LOAD.dividedBy(2));
                left.execute("ALTER TABLE shop.hot ADD COLUMN weight INT NOT NULL DEFAULT 7");
                pause(LOAD.dividedBy(2));
                toLeft.stop();
                toRight.stop();
                awaitEqual(left, right, toLeft, toRight);
                for (var job : jobs) {
                    assertThat(job.metrics().restarts()).isZero();
                    await().atMost(START).untilAsserted(() -> assertThat(
                                    job.metrics().changes())
                            .as("what each job has taken for a change")
                            .isEqualTo(Map.of(
                                    "left", toLeft.changes() - leftBefore, "right", toRight.changes() - rightBefore)));
                    assertNoLoop(job);
                }
                assertThat(jobs.get(0).metrics().total("loopedChanges")).isPositive();
                assertThat(right.query("SELECT DISTINCT weight FROM shop.hot")).containsExactly("7");
            }
        }
    }

    @Test
    void oneJobBetweenBothEndsSurvivesAKillAndEndsEqual() throws Exception {
        try (var left = DatabaseServers.start("left", folder.resolve("left"));
                var right = DatabaseServers.start("right", folder.resolve("right"));
                var toLeft = load(left, "left", 3);
                var toRight = load(right, "right", 4)) {
            toLeft.preload(1, 50);
            toRight.preload(51, 100);
            var config = config(left, right, BOTH);
            try (var flink = LocalFlink.start(config, 2, folder.resolve("flink"))) {
                var job = flink.submit(config);
                toLeft.start();
                toRight.start();
                await().atMost(START)
                        .until(() ->
                                left.query("SELECT name FROM shop.counters").size() == 2);
                pause(LOAD.dividedBy(2));
                flink.killTaskManager(0);
                pause(Duration.ofSeconds(2));
                flink.startTaskManager();
                pause(LOAD.dividedBy(2));
                toLeft.stop();
                toRight.stop();
                awaitEqual(left, right, toLeft, toRight);
                assertNoLoop(job);
            }
        }
    }

    /** Each job knows one end only, so no row may be written at both; a third job copies onwards what either has written. */
    @Test
    void jobsThatReadOneEndEachDoNotLoopAndOthersSeeWhatTheyWrite() throws Exception {
        try (var left = DatabaseServers.start("left", folder.resolve("left"));
                var right = DatabaseServers.start("right", folder.resolve("right"));
                var toLeft = load(left, "left", 5);
                var toRight = load(right, "right", 6)) {
            right.execute(
                    "CREATE DATABASE onward",
                    "CREATE TABLE onward.hot LIKE shop.hot",
                    "CREATE TABLE onward.counters LIKE shop.counters");
            var rightwards = config(6100, "origin: shop", List.of(left), "right", right, "");
            var leftwards = config(6200, "origin: shop", List.of(right), "left", left, "");
            var onwards = config(6300, "", List.of(right), "onward", right, ", database: onward");
            try (var flink = LocalFlink.start(1, 8, folder.resolve("flink"), new Configuration())) {
                var jobs = List.of(flink.submit(rightwards), flink.submit(leftwards), flink.submit(onwards));
                for (var job : jobs) {
                    await().atMost(START)
                            .until(() -> job.metrics().sourceStates().getOrDefault("source-0", 0L) == 1);
                }
                toLeft.preload(1, 50);
                toRight.preload(51, 100);
                toLeft.startCounting();
                toRight.startCounting();
                pause(LOAD.dividedBy(2));
                toLeft.stop();
                toRight.stop();
                awaitEqual(left, right, toLeft, toRight);
                await().atMost(SETTLE)
                        .untilAsserted(() -> assertThat(rows(right, "onward")).isEqualTo(rows(left)));
                await().atMost(START)
                        .untilAsserted(() -> assertThat(jobs.get(0).metrics().changes())
                                .isEqualTo(Map.of("source-0", toLeft.changes())));
                await().atMost(START)
                        .untilAsserted(() -> assertThat(jobs.get(1).metrics().changes())
                                .isEqualTo(Map.of("source-0", toRight.changes())));
                assertThat(jobs.get(0).metrics().total("loopedChanges")).isPositive();
            }
        }
    }

    private SyncConfig config(
            int serverId, String top, List<DatabaseServer> sources, String target, DatabaseServer at, String more)
            throws Exception {
        var yaml = new StringBuilder("gravity:\n  checkpoint-interval: 1s\n" + top.indent(2) + "  sources:\n");
        for (int i = 0; i < sources.size(); i++) {
            yaml.append(end("source-" + i, sources.get(i), ", tables: [\"shop.*\"], server-id: " + (serverId + i)));
        }
        yaml.append("  targets:\n").append(end(target, at, more));
        var file = Files.writeString(folder.resolve("to-" + target + ".yaml"), yaml);
        return SyncConfigLoader.load(file, name -> at.password());
    }

    private void assertNoLoop(LocalJob job) throws Exception {
        say("%d changes were taken back, %d ends corrected"
                .formatted(job.metrics().total("loopedChanges"), job.metrics().total("endsCorrected")));
        assertThat(job.metrics().total("loops")).as("loops").isZero();
    }

    private static EndLoad load(DatabaseServer server, String end, long seed) throws SQLException {
        server.execute(EndLoad.tables());
        return new EndLoad(server, end, seed);
    }

    private static void awaitCopied(DatabaseServer left, DatabaseServer right) {
        await().atMost(START)
                .until(() -> rows(left).equals(rows(right)) && rows(left).size() == 102);
    }

    private static void awaitEqual(DatabaseServer left, DatabaseServer right, EndLoad toLeft, EndLoad toRight)
            throws SQLException {
        long ended = System.nanoTime();
        try {
            await().atMost(SETTLE).during(QUIET).until(() -> rows(left).equals(rows(right)));
        } catch (ConditionTimeoutException e) {
            // The comparison that follows says what differs.
        }
        say("%d changes at the left end, %d at the right, %d rows, at rest %d s after the load"
                .formatted(
                        toLeft.changes(),
                        toRight.changes(),
                        rows(left).size(),
                        Duration.ofNanos(System.nanoTime() - ended).minus(QUIET).toSeconds()));
        assertThat(rows(left)).isEqualTo(rows(right)).hasSizeGreaterThan(EndLoad.KEYS / 4);
        assertThat(left.query("SELECT CONCAT(name, n) FROM shop.counters ORDER BY name"))
                .as("nothing came back over what an application has counted")
                .containsExactly("left" + toLeft.additions(), "right" + toRight.additions());
    }

    private static List<String> rows(DatabaseServer server) throws SQLException {
        return rows(server, "shop");
    }

    private static List<String> rows(DatabaseServer server, String database) throws SQLException {
        var rows = server.query("SELECT CONCAT_WS('|', id, note, changed_at) FROM " + database + ".hot ORDER BY id");
        rows.addAll(server.query(
                "SELECT CONCAT_WS('|', name, n, changed_at) FROM " + database + ".counters ORDER BY name"));
        return rows;
    }

    private SyncConfig config(DatabaseServer left, DatabaseServer right, String targets) throws Exception {
        var yaml = new StringBuilder("""
                gravity:
                  checkpoint-interval: 1s
                  sources:
                """);
        var reading = ", event-time: {\"*\": changed_at}, tables: [\"shop.*\"], heartbeat-interval: 1s, server-id: ";
        int serverId = 6000 + 10 * targets.length();
        yaml.append(end("left", left, reading + serverId));
        yaml.append(end("right", right, reading + (serverId + 1)));
        yaml.append("  targets:\n");
        if (targets.contains("left")) {
            yaml.append(end("left", left, ""));
        }
        if (targets.contains("right")) {
            yaml.append(end("right", right, ""));
        }
        var file = Files.writeString(folder.resolve("to-" + targets.replace(", ", "-") + ".yaml"), yaml);
        return SyncConfigLoader.load(file, Map.of("LEFT", left.password(), "RIGHT", right.password())::get);
    }

    private static String end(String name, DatabaseServer server, String more) {
        return "    - {name: %1$s, type: mysql, host: %2$s, port: %3$d, username: %4$s, password: \"${env:%5$s}\"%6$s}%n"
                .formatted(
                        name,
                        server.host(),
                        server.port(),
                        server.user(),
                        name.toUpperCase(Locale.ROOT).replace('-', '_'),
                        more);
    }

    private static void say(String line) {
        System.out.println("BidirectionalIT: " + line);
    }

    private static void pause(Duration time) throws InterruptedException {
        new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
    }
}
