package io.gravity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.dispatch.Deliveries;
import io.gravity.dispatch.RecordingTarget;
import io.gravity.error.ErrorCode;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Row;
import io.gravity.event.RowKey;
import io.gravity.types.Changes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The real graph on a cluster in this JVM: whatever happens on the way, the targets end with the expected rows. */
@Timeout(90)
class ClusterTest {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(2)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static final int ROWS = 40;

    @TempDir
    Path directory;

    private final TestEndpoints endpoints = new TestEndpoints(UUID.randomUUID().toString());
    private final RecordingTarget warehouse = endpoints.target("warehouse");
    private final RecordingTarget reports = endpoints.target("reports");
    private MiniCluster cluster;

    @BeforeEach
    void findCluster(@InjectMiniCluster MiniCluster running) {
        cluster = running;
    }

    @Test
    void aTableThatTwoSourcesWriteConvergesInEveryTarget() throws Exception {
        var a = history("a", 400, 1);
        var b = history("b", 400, 2);
        endpoints.source("a").add(a);
        endpoints.source("b").add(b);
        var job = submit(2, null);
        // One far ahead of the other, then the other way round.
        endpoints.source("a").allow(150);
        awaitRowsOf(a.subList(0, 150));
        endpoints.source("b").allowAllAndEnd();
        endpoints.source("a").allowAllAndEnd();

        job.getJobExecutionResult().get(60, TimeUnit.SECONDS);

        assertThat(warehouse.rows()).isEqualTo(winners(a, b));
        assertThat(reports.rows()).isEqualTo(winners(a, b));
        assertThat(warehouse.openWriters()).isZero();
    }

    @Test
    void afterAFaultOfAWriterTheTargetsEndWithTheExpectedRows() throws Exception {
        var a = history("a", 400, 3);
        var b = history("b", 400, 4);
        endpoints.source("a").add(a);
        endpoints.source("b").add(b);
        var job = submit(2, null);
        endpoints.source("a").allow(200);
        endpoints.source("b").allow(200);
        awaitRowsOf(a.subList(0, 200), b.subList(0, 200));
        cluster.triggerCheckpoint(job.getJobID(), CheckpointType.FULL).get(30, TimeUnit.SECONDS);
        int before = warehouse.delivered().size();
        warehouse.failNext(3);
        warehouse.crashNext();

        endpoints.source("a").allowAllAndEnd();
        endpoints.source("b").allowAllAndEnd();
        job.getJobExecutionResult().get(60, TimeUnit.SECONDS);

        assertThat(warehouse.willCrash()).isFalse();
        assertThat(before).isPositive();
        assertThat(warehouse.rows()).isEqualTo(winners(a, b));
        assertThat(reports.rows()).isEqualTo(winners(a, b));
    }

    @Test
    void afterABreakdownOfASourceTheTargetsEndWithTheExpectedRows() throws Exception {
        var a = history("a", 400, 5);
        var b = history("b", 400, 6);
        endpoints.source("a").add(a);
        endpoints.source("b").add(b);
        endpoints.source("b").breakDownAt(300);
        var job = submit(2, null);
        endpoints.source("a").allow(200);
        endpoints.source("b").allow(200);
        awaitRowsOf(a.subList(0, 200), b.subList(0, 200));
        cluster.triggerCheckpoint(job.getJobID(), CheckpointType.FULL).get(30, TimeUnit.SECONDS);

        endpoints.source("a").allowAllAndEnd();
        endpoints.source("b").allowAllAndEnd();
        job.getJobExecutionResult().get(60, TimeUnit.SECONDS);

        assertThat(warehouse.rows()).isEqualTo(winners(a, b));
        assertThat(reports.rows()).isEqualTo(winners(a, b));
    }

    @Test
    void aTargetThatIsDownHoldsUpNoCheckpointAndGetsItsRowsLater() throws Exception {
        var a = counting(20);
        endpoints.source("a").add(a);
        endpoints.source("b").allow(0);
        reports.block();
        var job = submit(2, null);
        endpoints.source("a").allow(20);
        awaitDelivered(warehouse, 20);

        cluster.triggerCheckpoint(job.getJobID(), CheckpointType.FULL).get(30, TimeUnit.SECONDS);

        assertThat(reports.delivered()).isEmpty();
        reports.unblock();
        awaitDelivered(reports, 20);
        job.cancel().get(30, TimeUnit.SECONDS);
        awaitEnd(job);
    }

    @Test
    void aTargetThatIsDownHoldsUpNeitherCheckpointsNorOthersEvenWhenItsMemoryIsFull() throws Exception {
        int changes = 3_000;
        endpoints.source("a").add(counting(changes));
        endpoints.source("b").allow(0);
        reports.block();
        var config = TestConfigs.of(
                List.of("a", "b"),
                TestConfigs.mysql("warehouse", Deliveries.of(10, 2)),
                TestConfigs.clickHouse("reports"));
        var job = submit(2, null, config);
        endpoints.source("a").allow(changes);
        awaitDelivered(warehouse, changes);

        cluster.triggerCheckpoint(job.getJobID(), CheckpointType.FULL).get(30, TimeUnit.SECONDS);
        assertThat(reports.delivered()).isEmpty();
        var savepoint = stop(job);

        reports.unblock();
        var restored = submit(1, savepoint, config);
        awaitDelivered(reports, changes);
        assertThat(reports.amountsByRow()).isEqualTo(warehouse.amountsByRow());
        restored.cancel().get(30, TimeUnit.SECONDS);
        awaitEnd(restored);
    }

    @Test
    void stoppedAndRestartedWithOtherParallelismsNothingIsLostAndEachRowKeepsItsOrder() throws Exception {
        int changes = ROWS * 10;
        endpoints.source("a").add(counting(changes));
        endpoints.source("b").allow(0);

        var one = submit(1, null);
        endpoints.source("a").allow(200);
        awaitDelivered(reports, 200);
        reports.block();
        endpoints.source("a").allow(220);
        awaitDelivered(warehouse, 220);
        var first = stop(one);

        var two = submit(2, first);
        endpoints.source("a").allow(240);
        awaitDelivered(warehouse, 240);
        var second = stop(two);
        assertThat(reports.delivered()).hasSize(200);

        reports.unblock();
        var last = submit(1, second);
        endpoints.source("a").allowAllAndEnd();
        endpoints.source("b").allowAllAndEnd();
        last.getJobExecutionResult().get(60, TimeUnit.SECONDS);

        var expected = new HashMap<RowKey, List<Object>>();
        for (long row = 0; row < ROWS; row++) {
            long id = row;
            expected.put(
                    RowKey.of(Changes.ORDERS, id),
                    LongStream.range(0, 10)
                            .mapToObj(round -> (Object) (round * ROWS + id))
                            .toList());
        }
        assertThat(warehouse.amountsByRow()).isEqualTo(expected);
        assertThat(reports.amountsByRow()).isEqualTo(expected);
    }

    @Test
    void ofTenThousandRowsOnlyThePoisonedOnesMissAndAreInTheQuarantine() throws Exception {
        var letters = endpoints.target("letters");
        var reasons = Map.of(
                1234L, ErrorCode.VALUE_TOO_LONG,
                2345L, ErrorCode.VALUE_NULL,
                3456L, ErrorCode.VALUE_OUT_OF_RANGE,
                4567L, ErrorCode.CONSTRAINT_PARENT,
                9999L, ErrorCode.CONSTRAINT_UNIQUE);
        warehouse.refuse((change, rows) -> reasons.get((Long) change.image().value(0)));
        var changes = new ArrayList<ChangeEvent>();
        for (int row = 0; row < 10_000; row++) {
            changes.add(Changes.from("a").at(row + 1, 1000).insert(row, row));
        }
        endpoints.source("a").add(changes);
        endpoints.source("b").allowAllAndEnd();
        var config = TestConfigs.of(
                List.of("a", "b"),
                TestConfigs.mysql("warehouse", Deliveries.holding(1000, Duration.ofMillis(300))),
                TestConfigs.clickHouse("letters"));
        var job = submit(2, null, TestConfigs.quarantining(config, "letters"));
        endpoints.source("a").allowAllAndEnd();

        job.getJobExecutionResult().get(60, TimeUnit.SECONDS);

        assertThat(warehouse.rows()).hasSize(9_995);
        assertThat(warehouse.rows().keySet())
                .doesNotContainAnyElementsOf(reasons.keySet().stream()
                        .map(row -> RowKey.of(Changes.ORDERS, row))
                        .toList());
        var quarantined = letters.rows().values().stream()
                .filter(row -> row.size() > 2)
                .collect(Collectors.toMap(row -> row.value(9), row -> row.value(2)));
        assertThat(quarantined)
                .isEqualTo(Map.of(
                        "{\"id\":1234}", "too-long",
                        "{\"id\":2345}", "null",
                        "{\"id\":3456}", "out-of-range",
                        "{\"id\":4567}", "parent-missing",
                        "{\"id\":9999}", "unique-taken"));
        // It is a target like any other besides.
        assertThat(letters.rows()).hasSize(10_000 + 5);
    }

    private JobClient submit(int parallelism, String savepoint) throws Exception {
        return submit(
                parallelism,
                savepoint,
                TestConfigs.of(List.of("a", "b"), TestConfigs.mysql("warehouse"), TestConfigs.clickHouse("reports")));
    }

    private JobClient submit(int parallelism, String savepoint, SyncConfig config) throws Exception {
        var settings = new Configuration();
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 3);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        settings.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.resolve("checkpoints").toUri().toString());
        if (savepoint != null) {
            settings.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        var env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
        env.setParallelism(parallelism);
        SyncJob.build(env, config, endpoints);
        return env.executeAsync("gravity");
    }

    private String stop(JobClient job) throws Exception {
        var savepoint = job.stopWithSavepoint(
                        false, directory.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
                .get(60, TimeUnit.SECONDS);
        awaitEnd(job);
        return savepoint;
    }

    private static void awaitEnd(JobClient job) {
        await().until(() ->
                job.getJobStatus().thenApply(JobStatus::isGloballyTerminalState).join());
    }

    private static void awaitDelivered(RecordingTarget target, int changes) {
        await().atMost(Duration.ofSeconds(30)).until(() -> target.delivered().size() >= changes);
    }

    @SafeVarargs
    private void awaitRowsOf(List<ChangeEvent>... histories) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(warehouse.rows()).isEqualTo(winners(histories)));
    }

    /** One source's changes of a few rows, in the order of its positions; times are close to the other sources'. */
    private static List<ChangeEvent> history(String source, int count, long seed) {
        var random = new Random(seed);
        var changes = new ArrayList<ChangeEvent>();
        for (int i = 0; i < count; i++) {
            var at = Changes.from(source).at(i + 1, 1000 + i / 3);
            long row = random.nextInt(ROWS);
            changes.add(
                    switch (random.nextInt(4)) {
                        case 0 -> at.insert(row, random.nextInt());
                        case 1, 2 -> at.update(row, random.nextInt());
                        default -> at.delete(row);
                    });
        }
        return changes;
    }

    /** Changes of all rows in turn; amounts grow. */
    private static List<ChangeEvent> counting(int count) {
        var changes = new ArrayList<ChangeEvent>();
        for (int i = 0; i < count; i++) {
            changes.add(Changes.from("a").at(i + 1, 1000 + i).update(i % ROWS, i));
        }
        return changes;
    }

    /** Says independently of the job what must be left: of each row the latest change, of equal ones the first source's. */
    @SafeVarargs
    private static Map<RowKey, Row> winners(List<ChangeEvent>... histories) {
        var winners = new HashMap<RowKey, ChangeEvent>();
        for (int source = histories.length - 1; source >= 0; source--) {
            for (var change : histories[source]) {
                winners.merge(
                        change.key(),
                        change,
                        (known, next) -> next.eventTimeMicros() >= known.eventTimeMicros() ? next : known);
            }
        }
        var rows = new HashMap<RowKey, Row>();
        winners.forEach((key, change) -> {
            if (!change.isDelete()) {
                rows.put(key, change.after());
            }
        });
        return rows;
    }
}
