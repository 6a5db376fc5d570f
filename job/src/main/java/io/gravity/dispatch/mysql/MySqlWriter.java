package io.gravity.dispatch.mysql;

import com.zaxxer.hikari.HikariDataSource;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetErrors;
import io.gravity.dispatch.TargetNames;
import io.gravity.dispatch.TargetWriter;
import io.gravity.dispatch.TargetWriters;
import io.gravity.dispatch.schema.Known;
import io.gravity.dispatch.schema.SchemaReport;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/**
 * Writes batches to one MySQL 8 to 9 or MariaDB server, each as one transaction.
 *
 * <p>A table is looked up at its first row, and whenever rows come with other columns; what it lacks is made if the
 * target's policy says so ({@code MySqlTables}). Unique indexes beside the key are the user's. Thread-safe for batches of
 * disjoint rows; each call takes one connection of its own pool. A
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

    private record Part(BatchPlan.Group group, TableStatements texts) {}

    private final String name;
    private final TargetNames names;
    private final HikariDataSource pool;
    private final Preface mark;
    private final boolean isSource;
    private final MySqlTables tables;
    private final ConcurrentHashMap<TableVersion, Known<TableStatements>> statements = new ConcurrentHashMap<>();

    MySqlWriter(TargetConfig.MySql config) {
        this(config, new UnregisteredMetricsGroup());
    }

    private MySqlWriter(TargetConfig.MySql config, MetricGroup metrics) {
        this.name = config.name();
        this.names = new TargetNames(config.name(), config.database(), config.mappings());
        this.pool = MySqlConnections.pool(config);
        this.mark = OriginMark.of(config);
        this.isSource = config.origin() != null && config.origin().isSource();
        this.tables = new MySqlTables(config.name(), config.schema(), config.database(), new SchemaReport(metrics));
    }

    /** What opens a writer of a target. */
    private record Writers(TargetConfig.MySql config) implements TargetWriters {
        private static final long serialVersionUID = 1L;

        @Override
        public TargetWriter open() {
            return new MySqlWriter(config);
        }

        @Override
        public TargetWriter open(MetricGroup metrics) {
            return new MySqlWriter(config, metrics);
        }
    }

    /** Returns what opens a writer of this target. */
    public static TargetWriters of(TargetConfig.MySql config) {
        return new Writers(config);
    }

    @Override
    public void write(List<ChangeEvent> batch) throws InterruptedException {
        if (!batch.isEmpty()) {
            write(batch, connection -> {});
        }
    }

    /** Returns where the change is written. */
    TableId tableOf(ChangeEvent change) {
        return names.of(change.target());
    }

    /** What else belongs to a batch's transaction. */
    @FunctionalInterface
    interface Preface {
        void write(Connection connection) throws SQLException;
    }

    /** Writes the preface and the batch, which may be empty, in one transaction. */
    void write(List<ChangeEvent> batch, Preface preface) throws InterruptedException {
        var markers = batch.stream().filter(ChangeEvent::isMarker).toList();
        var rows = markers.isEmpty()
                ? batch
                : batch.stream().filter(change -> !change.isMarker()).toList();
        var plan = BatchPlan.of(rows, names::of, this::onlyAdds);
        try (var connection = connection()) {
            markers.forEach(marker -> follow(connection, marker));
            writeLookingAgain(connection, preface, plan, rows);
        } catch (SQLException e) {
            // Only closing is left: the batch is committed, and the pool has dropped the connection.
            throw MySqlErrors.triaged(e, name, "returning a connection", List.of());
        }
    }

    /** An application may have changed the row since it was copied elsewhere, and nobody has read that yet. */
    private boolean onlyAdds(ChangeEvent change) {
        return isSource && change.isSnapshot() && change.firstSeen();
    }

    /** A table that has been altered since it was looked at is looked at again, once. */
    private void writeLookingAgain(
            Connection connection, Preface preface, List<BatchPlan.Group> plan, List<ChangeEvent> batch) {
        try {
            writeAndCommit(connection, preface, withTexts(connection, plan), batch);
        } catch (GravityException e) {
            if (!MySqlErrors.changesTable(e)) {
                throw e;
            }
            writeAndCommit(connection, preface, withTexts(connection, plan), batch);
        }
    }

    @Override
    public boolean followsTables() {
        return true;
    }

    /** {@inheritDoc} A server that is read-only takes none, whatever this user may do. */
    @Override
    public void check() throws InterruptedException {
        try (var connection = connection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT @@global.read_only")) {
            // A number, or from MariaDB 12 on a word.
            if (rows.next() && !List.of("0", "OFF").contains(rows.getString(1))) {
                throw new GravityException(
                        ErrorCode.TARGET_BUSY,
                        "target " + name + ": the server is read-only. Make it writable (SET GLOBAL read_only = 0).");
            }
        } catch (SQLException e) {
            throw MySqlErrors.triaged(e, name, "asking the server whether it is there", List.of());
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

    private List<Part> withTexts(Connection connection, List<BatchPlan.Group> plan) {
        var parts = new ArrayList<Part>(plan.size());
        for (var group : plan) {
            parts.add(new Part(group, texts(connection, group)));
        }
        return parts;
    }

    private TableStatements texts(Connection connection, BatchPlan.Group group) {
        var version = new TableVersion(group.table(), group.schema());
        var known = statements.get(version);
        if (known != null && known.covers(group.deletes()) && known.covers(group.upserts())) {
            return known.layout();
        }
        var rows = new ArrayList<>(group.deletes());
        rows.addAll(group.upserts());
        var settled = settled(connection, version, rows);
        if (statements.size() > MAX_KNOWN_TABLES) {
            statements.clear();
        }
        statements.put(version, known == null ? settled : settled.with(known));
        return settled.layout();
    }

    /** Brings a table up to date for rows that may come, or not. */
    private void follow(Connection connection, ChangeEvent marker) {
        if (marker.operation() == Operation.SCHEMA) {
            var version = new TableVersion(names.of(marker.target()), marker.schema());
            statements.put(version, settled(connection, version, List.of(marker)));
        }
    }

    private Known<TableStatements> settled(Connection connection, TableVersion version, List<ChangeEvent> changes) {
        try {
            return tables.settle(
                    connection,
                    new MySqlTables.Request(changes.get(0).target(), version.table(), version.schema(), changes));
        } catch (SQLException e) {
            throw MySqlErrors.triaged(e, name, "look at the columns of " + version.table(), List.of());
        }
    }

    private void writeAndCommit(Connection connection, Preface preface, List<Part> parts, List<ChangeEvent> batch) {
        try {
            begin(connection, preface);
            for (var part : parts) {
                delete(connection, part);
            }
            for (var part : parts) {
                upsert(connection, part);
            }
            commit(connection, batch);
        } catch (GravityException e) {
            try {
                connection.rollback();
            } catch (SQLException second) {
                e.addSuppressed(second);
            }
            if (e.code().category() == ErrorCode.Category.TARGET_FATAL) {
                // The table may be made or altered before the next attempt, with other columns and indexes.
                parts.forEach(part -> statements.remove(
                        new TableVersion(part.group().table(), part.group().schema())));
            }
            throw e.code() == ErrorCode.CONSTRAINT_UNIQUE && batch.size() == 1
                    ? withHolder(connection, parts.get(0).texts(), batch.get(0), e)
                    : e;
        }
    }

    /** Returns the error with the row that holds the one row's unique value, if it is still there. */
    private GravityException withHolder(
            Connection connection, TableStatements texts, ChangeEvent event, GravityException error) {
        var schema = event.schema();
        for (var index : texts.unique()) {
            try (var statement = connection.prepareStatement(texts.holders(index))) {
                var values = new StringBuilder();
                boolean isComparable = true;
                for (int i = 0; i < index.columns().size(); i++) {
                    int column = schema.indexOf(index.columns().get(i));
                    var value = column < 0 ? null : event.image().value(column);
                    isComparable &= value != null;
                    MySqlValues.bind(statement, i + 1, column < 0 ? null : bindable(event, column, value));
                    values.append(i == 0 ? "" : ", ")
                            .append(TargetErrors.named(index.columns().get(i), value));
                }
                var holder = isComparable ? firstKey(statement, schema) : null;
                if (holder != null && !holder.equals(TargetErrors.key(event))) {
                    return new GravityException(
                            error.code(),
                            "target " + name + ": " + event.target() + " (key " + TargetErrors.key(event) + ") needs "
                                    + values + " of the unique index " + index.name() + ", which the row " + holder
                                    + " holds. The row waits for the other one to give it up; if that never happens,"
                                    + " mend one of the two, or drop the target's index.",
                            error);
                }
            } catch (SQLException e) {
                error.addSuppressed(e);
            }
        }
        return error;
    }

    private static String firstKey(PreparedStatement statement, TableSchema schema) throws SQLException {
        try (var rows = statement.executeQuery()) {
            if (!rows.next()) {
                return null;
            }
            var key = new StringBuilder();
            for (int n = 0; n < schema.keyColumnCount(); n++) {
                key.append(n == 0 ? "" : ", ")
                        .append(TargetErrors.named(
                                schema.column(schema.keyColumn(n)).name(), rows.getString(n + 1)));
            }
            return key.toString();
        }
    }

    private void begin(Connection connection, Preface preface) {
        try {
            mark.write(connection);
            preface.write(connection);
        } catch (SQLException e) {
            throw MySqlErrors.triaged(e, name, "begin a transaction", List.of());
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
    private void delete(Connection connection, Part part) {
        var group = part.group();
        var rows = group.deletes();
        if (rows.isEmpty()) {
            return;
        }
        var schema = group.schema();
        try (var statement = connection.prepareStatement(part.texts().delete())) {
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

    private void upsert(Connection connection, Part part) {
        var group = part.group();
        var texts = part.texts();
        var rows = group.upserts();
        int columns = texts.columnCount();
        for (int from = 0; from < rows.size(); ) {
            int most = Math.min(texts.maxUpsertRows(), Integer.highestOneBit(rows.size() - from));
            var values = new Object[most * columns];
            int count = 0;
            for (long bytes = 0; count < most; count++) {
                var event = rows.get(from + count);
                for (int column = 0; column < columns; column++) {
                    int index = texts.index(column);
                    var value = bindable(event, index, event.after().value(index));
                    values[count * columns + column] = value;
                    bytes += MySqlValues.sizeInBytes(value);
                }
                if (bytes > MAX_STATEMENT_BYTES && count > 0) {
                    break;
                }
            }
            count = Integer.highestOneBit(count);
            var now = rows.subList(from, from + count);
            var sql = group.onlyAdds() ? texts.add(count) : texts.upsert(count);
            execute(connection, sql, values, count * columns, "upsert into " + group.table(), now);
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
                    "target " + name + ": " + event.target() + " (key " + TargetErrors.key(event) + ") column "
                            + declared.name() + ": found a " + value.getClass().getSimpleName()
                            + ", expected a value of "
                            + declared.type().kind() + ". Check the rule or extension that set it.",
                    e);
        }
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
