package io.gravity.source;

import java.io.IOException;
import org.apache.flink.cdc.connectors.mysql.debezium.DebeziumUtils;
import org.apache.flink.cdc.connectors.mysql.debezium.reader.BinlogSplitReader;
import org.apache.flink.cdc.connectors.mysql.debezium.reader.DebeziumReader;
import org.apache.flink.cdc.connectors.mysql.debezium.reader.SnapshotSplitReader;
import org.apache.flink.cdc.connectors.mysql.debezium.task.context.StatefulTaskContext;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.mysql.source.utils.hooks.SnapshotPhaseHooks;

/** Reads splits through the connector: either the binlog or chunks, never both. */
final class ConnectorReader implements SplitConnection {
    private static final SourceRecords NONE = new SourceRecords(java.util.List.of());

    private final MySqlSourceConfig config;
    private final int subtask;
    private DebeziumReader<SourceRecords, MySqlSplit> reader;
    private volatile BinlogWatch watch;

    /**
     * Creates a reader that is not connected yet.
     *
     * @param config of its own: it names the schema history, which two readers must not share
     */
    ConnectorReader(MySqlSourceConfig config, int subtask) {
        this.config = config;
        this.subtask = subtask;
    }

    @Override
    public void begin(ChangeSplit split) {
        if (reader == null) {
            reader = split.isBinlog()
                    ? watchedBinlog()
                    : new SnapshotSplitReader(config, subtask, SnapshotPhaseHooks.empty());
        }
        reader.submitSplit(OriginRows.readable(split.split()));
        if (watch != null) {
            watch.begin();
        }
    }

    private BinlogSplitReader watchedBinlog() {
        var client = DebeziumUtils.createBinaryClient(config.getDbzConfiguration());
        watch = BinlogWatch.on(client, config.getHostname() + ":" + config.getPort());
        return new BinlogSplitReader(
                new StatefulTaskContext(config, client, DebeziumUtils.createMySqlConnection(config)), subtask);
    }

    @Override
    public boolean isUp() {
        return watch == null || watch.isUp();
    }

    @Override
    public SourceRecords poll() throws IOException, InterruptedException {
        var batches = reader.pollSplitRecords();
        if (batches == null) {
            return null;
        }
        var batch = batches.hasNext() ? batches.next() : NONE;
        if (watch != null && !batch.iterator().hasNext()) {
            watch.check();
        }
        return batch;
    }

    @Override
    public void close() {
        if (reader != null) {
            reader.close();
        }
    }
}
