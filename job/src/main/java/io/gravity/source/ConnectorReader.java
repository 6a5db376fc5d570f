package io.gravity.source;

import io.gravity.event.TableId;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import org.apache.flink.cdc.connectors.mysql.debezium.DebeziumUtils;
import org.apache.flink.cdc.connectors.mysql.debezium.reader.BinlogSplitReader;
import org.apache.flink.cdc.connectors.mysql.debezium.task.context.StatefulTaskContext;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.util.FlinkRuntimeException;

/** Reads splits: either the binlog, through the connector, or chunks, never both. */
final class ConnectorReader implements SplitConnection {
    private static final SourceRecords NONE = new SourceRecords(java.util.List.of());

    private final String source;
    private final MySqlSourceConfig config;
    private final int subtask;
    private final Declarations declarations;
    private BinlogClient client;
    private BinlogSplitReader binlog;
    private ChunkReader chunks;
    private volatile BinlogWatch watch;

    /**
     * Creates a reader that is not connected yet.
     *
     * @param config of its own: it names the schema history, which two readers must not share
     */
    ConnectorReader(String source, MySqlSourceConfig config, int subtask, Declarations declarations) {
        this.source = source;
        this.config = config;
        this.subtask = subtask;
        this.declarations = declarations;
    }

    @Override
    public void begin(ChangeSplit split) {
        if (split.isBinlog()) {
            beginBinlog(split);
        } else {
            beginChunk(split);
        }
    }

    private void beginBinlog(ChangeSplit split) {
        if (binlog == null) {
            binlog = watchedBinlog();
        }
        declare(split);
        binlog.submitSplit(OriginRows.readable(split.split()));
        watch.begin();
    }

    private void beginChunk(ChangeSplit split) {
        if (chunks == null) {
            chunks = new ChunkReader(config);
        }
        declare(split);
        try {
            chunks.begin(split.split().asSnapshotSplit());
        } catch (SQLException e) {
            throw new FlinkRuntimeException("source " + source + ": asking for the rows of " + split.splitId(), e);
        }
    }

    private BinlogSplitReader watchedBinlog() {
        client = BinlogClient.of(config);
        watch = BinlogWatch.on(client, config.getHostname() + ":" + config.getPort());
        var context = new StatefulTaskContext(config, client, DebeziumUtils.createMySqlConnection(config));
        client.know(new ServerCatalog(source, config, context::getDatabaseSchema, declarations));
        return new BinlogSplitReader(context, subtask);
    }

    private void declare(ChangeSplit split) {
        var tables = new ArrayList<TableId>();
        for (var id : split.split().getTableSchemas().keySet()) {
            var table = new TableId(id.catalog(), id.table());
            if (split.isBinlog() || !declarations.isKnown(table)) {
                tables.add(table);
            }
        }
        if (tables.isEmpty()) {
            return;
        }
        try (var jdbc = DebeziumUtils.createMySqlConnection(config)) {
            declarations.read(jdbc.connection(), tables);
        } catch (SQLException e) {
            throw new FlinkRuntimeException("source " + source + ": the server could not be asked for its tables", e);
        }
    }

    @Override
    public boolean isUp() {
        return watch == null || watch.isUp();
    }

    @Override
    public SourceRecords poll() throws IOException, InterruptedException {
        if (client != null) {
            client.check();
        }
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
