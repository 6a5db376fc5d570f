package io.gravity.source;

import io.debezium.relational.TableId;
import io.gravity.event.SourcePosition;
import java.util.HashMap;
import java.util.function.Predicate;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;

/**
 * A piece of reading: the binlog from some offset on, or one chunk of a table.
 *
 * @param split the connector's description
 * @param start the position that was recorded before the first row was read; the version of all snapshot rows
 * @param startTimeMicros the source's clock at that moment, in microseconds since 1970 UTC
 * @param part which rows of a table; {@code null} for the binlog, and for a chunk that the connector describes
 */
record ChangeSplit(MySqlSplit split, SourcePosition start, long startTimeMicros, Part part) implements SourceSplit {

    ChangeSplit(MySqlSplit split, SourcePosition start, long startTimeMicros) {
        this(split, start, startTimeMicros, null);
    }

    /**
     * Rows of a table.
     *
     * @param run the copy that it is a part of
     * @param condition SQL; {@code null} for all rows
     * @param rows how many there were when it was cut
     * @param bytesPerRow of a row on average, as the server says
     */
    record Part(String run, String condition, long rows, long bytesPerRow) {}

    /**
     * Returns the same binlog without the schemas of tables that are not to be read any more: should they be configured
     * again, they are as new as any other.
     */
    ChangeSplit withTables(Predicate<TableId> configured) {
        var binlog = split.asBinlogSplit();
        var schemas = new HashMap<>(binlog.getTableSchemas());
        if (!schemas.keySet().removeIf(configured.negate())) {
            return this;
        }
        return new ChangeSplit(
                new MySqlBinlogSplit(
                        binlog.splitId(),
                        binlog.getStartingOffset(),
                        binlog.getEndingOffset(),
                        binlog.getFinishedSnapshotSplitInfos(),
                        schemas,
                        binlog.getTotalFinishedSplitSize()),
                start,
                startTimeMicros,
                part);
    }

    boolean isBinlog() {
        return split.isBinlogSplit();
    }

    @Override
    public String splitId() {
        return split.splitId();
    }
}
