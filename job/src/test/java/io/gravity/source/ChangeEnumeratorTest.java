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
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSnapshotSplit;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the first copy is complete: no database is asked, as all chunks are there already. */
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
        var start = new ReadingState.Start(Map.of("file", "bin.000001", "pos", "4"), 0);
        var enumerator = new ChangeEnumerator(
                context,
                config,
                ConnectorConfigs.of(config).createConfig(0),
                new ReadingState(start, new ArrayList<>(List.of(chunks)), null, false),
                false);
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
