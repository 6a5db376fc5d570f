package io.gravity.dispatch.mysql;

import com.zaxxer.hikari.HikariDataSource;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetWriter;
import io.gravity.dispatch.TargetWriters;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes batches to one MySQL 8 to 9 or MariaDB server, each as one transaction.
 *
 * <p>Tables must exist. Thread-safe for batches of disjoint rows; each call takes one connection of its own pool. A
 * dead server is noticed within 5 s while connecting and within {@code socketTimeout} (60 s, a JDBC property) while
 * writing; then nothing of the batch is committed, or all of it (the connection was lost at the commit), and writing
 * again is harmless either way.
 */
public final class MySqlWriter implements TargetWriter {
    /** Far below the smallest max_allowed_packet in use, 16 MB in MariaDB; larger statements gained nothing. */
    private static final long MAX_STATEMENT_BYTES = 1 << 20;

    /** Columns change rarely; beyond that many the texts are forgotten and built anew. */
    private static final int MAX_KNOWN_TABLES = 10_000;

    private static final long CLOSE_MILLIS = 4_000;

    private record TableVersion(TableId table, TableSchema schema) {}

    private final String name;
    private final String database;
    private final HikariDataSource pool;
    private final ConcurrentHashMap<TableVersion, TableStatements> statements = new ConcurrentHashMap<>();

    private MySqlWriter(TargetConfig.MySql config) {
        this.name = config.name();
        this.database = config.database();
        this.pool = MySqlConnections.pool(config);
    }

    /** Returns what opens a writer of this target. */
    public static TargetWriters of(TargetConfig.MySql config) {
        return () -> new MySqlWriter(config);
    }

    @Override
    public void write(List<ChangeEvent> batch) throws InterruptedException {
        if (batch.isEmpty()) {
            return;
        }
        var plan = BatchPlan.of(batch, database);
        try (var connection = connection()) {
            writeAndCommit(connection, plan, batch);
        } catch (SQLException e) {
            // Only closing is left: the batch is committed, and the pool has dropped the connection.
            throw MySqlErrors.triaged(e, name, "returning a connection", List.of());
        }
    }

    private Connection connection() throws InterruptedException {
        try {
            return pool.getConnection();
        } catch (SQLException e) {
            if (Thread.interrupted()) {
                var interrupted = new InterruptedException("interrupted while waiting for a connection to " + name);
                interrupted.initCause(e);
                throw interrupted;
            }
            throw MySqlErrors.triaged(e, name, "connecting", List.of());
        }
    }

    private void writeAndCommit(Connection connection, List<BatchPlan.Group> plan, List<ChangeEvent> batch) {
        try {
            for (var group : plan) {
                delete(connection, group);
            }
            for (var group : plan) {
                upsert(connection, group);
            }
            commit(connection, batch);
        } catch (GravityException e) {
            try {
                connection.rollback();
            } catch (SQLException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    private void commit(Connection connection, List<ChangeEvent> batch) {
        try {
            connection.commit();
        } catch (SQLException e) {
            throw MySqlErrors.triaged(e, name, "commit", batch);
        }
    }

    /**
     * One statement a row, sent together by the driver: told several keys at once, a server may read the whole table
     * instead, and waits for rows that other connections hold.
     */
    private void delete(Connection connection, BatchPlan.Group group) {
        var rows = group.deletes();
        if (rows.isEmpty()) {
            return;
        }
        var schema = group.schema();
        try (var statement = connection.prepareStatement(texts(group).delete())) {
            for (var event : rows) {
                for (int n = 0; n < schema.keyColumnCount(); n++) {
                    int column = schema.keyColumn(n);
                    MySqlValues.bind(
                            statement,
                            n + 1,
                            bindable(event, column, event.image().value(column)));
                }
                statement.addBatch();
            }
            statement.executeBatch();
        } catch (SQLException e) {
            throw MySqlErrors.triaged(e, name, "delete from " + group.table(), rows);
        }
    }

    private void upsert(Connection connection, BatchPlan.Group group) {
        var texts = texts(group);
        var rows = group.upserts();
        int columns = group.schema().columnCount();
        for (int from = 0; from < rows.size(); ) {
            int most = Math.min(texts.maxUpsertRows(), Integer.highestOneBit(rows.size() - from));
            var values = new Object[most * columns];
            int count = 0;
            for (long bytes = 0; count < most; count++) {
                var event = rows.get(from + count);
                for (int column = 0; column < columns; column++) {
                    var value = bindable(event, column, event.after().value(column));
                    values[count * columns + column] = value;
                    bytes += MySqlValues.sizeInBytes(value);
                }
                if (bytes > MAX_STATEMENT_BYTES && count > 0) {
                    break;
                }
            }
            count = Integer.highestOneBit(count);
            var part = rows.subList(from, from + count);
            execute(connection, texts.upsert(count), values, count * columns, "upsert into " + group.table(), part);
            from += count;
        }
    }

    /** Executes with the first {@code used} values. */
    private void execute(
            Connection connection, String sql, Object[] values, int used, String doing, List<ChangeEvent> rows) {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < used; i++) {
                MySqlValues.bind(statement, i + 1, values[i]);
            }
            statement.executeUpdate();
        } catch (SQLException e) {
            throw MySqlErrors.triaged(e, name, doing, rows);
        }
    }

    private Object bindable(ChangeEvent event, int column, Object value) {
        try {
            return MySqlValues.bindable(event.schema().column(column).type(), value);
        } catch (ClassCastException e) {
            var declared = event.schema().column(column);
            throw new GravityException(
                    ErrorCode.TARGET_REFUSED_ROW,
                    "target " + name + ": " + event.target() + " (key " + MySqlErrors.key(event) + ") column "
                            + declared.name() + ": found a " + value.getClass().getSimpleName()
                            + ", expected a value of "
                            + declared.type().kind() + ". Check the rule or extension that set it.",
                    e);
        }
    }

    private TableStatements texts(BatchPlan.Group group) {
        if (statements.size() > MAX_KNOWN_TABLES) {
            statements.clear();
        }
        return statements.computeIfAbsent(
                new TableVersion(group.table(), group.schema()),
                version -> new TableStatements(version.table(), version.schema()));
    }

    /** Closes the pool; connections that hang are left to their time limits. */
    @Override
    public void close() {
        var closing = new Thread(pool::close, "close-target-" + name);
        closing.setDaemon(true);
        closing.start();
        try {
            closing.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
