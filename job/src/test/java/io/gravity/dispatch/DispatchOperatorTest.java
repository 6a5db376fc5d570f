package io.gravity.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gravity.audit.DeadLetters;
import io.gravity.dispatch.TargetConfig.Queue;
import io.gravity.dispatch.TargetConfig.Queue.Policy;
import io.gravity.error.ErrorCode;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.RowKey;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.types.ChangeEventSerializer;
import io.gravity.types.Changes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DispatchOperatorTest {
    /** Of mails that an operator hears while it yields. */
    private static final int PRIORITY = 0;

    private static final Duration POLL = Duration.ofMillis(2);
    private static final TableId OTHER = TableId.parse("shop.other");
    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor();

    private final RecordingTarget target = new RecordingTarget(UUID.randomUUID().toString());
    private final List<KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent>> harnesses =
            new ArrayList<>();

    @AfterAll
    static void stopClock() {
        CLOCK.shutdownNow();
    }

    @AfterEach
    void close() throws Exception {
        target.unblock();
        for (var harness : harnesses) {
            harness.close();
        }
        assertThat(target.openWriters()).isZero();
    }

    @Test
    void aFullBatchGoesOutAtOnce() throws Exception {
        var dispatcher = opened(Deliveries.of(2, 1));
        dispatcher.processElement(change(1, 1), 0);
        assertThat(target.attempts()).isZero();
        dispatcher.processElement(change(1, 2), 0);
        answer(dispatcher);
        assertThat(target.delivered()).containsExactly(change(1, 1), change(1, 2));
    }

    @Test
    void aBatchThatDoesNotFillGoesOutAfterItsTimeout() throws Exception {
        var dispatcher = opened(Deliveries.of(100, 1));
        dispatcher.processElement(change(1, 1), 0);
        dispatcher.setProcessingTime(9);
        assertThat(target.attempts()).isZero();
        dispatcher.setProcessingTime(10);
        answer(dispatcher);
        assertThat(target.delivered()).containsExactly(change(1, 1));
    }

    @Test
    void aFailedBatchIsTriedAgainLaterAndLater() throws Exception {
        target.failNext(2);
        var dispatcher = opened(Deliveries.of(1, 1));
        dispatcher.processElement(change(1, 1), 0);
        answer(dispatcher);
        dispatcher.setProcessingTime(74);
        assertThat(target.attempts()).isEqualTo(1);
        dispatcher.setProcessingTime(100);
        answer(dispatcher);
        dispatcher.setProcessingTime(100 + 149);
        assertThat(target.attempts()).isEqualTo(2);
        dispatcher.setProcessingTime(100 + 200);
        answer(dispatcher);
        assertThat(target.attempts()).isEqualTo(3);
        assertThat(target.delivered()).containsExactly(change(1, 1));
    }

    @Test
    void rowsBehindAFailedBatchWaitForIt() throws Exception {
        target.failNext(1);
        var dispatcher = opened(Deliveries.of(1, 1));
        dispatcher.processElement(change(1, 1), 0);
        answer(dispatcher);
        dispatcher.processElement(change(1, 2), 0);
        dispatcher.processElement(change(2, 1), 0);
        assertThat(target.attempts()).isEqualTo(1);
        dispatcher.setProcessingTime(100);
        for (int i = 0; i < 3; i++) {
            answer(dispatcher);
        }
        assertThat(target.delivered()).containsExactly(change(1, 1), change(1, 2), change(2, 1));
    }

    @Test
    void lanesOfOtherWorkersDoNotWait() throws Exception {
        var dispatcher = opened(Deliveries.of(1, 2));
        long slow = rowOfWorker(0, 2);
        long quick = rowOfWorker(1, 2);
        target.failNext(1);
        dispatcher.processElement(change(slow, 1), 0);
        answer(dispatcher);
        dispatcher.processElement(change(quick, 1), 0);
        answer(dispatcher);
        assertThat(target.delivered()).containsExactly(change(quick, 1));
    }

    @Test
    void orderPerRowSurvivesFailures() throws Exception {
        // More than a quarter of all, so that the queue is never full: nobody would move the clock then.
        var dispatcher = opened(Deliveries.of(200, 4));
        for (int amount = 0; amount < 25; amount++) {
            target.failNext(1);
            for (int row = 0; row < 20; row++) {
                dispatcher.processElement(change(row, amount), 0);
                step(dispatcher);
            }
        }
        drain(dispatcher, 500);
        assertThat(target.delivered()).hasSize(500);
        assertOrderPerRow(20, 25);
    }

    @Test
    void anUnexpectedErrorFailsTheTaskAndIsItsCause() throws Exception {
        target.crashNext();
        var dispatcher = opened(Deliveries.of(1, 1));
        dispatcher.processElement(change(1, 1), 0);
        assertThatThrownBy(() -> answer(dispatcher))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("target warehouse: the writer failed in an unexpected way")
                .hasRootCauseMessage("a fault of the writer");
    }

    @Test
    void aFullQueueInMemoryHoldsTheStreamBackButNotTheMailboxIfToldSo() throws Exception {
        target.block();
        var dispatcher = opened(Deliveries.queueing(2, Policy.BLOCK, 1));
        var yielded = new AtomicBoolean();
        for (int amount = 0; amount < 6; amount++) {
            dispatcher.processElement(change(1, amount), 0);
        }
        dispatcher
                .getTaskMailbox()
                .put(new Mail(
                        () -> {
                            yielded.set(true);
                            target.unblock();
                        },
                        PRIORITY,
                        "unblock"));
        assertThat(yielded).isFalse();

        dispatcher.processElement(change(1, 6), 0);

        assertThat(yielded).isTrue();
        drain(dispatcher, 7);
        assertOrderPerRow(1, 7);
    }

    @Test
    void whatDoesNotFitIntoMemoryWaitsInStateAndHoldsNobodyBack() throws Exception {
        target.block();
        var dispatcher = opened(Deliveries.of(2, 1));
        processWhileTimePasses(
                dispatcher,
                IntStream.range(0, 1000).mapToObj(i -> change(i % 20, i / 20)).toList());
        assertThat(dispatcher.numKeyedStateEntries()).isPositive();

        target.unblock();
        drain(dispatcher, 1000);

        assertOrderPerRow(20, 50);
        dispatcher.snapshot(1, 1);
        assertThat(dispatcher.numKeyedStateEntries()).isZero();
    }

    @Test
    void rowsOfDifferentLanesLeaveTheStateAsTheyCame() throws Exception {
        target.block();
        var dispatcher = opened(Deliveries.of(1, 1));
        processWhileTimePasses(
                dispatcher,
                IntStream.range(0, 100).mapToObj(row -> change(row, 0)).toList());
        target.unblock();
        drain(dispatcher, 100);
        assertThat(target.delivered())
                .containsExactlyElementsOf(
                        LongStream.range(0, 100).mapToObj(row -> change(row, 0)).toList());
    }

    @Test
    void rowsBehindABatchThatTakesLongAreInStateThoughTheyAreFew() throws Exception {
        target.block();
        var dispatcher = opened(Deliveries.of(100, 1));
        dispatcher.processElement(change(1, 0), 0);
        dispatcher.setProcessingTime(10);
        dispatcher.processElement(change(1, 1), 0);
        dispatcher.setProcessingTime(1010);
        dispatcher.processElement(change(1, 2), 0);
        assertThat(dispatcher.numKeyedStateEntries()).isZero();
        dispatcher.setProcessingTime(1011);
        dispatcher.processElement(change(1, 3), 0);
        assertThat(dispatcher.numKeyedStateEntries()).isPositive();
        target.unblock();
        drain(dispatcher, 4);
        assertOrderPerRow(1, 4);
    }

    @Test
    void whileTheTargetIsDownCheckpointsDoNotWriteMemoryAnewButForTheBatchUnderWay() throws Exception {
        var dispatcher = opened(Deliveries.of(2, 1));
        target.failNext(1000);
        for (int row = 0; row < 5; row++) {
            dispatcher.processElement(change(row, 0), 0);
        }
        await().pollInSameThread().pollDelay(POLL).pollInterval(POLL).until(() -> {
            step(dispatcher);
            return operator(dispatcher).circuit() == Breaker.State.OPEN;
        });
        for (int row = 5; row < 20; row++) {
            dispatcher.processElement(change(row, 0), 0);
        }
        assertThat(lanesIn(dispatcher.snapshot(1, 1))).isBetween(1L, 2L);
        target.failNext(0);
        drain(dispatcher, 20);
        assertThat(target.delivered())
                .containsExactlyElementsOf(
                        LongStream.range(0, 20).mapToObj(row -> change(row, 0)).toList());
    }

    @Test
    void aTargetThatComesBackGetsLargerBatches() throws Exception {
        target.block();
        var dispatcher = opened(Deliveries.of(10, 1));
        processWhileTimePasses(
                dispatcher,
                IntStream.range(0, 1000).mapToObj(row -> change(row, 0)).toList());
        target.unblock();
        drain(dispatcher, 1000);
        // Three batches of ten from memory, at most one that the end of the queue has cut, the others of forty.
        assertThat(target.attempts()).isBetween(1000 / 40, 3 + 1000 / 40 + 1);
    }

    @Test
    void whileTheTargetIsDownOneBatchAtATimeTriesAndNothingElseIsSent() throws Exception {
        var dispatcher = opened(Deliveries.of(1, 4));
        target.failNext(1000);
        for (int row = 0; row < 100; row++) {
            dispatcher.processElement(change(row, 0), 0);
            step(dispatcher);
        }
        await().pollInSameThread().pollDelay(POLL).pollInterval(POLL).until(() -> {
            step(dispatcher);
            return operator(dispatcher).circuit() == Breaker.State.OPEN;
        });
        int before = target.attempts();
        // The longest pause is a second, and each step takes one.
        for (int i = 0; i < 20; i++) {
            step(dispatcher);
            settle(dispatcher);
        }
        assertThat(target.attempts() - before).isBetween(1, 21);

        target.failNext(0);
        drain(dispatcher, 100);
        assertThat(target.delivered()).hasSize(100);
        assertThat(operator(dispatcher).circuit()).isEqualTo(Breaker.State.CLOSED);
        assertThat(operator(dispatcher).rows()).isZero();
    }

    @Test
    void aFullQueueInStateHoldsTheStreamBackButNotTheMailbox() throws Exception {
        target.block();
        // Four rows in memory, four of eighty bytes in state.
        var dispatcher = opened(Deliveries.queueing(1, Policy.SPILL, 320));
        processWhileTimePasses(
                dispatcher,
                IntStream.range(0, 8).mapToObj(amount -> change(1, amount)).toList());
        var yielded = new AtomicBoolean();
        dispatcher
                .getTaskMailbox()
                .put(new Mail(
                        () -> {
                            yielded.set(true);
                            target.unblock();
                            dispatcher.setProcessingTime(dispatcher.getProcessingTime() + 1000);
                        },
                        PRIORITY,
                        "unblock"));
        assertThat(operator(dispatcher).backlogBytes()).isEqualTo(320L);
        assertThat(yielded).isFalse();

        dispatcher.processElement(change(1, 8), 0);

        assertThat(yielded).isTrue();
        drain(dispatcher, 9);
        assertOrderPerRow(1, 9);
    }

    @Test
    void aFullQueueInStateMakesDeadLettersIfToldSo() throws Exception {
        target.block();
        var dispatcher = quarantining(Deliveries.queueing(1, Policy.DEAD_LETTER, 320));
        processWhileTimePasses(
                dispatcher,
                IntStream.range(0, 10).mapToObj(amount -> change(1, amount)).toList());
        assertThat(reasons(dispatcher)).containsExactly("queue-full", "queue-full");
        target.unblock();
        drain(dispatcher, 8);
        assertOrderPerRow(1, 8);
    }

    @Test
    void noTimeIsUpForARowBeforeWhatCameEarlierHasLeftTheState() throws Exception {
        needParent();
        target.block();
        var dispatcher = quarantining(Deliveries.holding(1, Duration.ofMinutes(1)));
        processWhileTimePasses(
                dispatcher,
                IntStream.range(2, 12).mapToObj(row -> change(row, 0)).toList());
        dispatcher.processElement(change(1, 0), 0);
        target.unblock();
        answer(dispatcher);
        dispatcher.setProcessingTime(600_000);
        drain(dispatcher, 11);
        assertThat(reasons(dispatcher)).isEmpty();
    }

    /** Random deliveries, failures, checkpoints and restores into other parallelisms. */
    @Test
    void whateverTheTargetDoesEachRowKeepsItsOrderAndNoneIsLost() throws Exception {
        for (int seed = 0; seed < 25; seed++) {
            var random = new Random(seed);
            target.forget();
            var running = List.of(opened(Deliveries.of(3, 2)));
            var amounts = new long[20];
            for (int step = 0; step < 400; step++) {
                int row = random.nextInt(amounts.length);
                var next = change(row, amounts[row]++);
                var harnessOfRow = running.get(subtask(next, running.size()));
                processWhileTimePasses(harnessOfRow, List.of(next));
                switch (random.nextInt(40)) {
                    case 0 -> target.failNext(random.nextInt(6));
                    case 1 -> target.block();
                    case 2, 3 -> target.unblock();
                    case 4, 5, 6, 7 -> {
                        for (var harness : running) {
                            step(harness);
                        }
                    }
                    case 8 -> {
                        var states = new OperatorSubtaskState[running.size()];
                        for (int i = 0; i < states.length; i++) {
                            states[i] = running.get(i).snapshot(step, step);
                        }
                        for (var harness : running) {
                            close(harness);
                        }
                        running = restored(
                                Deliveries.of(3, 2 + random.nextInt(2)),
                                AbstractStreamOperatorTestHarness.repackageState(states),
                                states.length,
                                1 + random.nextInt(3));
                    }
                    default -> {}
                }
            }
            target.unblock();
            target.failNext(0);
            var last = running;
            await().pollInSameThread().pollDelay(POLL).pollInterval(POLL).until(() -> {
                for (var harness : last) {
                    step(harness);
                }
                return target.amountsByRow().values().stream()
                                .mapToInt(List::size)
                                .sum()
                        == 400;
            });
            for (int row = 0; row < amounts.length; row++) {
                var delivered = target.amountsByRow().get(RowKey.of(Changes.ORDERS, (long) row));
                assertThat(delivered)
                        .as("row %d, seed %d", row, seed)
                        .isEqualTo(LongStream.range(0, amounts[row]).boxed().toList());
                assertThat(target.rows()
                                .get(RowKey.of(Changes.ORDERS, (long) row))
                                .value(1))
                        .isEqualTo(amounts[row] - 1);
            }
            for (var harness : last) {
                close(harness);
            }
        }
    }

    @Test
    void aTargetAtFullSpeedAgainEmptiesTheStateWhileMoreComes() throws Exception {
        var dispatcher = opened(Deliveries.of(3, 1));
        long amount = 0;
        while (amount < 3) {
            dispatcher.processElement(change(1, amount++), 0);
        }
        await().pollInSameThread().pollDelay(POLL).pollInterval(POLL).until(() -> {
            mails(dispatcher);
            return idle(dispatcher);
        });
        target.block();
        processWhileTimePasses(
                dispatcher,
                LongStream.range(3, 1000).mapToObj(next -> change(1, next)).toList());
        amount = 1000;
        target.unblock();
        // The late batch, and one that is not.
        answer(dispatcher);
        answer(dispatcher);
        assertThat(operator(dispatcher).backlogBytes()).isPositive();
        // Time stands still now: nothing is taken from state but for the sake of what comes.
        int came = 0;
        while (operator(dispatcher).backlogBytes() > 0 && came < 10_000) {
            dispatcher.processElement(change(1, amount++), 0);
            came++;
        }
        assertThat(operator(dispatcher).backlogBytes()).isZero();
        assertThat(came).as("rows that came meanwhile").isBetween(990, 6_000);
        drain(dispatcher, (int) amount);
        close(dispatcher);
    }

    @Test
    void aTargetAtFullSpeedHoldsTheStreamBackAndNothingGoesToState() throws Exception {
        var dispatcher = opened(Deliveries.of(3, 2));
        var amounts = new int[6];
        for (var row = 0; row < amounts.length; row++) {
            // Its first batches show how fast it is.
            for (int i = 0; i < 3; i++) {
                dispatcher.processElement(change(row, amounts[row]++), 0);
            }
            await().pollInSameThread().pollDelay(POLL).pollInterval(POLL).until(() -> {
                mails(dispatcher);
                return idle(dispatcher);
            });
        }
        for (int i = 0; i < 200; i++) {
            for (int row = 0; row < amounts.length; row++) {
                dispatcher.processElement(change(row, amounts[row]++), 0);
                assertThat(operator(dispatcher).backlogBytes()).isZero();
            }
        }
        drain(dispatcher, 6 * 203);
        close(dispatcher);
    }

    @Test
    void aCheckpointDoesNotWaitForTheTargetAndHoldsWhatItHasNotAcknowledged() throws Exception {
        target.block();
        var dispatcher = opened(Deliveries.of(2, 1));
        for (int amount = 0; amount < 5; amount++) {
            dispatcher.processElement(change(1, amount), 0);
        }
        var state = dispatcher.snapshot(1, 1);
        assertThat(target.delivered()).isEmpty();
        assertThat(lanesIn(state)).isEqualTo(1);
        dispatcher.close();
        harnesses.clear();
        target.unblock();

        var restored = restored(Deliveries.of(2, 1), state, 1, 1).get(0);
        drain(restored, 5);

        assertThat(target.delivered()).hasSize(5);
        assertOrderPerRow(1, 5);
    }

    @Test
    void stateIsEmptyOnceTheTargetHasAcknowledged() throws Exception {
        target.block();
        var dispatcher = opened(Deliveries.of(1, 1));
        dispatcher.processElement(change(1, 0), 0);
        dispatcher.processElement(change(2, 0), 0);
        assertThat(lanesIn(dispatcher.snapshot(1, 1))).isEqualTo(2);
        target.unblock();
        drain(dispatcher, 2);

        var state = dispatcher.snapshot(2, 2);

        assertThat(lanesIn(state)).isZero();
        assertThat(dispatcher.numKeyedStateEntries()).isZero();
        assertThat(dispatcher.numProcessingTimeTimers()).isZero();
        var restored = restored(Deliveries.of(1, 1), state, 1, 1).get(0);
        restored.setProcessingTime(1_000_000);
        assertThat(target.delivered()).hasSize(2);
    }

    @Test
    void aCheckpointAfterARestoreHoldsWhatWasRestored() throws Exception {
        target.block();
        var dispatcher = opened(Deliveries.of(1, 1));
        dispatcher.processElement(change(1, 0), 0);
        var first = dispatcher.snapshot(1, 1);
        var second = restored(Deliveries.of(1, 1), first, 1, 1).get(0).snapshot(2, 2);
        target.unblock();
        var last = restored(Deliveries.of(1, 1), second, 1, 1).get(0);
        drain(last, 1);
        assertThat(target.delivered()).contains(change(1, 0));
    }

    @Test
    void restoredIntoAnotherParallelismEverythingArrivesInOrder() throws Exception {
        target.block();
        var one = opened(Deliveries.of(10, 2));
        for (int amount = 0; amount < 3; amount++) {
            for (int row = 0; row < 10; row++) {
                one.processElement(change(row, amount), 0);
            }
        }
        var ofOne = one.snapshot(1, 1);
        close(one);

        var three = restored(Deliveries.of(10, 2), ofOne, 1, 3);
        for (int row = 0; row < 10; row++) {
            var next = change(row, 3);
            three.get(subtask(next, 3)).processElement(next, 0);
        }
        var ofThree = AbstractStreamOperatorTestHarness.repackageState(
                three.get(0).snapshot(2, 2),
                three.get(1).snapshot(2, 2),
                three.get(2).snapshot(2, 2));
        for (var harness : three) {
            close(harness);
        }

        target.unblock();
        var two = restored(Deliveries.of(10, 3), ofThree, 3, 2);
        await().pollInSameThread().pollDelay(POLL).pollInterval(POLL).until(() -> {
            for (var harness : two) {
                step(harness);
            }
            return target.delivered().size() == 40;
        });
        assertOrderPerRow(10, 4);
    }

    @Test
    void theEndOfInputWaitsUntilAllIsDelivered() throws Exception {
        var dispatcher = opened(Deliveries.of(10, 2));
        for (int row = 0; row < 25; row++) {
            dispatcher.processElement(change(row, 0), 0);
        }
        dispatcher.endInput();
        assertThat(target.delivered()).hasSize(25);
    }

    @Test
    void closingDoesNotWaitForABlockedTarget() throws Exception {
        target.block();
        var dispatcher = opened(Deliveries.of(1, 1));
        dispatcher.processElement(change(1, 0), 0);
        await().until(() -> target.attempts() == 1);
        close(dispatcher);
        assertThat(target.openWriters()).isZero();
        assertThat(target.delivered()).isEmpty();
    }

    @Test
    void findsThePoisonedRowOfABatchAndDeliversAllOthers() throws Exception {
        refusePoison();
        var dispatcher = quarantining(Deliveries.of(100, 1));
        for (int row = 0; row < 100; row++) {
            dispatcher.processElement(row == 42 ? poison(row) : change(row, 1), 0);
        }
        drain(dispatcher, 99);
        step(dispatcher);

        assertThat(target.delivered()).hasSize(99).doesNotContain(poison(42));
        assertThat(reasons(dispatcher)).containsExactly("too-long");
        var letter = dispatcher.extractOutputValues().get(0);
        assertThat(letter.key())
                .isEqualTo(RowKey.of(letter.target(), letter.after().value(0)));
        assertThat(letter.after().value(12)).isEqualTo("told to refuse [42, -1]");
        assertThat(lanesIn(dispatcher.snapshot(1, 1))).isZero();
    }

    @Test
    void laterChangesOfAQuarantinedRowGoOn() throws Exception {
        refusePoison();
        var dispatcher = quarantining(Deliveries.of(1, 1));
        dispatcher.processElement(change(1, 1), 0);
        dispatcher.processElement(poison(1), 0);
        dispatcher.processElement(change(1, 2), 0);
        drain(dispatcher, 2);
        assertThat(target.delivered()).containsExactly(change(1, 1), change(1, 2));
        assertThat(reasons(dispatcher)).containsExactly("too-long");
    }

    @Test
    void withoutQuarantineAPoisonedRowHoldsBackItsOwnChangesAlone() throws Exception {
        refusePoison();
        var dispatcher = opened(Deliveries.of(3, 1));
        dispatcher.processElement(poison(1), 0);
        dispatcher.processElement(change(2, 1), 0);
        dispatcher.processElement(change(1, 2), 0);
        drain(dispatcher, 1);
        dispatcher.processElement(change(1, 3), 0);
        dispatcher.processElement(change(2, 2), 0);
        drain(dispatcher, 2);
        for (int i = 0; i < 100; i++) {
            step(dispatcher);
        }
        assertThat(target.delivered()).containsExactly(change(2, 1), change(2, 2));
        assertThat(dispatcher.extractOutputValues()).isEmpty();

        target.refuse((change, rows) -> null);
        drain(dispatcher, 5);
        assertThat(target.amountsByRow().get(RowKey.of(Changes.ORDERS, 1L))).containsExactly(-1L, 2L, 3L);
    }

    @Test
    void aRowWaitsForTheOneItNeedsAndIsThenDelivered() throws Exception {
        needParent();
        var dispatcher = quarantining(Deliveries.of(1, 1));
        dispatcher.processElement(change(2, 1), 0);
        dispatcher.processElement(change(2, 2), 0);
        answer(dispatcher);
        dispatcher.processElement(change(3, 1), 0);
        dispatcher.processElement(change(1, 1), 0);
        drain(dispatcher, 4);
        assertThat(target.amountsByRow().get(RowKey.of(Changes.ORDERS, 2L))).containsExactly(1L, 2L);
        assertThat(dispatcher.extractOutputValues()).isEmpty();
        assertThat(lanesIn(dispatcher.snapshot(1, 1))).isZero();
    }

    @Test
    void aRowThatHasWaitedForTooLongIsGivenUp() throws Exception {
        needParent();
        var dispatcher = quarantining(Deliveries.holding(1, Duration.ofSeconds(10)));
        dispatcher.processElement(change(2, 1), 0);
        answer(dispatcher);
        for (int i = 0; i < 9; i++) {
            step(dispatcher);
            settle(dispatcher);
        }
        assertThat(dispatcher.getProcessingTime()).isEqualTo(9_000);
        assertThat(reasons(dispatcher)).isEmpty();
        assertThat(lanesIn(dispatcher.snapshot(1, 1))).isEqualTo(1);
        await().pollInSameThread().pollDelay(POLL).pollInterval(POLL).until(() -> {
            step(dispatcher);
            return !dispatcher.extractOutputValues().isEmpty();
        });
        assertThat(reasons(dispatcher)).containsExactly("parent-missing");
        assertThat(lanesIn(dispatcher.snapshot(2, 2))).isZero();
    }

    @Test
    void rowsSetAsideAreRestoredIntoAnotherParallelismInTheirOrder() throws Exception {
        needParent();
        var one = opened(Deliveries.of(4, 2));
        for (int amount = 0; amount < 3; amount++) {
            for (int row = 2; row < 12; row++) {
                one.processElement(change(row, amount), 0);
                step(one);
            }
        }
        for (int i = 0; i < 20; i++) {
            step(one);
        }
        var state = one.snapshot(1, 1);
        close(one);
        assertThat(target.delivered()).isEmpty();

        var two = restored(Deliveries.of(4, 2), state, 1, 2);
        var parent = change(1, 0);
        two.get(subtask(parent, 2)).processElement(parent, 0);
        await().pollInSameThread().pollDelay(POLL).pollInterval(POLL).until(() -> {
            for (var harness : two) {
                step(harness);
            }
            return target.delivered().size() == 31;
        });
        var amounts = target.amountsByRow();
        for (long row = 2; row < 12; row++) {
            assertThat(amounts.get(RowKey.of(Changes.ORDERS, row))).containsExactly(0L, 1L, 2L);
        }
    }

    @Test
    void tooMuchSetAsideHoldsTheStreamBackButNotTheMailbox() throws Exception {
        needParent();
        var dispatcher = opened(Deliveries.ofBytes(1, 400).withQueue(new Queue(Policy.BLOCK, 1)));
        var yielded = new AtomicBoolean();
        // Four batches' bytes are twenty rows of eighty bytes.
        for (int row = 2; row < 22; row++) {
            dispatcher.processElement(change(row, 1), 0);
            answer(dispatcher);
        }
        dispatcher
                .getTaskMailbox()
                .put(new Mail(
                        () -> {
                            yielded.set(true);
                            target.refuse((change, rows) -> null);
                            dispatcher.setProcessingTime(1000);
                        },
                        PRIORITY,
                        "mend"));
        assertThat(yielded).isFalse();

        dispatcher.processElement(change(22, 1), 0);

        assertThat(yielded).isTrue();
        drain(dispatcher, 21);
    }

    @Test
    void theEndOfInputWaitsForRowsSetAside() throws Exception {
        refusePoison();
        var dispatcher = quarantining(Deliveries.of(10, 2));
        for (int row = 0; row < 25; row++) {
            dispatcher.processElement(row % 10 == 0 ? poison(row) : change(row, 0), 0);
        }
        dispatcher.endInput();
        assertThat(target.delivered()).hasSize(22);
        assertThat(reasons(dispatcher)).hasSize(3);
    }

    @Test
    void aTargetThatIsDownIsNoReasonToGiveARowUp() throws Exception {
        var dispatcher = quarantining(Deliveries.holding(1, Duration.ZERO));
        target.failNext(20);
        dispatcher.processElement(change(1, 1), 0);
        drain(dispatcher, 1);
        assertThat(target.delivered()).containsExactly(change(1, 1));
        assertThat(dispatcher.extractOutputValues()).isEmpty();
    }

    @Test
    void aTableThatStopsStopsAloneAndKeepsItsOrder() throws Exception {
        stopped(true);
        var one = opened(Deliveries.of(4, 2));
        for (int i = 0; i < 40; i++) {
            one.processElement(change(i % 5, i), 0);
            one.processElement(other(i % 5, i), 0);
            mails(one);
            if (i % 10 == 9) {
                step(one);
            }
        }
        until(List.of(one), 40);
        assertThat(operator(one).circuit()).isEqualTo(Breaker.State.CLOSED);
        assertThat(target.delivered())
                .extracting(ChangeEvent::target)
                .containsOnly(Changes.ORDERS)
                .hasSize(40);
        assertThat(operator(one).rows()).isEqualTo(40);
        var state = one.snapshot(1, 1);
        close(one);

        var two = restored(Deliveries.of(4, 2), state, 1, 2);
        for (int i = 40; i < 50; i++) {
            two.get(subtask(other(i % 5, i), 2)).processElement(other(i % 5, i), 0);
            two.forEach(DispatchOperatorTest::stepUnchecked);
        }
        assertThat(target.delivered()).hasSize(40);
        stopped(false);
        until(two, 90);
        var amounts = target.amountsByRow();
        for (long row = 0; row < 5; row++) {
            long first = row;
            assertThat(amounts.get(RowKey.of(OTHER, row)))
                    .containsExactlyElementsOf(LongStream.range(0, 10)
                            .map(n -> first + 5 * n)
                            .boxed()
                            .toList());
        }
        for (var harness : two) {
            assertThat(operator(harness).rows()).isZero();
        }
    }

    @Test
    void whatAMarkerMendsIsTriedAgainAtOnce() throws Exception {
        stopped(true);
        var dispatcher = opened(Deliveries.of(1, 1));
        dispatcher.processElement(other(1, 1), 0);
        answer(dispatcher);
        dispatcher.processElement(other(1, 2), 0);
        assertThat(target.delivered()).isEmpty();
        stopped(false);
        long now = dispatcher.getProcessingTime();
        var marker = ChangeEvent.marker(
                        "db", OTHER, Operation.SCHEMA, Changes.SCHEMA, 0, new SourcePosition(1, 1, 1, 1), 0)
                .markerOf(OTHER, Changes.SCHEMA);
        dispatcher.processElement(marker, 0);
        await().pollInSameThread().pollDelay(POLL).pollInterval(POLL).until(() -> {
            mails(dispatcher);
            return target.amountsByRow()
                            .getOrDefault(RowKey.of(OTHER, 1L), List.of())
                            .size()
                    == 2;
        });
        assertThat(dispatcher.getProcessingTime()).isEqualTo(now);
    }

    private void stopped(boolean isStopped) {
        target.refuse((change, rows) -> isStopped && change.target().equals(OTHER) ? ErrorCode.TABLE_STOPPED : null);
    }

    private static ChangeEvent other(long row, long amount) {
        return change(row, amount).mappedTo(OTHER, RowKey.of(OTHER, row));
    }

    private void until(
            List<KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent>> harnesses, int delivered) {
        await().pollInSameThread().pollDelay(POLL).pollInterval(POLL).until(() -> {
            harnesses.forEach(DispatchOperatorTest::stepUnchecked);
            return target.delivered().size() == delivered;
        });
        harnesses.forEach(DispatchOperatorTest::stepUnchecked);
    }

    private static void stepUnchecked(
            KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> harness) {
        try {
            step(harness);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static DispatchOperator operator(
            KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> harness) {
        return (DispatchOperator) harness.getOperator();
    }

    private void refusePoison() {
        target.refuse((change, rows) -> change.image().value(1).equals(-1L) ? ErrorCode.VALUE_TOO_LONG : null);
    }

    /** All rows need row 1. */
    private void needParent() {
        var parent = RowKey.of(Changes.ORDERS, 1L);
        target.refuse((change, rows) ->
                rows.containsKey(parent) || change.key().equals(parent) ? null : ErrorCode.CONSTRAINT_PARENT);
    }

    private static ChangeEvent poison(long row) {
        return change(row, -1);
    }

    private static List<Object> reasons(
            KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> harness) {
        return harness.extractOutputValues().stream()
                .map(letter -> letter.after().value(2))
                .toList();
    }

    /** Waits until what was sent has been answered, and lets the operator hear it. */
    private void settle(KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> harness)
            throws Exception {
        int attempts = target.attempts();
        await().pollInSameThread().pollDelay(POLL).pollInterval(POLL).until(() -> {
            harness.getTaskMailbox().tryTake(TaskMailbox.MIN_PRIORITY).ifPresent(mail -> {
                try {
                    mail.run();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            return target.attempts() >= attempts && idle(harness);
        });
    }

    private static long lanesIn(OperatorSubtaskState state) {
        return state.getRawKeyedState().stream()
                .map(KeyGroupsStateHandle.class::cast)
                .mapToLong(handle -> IntStream.range(0, Lanes.COUNT)
                        .filter(lane ->
                                handle.getKeyGroupRange().contains(lane) && handle.getOffsetForKeyGroup(lane) >= 0)
                        .count())
                .sum();
    }

    private KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> quarantining(
            TargetConfig.Delivery delivery) throws Exception {
        var harness = harness(delivery, new DeadLetters("gravity.dead_letters", "dispatch", "warehouse"), 1, 0);
        harness.open();
        harness.setProcessingTime(0);
        return harness;
    }

    private KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> opened(
            TargetConfig.Delivery delivery) throws Exception {
        var harness = harness(delivery, null, 1, 0);
        harness.open();
        harness.setProcessingTime(0);
        return harness;
    }

    private List<KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent>> restored(
            TargetConfig.Delivery delivery, OperatorSubtaskState state, int from, int to) throws Exception {
        var all = new ArrayList<KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent>>();
        for (int subtask = 0; subtask < to; subtask++) {
            var harness = harness(delivery, null, to, subtask);
            harness.initializeState(
                    AbstractStreamOperatorTestHarness.repartitionOperatorState(state, Lanes.COUNT, from, to, subtask));
            harness.open();
            harness.setProcessingTime(0);
            all.add(harness);
        }
        return all;
    }

    private KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> harness(
            TargetConfig.Delivery delivery, DeadLetters letters, int parallelism, int subtask) throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new DispatchOperatorFactory("warehouse", delivery, target, letters),
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

    /** Waits for the answer of one batch and lets the operator hear it. */
    private static void answer(KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> harness)
            throws Exception {
        harness.getTaskMailbox().take(TaskMailbox.MIN_PRIORITY).run();
    }

    /** Lets time pass and the operator hear what has been answered. */
    private static void step(KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> harness)
            throws Exception {
        harness.setProcessingTime(harness.getProcessingTime() + 1000);
        mails(harness);
    }

    /** A task that waits for its target is woken by the clock, which stands still but for this. */
    private static void processWhileTimePasses(
            KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> harness,
            List<ChangeEvent> changes)
            throws Exception {
        var isPending = new AtomicBoolean();
        var tick = new Mail(
                () -> {
                    isPending.set(false);
                    harness.setProcessingTime(harness.getProcessingTime() + 300);
                },
                PRIORITY,
                "clock");
        var clock = CLOCK.scheduleAtFixedRate(
                () -> {
                    if (isPending.compareAndSet(false, true)) {
                        harness.getTaskMailbox().put(tick);
                    }
                },
                20,
                20,
                TimeUnit.MILLISECONDS);
        for (var change : changes) {
            harness.processElement(change, 0);
        }
        clock.cancel(false);
        mails(harness);
    }

    /** Does what other threads have left for the task's. */
    private static void mails(KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> harness)
            throws Exception {
        for (var mail = harness.getTaskMailbox().tryTake(TaskMailbox.MIN_PRIORITY);
                mail.isPresent();
                mail = harness.getTaskMailbox().tryTake(TaskMailbox.MIN_PRIORITY)) {
            mail.get().run();
        }
    }

    private void drain(KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> harness, int changes) {
        await().pollInSameThread().pollDelay(POLL).pollInterval(POLL).until(() -> {
            step(harness);
            return target.delivered().size() >= changes && idle(harness);
        });
    }

    private static boolean idle(KeyedOneInputStreamOperatorTestHarness<Integer, ChangeEvent, ChangeEvent> harness) {
        return !harness.getTaskMailbox().hasMail();
    }

    private void assertOrderPerRow(int rows, int amounts) {
        var expected = new TreeMap<Long, List<Object>>();
        var actual = new TreeMap<Long, List<Object>>();
        Map<RowKey, List<Object>> byRow = target.amountsByRow();
        for (long row = 0; row < rows; row++) {
            long id = rows == 1 ? 1 : row;
            expected.put(
                    id,
                    LongStream.range(0, amounts)
                            .mapToObj(amount -> (Object) amount)
                            .toList());
            actual.put(id, byRow.get(RowKey.of(Changes.ORDERS, id)));
        }
        assertThat(actual).isEqualTo(expected);
    }

    private static int subtask(ChangeEvent change, int parallelism) {
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(change.key(), Lanes.COUNT, parallelism);
    }

    private static long rowOfWorker(int worker, int workers) {
        long id = 0;
        while (Lanes.laneOf(RowKey.of(Changes.ORDERS, id)) % workers != worker) {
            id++;
        }
        return id;
    }

    private static ChangeEvent change(long row, long amount) {
        return Changes.from("a").at(amount + 1, 1000).insert(row, amount);
    }
}
