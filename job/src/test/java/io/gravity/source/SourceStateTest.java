package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.debezium.relational.TableId;
import io.gravity.event.SourcePosition;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.cdc.connectors.mysql.source.assigners.AssignerStatus;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.ChunkSplitterState;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.SnapshotPendingSplitsState;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSnapshotSplit;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;

/** What a source keeps in a checkpoint comes back as it was. */
class SourceStateTest {
    private static final SourcePosition START = new SourcePosition(12, 4_000_000_000L, 0, 0);
    private static final TableId ORDERS = new TableId("shop", null, "orders");
    private static final ChangeSplit BINLOG = new ChangeSplit(
            new MySqlBinlogSplit(
                    "binlog-split",
                    BinlogOffset.ofBinlogFilePosition("mysql-bin.000012", 4_000_000_000L),
                    BinlogOffset.ofNonStopping(),
                    List.of(),
                    new HashMap<>(),
                    1),
            START,
            1_700_000_000_000_000L);
    private static final ChangeSplit CHUNK = new ChangeSplit(
            new MySqlSnapshotSplit(
                    ORDERS,
                    3,
                    RowType.of(new BigIntType(false)),
                    new Object[] {1000L},
                    new Object[] {2000L},
                    null,
                    new HashMap<>()),
            START,
            1_700_000_000_000_000L);

    @Test
    void splitsComeBack() throws IOException {
        for (var split : List.of(BINLOG, CHUNK)) {
            var serializer = ChangeSplitSerializer.INSTANCE;
            var read = serializer.deserialize(serializer.getVersion(), serializer.serialize(split));
            assertThat(read).isEqualTo(split);
            assertThat(read.splitId()).isEqualTo(split.splitId());
            assertThat(read.isBinlog()).isEqualTo(split.isBinlog());
        }
    }

    @Test
    void aSplitBeforeEveryPositionComesBack() throws IOException {
        var split = new ChangeSplit(BINLOG.split(), SourcePosition.NONE, 0);
        var serializer = ChangeSplitSerializer.INSTANCE;
        assertThat(serializer.deserialize(1, serializer.serialize(split))).isEqualTo(split);
    }

    @Test
    void theStateOfAFreshSourceComesBack() throws IOException {
        assertThat(roundTrip(ReadingState.NONE)).isEqualTo(ReadingState.NONE);
    }

    @Test
    void theWholeStateComesBack() throws IOException {
        var offset = new HashMap<String, String>();
        offset.put("file", "mysql-bin.000012");
        offset.put("pos", "4000000000");
        offset.put("gtids", null);
        var snapshot = new SnapshotPendingSplitsState(
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                AssignerStatus.INITIAL_ASSIGNING,
                List.of(ORDERS, new TableId("shop", null, "items")),
                true,
                true,
                ChunkSplitterState.NO_SPLITTING_TABLE_STATE);
        var state = new ReadingState(new ReadingState.Start(offset, 5), List.of(BINLOG, CHUNK), snapshot, true);

        var read = roundTrip(state);

        assertThat(read.start()).isEqualTo(state.start());
        assertThat(read.unassigned()).isEqualTo(state.unassigned());
        assertThat(read.snapshot().getRemainingTables()).isEqualTo(snapshot.getRemainingTables());
        assertThat(read.snapshot().isTableIdCaseSensitive()).isTrue();
        assertThat(read.replaced()).isTrue();
        assertThat(read.snapshot().getChunkSplitterState()).isEqualTo(snapshot.getChunkSplitterState());
    }

    @Test
    void aTableCutHalfwayGoesOnWhereItWas() throws IOException {
        var snapshot = new SnapshotPendingSplitsState(
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                AssignerStatus.INITIAL_ASSIGNING,
                List.of(ORDERS),
                false,
                true,
                new ChunkSplitterState(ORDERS, ChunkSplitterState.ChunkBound.middleOf(5000L), 5));
        var read = roundTrip(new ReadingState(new ReadingState.Start(Map.of(), 5), List.of(), snapshot, false));
        assertThat(read.snapshot().getChunkSplitterState()).isEqualTo(snapshot.getChunkSplitterState());
    }

    /** The first format ends before the note that a beginning took another one's place. */
    @Test
    void theFirstFormatIsRead() throws IOException {
        var state =
                new ReadingState(new ReadingState.Start(Map.of("file", "b.000001"), 5), List.of(CHUNK), null, false);
        var serialized = ReadingStateSerializer.INSTANCE.serialize(state);
        var first = Arrays.copyOf(serialized, serialized.length - 1);
        assertThat(ReadingStateSerializer.INSTANCE.deserialize(1, first)).isEqualTo(state);
    }

    @Test
    void refusesAFormatOfANewerRelease() {
        assertThatThrownBy(() -> ReadingStateSerializer.INSTANCE.deserialize(3, new byte[0]))
                .isInstanceOf(IOException.class)
                .hasMessage("a source state of format 3, this release reads 1 and 2");
        assertThatThrownBy(() -> ChangeSplitSerializer.INSTANCE.deserialize(2, new byte[0]))
                .isInstanceOf(IOException.class)
                .hasMessage("a source split of format 2, this release reads 1");
    }

    private static ReadingState roundTrip(ReadingState state) throws IOException {
        var serializer = ReadingStateSerializer.INSTANCE;
        return serializer.deserialize(serializer.getVersion(), serializer.serialize(state));
    }
}
