package io.gravity.local.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.SyncConfig;
import io.gravity.SyncConfigLoader;
import io.gravity.local.demo.Home;
import io.gravity.local.demo.LocalStack;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.flink.LocalJob;
import io.gravity.local.load.Workload;
import io.gravity.local.load.WorkloadOptions;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.verify.TargetResult;
import io.gravity.local.verify.Verifier;
import io.gravity.source.SourceConfig;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kills each part once while tables are snapshotted and written, and once in the binlog phase. After it is back, every
 * row of every target must be the source's: none lost, none left over, and no standstill. The job restarts only where its
 * own tasks are killed.
 *
 * <p>{@code -Dgravity.kill.rounds=10} repeats the kills in the snapshot phase.
 */
class KillIT {
    private static final int PRELOADED_ROWS = 30_000;
    private static final int CHANGES_PER_SECOND = 300;
    private static final Duration DOWN = Duration.ofSeconds(2);
    private static final Duration MORE_LOAD = Duration.ofSeconds(3);
    private static final Duration RECOVERY = Duration.ofMinutes(4);
    private static final Duration SETTLE = Duration.ofSeconds(60);
    /** Rows of the MySQL target at which the snapshot has begun, and is far from its end. */
    private static final int SNAPSHOT_BEGUN = 300;

    private static final List<String> DATABASES = List.of("user_db", "order_db", "log_db");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private static LocalStack stack;
    private static int round;

    @BeforeAll
    static void startServers() throws Exception {
        stack = LocalStack.start(folder.resolve("servers"), line -> {});
    }

    @AfterAll
    static void stopServers() {
        if (stack != null) {
            stack.close();
        }
    }

    static Stream<Victim> snapshotKills() {
        int rounds = Integer.getInteger("gravity.kill.rounds", 1);
        return Stream.generate(() -> Stream.of(Victim.values())).limit(rounds).flatMap(victims -> victims);
    }

    @ParameterizedTest
    @MethodSource("snapshotKills")
    void endsEqualAfterKillInSnapshotPhase(Victim victim) throws Exception {
        try (var run = new Run()) {
            run.workload.preload(PRELOADED_ROWS);
            long expected = run.verifier.rowsExpected().get("data-warehouse");
            run.workload.start();
            run.job = run.flink.submit(run.config);
            await().atMost(RECOVERY)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> rowsAtWarehouse() > SNAPSHOT_BEGUN);
            run.killAndBringBack(victim);
            assertThat(run.rowsAtKill)
                    .as("rows there when %s was killed", victim)
                    .isLessThan(expected * 9 / 10);
            run.finish(victim);
        }
    }

    @Test
    void endsEqualAfterEachKillInBinlogPhase() throws Exception {
        try (var run = new Run()) {
            run.workload.preload(2_000);
            run.job = run.flink.submit(run.config);
            run.assertEqual("the snapshot");
            run.workload.start();
            for (var victim : Victim.values()) {
                run.killAndBringBack(victim);
                pause(MORE_LOAD);
            }
            run.finish(null);
        }
    }

    private static long rowsAtWarehouse() throws SQLException {
        try (var connection = stack.warehouse().connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT (SELECT COUNT(*) FROM user_db.users)"
                        + " + (SELECT COUNT(*) FROM order_db.orders) + (SELECT COUNT(*) FROM order_db.order_items)")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static void pause(Duration time) throws InterruptedException {
        new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** One job on empty targets, with its load. */
    private static final class Run implements AutoCloseable {
        final SyncConfig config;
        final Workload workload;
        final Verifier verifier;
        final LocalFlink flink;
        LocalJob job;
        long rowsAtKill;
        private int taskManagers;

        Run() throws Exception {
            var environment = stack.environment();
            config = inSmallChunks(SyncConfigLoader.load(Home.find().resolve("conf/demo.yaml"), environment::get));
            empty();
            stack.createTables(Home.find());
            workload = Workload.of(stack.sources(), WorkloadOptions.ofRate(CHANGES_PER_SECOND));
            verifier = Verifier.of(config);
            flink = LocalFlink.start(config, 2, folder.resolve("flink-" + ++round));
        }

        private static void empty() throws Exception {
            var servers = new ArrayList<DatabaseServer>(stack.sources().values());
            servers.add(stack.warehouse());
            for (var server : servers) {
                for (var database : DATABASES) {
                    server.execute("DROP DATABASE IF EXISTS " + database);
                }
            }
            stack.clickHouse().execute("DROP DATABASE IF EXISTS analytics");
            var properties = new Properties();
            properties.put("bootstrap.servers", stack.kafka().bootstrapServers());
            try (var admin = AdminClient.create(properties)) {
                var topics = admin.listTopics().names().get(30, TimeUnit.SECONDS);
                admin.deleteTopics(topics).all().get(30, TimeUnit.SECONDS);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> admin.listTopics().names().get().isEmpty());
            }
        }

        /** So that the snapshot takes its time, and a kill hits the middle of it. */
        private static SyncConfig inSmallChunks(SyncConfig config) {
            var sources = config.sources().stream().map(source -> {
                var tuning = source.tuning();
                return new SourceConfig(
                        source.name(),
                        source.host(),
                        source.port(),
                        source.username(),
                        source.password(),
                        source.priority(),
                        source.maxWorkers(),
                        source.tables(),
                        source.exclude(),
                        source.serverIds(),
                        source.startup(),
                        new SourceConfig.Tuning(
                                tuning.connectTimeout(),
                                tuning.connectMaxRetries(),
                                tuning.connectionPoolSize(),
                                tuning.heartbeatInterval(),
                                tuning.pollInterval(),
                                64,
                                128,
                                100,
                                tuning.chunkBytes(),
                                50,
                                tuning.snapshotRowsPerSecond(),
                                tuning.serverTimeZone(),
                                tuning.jdbcProperties()));
            });
            return new SyncConfig(
                    sources.toList(),
                    config.mappings(),
                    config.order(),
                    config.quality(),
                    config.resolve(),
                    config.routes(),
                    config.targets(),
                    config.quarantine(),
                    Duration.ofSeconds(1));
        }

        void killAndBringBack(Victim victim) throws Exception {
            rowsAtKill = rowsAtWarehouse();
            victim.kill(stack, flink, taskManagers);
            pause(DOWN);
            victim.bringBack(stack, flink);
            if (victim == Victim.TASK_MANAGER) {
                taskManagers++;
            }
        }

        void finish(Victim victim) throws Exception {
            pause(MORE_LOAD);
            workload.stop();
            assertEqual("killing " + (victim == null ? "everything" : victim));
            if (victim != null && victim != Victim.TASK_MANAGER) {
                assertThat(job.metrics().restarts())
                        .as("restarts after killing %s", victim)
                        .isZero();
            }
        }

        void assertEqual(String after) throws Exception {
            var results = verifier.awaitQuiet(RECOVERY, SETTLE);
            assertThat(results.values()).as("targets after %s", after).allMatch(TargetResult::equal);
            assertThat(results.values().stream()
                            .mapToLong(TargetResult::rowsExpected)
                            .sum())
                    .isPositive();
        }

        @Override
        public void close() throws Exception {
            if (job != null && !job.ended()) {
                job.cancel();
            }
            flink.close();
            workload.close();
            verifier.close();
        }
    }
}
