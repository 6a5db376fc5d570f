package io.gravity.order;

import static org.apache.flink.runtime.state.KeyGroupRangeAssignment.assignKeyToParallelOperator;
import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.order.OrderConfig.Strategy;
import io.gravity.types.ChangeEventSerializer;
import io.gravity.types.Changes;
import io.gravity.types.EventTypes;
import io.gravity.types.OrderScope;
import io.gravity.types.ScopeKeys;
import io.gravity.types.SharedTables;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamElement;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrderOperatorTest {
    private static final int MAX_PARALLELISM = 128;
    private static final TableId LONELY = TableId.parse("shop.lonely");
    private static final TableId STOCK = TableId.parse("shop.stock");
    private static final Map<String, Integer> PRIORITIES = Map.of("a", 1, "b", 2);
    private static final Changes A = Changes.from("a");
    private static final Changes B = Changes.from("b");

    private final List<KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent>> harnesses =
            new ArrayList<>();
    private KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> stage;

    @BeforeEach
    void open() throws Exception {
        stage = opened(OrderScope.ROW);
    }

    @AfterEach
    void close() throws Exception {
        for (var harness : harnesses) {
            harness.close();
        }
    }

    @Test
    void holdsUntilTheWatermarkHasPassedAndEmitsInOrderOfTime() throws Exception {
        var late = A.at(1, 200).insert(1, 1);
        var early = B.at(1, 100).insert(1, 2);
        send(late, early);
        assertThat(emitted()).isEmpty();

        stage.processWatermark(199);
        assertThat(emitted()).containsExactly(early);
        stage.processWatermark(200);

        assertThat(emitted()).containsExactly(early, late);
        assertNothingIsLeft();
    }

    @Test
    void theWatermarkFollowsWhatItReleases() throws Exception {
        var change = A.at(1, 100).insert(1, 1);
        send(change);
        stage.processWatermark(100);

        assertThat(stage.getOutput().stream().map(StreamElement.class::cast))
                .containsExactly(new StreamRecord<>(change, 100), new Watermark(100));
    }

    @Test
    void emitsWhatHasWaitedForTheMaximalDelayAndAllBeforeIt() throws Exception {
        var late = A.at(1, 200).insert(1, 1);
        var early = B.at(1, 100).insert(1, 2);
        var behind = B.at(2, 300).update(1, 3);
        send(late);
        stage.setProcessingTime(1010);
        send(early, behind);

        stage.setProcessingTime(1019);
        assertThat(emitted()).isEmpty();
        assertThat(stage.getProcessingTimeService().getNumActiveTimers()).isEqualTo(1);
        stage.setProcessingTime(1020);
        assertThat(emitted()).containsExactly(early, late);
        assertThat(stage.getProcessingTimeService().getNumActiveTimers()).isEqualTo(1);
        stage.setProcessingTime(1030);

        assertThat(emitted()).containsExactly(early, late, behind);
        assertNothingIsLeft();
    }

    @Test
    void aChangeBehindTheWatermarkPassesAtOnceAndIsMarked() throws Exception {
        stage.processWatermark(150);
        var late = A.at(1, 100).insert(1, 1);
        send(late);
        assertThat(emitted()).containsExactly(late.asLate());
        assertNothingIsLeft();
    }

    @Test
    void aChangeBehindWhatHasLeftItsRowPassesAtOnceAndIsMarked() throws Exception {
        var gone = A.at(1, 200).insert(1, 1);
        var late = B.at(1, 100).update(1, 2);
        send(gone);
        stage.setProcessingTime(1020);
        send(late);
        assertThat(emitted()).containsExactly(gone, late.asLate());
        assertNothingIsLeft();
    }

    @Test
    void aLateChangeDoesNotOvertakeWhatItsSourceSentBefore() throws Exception {
        stage.processWatermark(150);
        var held = A.at(1, 200).insert(1, 1);
        var steppedBack = A.at(2, 100).update(1, 2);
        var other = B.at(1, 180).update(1, 3);
        send(held, steppedBack, other);
        assertThat(emitted()).isEmpty();
        stage.processWatermark(200);
        assertThat(emitted()).containsExactly(other, held, steppedBack.asLate());
        assertNothingIsLeft();
    }

    @Test
    void aChangeWhoseTimeStepsBackWaitsForWhatItsSourceSentBefore() throws Exception {
        var other = B.at(1, 90).insert(1, 1);
        var first = A.at(1, 100).update(1, 2);
        var steppedBack = A.at(2, 90).update(1, 3);
        send(other, first, steppedBack);

        stage.processWatermark(95);
        assertThat(emitted()).containsExactly(other);
        stage.processWatermark(100);

        assertThat(emitted()).containsExactly(other, first, steppedBack.asLate());
        assertNothingIsLeft();
    }

    @Test
    void rowsDoNotWaitForEachOther() throws Exception {
        var one = A.at(1, 200).insert(1, 1);
        var two = A.at(2, 100).insert(2, 1);
        send(one, two);
        stage.processWatermark(100);
        assertThat(emitted()).containsExactly(two);
        stage.processWatermark(200);
        assertThat(emitted()).containsExactly(two, one);
        assertNothingIsLeft();
    }

    @Test
    void rowsOfATableWaitForEachOtherAndTablesDoNot() throws Exception {
        stage = opened(OrderScope.TABLE);
        var orders = A.at(1, 200).insert(1, 1);
        var stock = A.of(STOCK).at(2, 300).insert(1, 1);
        var earlier = B.at(1, 100).insert(2, 1);
        send(orders);
        stage.setProcessingTime(1010);
        send(stock, earlier);
        stage.setProcessingTime(1020);
        assertThat(emitted()).containsExactly(earlier, orders);
        stage.setProcessingTime(1030);
        assertThat(emitted()).containsExactly(earlier, orders, stock);
        assertNothingIsLeft();
    }

    @Test
    void allTablesWaitForEachOther() throws Exception {
        stage = opened(OrderScope.ALL);
        var orders = A.at(1, 200).insert(1, 1);
        var stock = B.of(STOCK).at(1, 100).insert(1, 1);
        send(orders);
        stage.setProcessingTime(1010);
        send(stock);
        stage.setProcessingTime(1020);
        assertThat(emitted()).containsExactly(stock, orders);
        assertNothingIsLeft();
    }

    @Test
    void snapshotRowsAndTablesOfOneSourcePassAtOnce() throws Exception {
        var snapshot = A.at(0, 100).read(1, 1);
        var lonely = A.of(LONELY).at(1, 100).insert(1, 1);
        send(snapshot, lonely);
        assertThat(emitted()).containsExactly(snapshot, lonely);
        assertNothingIsLeft();
    }

    @Test
    void theEndOfInputReleasesEverything() throws Exception {
        var one = A.at(1, 200).insert(1, 1);
        var two = B.at(1, 300).update(1, 2);
        send(one, two);
        stage.processWatermark(Long.MAX_VALUE);
        assertThat(emitted()).containsExactly(one, two);
        assertNothingIsLeft();
    }

    @Test
    void withoutDelayAllPassAtOnce() throws Exception {
        var settings = new OrderConfig(Strategy.BY_ROW, Duration.ZERO, 100, 1 << 20);
        stage = opened(harness(OrderScope.ROW, settings, 1, 0), null);
        var change = A.at(1, 100).insert(1, 1);
        send(change);
        assertThat(emitted()).containsExactly(change);
        assertNothingIsLeft();
    }

    @Test
    void atTheBoundTheOldestLeaveEarly() throws Exception {
        var settings = new OrderConfig(Strategy.BY_ROW, Duration.ofMinutes(10), 100, 1 << 20);
        stage = opened(harness(OrderScope.ROW, settings, 1, 0), null);
        var changes = new ArrayList<ChangeEvent>();
        for (int i = 1; i <= 1000; i++) {
            changes.add(A.at(i, 10_000 + i).insert(i, i));
        }
        send(changes.toArray(new ChangeEvent[0]));
        assertThat(emitted()).isEqualTo(changes.subList(0, 900));
        assertThat(stage.getProcessingTimeService().getNumActiveTimers()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"ROW,1,3", "ROW,3,1", "ROW,2,5", "TABLE,1,3", "TABLE,3,2", "ALL,2,1", "ALL,1,4"})
    void whatIsHeldSurvivesARestartWithAnyParallelismAndWaitsAnew(OrderScope scope, int before, int after)
            throws Exception {
        var changes = new ArrayList<ChangeEvent>();
        for (int i = 1; i <= 60; i++) {
            changes.add(A.at(i, 1000 - i).insert(i, i));
            changes.add(B.of(STOCK).at(i, 1000 - i).insert(i, i));
        }
        var first = all(scope, before, null, before);
        for (var change : changes) {
            first.get(subtask(scope, change, before)).processElement(change, 0);
        }
        var states = new OperatorSubtaskState[before];
        for (int i = 0; i < before; i++) {
            states[i] = first.get(i).snapshot(1, 1);
            assertThat(first.get(i).extractOutputValues()).isEmpty();
        }

        var second = all(scope, after, AbstractStreamOperatorTestHarness.repackageState(states), before);
        var emitted = new ArrayList<ChangeEvent>();
        for (var one : second) {
            one.setProcessingTime(1019);
            assertThat(one.extractOutputValues()).isEmpty();
            one.setProcessingTime(1020);
            var own = one.extractOutputValues();
            emitted.addAll(own);
            var keys = new ScopeKeys(scope);
            own.stream()
                    .collect(Collectors.groupingBy(change -> key(keys, change)))
                    .values()
                    .forEach(inScope -> assertThat(inScope.stream().map(ChangeEvent::eventTimeMicros))
                            .isSorted());
            assertThat(one.getProcessingTimeService().getNumActiveTimers()).isZero();
        }
        assertThat(emitted).containsExactlyInAnyOrderElementsOf(changes);
    }

    @Test
    void whatHasLeftATableIsKnownAfterARestart() throws Exception {
        stage = opened(OrderScope.TABLE);
        send(A.at(1, 200).insert(1, 1), A.of(STOCK).at(2, 50).insert(1, 1));
        stage.setProcessingTime(1020);
        var state = stage.snapshot(1, 1);
        var late = B.at(1, 100).insert(2, 2);
        var inTime = B.of(STOCK).at(2, 60).insert(2, 2);

        var emitted = new ArrayList<ChangeEvent>();
        for (var one : all(OrderScope.TABLE, 3, state, 1)) {
            for (var change : List.of(late, inTime)) {
                if (one.getEnvironment().getTaskInfo().getIndexOfThisSubtask()
                        == subtask(OrderScope.TABLE, change, 3)) {
                    one.processElement(change, 0);
                }
            }
            one.setProcessingTime(1020);
            emitted.addAll(one.extractOutputValues());
        }
        assertThat(emitted).containsExactlyInAnyOrder(late.asLate(), inTime);
    }

    /** One source is idle, so that its watermark is the clock's; one is ten minutes behind and catches up; one is live. */
    @ParameterizedTest
    @CsvSource({"ROW", "TABLE", "ALL"})
    void aSourceThatIsFarBehindNeitherDelaysALiveOneNorFillsTheMemory(OrderScope scope) throws Exception {
        stage = opened(scope);
        int maxDelay = 20;
        long start = 1_000_000;
        var sentAt = new ArrayList<Long>();
        var delays = new ArrayList<Long>();
        int held = 0;
        int most = 0;
        int behindMillis = 600_000;
        for (int i = 0; i < 5000; i++) {
            long now = start + i;
            stage.setProcessingTime(now);
            long idle = now - 500;
            long backlog = Math.min(now, start - behindMillis + 130L * i);
            send(A.at(i + 1, now).update(i % 100, i));
            sentAt.add(now);
            held += 6;
            for (int j = 0; j < 5; j++) {
                send(B.at(5L * i + j + 1, backlog).update((i + j) % 100, i));
            }
            stage.processWatermark(Math.min(idle, backlog - 1));
            for (var change : stage.extractOutputValues()) {
                held--;
                if (change.source().equals("a")) {
                    delays.add(now - sentAt.get((int) change.position().transaction() - 1));
                }
            }
            stage.getOutput().clear();
            most = Math.max(most, held);
        }
        delays.sort(null);
        assertThat(delays).hasSizeGreaterThan(4900);
        assertThat(delays.get(delays.size() * 99 / 100)).isLessThanOrEqualTo(maxDelay + 20L);
        assertThat(most).isLessThanOrEqualTo(6 * (maxDelay + 1));
    }

    private KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> opened(OrderScope scope)
            throws Exception {
        return opened(harness(scope, settings(), 1, 0), null);
    }

    private static KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> opened(
            KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> harness,
            OperatorSubtaskState state)
            throws Exception {
        harness.setProcessingTime(1000);
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }

    /** Returns all subtasks, restored from the state that {@code before} subtasks left. */
    private List<KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent>> all(
            OrderScope scope, int parallelism, OperatorSubtaskState state, int before) throws Exception {
        var all = new ArrayList<KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent>>();
        for (int i = 0; i < parallelism; i++) {
            all.add(opened(
                    harness(scope, settings(), parallelism, i),
                    state == null
                            ? null
                            : AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                    state, MAX_PARALLELISM, before, parallelism, i)));
        }
        return all;
    }

    private static OrderConfig settings() {
        return new OrderConfig(Strategy.BY_ROW, Duration.ofMillis(20), 100_000, 64 << 20);
    }

    private KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> harness(
            OrderScope scope, OrderConfig settings, int parallelism, int subtask) throws Exception {
        SharedTables shared = table -> !table.equals(LONELY);
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new OrderOperator(scope, settings, shared, PRIORITIES),
                new ScopeKeys(scope),
                EventTypes.ROW_KEY,
                MAX_PARALLELISM,
                parallelism,
                subtask);
        harness.setup(new ChangeEventSerializer());
        harnesses.add(harness);
        return harness;
    }

    private static int subtask(OrderScope scope, ChangeEvent change, int parallelism) {
        return assignKeyToParallelOperator(key(new ScopeKeys(scope), change), MAX_PARALLELISM, parallelism);
    }

    private static RowKey key(ScopeKeys keys, ChangeEvent change) {
        return keys.getKey(change);
    }

    private void send(ChangeEvent... changes) throws Exception {
        for (var change : changes) {
            stage.processElement(change, 0);
        }
    }

    private List<ChangeEvent> emitted() {
        return stage.extractOutputValues();
    }

    /** What is held is no state until a checkpoint, so a checkpoint tells; timers end with what they are for. */
    private void assertNothingIsLeft() throws Exception {
        assertThat(stage.snapshot(9, 9).getRawKeyedState()).isEmpty();
        assertThat(stage.numKeyedStateEntries()).isZero();
        stage.setProcessingTime(stage.getProcessingTime() + 20);
        assertThat(stage.getProcessingTimeService().getNumActiveTimers()).isZero();
    }
}
