package io.gravity.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.ConflictsCommand;
import io.gravity.SyncConfig;
import io.gravity.SyncConfigLoader;
import io.gravity.local.demo.Home;
import io.gravity.local.demo.LocalStack;
import io.gravity.local.load.Workload;
import io.gravity.local.load.WorkloadOptions;
import io.gravity.local.verify.TargetResult;
import io.gravity.local.verify.Verifier;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operates the shaded jar on a cluster of one job manager and two task managers: stops it with a savepoint, restores it
 * with another parallelism, slows a target down. Traffic goes on meanwhile; at the end every row of every target must be
 * the source's.
 */
class StandaloneClusterIT {
    private static final int TASK_MANAGERS = 2;
    private static final int SLOTS_EACH = 2;
    private static final int FIRST_PARALLELISM = 2;
    /** More than one task manager has slots for. */
    private static final int SECOND_PARALLELISM = 3;

    private static final int PRELOADED_ROWS = 3_000;
    private static final int CHANGES_PER_SECOND = 300;
    /** Changes of about three seconds. */
    private static final long SOME_CHANGES = 1_000;
    /** So small that the queue of a target that does not answer is full in seconds. */
    private static final int BATCH_SIZE = 20;

    /** A rise of the share of time that is due to a paused target: 6 s of Flink's 60. */
    private static final double BACK_PRESSURE = 0.1;

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration QUIET_LIMIT = Duration.ofMinutes(4);
    private static final Duration SETTLE = Duration.ofSeconds(45);
    private static final Duration POLL = Duration.ofMillis(500);

    private static final String WAREHOUSE = "data-warehouse";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private static LocalStack stack;
    private static StandaloneCluster cluster;

    @RegisterExtension
    static final AfterTestExecutionCallback LOGS_OF_FAILURE = context -> {
        if (context.getExecutionException().isPresent()) {
            System.out.println(cluster.tails());
        }
    };

    private final long started = System.nanoTime();
    private final FlinkRest flink = cluster.rest();

    @BeforeAll
    static void startServersAndCluster() throws Exception {
        stack = LocalStack.start(folder.resolve("servers"), StandaloneClusterIT::say);
        cluster = StandaloneCluster.start(Home.find(), folder.resolve("flink"), TASK_MANAGERS, SLOTS_EACH);
    }

    @AfterAll
    static void stopServersAndCluster() {
        try {
            if (cluster != null) {
                cluster.close();
            }
        } finally {
            if (stack != null) {
                stack.close();
            }
        }
    }

    @Test
    void losesNothingOverSavepointRescaleAndBackPressure() throws Exception {
        stack.createTables(Home.find());
        Path file = configuration();
        var config = SyncConfigLoader.load(file, name -> null);
        String jar = flink.upload(ShadedJar.find());
        String savepoint;

        try (var load = workload(1)) {
            load.preload(PRELOADED_ROWS);
            try (var verifier = Verifier.of(config)) {
                String first = flink.run(jar, file, FIRST_PARALLELISM, Optional.empty());
                awaitRunning(first, FIRST_PARALLELISM);
                step("first job runs");
                assertConsoleAnswers(first);
                assertThat(operators(first)).containsExactlyInAnyOrderElementsOf(expectedOperators(config));
                until(first, () -> assertThat(verifier.rowsHeld()).isEqualTo(verifier.rowsExpected()));
                step("snapshot delivered");

                load.start();
                until(first, () -> assertThat(load.changes()).isGreaterThan(SOME_CHANGES));
                // Shows, too, that the counter means something when it is 0 below.
                until(first, () -> assertThat(total(first, "snapshotRows")).isGreaterThanOrEqualTo(PRELOADED_ROWS));
                until(first, () -> assertThat(flink.sums(first, "changes").values())
                        .hasSize(config.sources().size())
                        .allMatch(changes -> changes > 0));

                savepoint = flink.stop(first, LIMIT);
                await().atMost(LIMIT).until(() -> flink.state(first).equals("FINISHED"));
                step("savepoint " + savepoint);
                long whenStopped = load.changes();
                await().atMost(LIMIT).until(() -> load.changes() > whenStopped + SOME_CHANGES / 3);

                String second = flink.run(jar, file, SECOND_PARALLELISM, Optional.of(savepoint));
                awaitRunning(second, SECOND_PARALLELISM);
                step("second job runs");
                assertThat(flink.get("/jobs/" + second + "/checkpoints")
                                .at("latest")
                                .at("restored")
                                .at("external_path")
                                .text())
                        .isEqualTo(savepoint);
                long whenRestored = load.changes();
                until(second, () -> assertThat(load.changes()).isGreaterThan(whenRestored + SOME_CHANGES));
                load.stop();
                step("load stopped after " + load.changes() + " changes");
                assertEqual(verifier);
                step("equal");
                assertNoSnapshot(second, config);

                showsBackPressure(second, verifier);
            }
        }
    }

    private void showsBackPressure(String job, Verifier verifier) throws Exception {
        // There must be room for a rise: catching up after the restart was slow on a busy machine.
        double before = await().atMost(LIMIT).pollInterval(POLL).until(() -> highest(job), ratio -> ratio < 0.5);
        // A load that knows nothing of the rows there are learns of them when its first insert is refused.
        try (var load = workload(2)) {
            load.start();
            until(job, () -> assertThat(load.changes()).isGreaterThan(SOME_CHANGES / 2));
            stack.warehouse().pause();
            try {
                step("target paused");
                // Flink's figure is a mean over 60 s: of the traffic before there is something left, but that only
                // falls.
                until(job, () -> assertThat(backPressure(job))
                        .anySatisfy((vertex, ratio) -> assertThat(ratio).isGreaterThan(before + BACK_PRESSURE)));
                step("back-pressure was at most " + before + ", is " + backPressure(job));
            } finally {
                stack.warehouse().resume();
            }
            load.stop();
            assertEqual(verifier);
            step("equal after " + load.changes() + " changes");
        }
        assertThat(flink.state(job)).isEqualTo("RUNNING");
    }

    /** Requests and answers are classes of the job's jar, which the cluster loads apart from its own. */
    private void assertConsoleAnswers(String job) {
        var out = new ByteArrayOutputStream();
        var print = new PrintStream(out, true, StandardCharsets.UTF_8);
        var args = List.of("list", "--flink", flink.address().toString(), "--job", job);
        int status = ConflictsCommand.run(args, print, print);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("nothing is stopped\n");
        assertThat(status).isZero();
    }

    private void assertNoSnapshot(String job, SyncConfig config) {
        // All metrics of a source come in one answer: once its changes are counted, so would snapshot rows be.
        until(job, () -> assertThat(flink.sums(job, "changes").values())
                .hasSize(config.sources().size())
                .allMatch(changes -> changes > 0));
        until(job, () -> assertThat(flink.sums(job, "snapshotRows").values())
                .hasSize(config.sources().size())
                .containsOnly(0L));
    }

    private static void assertEqual(Verifier verifier) throws InterruptedException {
        assertThat(verifier.awaitQuiet(QUIET_LIMIT, SETTLE).values())
                .hasSize(3)
                .allMatch(result -> result.rowsExpected() > 0)
                .allMatch(TargetResult::equal);
    }

    private void awaitRunning(String job, int parallelism) {
        until(job, () -> {
            var vertices = flink.get("/jobs/" + job).at("vertices").items().toList();
            assertThat(vertices).isNotEmpty().allSatisfy(vertex -> assertThat(
                            vertex.at("tasks").at("RUNNING").text())
                    .isEqualTo(vertex.at("parallelism").text()));
            assertThat(vertices)
                    .anySatisfy(vertex ->
                            assertThat(vertex.at("parallelism").text()).isEqualTo(Integer.toString(parallelism)));
        });
    }

    /** Waits for the assertion; a job that has ended will not make it true. */
    private void until(String job, ThrowingRunnable assertion) {
        await().atMost(LIMIT)
                .pollInterval(POLL)
                .failFast("the job ended", () -> Set.of("FAILED", "CANCELED", "FINISHED")
                        .contains(flink.state(job)))
                .untilAsserted(assertion);
    }

    private long total(String job, String metric) throws IOException, InterruptedException {
        return flink.sums(job, metric).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Share of time in which tasks wait for what follows them, of those where Flink does not call it "ok". */
    private Map<String, Double> backPressure(String job) throws IOException, InterruptedException {
        var ratios = new TreeMap<String, Double>();
        for (var vertex : flink.vertices(job).entrySet()) {
            var answer = flink.get("/jobs/" + job + "/vertices/" + vertex.getKey() + "/backpressure");
            boolean fresh = answer.at("status").text().equals("ok");
            if (fresh && !answer.at("backpressure-level").text().equals("ok")) {
                answer.at("subtasks")
                        .items()
                        .forEach(task ->
                                ratios.merge(vertex.getValue(), task.at("ratio").number(), Math::max));
            }
        }
        return ratios;
    }

    private double highest(String job) throws IOException, InterruptedException {
        return backPressure(job).values().stream().reduce(0.0, Math::max);
    }

    /** Names as people see them: a vertex is called "a -> b -> (c, d)". */
    private List<String> operators(String job) throws IOException, InterruptedException {
        return flink.vertices(job).values().stream()
                .flatMap(name -> Arrays.stream(name.split(" -> |[(),]")))
                .map(name -> name.strip().replaceFirst("^Source: ", ""))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private static List<String> expectedOperators(SyncConfig config) {
        var reading = config.sources().stream()
                .flatMap(source -> Stream.of("Read " + source.name(), "Transform " + source.name()));
        var stages = Stream.of("Order by event time", "Check quality", "Repair", "Resolve conflicts", "Route");
        var dispatch = config.targets().stream().map(target -> "Dispatch to " + target.name());
        return Stream.of(reading, stages, dispatch).flatMap(names -> names).toList();
    }

    /** The demo's configuration with this stack's addresses in it, as it is read in the job manager's process. */
    private static Path configuration() throws IOException {
        var environment = stack.environment();
        String demo = Files.readString(Home.find().resolve("conf/demo.yaml"));
        String literal = Pattern.compile("\\$\\{env:(\\w+):[^}]*}")
                .matcher(demo)
                .replaceAll(variable -> environment.get(variable.group(1)));
        String name = "- name: \"" + WAREHOUSE + "\"\n";
        assertThat(literal).doesNotContain("${").contains(name);
        // Without a queue in state there is back-pressure to see.
        return Files.writeString(
                folder.resolve("gravity.yaml"),
                literal.replace(name, name + "      batch-size: " + BATCH_SIZE + "\n      queue: {policy: block}\n"));
    }

    private static Workload workload(long seed) {
        return Workload.of(stack.sources(), new WorkloadOptions(seed, CHANGES_PER_SECOND, Set.of(), 0.1));
    }

    private void step(String what) {
        say((System.nanoTime() - started) / 1_000_000_000 + " s: " + what);
    }

    private static void say(String line) {
        System.out.println("StandaloneClusterIT: " + line);
    }
}
