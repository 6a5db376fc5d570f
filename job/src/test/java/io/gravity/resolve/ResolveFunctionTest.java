package io.gravity.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.types.Changes;
import io.gravity.types.Stages;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResolveFunctionTest {
    private static final ResolveConfig CONFIG =
            new ResolveConfig(ResolveConfig.Strategy.TIMESTAMP_LATEST, Duration.ofHours(1));
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long GRAIN = 60_000;
    private static final Changes A = Changes.from("a");
    private static final Changes B = Changes.from("b");

    private KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> stage;

    @BeforeEach
    void open() throws Exception {
        stage = stage();
        stage.open();
        stage.setProcessingTime(0);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @Test
    void winnersPassWithTheirVersionAndLosersDoNot() throws Exception {
        var insert = A.at(1, 100).insert(1, 1);
        var stale = B.at(1, 50).update(1, 2);
        var update = A.at(2, 100).update(1, 3);
        send(insert, stale, update);
        assertThat(emitted()).containsExactly(insert.resolved(100_000, true), update.resolved(100_001, false));
        assertThat(stage.numKeyedStateEntries()).isEqualTo(1);
        assertThat(stage.numProcessingTimeTimers()).isZero();
    }

    @Test
    void replaysAreDropped() throws Exception {
        var insert = A.at(1, 100).insert(1, 1);
        var update = A.at(2, 200).update(1, 2);
        send(insert, update, insert, update);
        assertThat(emitted()).hasSize(2);
    }

    @Test
    void aTombstoneHoldsOlderChangesBackUntilItExpires() throws Exception {
        send(A.at(1, 100).delete(1));
        send(B.at(1, 50).insert(1, 2));
        assertThat(emitted()).extracting(ChangeEvent::isDelete).containsExactly(true);

        stage.setProcessingTime(HOUR);
        assertThat(stage.numKeyedStateEntries()).isEqualTo(1);
        stage.setProcessingTime(HOUR + GRAIN);

        assertThat(stage.numKeyedStateEntries()).isZero();
        assertThat(stage.numProcessingTimeTimers()).isZero();
        send(B.at(2, 60).insert(1, 3));
        assertThat(emitted()).hasSize(2);
        assertThat(emitted().get(1).firstSeen()).isTrue();
    }

    @Test
    void aRowThatCameBackIsNotForgotten() throws Exception {
        send(A.at(1, 100).delete(1), A.at(2, 200).insert(1, 2));
        stage.setProcessingTime(2 * HOUR);
        assertThat(stage.numKeyedStateEntries()).isEqualTo(1);
        assertThat(stage.numProcessingTimeTimers()).isZero();
    }

    @Test
    void aSecondDeleteBeginsTheTimeAnew() throws Exception {
        send(A.at(1, 100).delete(1), A.at(2, 200).insert(1, 2));
        stage.setProcessingTime(HOUR / 2);
        send(A.at(3, 300).delete(1));

        stage.setProcessingTime(HOUR + GRAIN);
        assertThat(stage.numKeyedStateEntries()).as("the first timer is void").isEqualTo(1);
        stage.setProcessingTime(HOUR / 2 + HOUR + GRAIN);

        assertThat(stage.numKeyedStateEntries()).isZero();
        assertThat(stage.numProcessingTimeTimers()).isZero();
    }

    @Test
    void deletesCloseTogetherShareATimer() throws Exception {
        for (int id = 0; id < 50; id++) {
            stage.setProcessingTime(id);
            send(A.at(id + 1, 100).delete(id));
        }
        stage.setProcessingTime(HOUR + GRAIN);
        assertThat(stage.numKeyedStateEntries()).isZero();
        assertThat(stage.numProcessingTimeTimers()).isZero();
    }

    @Test
    void aRestoredRowIsJudgedAsBefore() throws Exception {
        send(A.at(1, 100).insert(1, 1), A.at(2, 200).delete(2));
        var state = stage.snapshot(1, 1);

        try (var restored = stage()) {
            restored.initializeState(state);
            restored.open();
            restored.setProcessingTime(0);
            restored.processElement(A.at(1, 100).insert(1, 1), 0);
            restored.processElement(B.at(1, 50).update(1, 2), 0);
            restored.processElement(B.at(2, 150).update(2, 2), 0);
            assertThat(restored.extractOutputValues()).isEmpty();

            var next = A.at(3, 100).update(1, 3);
            restored.processElement(next, 0);
            assertThat(restored.extractOutputValues()).containsExactly(next.resolved(100_001, false));

            restored.setProcessingTime(HOUR + GRAIN);
            assertThat(restored.numKeyedStateEntries()).as("the row that lives").isEqualTo(1);
            assertThat(restored.numProcessingTimeTimers()).isZero();
        }
    }

    private static KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> stage() throws Exception {
        return Stages.of(new ResolveFunction(CONFIG, Map.of("a", 1, "b", 2)));
    }

    private void send(ChangeEvent... changes) throws Exception {
        for (var change : changes) {
            stage.processElement(change, 0);
        }
    }

    private List<ChangeEvent> emitted() {
        return stage.extractOutputValues();
    }
}
