package io.gravity.local.demo;

import io.gravity.SyncConfig;
import io.gravity.SyncConfigLoader;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.flink.LocalJob;
import io.gravity.local.load.Workload;
import io.gravity.local.load.WorkloadOptions;
import io.gravity.local.verify.LatencyProbe;
import io.gravity.local.verify.TargetResult;
import io.gravity.local.verify.Verifier;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One run of the demo, from the first server to the comparison. */
final class DemoRun {
    private static final Duration SNAPSHOT_LIMIT = Duration.ofMinutes(10);
    private static final Duration QUIET_LIMIT = Duration.ofMinutes(5);
    /** How long no target may change before it is believed that no change is on its way any more. */
    private static final Duration SETTLE = Duration.ofSeconds(15);

    private static final double HOT_SHARE = 0.1;
    /** Half of the cores: the servers and the load need the others. */
    private static final int PARALLELISM = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    private static final long SNAPSHOT_POLL_MILLIS = 200;
    private static final long TABLE_MILLIS = 1_000;

    private final DemoOptions options;
    private final Screen screen;
    private final Path home;
    private final Path folder;
    private final CountDownLatch never = new CountDownLatch(1);

    DemoRun(DemoOptions options, Screen screen, Path home, Path folder) {
        this.options = options;
        this.screen = screen;
        this.home = home;
        this.folder = folder;
    }

    /** Returns whether all targets were equal to the sources. */
    boolean run() throws Exception {
        screen.line("starting three source databases, a target database, Kafka and ClickHouse");
        try (var stack = LocalStack.start(folder, screen::line)) {
            stack.createTables(home);
            var load = new WorkloadOptions(options.seed(), options.rate(), options.idle(), HOT_SHARE);
            try (var workload = Workload.of(stack.sources(), load)) {
                workload.preload(options.rows());
                screen.line(String.format(Locale.ROOT, "%,d rows loaded into the sources", options.rows()));
                var environment = stack.environment();
                var config = SyncConfigLoader.load(
                        home.resolve("conf/demo.yaml"), name -> environment.getOrDefault(name, System.getenv(name)));
                return run(config, workload);
            }
        }
    }

    private boolean run(SyncConfig config, Workload workload) throws Exception {
        try (var flink = LocalFlink.start(config, PARALLELISM, folder.resolve("flink"));
                var verifier = Verifier.of(config)) {
            screen.line("Flink is up, its web UI: " + flink.webUi());
            var expected = verifier.rowsExpected();
            var dashboard = new Dashboard(flink.webUi(), expected.keySet());
            long submitted = System.nanoTime();
            var job = flink.submit(config);
            double snapshotRate = awaitSnapshot(job, verifier, expected, dashboard, submitted);
            try (var probe = LatencyProbe.of(config, verifier.expected(), options.idle(), workload)) {
                double rate = drive(job, workload, probe, dashboard);
                screen.line("load stopped; waiting until the targets are quiet");
                var results = verifier.awaitQuiet(QUIET_LIMIT, SETTLE);
                checkAlive(job);
                var report = new Report(
                        options, workload.changes(), rate, snapshotRate, delivered(job), results, probe.latencies());
                return conclude(report, flink);
            }
        }
    }

    private double awaitSnapshot(
            LocalJob job, Verifier verifier, Map<String, Long> expected, Dashboard dashboard, long submitted)
            throws Exception {
        Map<String, Long> held;
        do {
            checkAlive(job);
            if (System.nanoTime() - submitted > SNAPSHOT_LIMIT.toNanos()) {
                screen.line("the targets do not hold the snapshot after " + SNAPSHOT_LIMIT.toSeconds() + " s");
                return Double.NaN;
            }
            never.await(SNAPSHOT_POLL_MILLIS, TimeUnit.MILLISECONDS);
            held = verifier.rowsHeld();
            screen.table(dashboard.snapshot(expected, held));
        } while (!held.equals(expected));
        double seconds = (System.nanoTime() - submitted) / 1e9;
        screen.endTable();
        double rate = options.rows() / seconds;
        screen.line(String.format(
                Locale.ROOT,
                "the targets hold the snapshot %.1f s after the job was submitted: %,.0f rows/s",
                seconds,
                rate));
        return rate;
    }

    /** Drives load and probes for the time asked for, and returns the rate reached. */
    private double drive(LocalJob job, Workload workload, LatencyProbe probe, Dashboard dashboard) throws Exception {
        long start = System.nanoTime();
        workload.start();
        probe.start();
        long end = start + options.duration().toNanos();
        for (long left = options.duration().toNanos(); left > 0; left = end - System.nanoTime()) {
            never.await(Math.min(left, TimeUnit.MILLISECONDS.toNanos(TABLE_MILLIS)), TimeUnit.NANOSECONDS);
            checkAlive(job);
            String title = String.format(
                    Locale.ROOT,
                    "load %3d of %d s, %,d changes",
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start),
                    options.duration().toSeconds(),
                    workload.changes());
            screen.table(dashboard.load(title, delivered(job), probe.behind(), probe.recent()));
        }
        workload.stop();
        double rate = workload.changes() / ((System.nanoTime() - start) / 1e9);
        probe.stop();
        screen.endTable();
        return rate;
    }

    private boolean conclude(Report report, LocalFlink flink) throws Exception {
        boolean equal = report.results().values().stream().allMatch(TargetResult::equal);
        screen.text("");
        screen.text(String.format(Locale.ROOT, "%,d changes at %,.0f/s", report.changes(), report.changesPerSecond()));
        for (var result : report.results().values()) {
            screen.text(result.toString());
            var latency = report.latencies().get(result.target());
            if (latency != null) {
                screen.text(String.format(
                        Locale.ROOT,
                        "  commit to visible: p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, max %.1f ms",
                        latency.p50(),
                        latency.p95(),
                        latency.p99(),
                        latency.max()));
            }
        }
        screen.text(equal ? "ALL TARGETS ARE EQUAL TO THEIR SOURCES" : "TARGETS DIFFER FROM THEIR SOURCES");
        if (options.report().isPresent()) {
            report.write(options.report().get());
        }
        if (!options.exit()) {
            screen.text("Everything stays up; Flink's web UI: " + flink.webUi() + "; Ctrl-C ends.");
            never.await();
        }
        return equal;
    }

    private static Map<String, Long> delivered(LocalJob job) throws InterruptedException {
        try {
            return job.metrics().delivered();
        } catch (IOException e) {
            // Figures for people: a busy REST interface is no reason to end.
            return Map.of();
        }
    }

    private static void checkAlive(LocalJob job) {
        if (job.ended()) {
            throw new IllegalStateException("the job ended", job.failure().orElse(null));
        }
    }
}
