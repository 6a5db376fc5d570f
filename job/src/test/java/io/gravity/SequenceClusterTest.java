package io.gravity;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.dispatch.RecordingTarget;
import io.gravity.event.ChangeEvent;
import io.gravity.event.TableId;
import io.gravity.order.OrderConfig;
import io.gravity.order.OrderConfig.Strategy;
import io.gravity.types.Changes;
import io.gravity.types.OrderScope;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The real graph, with targets that want more than each row's changes in order, read by three sources. */
@Timeout(90)
class SequenceClusterTest {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(2)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static final List<String> SOURCES = List.of("a", "b", "c");
    private static final TableId STOCK = TableId.parse("shop.stock");
    private static final int COUNT = 300;

    /** So long that the watermark alone decides. */
    private static final Duration LONG = Duration.ofMinutes(10);

    @TempDir
    Path directory;

    private final TestEndpoints endpoints = new TestEndpoints(UUID.randomUUID().toString());
    private final RecordingTarget bus = endpoints.target("bus");
    private final RecordingTarget reports = endpoints.target("reports");

    @Test
    void withTimeEnoughTheConsumerSeesOneOrderOfAllTablesAndNothingLate() throws Exception {
        var sent = addHistories();
        var job = submit(LONG, 2, null);
        endAll();
        job.getJobExecutionResult().get(60, TimeUnit.SECONDS);

        for (var target : List.of(bus, reports)) {
            assertThat(target.delivered()).containsExactlyInAnyOrderElementsOf(resolved(target.delivered(), sent));
            assertThat(target.delivered()).hasSize(sent.size());
            assertThat(target.delivered()).noneMatch(ChangeEvent::late);
        }
        assertThat(bus.delivered().stream().map(ChangeEvent::eventTimeMicros)).isSorted();
        for (var table : List.of(Changes.ORDERS, STOCK)) {
            assertThat(reports.delivered().stream()
                            .filter(change -> change.target().equals(table))
                            .map(ChangeEvent::eventTimeMicros))
                    .isSorted();
        }
    }

    @Test
    void whatComesTooLateIsMarkedAndAllElseIsInOrder(TestReporter reporter) throws Exception {
        var sent = addHistories();
        var job = submit(Duration.ofMillis(20), 2, null);
        endpoints.source("a").allow(COUNT);
        endpoints.source("b").allow(COUNT);
        awaitDelivered(bus, 2 * COUNT);
        awaitDelivered(reports, 2 * COUNT);
        endAll();
        job.getJobExecutionResult().get(60, TimeUnit.SECONDS);

        assertThat(bus.delivered()).hasSize(sent.size());
        assertTimesAscendUnlessMarked(bus.delivered());
        for (var table : List.of(Changes.ORDERS, STOCK)) {
            assertTimesAscendUnlessMarked(reports.delivered().stream()
                    .filter(change -> change.target().equals(table))
                    .toList());
        }
        // All of the third source came after later changes of the others, but for its last ones.
        double share = lateShare(bus.delivered());
        reporter.publishEntry("share of late changes", "%.3f".formatted(share));
        assertThat(share).isBetween(0.3, 0.9);
        assertThat(bus.delivered().stream().filter(change -> change.source().equals("c") && !change.late()))
                .hasSizeLessThan(COUNT / 10);
    }

    @Test
    void whatWasHeldWhenTheJobStoppedIsDeliveredOnceAndInOrder() throws Exception {
        var sent = addHistories();
        // Passes at once, so its delivery tells that all before it has come and is held.
        var mark = Changes.from("a").at(COUNT + 1, 0).read(1_000_000, 1);
        endpoints.source("a").add(List.of(mark));
        var one = submit(LONG, 1, null);
        endpoints.source("b").allow(COUNT);
        endpoints.source("a").allow(COUNT + 1);
        awaitDelivered(bus, 1);
        awaitDelivered(reports, 1);
        var savepoint = one.stopWithSavepoint(
                        false, directory.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
                .get(60, TimeUnit.SECONDS);
        await().until(() ->
                one.getJobStatus().thenApply(JobStatus::isGloballyTerminalState).join());
        assertThat(bus.delivered()).hasSize(1);

        var two = submit(LONG, 3, savepoint);
        endAll();
        two.getJobExecutionResult().get(60, TimeUnit.SECONDS);

        var delivered = bus.delivered().subList(1, bus.delivered().size());
        assertThat(delivered).containsExactlyInAnyOrderElementsOf(resolved(delivered, sent));
        assertThat(delivered).hasSize(sent.size());
        assertThat(delivered).noneMatch(ChangeEvent::late);
        assertThat(delivered.stream().map(ChangeEvent::eventTimeMicros)).isSorted();
        assertThat(reports.delivered()).hasSize(sent.size() + 1);
    }

    /** Three histories over the same span of time; each source has rows of its own, so no change loses. */
    private List<ChangeEvent> addHistories() {
        var all = new ArrayList<ChangeEvent>();
        for (int s = 0; s < SOURCES.size(); s++) {
            var random = new Random(s);
            var own = new ArrayList<ChangeEvent>();
            for (int i = 1; i <= COUNT; i++) {
                var at = Changes.from(SOURCES.get(s)).at(i, 10_000 + 10L * i + random.nextInt(5));
                own.add((random.nextBoolean() ? at : at.of(STOCK)).update(100L * s + random.nextInt(20), i));
            }
            endpoints.source(SOURCES.get(s)).add(own);
            all.addAll(own);
        }
        return all;
    }

    /** Returns the changes that were sent, with what resolution has written into those that were delivered. */
    private static List<ChangeEvent> resolved(List<ChangeEvent> delivered, List<ChangeEvent> sent) {
        var byName = delivered.stream().collect(toMap(SequenceClusterTest::name, Function.identity()));
        return sent.stream()
                .filter(change -> byName.containsKey(name(change)))
                .map(change -> {
                    var own = byName.get(name(change));
                    return change.resolved(own.version(), own.firstSeen());
                })
                .toList();
    }

    private static String name(ChangeEvent change) {
        return change.source() + change.position();
    }

    private static void assertTimesAscendUnlessMarked(List<ChangeEvent> delivered) {
        long latest = Long.MIN_VALUE;
        for (var change : delivered) {
            assertThat(change.late() || change.eventTimeMicros() >= latest)
                    .as("%s after %d", change, latest)
                    .isTrue();
            latest = Math.max(latest, change.eventTimeMicros());
        }
    }

    private static double lateShare(List<ChangeEvent> delivered) {
        return (double) delivered.stream().filter(ChangeEvent::late).count() / delivered.size();
    }

    private void endAll() {
        SOURCES.forEach(source -> endpoints.source(source).allowAllAndEnd());
    }

    private static void awaitDelivered(RecordingTarget target, int changes) {
        await().atMost(Duration.ofSeconds(30)).until(() -> target.delivered().size() >= changes);
    }

    private JobClient submit(Duration maxDelay, int parallelism, String savepoint) throws Exception {
        var settings = new Configuration();
        settings.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.resolve("checkpoints").toUri().toString());
        if (savepoint != null) {
            settings.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        var env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
        env.setParallelism(parallelism);
        var order = new OrderConfig(Strategy.BY_ROW, maxDelay, 100_000, 64 << 20);
        SyncJob.build(
                env,
                TestConfigs.of(
                        order,
                        SOURCES,
                        TestConfigs.kafka("bus", OrderScope.ALL),
                        TestConfigs.mysql("reports", OrderScope.TABLE)),
                endpoints);
        return env.executeAsync("gravity");
    }
}
