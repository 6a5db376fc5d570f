package io.gravity.local.isolate;

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
import io.gravity.local.verify.Latency;
import io.gravity.local.verify.LatencyProbe;
import io.gravity.local.verify.TargetResult;
import io.gravity.local.verify.Verifier;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo's job, 2,000 changes a second over three sources and three targets, while one of them is killed, frozen or slow.
 * The job must not restart, the other links must go on, checkpoints must complete, and all must end equal.
 *
 * <p>{@code -Dgravity.isolation.seconds=60} makes each fault that long, and the printed latencies worth comparing;
 * {@code -Dgravity.outage.rows=1200000} lets ten minutes' load wait for a dead target.
 */
class IsolationIT {
    private static final String MYSQL = "data-warehouse";
    private static final String KAFKA = "analytics-kafka";
    private static final String CLICKHOUSE = "real-time-analytics";
    private static final List<String> TARGETS = List.of(MYSQL, KAFKA, CLICKHOUSE);

    private static final int CHANGES_PER_SECOND = 2_000;
    private static final Duration RECOVERY = Duration.ofMinutes(4);
    private static final Duration SETTLE = Duration.ofSeconds(30);
    private static final Duration FAULT = Duration.ofSeconds(Integer.getInteger("gravity.isolation.seconds", 12));
    /** Figures of a JVM that has compiled nothing yet would make every fault look harmless. */
    private static final Duration WARM_UP = FAULT.multipliedBy(2).plusSeconds(10);

    private static final int OUTAGE_ROWS = Integer.getInteger("gravity.outage.rows", 150_000);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private final List<String> figures = new ArrayList<>();
    private LocalStack stack;
    private DelayingProxy slow;
    private SyncConfig config;

    private interface Action {
        void run() throws Exception;
    }

    @BeforeEach
    void startServers() throws Exception {
        stack = LocalStack.start(folder.resolve("servers"), line -> {});
        slow = DelayingProxy.steady("127.0.0.1", stack.clickHouse().port());
        stack.createTables(Home.find());
        var environment = new HashMap<>(stack.environment());
        environment.put("GRAVITY_DEMO_CLICKHOUSE_PORT", Integer.toString(slow.port()));
        config = SyncConfigLoader.load(Home.find().resolve("conf/demo.yaml"), environment::get);
    }

    @AfterEach
    void stopServers() throws Exception {
        if (stack != null) {
            slow.close();
            stack.close();
        }
    }

    @Test
    void oneNeighboursFaultIsNobodyElsesDelay() throws Exception {
        try (var workload = Workload.of(stack.sources(), WorkloadOptions.ofRate(CHANGES_PER_SECOND));
                var verifier = Verifier.of(config);
                var flink = LocalFlink.start(config, 1, folder.resolve("flink"))) {
            workload.preload(2_000);
            var job = flink.submit(config);
            assertEqual(verifier, "the snapshot");
            try (var probe = LatencyProbe.of(config, verifier.expected(), Set.of(), workload)) {
                workload.start();
                probe.start();
                pause(WARM_UP);
                var logs = stack.sources().get(Workload.LOG_DB);
                fault(job, probe, "MySQL target killed", MYSQL, stack.warehouse()::kill, stack.warehouse()::restart);
                fault(job, probe, "Kafka target frozen", KAFKA, stack.kafka()::pause, stack.kafka()::resume);
                fault(
                        job,
                        probe,
                        "ClickHouse target slow",
                        CLICKHOUSE,
                        () -> slow.delayEach(500),
                        () -> slow.delayEach(0));
                // The probes of ClickHouse come from there, those of the others from another source.
                fault(job, probe, "source log-db killed", CLICKHOUSE, logs::kill, logs::restart);
                undisturbed(probe);

                workload.stop();
                probe.stop();
            }
            assertThat(job.ended()).isFalse();
            assertEqual(verifier, "all faults");
            assertThat(job.metrics().restarts()).as("restarts of the job").isZero();
        } finally {
            figures.forEach(System.out::println);
        }
    }

    private void undisturbed(LatencyProbe probe) throws Exception {
        probe.recent();
        pause(FAULT);
        tell("undisturbed", probe.recent(), null);
    }

    /** Lets one neighbour be away, and the others be measured meanwhile, and while it catches up. */
    private void fault(LocalJob job, LatencyProbe probe, String title, String target, Action begin, Action end)
            throws Exception {
        // The machine is not the same from minute to minute, so each fault is compared with the time before and behind
        // it.
        undisturbed(probe);
        probe.recent();
        long checkpoints = job.completedCheckpoints();
        begin.run();
        try {
            pause(FAULT);
            job.checkpoint();
            var meanwhile = probe.recent();
            tell(title, meanwhile, target);
            for (var other : TARGETS) {
                if (!other.equals(target)) {
                    assertThat(meanwhile.get(other).count())
                            .as("probes that arrived in %s, with %s", other, title)
                            .isGreaterThan(FAULT.toMillis() / 50 * 8 / 10);
                }
            }
            assertThat(job.completedCheckpoints()).isGreaterThan(checkpoints);
        } finally {
            end.run();
        }
        await().atMost(RECOVERY).pollInterval(Duration.ofMillis(500)).until(() -> probe.behind().values().stream()
                .allMatch(rows -> rows < CHANGES_PER_SECOND));
        tell("  and back again", probe.recent(), target);
        pause(Duration.ofSeconds(5));
    }

    private void tell(String title, Map<String, Latency> latencies, String without) {
        var line = new StringBuilder(String.format(Locale.ROOT, "%-28s", title));
        for (var target : TARGETS) {
            var latency = latencies.get(target);
            line.append(
                    target.equals(without)
                            ? String.format(Locale.ROOT, " | %-20s %17s", target, "-")
                            : String.format(
                                    Locale.ROOT, " | %-20s %6.0f /%6.0f ms", target, latency.p50(), latency.p99()));
        }
        figures.add(line.toString());
    }

    @Test
    void aLongOutageFillsTheStateAndNotTheHeapAndSurvivesAKill() throws Exception {
        try (var workload = Workload.of(stack.sources(), WorkloadOptions.ofRate(CHANGES_PER_SECOND));
                var verifier = Verifier.of(config);
                var flink = LocalFlink.start(config, 1, folder.resolve("flink"))) {
            workload.preload(2_000);
            var job = flink.submit(config);
            assertEqual(verifier, "the snapshot");
            workload.preload(10_000);
            assertEqual(verifier, "a warm-up");
            workload.start();
            pause(FAULT);
            long usual = usualCheckpointMillis(job);
            workload.stop();
            assertEqual(verifier, "usual traffic");
            long heap = heapBytes();

            stack.warehouse().kill();
            workload.preload(OUTAGE_ROWS);
            // One of five tables does not go to MySQL.
            long waiting = OUTAGE_ROWS / 5 * 4;
            await().atMost(RECOVERY).pollInterval(Duration.ofSeconds(1)).until(() -> backlog(job) > waiting * 9 / 10);
            long grown = heapBytes() - heap;
            workload.start();
            long away = usualCheckpointMillis(job);
            System.out.printf(
                    Locale.ROOT, "outage: %,d changes wait, heap grew by %,d KiB%n", backlog(job), grown >> 10);
            assertThat(grown).as("growth of the heap").isLessThan(100L * waiting);

            flink.killTaskManager(0);
            flink.startTaskManager();
            job.awaitRunning(RECOVERY);
            stack.warehouse().restart();
            long begun = System.nanoTime();
            long behind = backlog(job);
            await().atMost(RECOVERY).pollInterval(Duration.ofMillis(200)).until(() -> backlog(job) == 0);
            double seconds = (System.nanoTime() - begun) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "outage: caught up %,d changes in %.0f s, with %,d more a second, checkpoint %d ms before, %d ms while"
                            + " the target was away, %d ms afterwards%n",
                    behind,
                    seconds,
                    CHANGES_PER_SECOND,
                    usual,
                    away,
                    usualCheckpointMillis(job));
            workload.stop();
            assertEqual(verifier, "the outage");
        }
    }

    private static long backlog(LocalJob job) throws IOException, InterruptedException {
        return job.metrics().backlog().getOrDefault(MYSQL, 0L);
    }

    /** The median of some. */
    private static long usualCheckpointMillis(LocalJob job) throws Exception {
        var millis = new long[7];
        for (int i = 0; i < millis.length; i++) {
            pause(Duration.ofSeconds(1));
            millis[i] = job.checkpointMillis();
        }
        Arrays.sort(millis);
        return millis[millis.length / 2];
    }

    private static long heapBytes() {
        var memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    private static void assertEqual(Verifier verifier, String after) throws Exception {
        var results = verifier.awaitQuiet(RECOVERY, SETTLE);
        assertThat(results.values()).as("targets after %s", after).allMatch(TargetResult::equal);
        assertThat(results.values().stream()
                        .mapToLong(TargetResult::rowsExpected)
                        .sum())
                .isPositive();
    }

    private static void pause(Duration time) throws InterruptedException {
        new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
    }
}
