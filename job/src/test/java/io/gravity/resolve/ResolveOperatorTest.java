package io.gravity.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.resolve.ConflictStrategy.ErrorStop.Scope;
import io.gravity.resolve.Replays.Outcome;
import io.gravity.types.Attached;
import io.gravity.types.ChangeBytes;
import io.gravity.types.Changes;
import io.gravity.types.Stages;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResolveOperatorTest {
    private static final ResolveConfig CONFIG = config(new ConflictStrategy.TimestampLatest(), null);
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long GRAIN = 60_000;
    private static final Changes A = Changes.from("a");
    private static final Changes B = Changes.from("b");

    private final List<OperatorEvent> told = new ArrayList<>();
    private ResolveOperator operator;
    private KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> stage;

    @BeforeEach
    void open() throws Exception {
        start(CONFIG);
    }

    private void start(ResolveConfig config) throws Exception {
        if (stage != null) {
            stage.close();
        }
        stage = stage(config);
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
        assertThat(entries(stage)).isEqualTo(1);
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
    void whatAnEarlierStageHasRecordedPassesAndLeavesNothing() throws Exception {
        var record = A.at(1, 100).insert(1, 1).resolved(5, false);
        send(record, record);
        assertThat(emitted()).containsExactly(record, record);
        assertThat(entries(stage)).isZero();
    }

    @Test
    void aTombstoneHoldsOlderChangesBackUntilItExpires() throws Exception {
        send(A.at(1, 100).delete(1));
        send(B.at(1, 50).insert(1, 2));
        assertThat(emitted()).extracting(ChangeEvent::isDelete).containsExactly(true);

        stage.setProcessingTime(HOUR);
        assertThat(entries(stage)).isEqualTo(1);
        stage.setProcessingTime(HOUR + GRAIN);

        assertThat(entries(stage)).isZero();
        assertThat(stage.numProcessingTimeTimers()).isZero();
        send(B.at(2, 60).insert(1, 3));
        assertThat(emitted()).hasSize(2);
        assertThat(emitted().get(1).firstSeen()).isTrue();
    }

    @Test
    void aRowThatCameBackIsNotForgotten() throws Exception {
        send(A.at(1, 100).delete(1), A.at(2, 200).insert(1, 2));
        stage.setProcessingTime(2 * HOUR);
        assertThat(entries(stage)).isEqualTo(1);
        assertThat(stage.numProcessingTimeTimers()).isZero();
    }

    @Test
    void aSecondDeleteBeginsTheTimeAnew() throws Exception {
        send(A.at(1, 100).delete(1), A.at(2, 200).insert(1, 2));
        stage.setProcessingTime(HOUR / 2);
        send(A.at(3, 300).delete(1));

        stage.setProcessingTime(HOUR + GRAIN);
        assertThat(entries(stage)).as("the first timer is void").isEqualTo(1);
        stage.setProcessingTime(HOUR / 2 + HOUR + GRAIN);

        assertThat(entries(stage)).isZero();
        assertThat(stage.numProcessingTimeTimers()).isZero();
    }

    @Test
    void deletesCloseTogetherShareATimer() throws Exception {
        for (int id = 0; id < 50; id++) {
            stage.setProcessingTime(id);
            send(A.at(id + 1, 100).delete(id));
        }
        stage.setProcessingTime(HOUR + GRAIN);
        assertThat(entries(stage)).isZero();
        assertThat(stage.numProcessingTimeTimers()).isZero();
    }

    @Test
    void aChangeOfColumnsPassesAndLeavesNothing() throws Exception {
        var marker = A.at(1, 100).marker(Operation.SCHEMA);
        send(marker, marker);
        assertThat(emitted()).containsExactly(marker, marker);
        assertThat(entries(stage)).isZero();
    }

    @Test
    void aTableThatASourceEmptiesLosesTheRowsThatItWroteLast() throws Exception {
        send(A.at(1, 100).insert(1, 1), A.at(2, 200).insert(2, 1), B.at(1, 300).update(2, 5));
        send(A.at(1, 100).of(TableId.parse("shop.other")).insert(1, 1));
        send(A.at(3, 400).marker(Operation.TRUNCATE));
        assertThat(emitted()).hasSize(4);

        stage.setProcessingTime(10);

        var gone = emitted().get(4);
        assertThat(emitted()).hasSize(5);
        assertThat(gone.operation()).isEqualTo(Operation.DELETE);
        assertThat(gone.key()).isEqualTo(RowKey.of(Changes.ORDERS, 1L));
        assertThat(gone.before()).isEqualTo(Row.of(1L, null));
        assertThat(gone.version()).isEqualTo(400_000);
    }

    @Test
    void whatWasWrittenBeforeATableWasEmptiedIsTooLateAndWhatComesBehindIsNot() throws Exception {
        send(A.at(5, 400).marker(Operation.TRUNCATE));
        stage.setProcessingTime(10);
        var behind = A.at(6, 500).insert(2, 1);
        send(
                A.at(3, 100).insert(1, 1),
                B.at(3, 100).insert(3, 1),
                behind,
                A.at(4, 100).marker(Operation.TRUNCATE));
        stage.setProcessingTime(20);
        assertThat(emitted()).extracting(ChangeEvent::source).containsExactly("b", "a");
        assertThat(emitted().get(1).after()).isEqualTo(behind.after());
    }

    @Test
    void aSweepThatARestartInterruptsBeginsAnewAndRemovesNothingTwice() throws Exception {
        for (int id = 0; id < 5_000; id++) {
            send(A.at(id + 1, 100).insert(id, 1));
        }
        send(A.at(9_000, 400).marker(Operation.TRUNCATE));
        stage.setProcessingTime(1);
        int removed = emitted().size() - 5_000;
        assertThat(removed).as("a slice").isPositive().isLessThan(5_000);
        var state = stage.snapshot(1, 1);

        try (var restored = stage(CONFIG)) {
            restored.initializeState(state);
            restored.open();
            for (int millis = 1; millis < 20; millis++) {
                restored.setProcessingTime(millis);
            }
            assertThat(restored.extractOutputValues()).hasSize(5_000 - removed);
            restored.processElement(A.at(8_000, 300).update(1, 2), 0);
            assertThat(restored.extractOutputValues()).hasSize(5_000 - removed);

            restored.setProcessingTime(HOUR + GRAIN);
            assertThat(entries(restored)).isZero();
            restored.snapshot(2, 2);
            restored.processElement(A.at(8_500, 300).insert(1, 2), 0);
            assertThat(restored.extractOutputValues()).as("forgotten").hasSize(5_001 - removed);
        }
    }

    @Test
    void aRestoredRowIsJudgedAsBefore() throws Exception {
        send(A.at(1, 100).insert(1, 1), A.at(2, 200).delete(2));
        var state = stage.snapshot(1, 1);

        try (var restored = stage(CONFIG)) {
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
            assertThat(entries(restored)).as("the row that lives").isEqualTo(1);
            assertThat(restored.numProcessingTimeTimers()).isZero();
        }
    }

    @Test
    void aConflictStopsItsRowUntilItIsReleased() throws Exception {
        start(config(new ConflictStrategy.ErrorStop(Scope.ROW), null));
        var ours = A.at(1, 1000).insert(1, 1);
        var theirs = B.at(1, 2000).insert(1, 2);
        var behind = A.at(2, 3000).update(1, 3);
        var other = A.at(3, 3000).insert(2, 9);
        send(ours, theirs, behind, other);

        assertThat(emitted()).extracting(ChangeEvent::after).containsExactly(ours.after(), other.after());
        assertThat(told)
                .containsExactly(
                        new Stops.Stopped(new Stops.Stop(Scope.ROW, Changes.ORDERS, "shop.orders:1", "insert-exists")));

        operator.handleOperatorEvent(new Stops.LetGo(null, "shop.orders:1", Choice.KEEP_THEIRS));

        assertThat(emitted())
                .extracting(ChangeEvent::after)
                .containsExactly(ours.after(), other.after(), theirs.after(), behind.after());
        assertThat(entries(stage)).as("two row states, nothing held").isEqualTo(2);
    }

    @Test
    void keepingOursDropsTheConflictingChangeForGood() throws Exception {
        start(config(new ConflictStrategy.ErrorStop(Scope.ROW), null));
        var ours = A.at(1, 1000).insert(1, 1);
        var theirs = B.at(1, 2000).insert(1, 2);
        send(ours, theirs);
        operator.handleOperatorEvent(new Stops.LetGo(Changes.ORDERS, null, Choice.KEEP_OURS));
        send(theirs);
        assertThat(emitted()).extracting(ChangeEvent::after).containsExactly(ours.after());
        send(A.at(2, 9000).update(1, 5));
        assertThat(emitted()).hasSize(2);
    }

    @Test
    void aReplayJudgesByTheLatestChange() throws Exception {
        start(config(new ConflictStrategy.ErrorStop(Scope.ROW), null));
        var ours = A.at(1, 1000).insert(1, 1);
        send(ours, B.at(1, 500).insert(1, 2), B.at(2, 2000).update(1, 3));
        operator.handleOperatorEvent(new Stops.LetGo(null, null, Choice.REPLAY));
        assertThat(emitted())
                .extracting(ChangeEvent::after)
                .containsExactly(ours.after(), B.at(2, 2000).update(1, 3).after());
    }

    @Test
    void aConflictStopsItsTableHereAndWhereTheCoordinatorSaysSo() throws Exception {
        start(config(new ConflictStrategy.ErrorStop(Scope.TABLE), null));
        var elsewhere = TableId.parse("shop.customers");
        send(
                A.at(1, 1000).insert(1, 1),
                B.at(1, 2000).insert(1, 2),
                A.at(2, 3000).insert(2, 9));
        send(A.of(elsewhere).at(3, 3000).insert(1, 1));
        assertThat(emitted()).extracting(ChangeEvent::target).containsExactly(Changes.ORDERS, elsewhere);

        operator.handleOperatorEvent(
                new Stops.Hold(new Stops.Stop(Scope.TABLE, elsewhere, "shop.customers:7", "insert-exists")));
        send(A.of(elsewhere).at(4, 4000).insert(2, 1));
        assertThat(emitted()).hasSize(2);

        operator.handleOperatorEvent(new Stops.LetGo(elsewhere, null, Choice.KEEP_THEIRS));
        assertThat(emitted()).hasSize(3);
        operator.handleOperatorEvent(new Stops.LetGo(Changes.ORDERS, null, Choice.KEEP_THEIRS));
        assertThat(emitted()).hasSize(5);
    }

    @Test
    void aRowThatQualityRefusesStopsItsTableAndIsDroppedOrMadeByTheOperator() throws Exception {
        for (var choice : List.of(Choice.KEEP_OURS, Choice.KEEP_THEIRS)) {
            int before = emitted().size();
            int id = choice.ordinal();
            var bad = A.at(10 + id, 100).insert(id, 1);
            var good = A.at(20 + id, 200).insert(5 + id, 2);
            send(new Attached().with(bad, Attached.STOP, "amount: found 1"), good);
            assertThat(emitted()).hasSize(before);

            operator.handleOperatorEvent(new Stops.LetGo(Changes.ORDERS, null, choice));

            assertThat(emitted().subList(before, emitted().size()))
                    .extracting(ChangeEvent::after)
                    .containsExactlyInAnyOrderElementsOf(
                            choice == Choice.KEEP_OURS ? List.of(good.after()) : List.of(bad.after(), good.after()));
            assertThat(emitted()).extracting(ChangeEvent::schema).containsOnly(Changes.SCHEMA);
        }
    }

    @Test
    void aRowReleasedFromAStoppedTableIsSettledAloneAndTheTableStaysStopped() throws Exception {
        start(config(new ConflictStrategy.ErrorStop(Scope.TABLE), null));
        var ours = A.at(1, 1000).insert(1, 1);
        var theirs = B.at(1, 2000).insert(1, 2);
        var other = A.at(2, 3000).insert(2, 9);
        send(ours, theirs, other);

        operator.handleOperatorEvent(new Stops.LetGo(Changes.ORDERS, "shop.orders:1", Choice.KEEP_THEIRS));
        assertThat(emitted()).extracting(ChangeEvent::after).containsExactly(ours.after(), theirs.after());

        var later = B.at(2, 4000).update(1, 5);
        send(later);
        assertThat(emitted()).as("the table is still stopped").hasSize(2);

        operator.handleOperatorEvent(new Stops.LetGo(Changes.ORDERS, null, Choice.KEEP_OURS));
        assertThat(emitted())
                .extracting(ChangeEvent::after)
                .startsWith(ours.after(), theirs.after())
                .containsExactlyInAnyOrder(ours.after(), theirs.after(), later.after(), other.after());
        var next = A.at(3, 9000).insert(3, 1);
        send(next);
        assertThat(emitted()).hasSize(5);
        assertThat(entries(stage)).as("three row states, nothing held").isEqualTo(3);
    }

    @Test
    void rowsOfAStoppedTableAreReleasedEachItsOwnWay() throws Exception {
        start(config(new ConflictStrategy.ErrorStop(Scope.TABLE), null));
        send(A.at(1, 1000).insert(1, 1), A.at(2, 1000).insert(2, 1));
        send(B.at(1, 2000).insert(1, 7), B.at(2, 2000).insert(2, 7));
        assertThat(told)
                .as("each row in conflict is shown, also the one that came when the table was stopped already")
                .containsExactly(
                        new Stops.Stopped(
                                new Stops.Stop(Scope.TABLE, Changes.ORDERS, "shop.orders:1", "insert-exists")),
                        new Stops.Stopped(
                                new Stops.Stop(Scope.TABLE, Changes.ORDERS, "shop.orders:2", "insert-exists")));

        operator.handleOperatorEvent(new Stops.LetGo(null, "shop.orders:1", Choice.KEEP_OURS));
        operator.handleOperatorEvent(new Stops.LetGo(null, "shop.orders:2", Choice.KEEP_THEIRS));

        assertThat(emitted())
                .extracting(ChangeEvent::after)
                .containsExactly(
                        A.at(1, 1000).insert(1, 1).after(),
                        A.at(2, 1000).insert(2, 1).after(),
                        B.at(2, 2000).insert(2, 7).after());
        send(A.at(3, 9000).insert(3, 1));
        assertThat(emitted()).as("the table is still stopped").hasSize(3);
    }

    @Test
    void aRowReleasedFromAStoppedJobLeavesTheJobStopped() throws Exception {
        start(config(new ConflictStrategy.ErrorStop(Scope.JOB), null));
        var elsewhere = TableId.parse("shop.customers");
        send(A.at(1, 1000).insert(1, 1), B.at(1, 2000).insert(1, 2));
        send(A.of(elsewhere).at(2, 3000).insert(1, 1));
        operator.handleOperatorEvent(new Stops.LetGo(null, "shop.orders:1", Choice.KEEP_OURS));
        operator.handleOperatorEvent(new Stops.LetGo(Changes.ORDERS, null, Choice.KEEP_OURS));
        assertThat(emitted()).hasSize(1);
        operator.handleOperatorEvent(new Stops.LetGo(null, null, Choice.KEEP_OURS));
        assertThat(emitted()).hasSize(2);
    }

    @Test
    void whatIsStoppedIsStillStoppedAfterARestore() throws Exception {
        var config = config(new ConflictStrategy.ErrorStop(Scope.TABLE), null);
        start(config);
        send(
                A.at(1, 1000).insert(1, 1),
                B.at(1, 2000).insert(1, 2),
                A.at(2, 3000).insert(2, 9));
        var state = stage.snapshot(1, 1);
        told.clear();

        try (var restored = stage(config)) {
            restored.initializeState(state);
            restored.open();
            assertThat(told)
                    .as("the row in conflict and the table, not the row held with it")
                    .containsExactly(
                            new Stops.Stopped(new Stops.Stop(
                                    Scope.ROW, Changes.ORDERS, "shop.orders:1", "stopped before the restart")),
                            new Stops.Stopped(new Stops.Stop(
                                    Scope.TABLE, Changes.ORDERS, "shop.orders:*", "stopped before the restart")));
            restored.processElement(A.at(3, 3000).insert(3, 9), 0);
            assertThat(restored.extractOutputValues()).isEmpty();
            operator.handleOperatorEvent(new Stops.LetGo(null, null, Choice.KEEP_THEIRS));
            assertThat(restored.extractOutputValues())
                    .extracting(ChangeEvent::after)
                    .containsExactlyInAnyOrder(
                            B.at(1, 2000).insert(1, 2).after(),
                            A.at(2, 3000).insert(2, 9).after(),
                            A.at(3, 3000).insert(3, 9).after());
        }
    }

    @Test
    void whatIsReleasedIsNotStoppedAgainAfterARestore() throws Exception {
        var config = config(new ConflictStrategy.ErrorStop(Scope.TABLE), null);
        start(config);
        send(
                A.at(1, 1000).insert(1, 1),
                B.at(1, 2000).insert(1, 2),
                A.at(2, 3000).insert(2, 9));
        operator.handleOperatorEvent(new Stops.LetGo(null, "shop.orders:1", Choice.KEEP_OURS));
        operator.handleOperatorEvent(new Stops.LetGo(Changes.ORDERS, null, Choice.KEEP_THEIRS));
        assertThat(entries(stage)).as("two rows, nothing held").isEqualTo(2);
        var state = stage.snapshot(1, 1);
        told.clear();

        try (var restored = stage(config)) {
            restored.initializeState(state);
            restored.open();
            assertThat(told).isEmpty();
            restored.processElement(A.at(3, 3000).insert(3, 9), 0);
            assertThat(restored.extractOutputValues()).hasSize(1);
            assertThat(entries(restored)).isEqualTo(3);
        }
    }

    @Test
    void aDeadLettersChangeThatStillStandsGoesOutOnceMore() throws Exception {
        send(A.at(1, 100).insert(1, 1), A.at(2, 100).update(1, 2));
        var failed = emitted().get(1);

        assertThat(replay(failed)).isEqualTo(Outcome.REPLAYED);
        assertThat(emitted()).last().isEqualTo(failed);
        assertThat(emitted()).hasSize(3);

        var next = A.at(3, 100).update(1, 3);
        send(next);
        assertThat(emitted()).last().isEqualTo(next.resolved(failed.version() + 1, false));
        assertThat(entries(stage)).isEqualTo(1);
    }

    @Test
    void theFirstChangeOfARowIsNoLongerTheFirstWhenItIsReplayed() throws Exception {
        send(A.at(1, 100).insert(1, 1));
        var failed = emitted().get(0);
        assertThat(failed.firstSeen()).isTrue();
        replay(failed);
        assertThat(emitted()).last().isEqualTo(failed.resolved(failed.version(), false));
    }

    @Test
    void aDeadLettersChangeNeverOverwritesANewerOne() throws Exception {
        send(A.at(1, 100).insert(1, 1), A.at(2, 200).insert(2, 1), A.at(3, 300).insert(3, 1));
        var failed = List.copyOf(emitted());
        send(A.at(4, 400).update(1, 2), A.at(5, 500).delete(2), B.at(1, 600).update(3, 2));

        assertThat(failed.stream().map(this::replay).toList()).containsOnly(Outcome.SUPERSEDED);
        assertThat(emitted()).hasSize(6);
    }

    @Test
    void aDeadLettersChangeOfWhichAnOtherSourceLostIsStillTheOneThatStands() throws Exception {
        send(A.at(1, 1000).insert(1, 1));
        var failed = emitted().get(0);
        send(B.at(1, 500).update(1, 2));
        assertThat(replay(failed)).isEqualTo(Outcome.REPLAYED);
    }

    @Test
    void aRowOfWhichNothingIsKnownIsReplayedOnlyIfAskedFor() throws Exception {
        var failed = A.at(1, 100).insert(1, 1).resolved(100_000, true);
        assertThat(replay(failed)).isEqualTo(Outcome.UNKNOWN);
        assertThat(emitted()).isEmpty();

        assertThat(replay(failed, true)).isEqualTo(Outcome.REPLAYED);
        assertThat(emitted()).containsExactly(failed.resolved(100_000, false));
        assertThat(entries(stage)).isZero();
    }

    @Test
    void aChangeThatTheJobHasYetToReadAgainIsJudgedLikeAnyOtherIfAskedFor() throws Exception {
        send(A.at(1, 100).insert(1, 1));
        var ahead = A.at(2, 200).update(1, 2).resolved(200_000, false);
        assertThat(replay(ahead)).isEqualTo(Outcome.UNKNOWN);
        assertThat(replay(ahead, true)).isEqualTo(Outcome.REPLAYED);
        send(A.at(2, 200).update(1, 2));
        assertThat(emitted()).hasSize(2);
        assertThat(replay(ahead)).isEqualTo(Outcome.REPLAYED);
    }

    @Test
    void aChangeThatFailedBeforeThisStageIsJudgedNow() throws Exception {
        var failed = A.at(1, 100).insert(1, 1);
        assertThat(replay(failed)).isEqualTo(Outcome.REPLAYED);
        assertThat(emitted()).containsExactly(failed.resolved(100_000, true));
        assertThat(replay(failed)).isEqualTo(Outcome.SUPERSEDED);

        send(A.at(5, 500).insert(2, 5));
        assertThat(replay(A.at(4, 400).insert(2, 4))).isEqualTo(Outcome.SUPERSEDED);
        assertThat(emitted()).hasSize(2);
    }

    @Test
    void aRowThatHasLeftOneTargetForAnotherIsNotRemovedFromAll() throws Exception {
        send(A.at(1, 100).insert(1, 1), A.at(2, 200).delete(2));
        assertThat(replay(emitted().get(0).asDelete())).isEqualTo(Outcome.ROW_LIVES);
        assertThat(emitted()).hasSize(2);
        assertThat(replay(emitted().get(1))).isEqualTo(Outcome.REPLAYED);
    }

    @Test
    void aStoppedRowsLetterWaitsInItsTable() throws Exception {
        start(config(new ConflictStrategy.ErrorStop(Scope.ROW), null));
        send(A.at(1, 1000).insert(1, 1));
        var failed = emitted().get(0);
        send(B.at(1, 2000).insert(1, 2));
        assertThat(replay(failed)).isEqualTo(Outcome.HELD);
        operator.handleOperatorEvent(new Stops.LetGo(null, null, Choice.KEEP_OURS));
        assertThat(replay(failed)).isEqualTo(Outcome.REPLAYED);

        var conflict = B.at(2, 3000).insert(3, 7);
        send(A.at(2, 2500).insert(3, 1));
        assertThat(replay(conflict)).as("it would stop the row").isEqualTo(Outcome.HELD);
        send(A.at(3, 9000).update(3, 2));
        assertThat(emitted()).hasSize(4);
    }

    @Test
    void aLetterOfAnotherReleaseIsToldAndHarmsNobody() throws Exception {
        operator.handleOperatorEvent(new Replays.Order("run", "letter", new byte[] {99, 1}, true));
        operator.handleOperatorEvent(new Replays.Order("run", "letter", new byte[] {1, 1, 2}, true));
        assertThat(told)
                .containsExactly(
                        new Replays.Done("run", "letter", Outcome.UNREADABLE),
                        new Replays.Done("run", "letter", Outcome.UNREADABLE));
    }

    @Test
    void ofAllSubtasksThatHearOfALetterTheOneThatHasTheRowAnswers() throws Exception {
        var first = new ResolveOperator(CONFIG, table -> true, Map.of("a", 1), Set.of(), told::add, null);
        var second = new ResolveOperator(CONFIG, table -> true, Map.of("a", 1), Set.of(), told::add, null);
        try (var zero = subtask(first, 0);
                var one = subtask(second, 1)) {
            for (int id = 0; id < 20; id++) {
                var change = A.at(id + 1, 100).insert(id, 1);
                boolean isZero = KeyGroupRangeAssignment.assignKeyToParallelOperator(change.key(), 128, 2) == 0;
                (isZero ? zero : one).processElement(change, 0);
            }
            var failed = new ArrayList<>(zero.extractOutputValues());
            failed.addAll(one.extractOutputValues());
            for (var change : failed) {
                var order = new Replays.Order("run", change.key().toString(), ChangeBytes.of(change), false);
                first.handleOperatorEvent(order);
                second.handleOperatorEvent(order);
            }
            assertThat(told).hasSize(20).allMatch(done -> ((Replays.Done) done).outcome() == Outcome.REPLAYED);
            assertThat(zero.extractOutputValues().size()).isPositive().isEven();
            assertThat(one.extractOutputValues().size()).isPositive().isEven();
        }
    }

    private KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> subtask(
            ResolveOperator subtask, int index) throws Exception {
        var harness = Stages.byRow(subtask, 2, index);
        harness.open();
        return harness;
    }

    private Outcome replay(ChangeEvent failed) {
        return replay(failed, false);
    }

    private Outcome replay(ChangeEvent failed, boolean unknownToo) {
        operator.handleOperatorEvent(new Replays.Order("run", "letter", ChangeBytes.of(failed), unknownToo));
        return ((Replays.Done) told.get(told.size() - 1)).outcome();
    }

    @Test
    void aConflictIsRecordedInTheKeyGroupOfItsRow() throws Exception {
        var audit = TableId.parse("gravity.conflicts");
        start(config(new ConflictStrategy.SourcePriority(), audit));
        for (int id = 0; id < 20; id++) {
            send(A.at(id + 1, 1000).insert(id, 1), B.at(id + 1, 2000).insert(id, 2));
        }
        var records =
                emitted().stream().filter(event -> event.target().equals(audit)).toList();
        assertThat(records).hasSize(20);
        assertThat(records.get(7)).satisfies(record -> {
            assertThat(value(record, "class")).isEqualTo("insert-exists");
            assertThat(value(record, "table_name")).isEqualTo("shop.orders");
            assertThat(value(record, "row_key")).isEqualTo("{\"id\":7}");
            assertThat(value(record, "strategy")).isEqualTo("source-priority");
            assertThat(value(record, "decision")).isEqualTo("ours");
            assertThat(value(record, "ours_source")).isEqualTo("a");
            assertThat(value(record, "ours_time")).isEqualTo(Instant.ofEpochMilli(1000));
            assertThat(value(record, "theirs_source")).isEqualTo("b");
            assertThat(value(record, "theirs_position")).isEqualTo("1:8:2:1");
            assertThat(value(record, "theirs_row")).isEqualTo("{\"id\":7,\"amount\":2}");
        });
        for (int id = 0; id < 20; id++) {
            var row = A.at(1, 1).insert(id, 1).key();
            assertThat(group(records.get(id).key())).isEqualTo(group(row));
        }
    }

    @Test
    void aRowsStateIsForgottenAfterItsTtlIfThereIsOne() throws Exception {
        start(new ResolveConfig(
                new ConflictStrategy.TimestampLatest(),
                List.of(),
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                Duration.ofHours(2),
                null));
        send(A.at(1, 100).insert(1, 1));
        stage.setProcessingTime(HOUR);
        send(A.at(2, 200).update(1, 2));
        stage.setProcessingTime(2 * HOUR + GRAIN);
        assertThat(entries(stage)).as("it was touched since").isEqualTo(1);
        stage.setProcessingTime(3 * HOUR + GRAIN);
        assertThat(entries(stage)).isZero();
        assertThat(stage.numProcessingTimeTimers()).isZero();
    }

    @Test
    void anEndIsToldAgainWhatItSaidIfSomethingElseWasWrittenOverIt() throws Exception {
        restage(Set.of("b"));
        send(A.at(1, 100).insert(1, 1), B.at(1, 200).update(1, 2));
        send(B.at(2, 100).update(1, 2, 1).asEcho(), B.at(3, 200).update(1, 1, 2).asEcho());
        assertThat(emitted()).hasSize(3);
        var again = emitted().get(2);
        assertThat(again.isEcho()).isTrue();
        assertThat(again.source()).isEqualTo("b");
        assertThat(value(again, "amount")).isEqualTo(2L);
    }

    @Test
    void anEndWhoseChangeLosesIsToldWhatStands() throws Exception {
        restage(Set.of("b"));
        send(A.at(1, 200).insert(1, 1), B.at(1, 100).delete(1, 1));
        assertThat(emitted()).hasSize(2);
        assertThat(emitted().get(1).isEcho()).isTrue();
        assertThat(value(emitted().get(1), "amount")).isEqualTo(1L);
    }

    @Test
    void copiedRowsThatDifferAreComparedWhenAllBinlogsAreReadUpToThen() throws Exception {
        restage(Set.of("a", "b"));
        send(
                B.at(0, 100).read(1, 2),
                A.at(0, 100).read(1, 1),
                B.at(0, 100).read(2, 2),
                A.at(0, 100).read(2, 1));
        assertThat(emitted()).extracting(ChangeEvent::source).containsExactly("b", "b");
        // The first row had been changed when it was copied, as its binlog says later.
        send(B.at(1, 104).update(1, 1, 2));
        stage.processWatermark(10_000);
        assertThat(emitted()).extracting(ChangeEvent::source).containsExactly("b", "b", "b", "a");
        assertThat(value(emitted().get(3), "id")).isEqualTo(2L);
        assertThat(stage.numEventTimeTimers()).isZero();
        assertThat(entries(stage)).isEqualTo(2);
    }

    private void restage(Set<String> ends) throws Exception {
        stage.close();
        stage = stage(CONFIG, ends);
        stage.open();
        stage.setProcessingTime(0);
    }

    private static Object value(ChangeEvent event, String column) {
        return event.after().value(event.schema().indexOf(column));
    }

    private static int group(RowKey key) {
        return KeyGroupRangeAssignment.assignToKeyGroup(key, 128);
    }

    private static ResolveConfig config(ConflictStrategy strategy, TableId audit) {
        return new ResolveConfig(strategy, List.of(), Duration.ofSeconds(5), Duration.ofHours(1), Duration.ZERO, audit);
    }

    @Test
    void managedMemoryIsTakenWhereRowsAreCachedAndReturned() throws Exception {
        var environment = operator().getContainingTask().getEnvironment();
        assertThat(environment.getMemoryManager().verifyEmpty())
                .as("on the heap, the state is as near as a cache")
                .isTrue();
    }

    private KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> stage(ResolveConfig config)
            throws Exception {
        return stage(config, Set.of());
    }

    private KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> stage(
            ResolveConfig config, Set<String> ends) throws Exception {
        operator = new ResolveOperator(config, table -> true, Map.of("a", 1, "b", 2), ends, told::add, null);
        return stage(operator);
    }

    final ResolveOperator operator() {
        return operator;
    }

    KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> stage(ResolveOperator operator)
            throws Exception {
        return Stages.byRow(operator, 1, 0);
    }

    /** Returns how many rows have state, counted once for each state they have. */
    private static long entries(KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> harness) {
        var backend = ((ResolveOperator) harness.getOneInputOperator()).getKeyedStateBackend();
        return Stream.of("row-state", "stopped-changes", "differing-copies")
                .mapToLong(name -> backend.getKeys(name, VoidNamespace.INSTANCE).count())
                .sum();
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
