package io.gravity.source;

import io.debezium.relational.TableId;
import io.gravity.event.SourcePosition;
import java.util.HashMap;
import java.util.List;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSnapshotSplit;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.RowType;

/** Splits as the enumerator gives them. */
final class Splits {
    private Splits() {}

    /** Returns the binlog from a position in {@code bin.000001} on, without end. */
    static ChangeSplit binlog(long position) {
        return new ChangeSplit(
                new MySqlBinlogSplit(
                        "binlog-split",
                        BinlogOffset.ofBinlogFilePosition("bin.000001", position),
                        BinlogOffset.ofNonStopping(),
                        List.of(),
                        new HashMap<>(),
                        1),
                new SourcePosition(1, position, 0, 0),
                0);
    }

    /** Returns a chunk of a table with one key column. */
    static ChangeSplit chunk(TableId table, int number) {
        return new ChangeSplit(
                new MySqlSnapshotSplit(
                        table, number, RowType.of(new BigIntType(false)), null, null, null, new HashMap<>()),
                SourcePosition.NONE,
                0);
    }
}
