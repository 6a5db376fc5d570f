package io.gravity.dispatch.strong;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.audit.DeadLetters;
import io.gravity.dispatch.Deliveries;
import io.gravity.dispatch.Lanes;
import io.gravity.dispatch.TargetConfig;
import io.gravity.error.ErrorCode;
import io.gravity.event.ChangeEvent;
import io.gravity.types.ChangeEventSerializer;
import io.gravity.types.Changes;
import io.gravity.types.OrderScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class StrongDispatchOperatorTest {
    private static final Duration POLL = Duration.ofMillis(2);

    private final RecordingLedger target = new RecordingLedger(UUID.randomUUID().toString());
    private final List<KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent>> harnesses =
            new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        target.unblock();
        for (var harness : harnesses) {
            harness.close();
        }
        assertThat(target.openWriters()).isZero();
    }

    @Test
    void nothingIsAppliedBeforeItsCheckpointIsComplete() throws Exception {
        var dispatcher = opened(Deliveries.of(10, 1));
        dispatcher.processElement(change(1, 1), 0);
        dispatcher.snapshot(1, 0);
        settle(dispatcher);
        assertThat(target.commits()).isZero();

        dispatcher.processElement(change(1, 2), 0);
        dispatcher.notifyOfCompletedCheckpoint(1);
        settle(dispatcher);
        assertThat(target.applied()).containsExactly(change(1, 1));
    }

    @Test
    void aCheckpointThatFailedIsCoveredByTheNext() throws Exception {
        var dispatcher = opened(Deliveries.of(10, 1));
        dispatcher.processElement(change(1, 1), 0);
        dispatcher.snapshot(1, 0);
        dispatcher.processElement(change(1, 2), 0);
        dispatcher.snapshot(2, 0);
        dispatcher.notifyOfCompletedCheckpoint(2);
        dispatcher.notifyOfCompletedCheckpoint(1);
        settle(dispatcher);
        assertThat(target.applied()).containsExactly(change(1, 1), change(1, 2));
    }

    @Test
    void whatIsAppliedLeavesTheState() throws Exception {
        var dispatcher = opened(Deliveries.of(3, 1));
        for (int amount = 0; amount < 10; amount++) {
            dispatcher.processElement(change(amount % 4, amount), 0);
        }
        assertThat(dispatcher.numKeyedStateEntries()).isEqualTo(lanesOf(4));
        checkpoint(dispatcher, 1);
        assertThat(target.applied()).hasSize(10).doesNotHaveDuplicates();
        // The lanes' numbers stay.
        assertThat(dispatcher.numKeyedStateEntries()).isEqualTo(lanesOf(4));
        var state = dispatcher.snapshot(2, 0);

        var after = restored(Deliveries.of(3, 1), state, 1, 1).get(0);
        settle(after);
        checkpoint(after, 3);
        assertThat(target.applied()).hasSize(10);
    }

    @Test
    void aRestoredStateIsAppliedWithoutAnotherCheckpoint() throws Exception {
        var dispatcher = opened(Deliveries.of(10, 1));
        dispatcher.processElement(change(1, 1), 0);
        var state = dispatcher.snapshot(1, 0);
        close(dispatcher);

        settle(restored(Deliveries.of(10, 1), state, 1, 1).get(0));
        assertThat(target.applied()).containsExactly(change(1, 1));
    }

    @Test
    void aStateWhoseChangesAreAppliedAppliesNoneAgain() throws Exception {
        var dispatcher = opened(Deliveries.of(2, 1));
        for (int amount = 0; amount < 5; amount++) {
            dispatcher.processElement(change(1, amount), 0);
        }
        var state = checkpoint(dispatcher, 1);
        assertThat(target.applied()).hasSize(5);
        close(dispatcher);

        var after = restored(Deliveries.of(3, 1), state, 1, 1).get(0);
        settle(after);
        after.processElement(change(1, 5), 0);
        checkpoint(after, 2);
        assertThat(amounts()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void aCommitWhoseAnswerIsLostIsNotRepeated() throws Exception {
        target.loseAnswers(1);
        var dispatcher = opened(Deliveries.of(10, 1));
        dispatcher.processElement(change(1, 1), 0);
        checkpoint(dispatcher, 1);
        step(dispatcher);
        assertThat(target.commits()).isEqualTo(1);
        dispatcher.processElement(change(1, 2), 0);
        checkpoint(dispatcher, 2);
        assertThat(target.applied()).containsExactly(change(1, 1), change(1, 2));
    }

    @Test
    void aTargetThatIsDownHoldsUpNeitherRowsNorCheckpoints() throws Exception {
        var dispatcher = opened(Deliveries.of(10, 1));
        target.failNext(3);
        for (int checkpoint = 1; checkpoint < 6; checkpoint++) {
            dispatcher.processElement(change(1, checkpoint), 0);
            dispatcher.snapshot(checkpoint, 0);
            dispatcher.notifyOfCompletedCheckpoint(checkpoint);
        }
        for (int i = 0; i < 10; i++) {
            step(dispatcher);
        }
        assertThat(amounts()).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    /** Its view of the ledger is older than that of its successor. */
    @Test
    void aTaskThatWasGivenUpAppliesNothingMore() throws Exception {
        var zombie = opened(Deliveries.of(10, 1));
        zombie.processElement(change(1, 1), 0);
        var state = zombie.snapshot(1, 0);

        var successor = restored(Deliveries.of(10, 1), state, 1, 1).get(0);
        settle(successor);
        zombie.notifyOfCompletedCheckpoint(1);
        settle(zombie);
        step(zombie);
        assertThat(target.applied()).containsExactly(change(1, 1));
    }

    @Test
    void aStateOlderThanTheTargetIsAppliedAgain() throws Exception {
        var dispatcher = opened(Deliveries.of(10, 1));
        dispatcher.processElement(change(1, 1), 0);
        var old = checkpoint(dispatcher, 1);
        for (int amount = 2; amount < 5; amount++) {
            dispatcher.processElement(change(1, amount), 0);
        }
        checkpoint(dispatcher, 2);
        close(dispatcher);

        // The target answers only after the restored job has got further than the one before.
        target.failNext(1);
        var after = restored(Deliveries.of(10, 1), old, 1, 1).get(0);
        for (int amount = 2; amount < 9; amount++) {
            after.processElement(change(1, amount), 0);
        }
        var further = checkpoint(after, 3);
        close(after);
        var last = restored(Deliveries.of(10, 1), further, 1, 1).get(0);
        settle(last);
        checkpoint(last, 4);
        checkpoint(last, 5);
        assertThat(amounts()).startsWith(1L, 2L, 3L, 4L).endsWith(2L, 3L, 4L, 5L, 6L, 7L, 8L);
    }

    @Test
    void aRowRefusedBecomesALetterAndItsLaneWaitsForTheCheckpointThatHoldsIt() throws Exception {
        target.refuse(change -> amount(change) == 3 ? ErrorCode.VALUE_TOO_LONG : null);
        var dispatcher = quarantining(Deliveries.of(100, 1));
        for (int amount = 1; amount < 6; amount++) {
            dispatcher.processElement(change(1, amount), 0);
            dispatcher.processElement(change(2, 10 + amount), 0);
        }
        checkpoint(dispatcher, 1);
        assertThat(amounts()).containsExactlyInAnyOrder(1L, 2L, 11L, 12L, 13L, 14L, 15L);
        assertThat(dispatcher.extractOutputValues()).hasSize(1);

        checkpoint(dispatcher, 2);
        assertThat(amounts()).containsExactlyInAnyOrder(1L, 2L, 4L, 5L, 11L, 12L, 13L, 14L, 15L);
        assertThat(dispatcher.extractOutputValues()).hasSize(1);
    }

    @Test
    void aLetterLostWithItsTaskIsWrittenAgain() throws Exception {
        target.refuse(change -> amount(change) == 2 ? ErrorCode.VALUE_TOO_LONG : null);
        var dispatcher = quarantining(Deliveries.of(100, 1));
        for (int amount = 1; amount < 4; amount++) {
            dispatcher.processElement(change(1, amount), 0);
        }
        var state = checkpoint(dispatcher, 1);
        assertThat(dispatcher.extractOutputValues()).hasSize(1);
        close(dispatcher);

        var after = harness(Deliveries.of(100, 1), letters(), 1, 0);
        after.initializeState(state);
        after.open();
        settle(after);
        assertThat(after.extractOutputValues()).hasSize(1);
        checkpoint(after, 2);
        assertThat(amounts()).containsExactly(1L, 3L);
    }

    @Test
    void aRowThatMayHealWaitsAndHoldsUpItsLaneAlone() throws Exception {
        target.refuse(change -> amount(change) == 1 ? ErrorCode.CONSTRAINT_PARENT : null);
        var dispatcher = quarantining(Deliveries.holding(100, Duration.ofSeconds(30)));
        dispatcher.processElement(change(1, 1), 0);
        dispatcher.processElement(change(1, 2), 0);
        dispatcher.processElement(change(2, 3), 0);
        checkpoint(dispatcher, 1);
        assertThat(amounts()).containsExactly(3L);
        target.refuse(change -> null);
        step(dispatcher);
        assertThat(amounts()).containsExactly(3L, 1L, 2L);
        assertThat(dispatcher.extractOutputValues()).isEmpty();
    }

    @Test
    void aRowThatDoesNotHealInTimeBecomesALetter() throws Exception {
        target.refuse(change -> amount(change) == 1 ? ErrorCode.CONSTRAINT_PARENT : null);
        var dispatcher = quarantining(Deliveries.holding(100, Duration.ofSeconds(3)));
        dispatcher.processElement(change(1, 1), 0);
        dispatcher.processElement(change(1, 2), 0);
        checkpoint(dispatcher, 1);
        for (int i = 0; i < 4; i++) {
            step(dispatcher);
        }
        assertThat(dispatcher.extractOutputValues()).hasSize(1);
        checkpoint(dispatcher, 2);
        assertThat(amounts()).containsExactly(2L);
    }

    @Test
    void withoutAQuarantineARefusedRowIsTriedForEver() throws Exception {
        target.refuse(change -> amount(change) == 1 ? ErrorCode.VALUE_TOO_LONG : null);
        var dispatcher = opened(Deliveries.of(100, 1));
        dispatcher.processElement(change(1, 1), 0);
        checkpoint(dispatcher, 1);
        for (int i = 0; i < 5; i++) {
            step(dispatcher);
        }
        assertThat(target.applied()).isEmpty();
        target.refuse(change -> null);
        step(dispatcher);
        step(dispatcher);
        assertThat(amounts()).containsExactly(1L);
    }

    @Test
    void theEndOfTheInputWaitsForTheTarget() throws Exception {
        var dispatcher = opened(Deliveries.of(2, 1));
        for (int amount = 1; amount < 8; amount++) {
            dispatcher.processElement(change(amount, amount), 0);
        }
        settle(dispatcher);
        dispatcher.endInput();
        dispatcher.snapshot(1, 0);
        dispatcher.notifyOfCompletedCheckpoint(1);
        assertThat(target.applied()).hasSize(7);
    }

    /** Whatever dies when, and whoever comes after it, each row's changes are applied once and in order. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void survivesEverythingExactlyOnce(long seed) throws Exception {
        var random = new Random(seed);
        var source = new ArrayList<ChangeEvent>();
        for (int amount = 0; amount < 300; amount++) {
            source.add(change(random.nextInt(40), amount));
        }
        OperatorSubtaskState state = null;
        int before = 1;
        int read = 0;
        int checkpoint = 0;
        for (int lives = 0; lives < 12 || read < source.size(); lives++) {
            // Each harness is a job of its own, so the first task names the ledger; and can't restore as many as it
            // was.
            int parallelism = state == null ? 1 : 1 + (before + random.nextInt(2)) % 3;
            var tasks = restored(Deliveries.of(1 + random.nextInt(20), 1), state, before, parallelism);
            int position = read;
            for (int checkpoints = random.nextInt(4); checkpoints >= 0; checkpoints--) {
                int end = Math.min(source.size(), position + random.nextInt(30));
                for (; position < end; position++) {
                    send(tasks, source.get(position));
                }
                target.failNext(random.nextInt(3) == 0 ? 2 : 0);
                target.loseAnswers(random.nextInt(3) == 0 ? 1 : 0);
                checkpoint++;
                var parts = new ArrayList<OperatorSubtaskState>();
                for (var task : tasks) {
                    parts.add(task.snapshot(checkpoint, 0));
                }
                if (random.nextInt(3) > 0) {
                    read = position;
                    before = parallelism;
                    state = AbstractStreamOperatorTestHarness.repackageState(
                            parts.toArray(OperatorSubtaskState[]::new));
                    for (var task : tasks) {
                        if (random.nextInt(4) > 0) {
                            task.notifyOfCompletedCheckpoint(checkpoint);
                        }
                        for (int steps = random.nextInt(6); steps > 0; steps--) {
                            step(task);
                        }
                    }
                }
            }
            for (var task : List.copyOf(harnesses)) {
                close(task);
            }
        }
        target.failNext(0);
        target.loseAnswers(0);
        for (var task : restored(Deliveries.of(7, 1), state, before, 4)) {
            for (int i = 0; i < 5; i++) {
                settle(task);
                step(task);
            }
        }
        for (long row = 0; row < 40; row++) {
            long id = row;
            assertThat(target.applied().stream()
                            .filter(change -> id(change) == id)
                            .map(StrongDispatchOperatorTest::amount))
                    .as("row %d", row)
                    .containsExactlyElementsOf(source.stream()
                            .filter(change -> id(change) == id)
                            .map(StrongDispatchOperatorTest::amount)
                            .toList());
        }
    }

    private static void send(
            List<KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent>> tasks, ChangeEvent change)
            throws Exception {
        int lane = new Lanes(OrderScope.ROW).laneOf(change);
        tasks.get(lane * tasks.size() / Lanes.COUNT).processElement(change, 0);
    }

    private static int lanesOf(int rows) {
        return (int) LongStream.range(0, rows)
                .map(row -> new Lanes(OrderScope.ROW).laneOf(change(row, 0)))
                .distinct()
                .count();
    }

    private List<Object> amounts() {
        return target.applied().stream().map(change -> change.image().value(1)).toList();
    }

    private static long amount(ChangeEvent change) {
        return (Long) change.image().value(1);
    }

    private static long id(ChangeEvent change) {
        return (Long) change.image().value(0);
    }

    private static DeadLetters letters() {
        return new DeadLetters("gravity.dead_letters", "dispatch", "warehouse");
    }

    private OperatorSubtaskState checkpoint(
            KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> harness, long number)
            throws Exception {
        var state = harness.snapshot(number, 0);
        harness.notifyOfCompletedCheckpoint(number);
        settle(harness);
        return state;
    }

    /** Lets the operator hear all that is answered, until nothing is asked any more. */
    private void settle(KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> harness)
            throws Exception {
        for (int quiet = 0; quiet < 5; ) {
            var mail = harness.getTaskMailbox().tryTake(TaskMailbox.MIN_PRIORITY);
            if (mail.isPresent()) {
                mail.get().run();
                quiet = 0;
            } else {
                quiet++;
                await().pollDelay(POLL).until(() -> true);
            }
        }
    }

    private void step(KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> harness)
            throws Exception {
        harness.setProcessingTime(harness.getProcessingTime() + 1000);
        settle(harness);
    }

    private KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> opened(
            TargetConfig.Delivery delivery) throws Exception {
        return started(delivery, null);
    }

    private KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> quarantining(
            TargetConfig.Delivery delivery) throws Exception {
        return started(delivery, letters());
    }

    private KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> started(
            TargetConfig.Delivery delivery, DeadLetters letters) throws Exception {
        var harness = harness(delivery, letters, 1, 0);
        harness.open();
        harness.setProcessingTime(0);
        settle(harness);
        return harness;
    }

    private List<KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent>> restored(
            TargetConfig.Delivery delivery, OperatorSubtaskState state, int from, int to) throws Exception {
        var all = new ArrayList<KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent>>();
        for (int subtask = 0; subtask < to; subtask++) {
            var harness = harness(delivery, null, to, subtask);
            if (state != null) {
                harness.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                        state, Lanes.COUNT, from, to, subtask));
            }
            harness.open();
            harness.setProcessingTime(0);
            all.add(harness);
        }
        return all;
    }

    private KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> harness(
            TargetConfig.Delivery delivery, DeadLetters letters, int parallelism, int subtask) throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new StrongDispatchOperatorFactory("warehouse", delivery, target, letters),
                new Lanes(delivery.scope()),
                Types.INT,
                Lanes.COUNT,
                parallelism,
                subtask);
        harness.setup(new ChangeEventSerializer());
        harnesses.add(harness);
        return harness;
    }

    private void close(KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> harness)
            throws Exception {
        harnesses.remove(harness);
        harness.close();
    }

    private static ChangeEvent change(long row, long amount) {
        return Changes.from("a").at(amount + 1, 1000).insert(row, amount);
    }
}
