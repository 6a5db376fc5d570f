package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.config.Secret;
import io.gravity.event.SourcePosition;
import io.gravity.event.TablePattern;
import io.gravity.source.SourceConfig.Startup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.mocks.MockSplitEnumeratorContext;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSnapshotSplit;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who gets which split, and when the first copy is complete: no database is asked, as all splits are there already. */
class ChangeEnumeratorTest {
    private final MockSplitEnumeratorContext<ChangeSplit> context = new MockSplitEnumeratorContext<>(2);

    @AfterEach
    void close() throws Exception {
        context.close();
    }

    @Test
    void theHistoryIsCompleteOnceACheckpointHoldsTheLastChunksRows() throws Exception {
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
            assertThat(told()).as("both workers").isEqualTo(2);
        }
    }

    @Test
    void aWorkerThatComesLaterIsToldToo() throws Exception {
        try (var enumerator = enumerator(Startup.initial())) {
            ask(enumerator, 0);
            ask(enumerator, 1);
            enumerator.snapshotState(1);
            enumerator.notifyCheckpointComplete(1);
            enumerator.addReader(1);
            assertThat(told()).isEqualTo(3);
        }
    }

    @Test
    void aChunkThatComesBackPutsItOff() throws Exception {
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
    void withoutAFirstCopyNoHistoryIsComplete() throws Exception {
        try (var enumerator = enumerator(new Startup(Startup.Mode.LATEST, 0, null, 0, null))) {
            ask(enumerator, 0);
            ask(enumerator, 1);
            enumerator.snapshotState(1);
            enumerator.notifyCheckpointComplete(1);
            assertThat(told()).isZero();
        }
    }

    @Test
    void aReplacedBinlogGoesOnlyToTheWorkerThatLostTheEarlierOne() throws Exception {
        var binlog = binlog(900);
        try (var enumerator = enumerator(new ReadingState(start(900), List.of(binlog), null, true))) {
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
    void aRestartedWorkerHasToFindTheLossAgain() throws Exception {
        var binlog = binlog(900);
        try (var enumerator = enumerator(new ReadingState(start(900), List.of(), null, true))) {
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
    void aSourceThatStopsForALostBinlogGetsNoOther() throws Exception {
        try (var enumerator = enumerator(Startup.initial())) {
            ask(enumerator, 0);
            enumerator.handleSourceEvent(0, BinlogLost.of(at(4), at(700)));
            assertThat(enumerator.snapshotState(1)).isEqualTo(new ReadingState(start(4), List.of(), null, false));
            assertThat(context.getSplitsAssignmentSequence()).isEmpty();
        }
    }

    private static SourcePosition at(long position) {
        return new SourcePosition(1, position, 0, 0);
    }

    private static ReadingState.Start start(long position) {
        return new ReadingState.Start(Map.of("file", "bin.000001", "pos", String.valueOf(position)), 0);
    }

    private static ChangeSplit binlog(long position) {
        return new ChangeSplit(
                new MySqlBinlogSplit(
                        "binlog-split",
                        BinlogOffset.ofBinlogFilePosition("bin.000001", position),
                        BinlogOffset.ofNonStopping(),
                        List.of(),
                        new HashMap<>(),
                        1),
                at(position),
                0);
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

    private ChangeEnumerator enumerator(Startup startup, ChangeSplit... chunks) {
        return enumerator(startup, new ReadingState(start(4), new ArrayList<>(List.of(chunks)), null, false));
    }

    private ChangeEnumerator enumerator(ReadingState restored) {
        return enumerator(Startup.initial(), restored);
    }

    private ChangeEnumerator enumerator(Startup startup, ReadingState restored) {
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
                context, config, ConnectorConfigs.of(config).createConfig(0), restored, false);
        enumerator.start();
        return enumerator;
    }

    private static ChangeSplit chunk(int number) {
        return new ChangeSplit(
                new MySqlSnapshotSplit(
                        new io.debezium.relational.TableId("shop", null, "orders"),
                        number,
                        RowType.of(new BigIntType(false)),
                        null,
                        null,
                        null,
                        new HashMap<>()),
                SourcePosition.NONE,
                0);
    }
}
