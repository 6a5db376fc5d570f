package io.gravity.source;

import io.debezium.connector.mysql.MySqlConnection;
import io.debezium.connector.mysql.MySqlPartition;
import io.debezium.relational.TableId;
import io.debezium.relational.history.TableChanges.TableChange;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.cdc.connectors.mysql.debezium.DebeziumUtils;
import org.apache.flink.cdc.connectors.mysql.debezium.reader.BinlogSplitReader;
import org.apache.flink.cdc.connectors.mysql.debezium.task.context.StatefulTaskContext;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSnapshotSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.mysql.source.utils.TableDiscoveryUtils;
import org.apache.flink.util.FlinkRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads splits: either the binlog, through the connector, or chunks, never both. */
final class ConnectorReader implements SplitConnection {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectorReader.class);
    private static final SourceRecords NONE = new SourceRecords(List.of());
    /** ER_BAD_FIELD_ERROR. */
    private static final int UNKNOWN_COLUMN = 1054;

    private final SourceConfig source;
    private final int subtask;
    private final Declarations declarations;
    /** Of its own: it names the schema history, which two readers must not share. */
    private MySqlSourceConfig config;

    private Map<TableId, TableChange> found = Map.of();
    private BinlogClient client;
    private BinlogSplitReader binlog;
    private ChunkReader chunks;
    private volatile BinlogWatch watch;

    /** Creates a reader that is not connected yet. */
    ConnectorReader(SourceConfig source, int subtask, Declarations declarations) {
        this.source = source;
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
            config = ConnectorConfigs.of(source).createConfig(subtask);
            binlog = watchedBinlog();
        }
        var whole = withAllTables(split.split().asBinlogSplit());
        client.guess(found.keySet());
        declare(whole);
        binlog.submitSplit(OriginRows.readable(whole));
        watch.begin();
    }

    private void beginChunk(ChangeSplit split) {
        if (chunks == null) {
            config = ConnectorConfigs.ofChunks(source).createConfig(subtask);
            chunks = new ChunkReader(config);
        }
        declare(split.split());
        try {
            begin(split.split().asSnapshotSplit(), split.part());
        } catch (SQLException e) {
            throw new FlinkRuntimeException(
                    "source " + source.name() + ": asking for the rows of " + split.splitId(), e);
        }
    }

    /** The columns are those of the moment the table was cut, which can have been dropped or renamed since. */
    private void begin(MySqlSnapshotSplit chunk, ChangeSplit.Part part) throws SQLException {
        var condition = part == null ? null : part.condition();
        int batch = ConnectorConfigs.chunkBatch(source, part == null ? 1 : part.bytesPerRow());
        try {
            chunks.begin(chunk, condition, batch);
        } catch (SQLException e) {
            if (e.getErrorCode() != UNKNOWN_COLUMN) {
                throw e;
            }
            LOG.warn(
                    "source {}: {} was altered while it is copied. What is left of it is read with the columns of now;"
                            + " where a target's column was renamed or dropped meanwhile, copy it again with \"gravity"
                            + " resnapshot\".",
                    source.name(),
                    chunk.getTableId());
            chunks.begin(withColumnsOfNow(chunk), condition, batch);
        }
    }

    private MySqlSnapshotSplit withColumnsOfNow(MySqlSnapshotSplit chunk) throws SQLException {
        try (var jdbc = DebeziumUtils.createMySqlConnection(config)) {
            jdbc.connect();
            return new MySqlSnapshotSplit(
                    chunk.getTableId(),
                    chunk.splitId(),
                    chunk.getSplitKeyType(),
                    chunk.getSplitStart(),
                    chunk.getSplitEnd(),
                    chunk.getHighWatermark(),
                    schemas(List.of(chunk.getTableId()), jdbc));
        }
    }

    private Map<TableId, TableChange> schemas(List<TableId> ids, MySqlConnection jdbc) {
        var partition = new MySqlPartition(config.getMySqlConnectorConfig().getLogicalName());
        return TableDiscoveryUtils.discoverSchemaForCapturedTables(partition, ids, config, jdbc);
    }

    /** Tables can have been configured, or their grants given, since the split was saved. */
    private MySqlSplit withAllTables(MySqlBinlogSplit split) {
        try (var jdbc = DebeziumUtils.createMySqlConnection(config)) {
            jdbc.connect();
            var unknown = new ArrayList<>(
                    TableDiscoveryUtils.listTables(jdbc, config.getDatabaseFilter(), config.getTableFilter()));
            unknown.removeAll(split.getTableSchemas().keySet());
            unknown.removeIf(OriginRows::isTheirs);
            if (unknown.isEmpty()) {
                return split;
            }
            found = schemas(unknown, jdbc);
            return MySqlBinlogSplit.fillTableSchemas(split, found);
        } catch (SQLException e) {
            throw new FlinkRuntimeException("the tables of " + config.getHostname() + " can't be listed", e);
        }
    }

    @Override
    public Map<TableId, TableChange> foundTables() {
        return found;
    }

    private BinlogSplitReader watchedBinlog() {
        client = BinlogClient.of(config);
        watch = BinlogWatch.on(client, config.getHostname() + ":" + config.getPort());
        var context = new StatefulTaskContext(config, client, DebeziumUtils.createMySqlConnection(config));
        client.know(new ServerCatalog(source.name(), config, context::getDatabaseSchema, declarations));
        return new BinlogSplitReader(context, subtask);
    }

    private void declare(MySqlSplit split) {
        var undeclared = new ArrayList<io.gravity.event.TableId>();
        for (var id : split.getTableSchemas().keySet()) {
            var table = new io.gravity.event.TableId(id.catalog(), id.table());
            if (split.isBinlogSplit() || !declarations.isKnown(table)) {
                undeclared.add(table);
            }
        }
        if (undeclared.isEmpty()) {
            return;
        }
        try (var jdbc = DebeziumUtils.createMySqlConnection(config)) {
            declarations.read(jdbc.connection(), undeclared);
        } catch (SQLException e) {
            throw new FlinkRuntimeException(
                    "source " + source.name() + ": the server could not be asked for its tables", e);
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
