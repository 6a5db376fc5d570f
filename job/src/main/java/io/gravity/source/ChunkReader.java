package io.gravity.source;

import io.debezium.relational.TableSchema;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import org.apache.flink.cdc.connectors.mysql.debezium.DebeziumUtils;
import org.apache.flink.cdc.connectors.mysql.debezium.task.context.StatefulTaskContext;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSnapshotSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.mysql.source.utils.StatementUtils;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads chunks of tables by SELECT, one after the other, and hands out their rows as the connector's records. The
 * connector's own reader is not used, as it reads some values otherwise than the binlog has them, see {@link ChunkRow}.
 */
final class ChunkReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChunkReader.class);
    private static final String READ_TABLE = "SELECT *";

    private final MySqlSourceConfig config;
    private final StatefulTaskContext context;
    private MySqlSnapshotSplit chunk;
    private PreparedStatement statement;
    private ResultSet rows;
    private ChunkRow form;
    private int batch;

    /** Creates a reader that is not connected yet. */
    ChunkReader(MySqlSourceConfig config) {
        this.config = config;
        this.context = new StatefulTaskContext(
                config,
                DebeziumUtils.createBinaryClient(config.getDbzConfiguration()),
                DebeziumUtils.createMySqlConnection(config));
    }

    /**
     * Asks for the rows of a chunk; the one before has been read to its end.
     *
     * @param condition which rows it holds, if its own bounds do not say; {@code null} if they do
     * @param rowsAtOnce how many rows a poll returns at most
     */
    void begin(MySqlSnapshotSplit next, String condition, int rowsAtOnce) throws SQLException {
        batch = rowsAtOnce;
        context.configure(next);
        chunk = next;
        form = new ChunkRow(context.getDatabaseSchema().tableFor(next.getTableId()));
        boolean isFirst = next.getSplitStart() == null;
        boolean isLast = next.getSplitEnd() == null;
        var all = StatementUtils.buildSplitScanQuery(next.getTableId(), next.getSplitKeyType(), isFirst, isLast);
        statement = StatementUtils.readTableSplitDataStatement(
                context.getConnection(),
                "SELECT " + form.select() + all.substring(READ_TABLE.length())
                        + (condition == null ? "" : " WHERE " + condition),
                isFirst,
                isLast,
                next.getSplitStart(),
                next.getSplitEnd(),
                next.getSplitKeyType().getFieldCount(),
                config.getFetchSize());
        rows = statement.executeQuery();
    }

    /** Returns the next rows; {@code null} after the last one. */
    SourceRecords poll() throws IOException {
        if (rows == null) {
            return null;
        }
        try {
            var schema = context.getDatabaseSchema().schemaFor(chunk.getTableId());
            var records = new ArrayList<SourceRecord>();
            while (records.size() < batch && rows.next()) {
                records.add(record(schema, form.read(rows)));
            }
            if (records.isEmpty()) {
                finish();
                return null;
            }
            return new SourceRecords(records);
        } catch (SQLException e) {
            throw new IOException("reading " + chunk.splitId() + " of " + chunk.getTableId(), e);
        }
    }

    private SourceRecord record(TableSchema schema, Object[] row) {
        var offset = context.getOffsetContext();
        offset.event(chunk.getTableId(), Instant.EPOCH);
        var key = schema.keyFromColumnData(row);
        var value = schema.getEnvelopeSchema().read(schema.valueFromColumnData(row), offset.getSourceInfo(), null);
        return new SourceRecord(
                context.getMySqlPartition().getSourcePartition(),
                offset.getOffset(),
                context.getTopicSelector().topicNameFor(chunk.getTableId()),
                schema.keySchema(),
                key,
                schema.getEnvelopeSchema().schema(),
                value);
    }

    private void finish() throws SQLException {
        rows.close();
        rows = null;
        statement.close();
    }

    @Override
    public void close() {
        try {
            context.close();
        } catch (Exception e) {
            LOG.warn("closing the connection of a chunk's reader", e);
        }
    }
}
