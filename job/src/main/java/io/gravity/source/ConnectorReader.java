package io.gravity.source;

import java.io.IOException;
import java.sql.SQLException;
import org.apache.flink.cdc.connectors.mysql.debezium.DebeziumUtils;
import org.apache.flink.cdc.connectors.mysql.debezium.reader.BinlogSplitReader;
import org.apache.flink.cdc.connectors.mysql.debezium.task.context.StatefulTaskContext;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;

/** Reads splits: either the binlog, through the connector, or chunks, never both. */
final class ConnectorReader implements SplitConnection {
    private static final SourceRecords NONE = new SourceRecords(java.util.List.of());

    private final MySqlSourceConfig config;
    private final int subtask;
    private BinlogSplitReader binlog;
    private ChunkReader chunks;
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
        if (!split.isBinlog()) {
            beginChunk(split);
            return;
        }
        if (binlog == null) {
            binlog = watchedBinlog();
        }
        binlog.submitSplit(split.split());
        watch.begin();
    }

    private void beginChunk(ChangeSplit split) {
        if (chunks == null) {
            chunks = new ChunkReader(config);
        }
        try {
            chunks.begin(split.split().asSnapshotSplit());
        } catch (SQLException e) {
            throw new IllegalStateException("asking for the rows of " + split.splitId(), e);
        }
    }

    private BinlogSplitReader watchedBinlog() {
        var client =
                BinlogCells.client(config.getHostname(), config.getPort(), config.getUsername(), config.getPassword());
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
        if (chunks != null) {
            return chunks.poll();
        }
        var batches = binlog.pollSplitRecords();
        if (batches == null) {
            return null;
        }
        var batch = batches.hasNext() ? batches.next() : NONE;
        if (!batch.iterator().hasNext()) {
            watch.check();
        }
        return batch;
    }

    @Override
    public void close() {
        if (binlog != null) {
            binlog.close();
        }
        if (chunks != null) {
            chunks.close();
        }
    }
}
