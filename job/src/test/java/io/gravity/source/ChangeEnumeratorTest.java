package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.relational.TableId;
import io.gravity.config.Secret;
import io.gravity.event.SourcePosition;
import io.gravity.event.TablePattern;
import io.gravity.source.SourceConfig.Startup;
import io.gravity.types.SourceRequests;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.mocks.MockSplitEnumeratorContext;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.runtime.operators.coordination.CoordinationResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who gets which split, and when the first copy is complete: no database is asked, as all splits are there already. */
class ChangeEnumeratorTest {
    private static final TableId ORDERS = new TableId("shop", null, "orders");
    private static final TableId ITEMS = new TableId("shop", null, "items");
    private static final TableId OTHERS = new TableId("others", null, "orders");

    private final MockSplitEnumeratorContext<ChangeSplit> context = new MockSplitEnumeratorContext<>(2);
    /** The tables that the server has, and those that were known when it was asked. */
    private List<TableId> there = List.of(ORDERS);

    private Set<TableId> known;

    @AfterEach
    void close() throws Exception {
        context.close();
    }

    @Test
    void theHistoryIsCompleteOnceACheckpointHoldsTheLastChunksRows() throws Throwable {
        try (var enumerator = enumerator(Startup.initial(), chunk(1))) {
            ask(enumerator, 0);
            ask(enumerator, 1);
            enumerator.snapshotState(1);
            enumerator.notifyCheckpointComplete(1);
            assertThat(told()).as("a worker reads the chunk").isZero();

            ask(enumerator, 0);
            enumerator.notifyCheckpointComplete(1);
            assertThat(told()).as("the chunk's rows may be on their way").isZero();

            enumerator.snapshotState(2);
            assertThat(told()).isZero();
            enumerator.notifyCheckpointComplete(2);
            assertThat(told()).as("the job may be stopping").isZero();
            enumerator.snapshotState(3);
            assertThat(told()).as("both workers").isEqualTo(2);
            enumerator.snapshotState(4);
            assertThat(told()).isEqualTo(2);
        }
    }

    @Test
    void aWorkerThatComesLaterIsToldToo() throws Throwable {
        try (var enumerator = enumerator(Startup.initial())) {
            ask(enumerator, 0);
            ask(enumerator, 1);
            enumerator.snapshotState(1);
            enumerator.notifyCheckpointComplete(1);
            enumerator.snapshotState(2);
            enumerator.addReader(1);
            assertThat(told()).isEqualTo(3);
        }
    }

    @Test
    void aChunkThatComesBackPutsItOff() throws Throwable {
        try (var enumerator = enumerator(Startup.initial())) {
            ask(enumerator, 0);
            ask(enumerator, 1);
            enumerator.snapshotState(1);
            enumerator.addSplitsBack(List.of(chunk(1)), 1);
            enumerator.notifyCheckpointComplete(1);
            assertThat(told()).isZero();
        }
    }

    @Test
    void withoutAFirstCopyNoHistoryIsComplete() throws Throwable {
        try (var enumerator = enumerator(new Startup(Startup.Mode.LATEST, 0, null, 0, null))) {
            ask(enumerator, 0);
            ask(enumerator, 1);
            enumerator.snapshotState(1);
            enumerator.notifyCheckpointComplete(1);
            assertThat(told()).isZero();
        }
    }

    @Test
    void aReplacedBinlogGoesOnlyToTheWorkerThatLostTheEarlierOne() throws Throwable {
        var binlog = Splits.binlog(900);
        try (var enumerator = enumerator(new ReadingState(start(900), List.of(binlog), List.of(), Set.of(), true))) {
            ask(enumerator, 0);
            ask(enumerator, 1);
            assertThat(context.getSplitsAssignmentSequence()).isEmpty();

            enumerator.handleSourceEvent(1, BinlogLost.of(at(4), at(700)));
            assertThat(context.getSplitsAssignmentSequence())
                    .singleElement()
                    .satisfies(assigned -> assertThat(assigned.assignment()).isEqualTo(Map.of(1, List.of(binlog))));
        }
    }

    @Test
    void aRestartedWorkerHasToFindTheLossAgain() throws Throwable {
        var binlog = Splits.binlog(900);
        try (var enumerator = enumerator(new ReadingState(start(900), List.of(), List.of(), Set.of(), true))) {
            ask(enumerator, 0);
            enumerator.handleSourceEvent(0, BinlogLost.of(at(4), at(700)));
            enumerator.addReader(0);
            enumerator.addSplitsBack(List.of(binlog), 0);
            assertThat(context.getSplitsAssignmentSequence()).isEmpty();
            enumerator.handleSourceEvent(0, BinlogLost.of(at(4), at(700)));
            assertThat(context.getSplitsAssignmentSequence()).hasSize(1);
        }
    }

    @Test
    void aSourceThatStopsForALostBinlogGetsNoOther() throws Throwable {
        try (var enumerator = enumerator(Startup.initial())) {
            ask(enumerator, 0);
            enumerator.handleSourceEvent(0, BinlogLost.of(at(4), at(700)));
            assertThat(enumerator.snapshotState(1))
                    .isEqualTo(new ReadingState(start(4), List.of(), List.of(), Set.of(ORDERS), false));
            assertThat(context.getSplitsAssignmentSequence()).isEmpty();
        }
    }

    @Test
    void aTableThatIsNewAtARestartIsCopiedFromThenOn() throws Throwable {
        there = List.of(ORDERS, ITEMS);
        try (var enumerator = enumerator(Startup.initial())) {
            assertThat(known).containsExactly(ORDERS);
            var state = enumerator.snapshotState(1);
            assertThat(state.copies()).containsExactly(TableCopy.first(ITEMS, at(700), 7));
            assertThat(state.tables()).containsExactlyInAnyOrder(ORDERS, ITEMS);
            ask(enumerator, 0);
            ask(enumerator, 1);
            enumerator.snapshotState(2);
            enumerator.notifyCheckpointComplete(2);
            assertThat(told()).as("its rows are not there yet").isZero();
        }
    }

    @Test
    void withoutAFirstCopyATableThatIsNewIsNotCopied() throws Throwable {
        there = List.of(ORDERS, ITEMS);
        try (var enumerator = enumerator(new Startup(Startup.Mode.LATEST, 0, null, 0, null))) {
            assertThat(enumerator.snapshotState(1).copies()).isEmpty();
            assertThat(enumerator.snapshotState(1).tables()).containsExactlyInAnyOrder(ORDERS, ITEMS);
        }
    }

    @Test
    void aTableThatIsNoLongerConfiguredIsForgotten() throws Throwable {
        var copies = List.of(TableCopy.first(OTHERS, at(4), 0), TableCopy.first(ITEMS, at(4), 0));
        var chunks = List.of(Splits.chunk(OTHERS, 1), Splits.chunk(ORDERS, 1));
        try (var enumerator = enumerator(new ReadingState(start(4), chunks, copies, Set.of(OTHERS, ORDERS), false))) {
            var state = enumerator.snapshotState(1);
            assertThat(state.tables()).containsExactly(ORDERS);
            assertThat(state.copies()).containsExactly(TableCopy.first(ITEMS, at(4), 0));
            assertThat(state.unassigned()).containsExactly(Splits.chunk(ORDERS, 1));
        }
    }

    /** It may have been dropped: if it comes back, its rows come through the binlog. */
    @Test
    void aTableThatIsConfiguredButNotThereIsNotForgotten() throws Throwable {
        there = List.of();
        try (var enumerator = enumerator(Startup.initial())) {
            assertThat(enumerator.snapshotState(1).tables()).containsExactly(ORDERS);
        }
    }

    /** An earlier release did not note its tables; what it had read can't be told from what is new. */
    @Test
    void theTablesOfAnEarlierReleaseAreThoseThatAreThere() throws Throwable {
        there = List.of(ORDERS, ITEMS);
        try (var enumerator = enumerator(new ReadingState(start(4), List.of(), List.of(), null, false))) {
            assertThat(enumerator.snapshotState(1).copies()).isEmpty();
            assertThat(enumerator.snapshotState(1).tables()).containsExactlyInAnyOrder(ORDERS, ITEMS);
        }
    }

    @Test
    void aTableThatTheSourceDoesNotReadIsNotCopiedAgain() throws Throwable {
        try (var enumerator = enumerator(Startup.initial())) {
            var answer = new CompletableFuture<CoordinationResponse>();
            var begin = new Resnapshots.Begin("1", "others", "orders", null);
            enumerator.handleSourceEvent(0, new SourceRequests.Asked(begin, answer));
            assertThat(answer)
                    .isCompletedWithValue(Resnapshots.Answer.refused(
                            "source orders-db of the running job does not read others.orders"));
        }
    }

    @Test
    void tellsHowFarItsCopiesAre() throws Throwable {
        var chunk = new ChangeSplit(chunk(1).split(), at(4), 0, new ChangeSplit.Part("", "id > 5", 30, 200));
        try (var enumerator = enumerator(Startup.initial(), chunk)) {
            ask(enumerator, 0);
            assertThat(progress(enumerator))
                    .containsExactly(new Resnapshots.Progress("", "shop.orders", null, 0, 30, 0, 1, -1, false));
            ask(enumerator, 0);
            assertThat(progress(enumerator))
                    .containsExactly(new Resnapshots.Progress("", "shop.orders", null, 30, 30, 1, 1, 0, true));
        }
    }

    @Test
    void countsChunksThatWorkersHoldFromBefore() throws Throwable {
        var chunk = new ChangeSplit(chunk(1).split(), at(4), 0, new ChangeSplit.Part("7", "id > 5", 30, 200));
        try (var enumerator = enumerator(Startup.initial())) {
            enumerator.handleSourceEvent(0, ChunksHeld.of(List.of(chunk)));
            assertThat(progress(enumerator)).singleElement().satisfies(copy -> assertThat(copy.complete())
                    .isFalse());
        }
    }

    private static List<Resnapshots.Progress> progress(ChangeEnumerator enumerator) {
        var answer = new CompletableFuture<CoordinationResponse>();
        enumerator.handleSourceEvent(0, new SourceRequests.Asked(new Resnapshots.Ask(), answer));
        return ((Resnapshots.Answer) answer.join()).copies();
    }

    private static BinlogOffset offset(long position) {
        return BinlogOffset.ofBinlogFilePosition("bin.000001", position);
    }

    private static SourcePosition at(long position) {
        return new SourcePosition(1, position, 0, 0);
    }

    private static ReadingState.Start start(long position) {
        return new ReadingState.Start(Map.of("file", "bin.000001", "pos", String.valueOf(position)), 0);
    }

    private long told() throws Exception {
        return context.getSentSourceEvent().values().stream()
                .flatMap(List::stream)
                .filter(HistoryComplete.class::isInstance)
                .count();
    }

    private void ask(ChangeEnumerator enumerator, int subtask) {
        if (!context.registeredReaders().containsKey(subtask)) {
            context.registerReader(new ReaderInfo(subtask, "here"));
        }
        enumerator.handleSplitRequest(subtask, "here");
    }

    private ChangeEnumerator enumerator(Startup startup, ChangeSplit... chunks) throws Throwable {
        return enumerator(
                startup,
                new ReadingState(start(4), new ArrayList<>(List.of(chunks)), List.of(), Set.of(ORDERS), false));
    }

    private ChangeEnumerator enumerator(ReadingState restored) throws Throwable {
        return enumerator(Startup.initial(), restored);
    }

    private ChangeEnumerator enumerator(Startup startup, ReadingState restored) throws Throwable {
        var config = new SourceConfig(
                "orders-db",
                "localhost",
                3306,
                "reader",
                Secret.of("secret"),
                1,
                2,
                List.of(new TablePattern("shop.*")),
                List.of(),
                new SourceConfig.ServerIds(1, 8),
                startup,
                SourceConfig.Tuning.defaults());
        var enumerator = new ChangeEnumerator(
                context,
                config,
                ConnectorConfigs.of(config).createConfig(0),
                known -> {
                    this.known = known;
                    return new SourceInspection.Tables(there, new SourceInspection.Mark(offset(700), 7));
                },
                restored,
                false);
        enumerator.start();
        context.runNextOneTimeCallable();
        return enumerator;
    }

    private static ChangeSplit chunk(int number) {
        return Splits.chunk(ORDERS, number);
    }
}
