package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.debezium.relational.TableId;
import io.gravity.event.SourcePosition;
import io.gravity.event.Values;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.cdc.connectors.mysql.source.assigners.AssignerStatus;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.ChunkSplitterState;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.PendingSplitsStateSerializer;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.SnapshotPendingSplitsState;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSnapshotSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplitSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
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

    private static final ChangeSplit PART =
            new ChangeSplit(CHUNK.split(), START, 6, new ChangeSplit.Part("run", "`id` > 7", 8096, 200));

    @Test
    void splitsComeBack() throws IOException {
        for (var split : List.of(BINLOG, CHUNK, PART)) {
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
        assertThat(serializer.deserialize(2, serializer.serialize(split))).isEqualTo(split);
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
        var copies = List.of(
                TableCopy.first(ORDERS, START, 5),
                new TableCopy(
                        "run", ORDERS, "id < 9", true, START, 6, List.of("1", "x'00'"), List.of("9", "x'FF'"), 12));
        var state = new ReadingState(
                new ReadingState.Start(offset, 5), List.of(BINLOG, CHUNK, PART), copies, Set.of(ORDERS), true);
        assertThat(roundTrip(state)).isEqualTo(state);
    }

    /** A table that the second format had cut halfway is cut from its beginning. */
    @Test
    void theSecondFormatIsRead() throws IOException {
        var items = new TableId("shop", null, "items");
        var snapshot = new SnapshotPendingSplitsState(
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                AssignerStatus.INITIAL_ASSIGNING,
                List.of(ORDERS, items),
                false,
                true,
                new ChunkSplitterState(ORDERS, ChunkSplitterState.ChunkBound.middleOf(5000L), 5));
        var read = ReadingStateSerializer.INSTANCE.deserialize(2, earlier(snapshot, true));
        var start = new SourcePosition(1, 4, 0, 0);
        assertThat(read)
                .isEqualTo(new ReadingState(
                        new ReadingState.Start(Map.of("file", "b.000001", "pos", "4"), 5),
                        List.of(CHUNK),
                        List.of(TableCopy.first(ORDERS, start, 5), TableCopy.first(items, start, 5)),
                        null,
                        true));
    }

    /** The first format ends before the note that a beginning took another one's place. */
    @Test
    void theFirstFormatIsRead() throws IOException {
        var serialized = earlier(null, false);
        var first = Arrays.copyOf(serialized, serialized.length - 1);
        var read = ReadingStateSerializer.INSTANCE.deserialize(1, first);
        assertThat(read.copies()).isEmpty();
        assertThat(read.unassigned()).containsExactly(CHUNK);
        assertThat(read.replaced()).isFalse();
    }

    /** Writes the second format; splits in it were of the first. */
    private static byte[] earlier(SnapshotPendingSplitsState snapshot, boolean replaced) throws IOException {
        var out = new DataOutputSerializer(256);
        out.writeBoolean(true);
        out.writeLong(5);
        Values.writeVarLong(out, 2);
        Values.writeString(out, "file");
        Values.write(out, "b.000001");
        Values.writeString(out, "pos");
        Values.write(out, "4");
        Values.writeVarLong(out, 1);
        out.writeInt(1);
        var chunk = ChangeSplitSerializer.INSTANCE.serialize(CHUNK);
        Values.writeBytes(out, Arrays.copyOf(chunk, chunk.length - 1));
        out.writeBoolean(snapshot != null);
        if (snapshot != null) {
            var serializer = new PendingSplitsStateSerializer(MySqlSplitSerializer.INSTANCE);
            out.writeInt(serializer.getVersion());
            Values.writeBytes(out, serializer.serialize(snapshot));
        }
        out.writeBoolean(replaced);
        return out.getCopyOfBuffer();
    }

    @Test
    void refusesAFormatOfANewerRelease() {
        assertThatThrownBy(() -> ReadingStateSerializer.INSTANCE.deserialize(4, new byte[0]))
                .isInstanceOf(IOException.class)
                .hasMessage("a source state of format 4, this release reads 1 to 3");
        assertThatThrownBy(() -> ChangeSplitSerializer.INSTANCE.deserialize(3, new byte[0]))
                .isInstanceOf(IOException.class)
                .hasMessage("a source split of format 3, this release reads 1 and 2");
    }

    private static ReadingState roundTrip(ReadingState state) throws IOException {
        var serializer = ReadingStateSerializer.INSTANCE;
        return serializer.deserialize(serializer.getVersion(), serializer.serialize(state));
    }
}
