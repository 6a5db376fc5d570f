package io.gravity.source;

import io.gravity.event.SourcePosition;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;

/**
 * A piece of reading: the binlog from some offset on, or one chunk of a table.
 *
 * @param split the connector's description
 * @param start the position that was recorded before the first row was read; the version of all snapshot rows
 * @param startTimeMicros the source's clock at that moment, in microseconds since 1970 UTC
 */
record ChangeSplit(MySqlSplit split, SourcePosition start, long startTimeMicros) implements SourceSplit {

    boolean isBinlog() {
        return split.isBinlogSplit();
    }

    @Override
    public String splitId() {
        return split.splitId();
    }
}
