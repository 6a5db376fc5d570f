package io.gravity.source;

import io.debezium.connector.mysql.MySqlConnection;
import io.debezium.connector.mysql.MySqlPartition;
import io.debezium.relational.TableId;
import io.debezium.relational.history.TableChanges.TableChange;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.cdc.connectors.mysql.debezium.DebeziumUtils;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSnapshotSplit;
import org.apache.flink.cdc.connectors.mysql.source.utils.TableDiscoveryUtils;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.RowType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts tables into chunks of so many rows, one chunk at a time, by all columns of the key: each chunk ends at the key of a
 * row, so it holds that many rows however the keys are spread. One thread at a time; every call may take as long as the
 * database takes to answer.
 */
final class ChunkCutter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChunkCutter.class);
    private static final RowType UNUSED = RowType.of(new BigIntType(false));

    private final SourceConfig source;
    private final MySqlSourceConfig connector;
    private MySqlConnection jdbc;
    private Opened opened;

    ChunkCutter(SourceConfig source, MySqlSourceConfig connector) {
        this.source = source;
        this.connector = connector;
    }

    private record Opened(
            String run,
            TableId table,
            TableChange schema,
            KeyOrder order,
            int rowsPerChunk,
            long rows,
            long bytesPerRow) {}

    /**
     * One chunk.
     *
     * @param copy of which it was cut
     * @param chunk {@code null} if there is nothing left to read
     * @param rest what is left of the copy; {@code null} if that is nothing
     * @param rowsTotal of the whole copy, as the server estimates them
     */
    record Cut(TableCopy copy, ChangeSplit chunk, TableCopy rest, long rowsTotal) {}

    /** Cuts off the next chunk. After an exception the same call can be made again. */
    Cut next(TableCopy copy) throws Exception {
        try {
            if (opened == null
                    || !opened.table().equals(copy.table())
                    || !opened.run().equals(copy.run())) {
                opened = open(copy);
            }
            return opened == null ? new Cut(copy, null, null, 0) : cut(copy);
        } catch (Exception e) {
            try {
                close();
            } catch (SQLException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    /** Looks at a table; {@code null} if it does not exist any more, or came without key after the start. */
    private Opened open(TableCopy copy) throws Exception {
        var table = copy.table();
        var sizes = sizes(table);
        if (sizes == null) {
            LOG.warn("source {}: table {} is gone, nothing of it is copied", source.name(), table);
            return null;
        }
        var schema = TableDiscoveryUtils.discoverSchemaForCapturedTables(
                        new MySqlPartition(connector.getMySqlConnectorConfig().getLogicalName()),
                        List.of(table),
                        connector,
                        connection())
                .get(table);
        if (schema.getTable().primaryKeyColumnNames().isEmpty()) {
            LOG.warn("source {}: table {} has no primary key, nothing of it is copied", source.name(), table);
            return null;
        }
        var order = KeyOrder.of(schema.getTable(), source.tuning().serverTimeZone() == null);
        if (order.isEmpty()) {
            LOG.info(
                    "source {}: the key of table {} can't be cut into ranges; it is read as one chunk",
                    source.name(),
                    table);
        }
        return new Opened(
                copy.run(),
                table,
                schema,
                order,
                rowsPerChunk(source.tuning().chunkSize(), source.tuning().chunkBytes(), sizes.bytesPerRow()),
                sizes.rows(),
                sizes.bytesPerRow());
    }

    static int rowsPerChunk(int mostRows, long mostBytes, long bytesPerRow) {
        return (int) Math.max(1, Math.min(mostRows, mostBytes / Math.max(1, bytesPerRow)));
    }

    private record Sizes(long rows, long bytesPerRow) {}

    private Sizes sizes(TableId table) throws SQLException {
        // MySQL 8 and later keep what they told before for a day.
        var expiry = connection()
                .queryAndMap("SHOW VARIABLES LIKE 'information_schema_stats_expiry'", rs -> rs.next() ? "known" : null);
        if (expiry != null) {
            connection().execute("SET SESSION information_schema_stats_expiry = 0");
        }
        return connection()
                .prepareQueryAndMap(
                        "SELECT TABLE_ROWS, AVG_ROW_LENGTH FROM information_schema.TABLES"
                                + " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?",
                        statement -> {
                            statement.setString(1, table.catalog());
                            statement.setString(2, table.table());
                        },
                        rs -> rs.next() ? new Sizes(rs.getLong(1), rs.getLong(2)) : null);
    }

    private Cut cut(TableCopy copy) throws SQLException {
        var order = opened.order();
        if (copy.whole() || order.isEmpty()) {
            var all = condition(copy, null);
            return new Cut(copy, chunk(copy, all, opened.rows()), null, opened.rows());
        }
        var until = copy.until() != null
                ? copy.until()
                : key("SELECT " + order.literals() + " FROM " + name(copy.table()) + condition(copy.where())
                        + " ORDER BY " + order.descending() + " LIMIT 1");
        if (until == null) {
            return new Cut(copy, null, null, 0);
        }
        int rows = opened.rowsPerChunk();
        var rest = condition(copy, order.range(copy.after(), until));
        var end = key("SELECT " + order.literals() + " FROM " + name(copy.table()) + " FORCE INDEX (PRIMARY) WHERE "
                + rest + " ORDER BY " + order.ascending() + " LIMIT 1 OFFSET " + (rows - 1));
        if (end != null && !end.equals(until)) {
            var chunk = chunk(copy, condition(copy, order.range(copy.after(), end)), rows);
            return new Cut(copy, chunk, copy.behind(end, until), opened.rows());
        }
        long last = connection().queryAndMap("SELECT COUNT(*) FROM " + name(copy.table()) + " WHERE " + rest, rs -> {
            rs.next();
            return rs.getLong(1);
        });
        return new Cut(copy, chunk(copy, rest, last), null, opened.rows());
    }

    private ChangeSplit chunk(TableCopy copy, String condition, long rows) {
        return new ChangeSplit(
                new MySqlSnapshotSplit(
                        copy.table(),
                        copy.nextChunk(),
                        UNUSED,
                        null,
                        null,
                        null,
                        Map.of(copy.table(), opened.schema())),
                copy.start(),
                copy.startTimeMicros(),
                new ChangeSplit.Part(copy.run(), condition, rows, opened.bytesPerRow()));
    }

    /** Returns the first row's key; {@code null} if there is none. */
    private List<String> key(String query) throws SQLException {
        int columns = opened.order().columns().size();
        return connection().queryAndMap(query, rs -> {
            if (!rs.next()) {
                return null;
            }
            var key = new ArrayList<String>(columns);
            for (int i = 1; i <= columns; i++) {
                key.add(rs.getString(i));
            }
            return key;
        });
    }

    private static String condition(String where) {
        return where == null ? "" : " WHERE " + inParentheses(where);
    }

    /** Returns the condition of the copy and of a range, where there are such; {@code null} for all rows. */
    private static String condition(TableCopy copy, String range) {
        if (copy.where() == null) {
            return range;
        }
        return range == null ? inParentheses(copy.where()) : inParentheses(copy.where()) + " AND " + range;
    }

    /** On a line of its own, since it may end with a comment. */
    private static String inParentheses(String where) {
        return "(" + where + "\n)";
    }

    /** What a later copy begins with. */
    record Mark(SourceInspection.Mark at, boolean isSmall) {}

    /**
     * Lets the server check a table and a condition, and records where its binlog stands.
     *
     * @throws SQLException with the server's words if it does not take the condition
     * @throws IllegalArgumentException if there is no such table, or it has no key
     */
    Mark mark(Resnapshots.Begin begin) throws Exception {
        try (var fresh = DebeziumUtils.createMySqlConnection(connector)) {
            fresh.connect();
            var table = new TableId(begin.database(), null, begin.table());
            int keys = fresh.prepareQueryAndMap(
                    "SELECT COUNT(*) FROM information_schema.STATISTICS"
                            + " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND INDEX_NAME = 'PRIMARY'",
                    statement -> {
                        statement.setString(1, begin.database());
                        statement.setString(2, begin.table());
                    },
                    rs -> rs.next() ? rs.getInt(1) : 0);
            if (keys == 0) {
                throw new IllegalArgumentException("there is no table " + table + " with a primary key");
            }
            long most = 0;
            if (begin.where() != null) {
                most = explain(fresh, "EXPLAIN SELECT * FROM " + name(table) + condition(begin.where()));
            }
            boolean isSmall = begin.where() != null && most <= source.tuning().chunkSize();
            return new Mark(SourceInspection.mark(fresh), isSmall);
        }
    }

    /** Returns how many rows the server expects to look at. */
    private static long explain(MySqlConnection jdbc, String query) throws SQLException {
        try (var statement = jdbc.connection().prepareStatement(query);
                var plan = statement.executeQuery()) {
            int column = 0;
            for (int i = 1; i <= plan.getMetaData().getColumnCount(); i++) {
                column = plan.getMetaData().getColumnLabel(i).equalsIgnoreCase("rows") ? i : column;
            }
            long most = 0;
            while (column > 0 && plan.next()) {
                most = Math.max(most, plan.getLong(column));
            }
            return column > 0 ? most : Long.MAX_VALUE;
        }
    }

    private MySqlConnection connection() throws SQLException {
        if (jdbc == null) {
            jdbc = DebeziumUtils.createMySqlConnection(connector);
            jdbc.connect();
        }
        return jdbc;
    }

    private static String name(TableId table) {
        return Names.quoted(table.catalog()) + "." + Names.quoted(table.table());
    }

    @Override
    public void close() throws SQLException {
        opened = null;
        if (jdbc != null) {
            var open = jdbc;
            jdbc = null;
            open.close();
        }
    }
}
