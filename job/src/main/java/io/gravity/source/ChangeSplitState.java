package io.gravity.source;

import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import io.debezium.relational.history.HistoryRecord;
import io.debezium.relational.history.TableChanges.TableChange;
import io.gravity.event.SourcePosition;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.utils.RecordUtils;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.header.Header;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;
import org.apache.flink.cdc.debezium.history.FlinkJsonTableChangeSerializer;

/**
 * How far a split has been read: by what was emitted, which a checkpoint holds, or by what was handed over to be emitted,
 * where a reader resumes. Only the last record is noted; its offset is decoded when it is asked for.
 *
 * <p>A transaction that begins with a row of the origin table is read as a whole or again from its beginning: behind that
 * row nothing would tell whose it is.
 */
final class ChangeSplitState {
    private static final FlinkJsonTableChangeSerializer TABLE_CHANGES = new FlinkJsonTableChangeSerializer();

    private final ChangeSplit split;
    private final Map<TableId, TableChange> schemas = new HashMap<>();
    private SourceRecord last;
    /** Of a transaction that begins with a row of the origin table; {@code null} outside of one. */
    private SourceRecord begun;

    private SourceRecord lastOfBegun;

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

    /** Notes that everything up to and including the record has passed. */
    void passed(SourceRecord record) throws IOException {
        if (!isBinlog()) {
            return;
        }
        if (RecordUtils.isDataChangeRecord(record)) {
            if (!isFirstHalfOfKeyChange(record)) {
                note(record, OriginRows.isOne(record));
            }
        } else if (RecordUtils.isSchemaChangeEvent(record)) {
            noteSchema(record);
            note(record, false);
        } else if (RecordUtils.isHeartbeatEvent(record)) {
            note(record, false);
        }
    }

    private void note(SourceRecord record, boolean begins) {
        if (begun != null && isOneTransaction(begun, record)) {
            lastOfBegun = record;
        } else if (begins) {
            // The one before it is complete, if there is one.
            last = begun != null ? lastOfBegun : last;
            begun = record;
            lastOfBegun = record;
        } else {
            begun = null;
            lastOfBegun = null;
            last = record;
        }
    }

    private static boolean isOneTransaction(SourceRecord one, SourceRecord other) {
        var first = one.sourceOffset();
        var second = other.sourceOffset();
        return first.get(BinlogOffset.BINLOG_POSITION_OFFSET_KEY)
                        .equals(second.get(BinlogOffset.BINLOG_POSITION_OFFSET_KEY))
                && first.get(BinlogOffset.BINLOG_FILENAME_OFFSET_KEY)
                        .equals(second.get(BinlogOffset.BINLOG_FILENAME_OFFSET_KEY));
    }

    private void noteSchema(SourceRecord record) throws IOException {
        if (TableMarkers.verb(record).equals("DROP")) {
            schemas.remove(RecordUtils.getTableId(record));
            return;
        }
        var statement = TableMarkers.statement(record);
        var changes = RecordUtils.getHistoryRecord(record).document().getArray(HistoryRecord.Fields.TABLE_CHANGES);
        for (var change : TABLE_CHANGES.deserialize(changes, true)) {
            var table = FormerNames.noted(table(change.getId()), change.getTable(), statement);
            schemas.put(change.getId(), new TableChange(change.getType(), table));
        }
    }

    /** Returns a table as the binlog has left it so far; {@code null} if it is not known. */
    Table table(TableId id) {
        var known = schemas.get(id);
        return known == null ? null : known.getTable();
    }

    /**
     * A change of primary key comes as a delete and an insert of the same offset. Resuming after the delete would skip
     * the insert, so the delete alone does not move the offset.
     */
    private static boolean isFirstHalfOfKeyChange(SourceRecord record) {
        for (Header header : record.headers()) {
            if ("__debezium.newkey".equals(header.key())) {
                return true;
            }
        }
        return false;
    }

    /** Returns how far the binlog has been read, as a position. */
    SourcePosition reached() {
        return SourceInspection.position(offset().getOffset());
    }

    /** How far a binlog has been read; its offset is decoded when it is asked for, by whatever thread. */
    record Mark(ChangeSplit split, SourceRecord last) {
        BinlogOffset offset() {
            return last == null
                    ? split.split().asBinlogSplit().getStartingOffset()
                    : RecordUtils.getBinlogPosition(last);
        }
    }

    Mark mark() {
        return new Mark(split, last);
    }

    private BinlogOffset offset() {
        return mark().offset();
    }

    /** Returns the split that continues after what was emitted; a chunk is always read from its beginning. */
    ChangeSplit toSplit() {
        if (!isBinlog()) {
            return split;
        }
        var binlog = split.split().asBinlogSplit();
        return new ChangeSplit(
                new MySqlBinlogSplit(
                        binlog.splitId(),
                        offset(),
                        binlog.getEndingOffset(),
                        binlog.getFinishedSnapshotSplitInfos(),
                        Map.copyOf(schemas),
                        binlog.getTotalFinishedSplitSize()),
                split.start(),
                split.startTimeMicros());
    }
}
