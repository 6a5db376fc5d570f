package io.gravity.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.TableId;
import io.gravity.resolve.ConflictStrategy.ErrorStop.Scope;
import io.gravity.resolve.Replays.Begin;
import io.gravity.resolve.Replays.Done;
import io.gravity.resolve.Replays.Outcome;
import io.gravity.resolve.Stops.Answer;
import io.gravity.resolve.Stops.Hold;
import io.gravity.resolve.Stops.LetGo;
import io.gravity.resolve.Stops.ListRequest;
import io.gravity.resolve.Stops.Release;
import io.gravity.resolve.Stops.Stop;
import io.gravity.resolve.Stops.Stopped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.runtime.executiongraph.ExecutionAttemptID;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.messages.Acknowledge;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConflictCoordinatorTest {
    private static final TableId ORDERS = TableId.parse("shop.orders");
    private static final Stop ROW = new Stop(Scope.ROW, ORDERS, "shop.orders:1", "insert-exists");
    private static final Stop TABLE = new Stop(Scope.TABLE, ORDERS, "shop.orders:2", "delete-exists");
    private static final Stop STILL = new Stop(Scope.TABLE, ORDERS, "shop.orders:*", "delete-exists");

    private final ConflictCoordinator coordinator =
            (ConflictCoordinator) new ConflictCoordinator.Provider(new OperatorID()).create(null);
    private final Subtask zero = new Subtask(0, new ArrayList<>());
    private final Subtask one = new Subtask(1, new ArrayList<>());

    /** Remembers what it was told. */
    private record Subtask(int number, List<OperatorEvent> heard) implements OperatorCoordinator.SubtaskGateway {
        @Override
        public CompletableFuture<Acknowledge> sendEvent(OperatorEvent event) {
            heard.add(event);
            return CompletableFuture.completedFuture(Acknowledge.get());
        }

        @Override
        public ExecutionAttemptID getExecution() {
            return ExecutionAttemptID.randomId();
        }

        @Override
        public int getSubtask() {
            return number;
        }
    }

    @BeforeEach
    void start() {
        coordinator.executionAttemptReady(0, 0, zero);
        coordinator.executionAttemptReady(1, 0, one);
    }

    @Test
    void aStoppedTableIsHeldInAllSubtasksAlsoInOneThatComesLater() throws Exception {
        coordinator.handleEventFromOperator(0, 0, new Stopped(ROW));
        coordinator.handleEventFromOperator(0, 0, new Stopped(TABLE));
        assertThat(one.heard()).containsExactly(new Hold(TABLE));
        assertThat(list(null)).containsExactly(ROW, TABLE);

        var late = new Subtask(2, new ArrayList<>());
        coordinator.executionAttemptReady(2, 0, late);
        assertThat(late.heard()).containsExactly(new Hold(TABLE));
    }

    @Test
    void aRowIsReleasedAndItsTableIsStillListed() throws Exception {
        coordinator.handleEventFromOperator(0, 0, new Stopped(TABLE));

        assertThat(release(null, "shop.orders:2", Choice.KEEP_OURS)).containsExactly(TABLE);
        assertThat(one.heard()).last().isEqualTo(new LetGo(null, "shop.orders:2", Choice.KEEP_OURS));
        assertThat(list("shop.orders")).containsExactly(STILL);
        assertThat(list("shop.customers")).isEmpty();

        assertThat(release("shop.orders", null, Choice.REPLAY)).containsExactly(STILL);
        assertThat(zero.heard()).last().isEqualTo(new LetGo(ORDERS, null, Choice.REPLAY));
        assertThat(list(null)).isEmpty();
    }

    @Test
    void whatIsNotStoppedIsNotReleased() throws Exception {
        coordinator.handleEventFromOperator(0, 0, new Stopped(ROW));
        assertThat(release(null, "shop.orders:9", Choice.KEEP_OURS)).isEmpty();
        assertThat(zero.heard()).isEmpty();
        assertThat(list(null)).containsExactly(ROW);
    }

    @Test
    void whatASubtaskToldIsForgottenWithItUntilItTellsAgain() throws Exception {
        coordinator.handleEventFromOperator(1, 0, new Stopped(ROW));
        coordinator.executionAttemptFailed(1, 0, new IllegalStateException("gone"));
        assertThat(list(null)).isEmpty();
    }

    @Test
    void whatBecomesOfLettersLastsFromTheFirstCheckpointThatBeginsLater() throws Exception {
        coordinator.handleCoordinationRequest(
                new Begin("run", Map.of("x", new byte[] {1}, "y", new byte[] {2}), false));
        assertThat(one.heard())
                .extracting(event -> ((Replays.Order) event).letter())
                .containsExactlyInAnyOrder("x", "y");
        assertThat(zero.heard()).hasSize(2);
        coordinator.handleEventFromOperator(1, 0, new Done("run", "x", Outcome.REPLAYED));
        assertThat(ask("run")).isEqualTo(new Replays.Answer(true, Map.of("x", Outcome.REPLAYED), false));

        checkpoint(6, true);
        coordinator.checkpointCoordinator(7, new CompletableFuture<>());
        coordinator.handleEventFromOperator(0, 0, new Done("run", "y", Outcome.SUPERSEDED));
        coordinator.notifyCheckpointComplete(7);
        assertThat(ask("run").lasting()).as("7 began before all was done").isFalse();
        checkpoint(8, false);
        assertThat(ask("run").lasting()).as("8 failed").isFalse();
        checkpoint(9, true);
        assertThat(ask("run"))
                .isEqualTo(new Replays.Answer(true, Map.of("x", Outcome.REPLAYED, "y", Outcome.SUPERSEDED), true));
        assertThat(ask("other").known()).isFalse();
    }

    @Test
    void aRestartForgetsWhatItMayHaveUndone() throws Exception {
        for (int restart = 0; restart < 3; restart++) {
            coordinator.handleCoordinationRequest(new Begin("run", Map.of("x", new byte[] {1}), false));
            coordinator.handleEventFromOperator(1, 0, new Done("run", "x", Outcome.REPLAYED));
            switch (restart) {
                case 0 -> coordinator.executionAttemptFailed(0, 0, new IllegalStateException("gone"));
                case 1 -> coordinator.subtaskReset(0, 1);
                default -> coordinator.resetToCheckpoint(1, new byte[0]);
            }
            coordinator.handleEventFromOperator(1, 0, new Done("run", "x", Outcome.REPLAYED));
            checkpoint(restart, true);
            assertThat(ask("run")).isEqualTo(new Replays.Answer(false, Map.of(), false));
        }
    }

    private void checkpoint(long number, boolean completes) {
        coordinator.checkpointCoordinator(number, new CompletableFuture<>());
        if (completes) {
            coordinator.notifyCheckpointComplete(number);
        }
    }

    private Replays.Answer ask(String run) throws Exception {
        return (Replays.Answer)
                coordinator.handleCoordinationRequest(new Replays.Ask(run)).get();
    }

    @Test
    void whatTravelsBetweenProcessesIsSerializable() throws Exception {
        for (var message : List.of(
                new Stopped(ROW),
                new Hold(TABLE),
                new LetGo(ORDERS, "shop.orders:1", Choice.REPLAY),
                new ListRequest("shop.orders"),
                new Release("shop.orders", null, Choice.KEEP_OURS),
                new Answer(List.of(ROW, TABLE), 2),
                new Begin("run", Map.of(), true),
                new Replays.Ask("run"),
                new Replays.Answer(true, Map.of("x", Outcome.HELD), true),
                new Replays.Order("run", "x", null, true),
                new Done("run", "x", Outcome.UNKNOWN))) {
            assertThat(InstantiationUtil.clone(message)).isEqualTo(message);
        }
    }

    private List<Stop> list(String table) throws Exception {
        return ask(new ListRequest(table));
    }

    private List<Stop> release(String table, String row, Choice choice) throws Exception {
        return ask(new Release(table, row, choice));
    }

    private List<Stop> ask(CoordinationRequest request) throws Exception {
        var answer = (Answer) coordinator.handleCoordinationRequest(request).get();
        assertThat(answer.count()).isEqualTo(answer.stops().size());
        return answer.stops();
    }
}
