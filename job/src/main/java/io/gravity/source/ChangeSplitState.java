package io.gravity.source;

import io.debezium.relational.TableId;
import io.debezium.relational.history.TableChanges.TableChange;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.utils.RecordUtils;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;

/** How far a split has been read. Only the last record is noted; its offset is decoded at a checkpoint. */
final class ChangeSplitState {
    private final ChangeSplit split;
    private final Map<TableId, TableChange> schemas = new HashMap<>();
    private SourceRecord last;

    ChangeSplitState(ChangeSplit split) {
        this.split = split;
        if (split.isBinlog()) {
            schemas.putAll(split.split().getTableSchemas());
        }
    }

    ChangeSplit split() {
        return split;
    }

    boolean isBinlog() {
        return split.isBinlog();
    }

    /** Notes that everything up to and including the record has been emitted. */
    void passed(SourceRecord record) {
        last = record;
    }

    void changed(TableChange schema) {
        schemas.put(schema.getId(), schema);
    }

    /** Returns the split that continues after what was emitted; a chunk is always read from its beginning. */
    ChangeSplit toSplit() {
        if (!isBinlog()) {
            return split;
        }
        var binlog = split.split().asBinlogSplit();
        BinlogOffset offset = last == null ? binlog.getStartingOffset() : RecordUtils.getBinlogPosition(last);
        return new ChangeSplit(
                new MySqlBinlogSplit(
                        binlog.splitId(),
                        offset,
                        binlog.getEndingOffset(),
                        binlog.getFinishedSnapshotSplitInfos(),
                        Map.copyOf(schemas),
                        binlog.getTotalFinishedSplitSize()),
                split.start(),
                split.startTimeMicros());
    }
}
