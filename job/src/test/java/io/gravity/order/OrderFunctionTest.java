package io.gravity.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.order.OrderConfig.Strategy;
import io.gravity.types.Changes;
import io.gravity.types.SharedTables;
import io.gravity.types.Stages;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OrderFunctionTest {
    private static final OrderConfig BY_ROW = new OrderConfig(Strategy.BY_ROW, Duration.ofMillis(20));
    private static final TableId LONELY = TableId.parse("shop.lonely");
    private static final Changes A = Changes.from("a");
    private static final Changes B = Changes.from("b");

    private KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> stage;

    @BeforeEach
    void open() throws Exception {
        stage = stage(BY_ROW);
        stage.open();
        stage.setProcessingTime(1000);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @Test
    void holdsUntilTheWatermarkHasPassedAndEmitsInOrderOfTime() throws Exception {
        var late = A.at(1, 200).insert(1, 1);
        var early = B.at(1, 100).insert(1, 2);
        send(late, early);
        assertThat(emitted()).isEmpty();

        stage.processWatermark(199);
        assertThat(emitted()).isEmpty();
        stage.processWatermark(200);

        assertThat(emitted()).containsExactly(early, late);
        assertNothingIsLeft();
    }

    @Test
    void emitsWhatTheWatermarkHasPassedAndHoldsTheRest() throws Exception {
        var first = A.at(1, 100).insert(1, 1);
        var second = B.at(1, 200).update(1, 2);
        send(first, second);

        stage.processWatermark(150);

        assertThat(emitted()).containsExactly(first);
        assertThat(stage.numKeyedStateEntries())
                .as("held-changes and release-time")
                .isEqualTo(2);
        assertThat(stage.numEventTimeTimers()).isEqualTo(1);
        assertThat(stage.numProcessingTimeTimers()).isEqualTo(1);
        stage.processWatermark(200);
        assertThat(emitted()).containsExactly(first, second);
        assertNothingIsLeft();
    }

    @Test
    void emitsAllWhenTheOldestHasWaitedForTheMaximalDelay() throws Exception {
        var late = A.at(1, 200).insert(1, 1);
        var early = B.at(1, 100).insert(1, 2);
        send(late);
        stage.setProcessingTime(1010);
        send(early);

        stage.setProcessingTime(1019);
        assertThat(emitted()).isEmpty();
        stage.setProcessingTime(1020);

        assertThat(emitted()).containsExactly(early, late);
        assertThat(stage.numKeyedStateEntries()).isZero();
        assertThat(stage.numProcessingTimeTimers()).isZero();
        stage.processWatermark(200);
        assertThat(emitted()).hasSize(2);
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
    void aLateChangeDoesNotOvertakeWhatItsSourceSentBefore() throws Exception {
        stage.processWatermark(150);
        var held = A.at(1, 200).insert(1, 1);
        var steppedBack = A.at(2, 100).update(1, 2);
        send(held, steppedBack);
        assertThat(emitted()).containsExactly(held, steppedBack.asLate());
        stage.processWatermark(200);
        assertThat(emitted()).hasSize(2);
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

        assertThat(emitted()).containsExactly(other, first, steppedBack);
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
    void withoutWaitingAllPassAtOnce() throws Exception {
        for (var config : List.of(
                new OrderConfig(Strategy.PARALLEL, Duration.ofMillis(20)),
                new OrderConfig(Strategy.BY_ROW, Duration.ZERO))) {
            try (var other = stage(config)) {
                other.open();
                var change = A.at(1, 100).insert(1, 1);
                other.processElement(change, 0);
                assertThat(other.extractOutputValues()).containsExactly(change);
                assertThat(other.numKeyedStateEntries()).isZero();
            }
        }
    }

    @Test
    void whatIsHeldSurvivesARestart() throws Exception {
        var late = A.at(1, 200).insert(1, 1);
        var early = B.at(1, 100).insert(1, 2);
        send(late, early);
        OperatorSubtaskState state = stage.snapshot(1, 1);

        try (var restored = stage(BY_ROW)) {
            restored.initializeState(state);
            restored.open();
            restored.setProcessingTime(1000);
            restored.processWatermark(200);

            assertThat(restored.extractOutputValues()).containsExactly(early, late);
            assertThat(restored.numKeyedStateEntries()).isZero();
            assertThat(restored.numEventTimeTimers()).isZero();
            assertThat(restored.numProcessingTimeTimers()).isZero();
        }
    }

    @Test
    void theMaximalDelayGoesOnAfterARestart() throws Exception {
        var change = A.at(1, 200).insert(1, 1);
        send(change);
        OperatorSubtaskState state = stage.snapshot(1, 1);

        try (var restored = stage(BY_ROW)) {
            restored.initializeState(state);
            restored.open();
            restored.setProcessingTime(1020);
            assertThat(restored.extractOutputValues()).containsExactly(change);
        }
    }

    private static KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> stage(OrderConfig config)
            throws Exception {
        SharedTables shared = table -> !table.equals(LONELY);
        return Stages.of(new OrderFunction(config, shared, Map.of("a", 1, "b", 2)));
    }

    private void send(ChangeEvent... changes) throws Exception {
        for (var change : changes) {
            stage.processElement(change, 0);
        }
    }

    private List<ChangeEvent> emitted() {
        return stage.extractOutputValues();
    }

    private void assertNothingIsLeft() {
        assertThat(stage.numKeyedStateEntries()).isZero();
        assertThat(stage.numEventTimeTimers()).isZero();
        assertThat(stage.numProcessingTimeTimers()).isZero();
    }
}
