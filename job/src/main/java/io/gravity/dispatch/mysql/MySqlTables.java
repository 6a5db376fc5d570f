package io.gravity.dispatch.mysql;

import io.gravity.dispatch.TableStoppedException;
import io.gravity.dispatch.schema.Evolution;
import io.gravity.dispatch.schema.History;
import io.gravity.dispatch.schema.Known;
import io.gravity.dispatch.schema.Placement;
import io.gravity.dispatch.schema.SchemaPolicy;
import io.gravity.dispatch.schema.SchemaPolicy.Change;
import io.gravity.dispatch.schema.SchemaPolicy.Mode;
import io.gravity.dispatch.schema.SchemaReport;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.types.StageRecords;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a target's tables as the rows need them that are about to be written, and says how rows of a schema go into
 * them. Several may do so at once for the same table: what another one has done already counts as done. Where columns
 * leave tables or change their names, only one at a time does, by a lock of the server's: so each finds the table as the
 * statement before has left it, and what a name means is certain. Thread-safe; connections are the caller's and in no
 * transaction, before and after.
 */
final class MySqlTables {
    private static final Logger LOG = LoggerFactory.getLogger(MySqlTables.class);
    /** Each look makes all steps it sees; another one is needed only if somebody else works on the table too. */
    private static final int MAX_LOOKS = 8;

    private static final int MAX_REFUSED = 1000;
    /** A DDL waits so long for transactions that use the table, and then lets others pass; in seconds. */
    private static final int LOCK_WAIT = 20;

    private final String name;
    private final SchemaPolicy policy;
    private final SchemaReport report;
    private final MySqlHistory histories;
    /** What the server does not do, under {@code try-evolve}: tried once. */
    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    /** Rows of one schema of one table. */
    record Request(TableId target, TableId table, TableSchema schema, List<ChangeEvent> changes) {}

    MySqlTables(String name, SchemaPolicy policy, String database, SchemaReport report) {
        this.name = name;
        this.policy = policy;
        this.report = report;
        this.histories = new MySqlHistory(database);
    }

    /**
     * Brings the table up to date for these changes, and returns how the rows are written.
     *
     * @throws TableStoppedException if the table is not as they need it, and it is not for the target's policy to change it
     */
    Known<TableStatements> settle(Connection connection, Request request) throws SQLException {
        if (!policy(request).remembers()) {
            return looked(connection, request);
        }
        var lock = lock(connection, request.table());
        try {
            return looked(connection, request);
        } finally {
            release(connection, lock);
        }
    }

    /** The name holds for the whole server, and has at most 64 characters. */
    private String lock(Connection connection, TableId table) throws SQLException {
        var lock = "gravity:" + UUID.nameUUIDFromBytes(table.toString().getBytes(StandardCharsets.UTF_8));
        try (var statement = connection.prepareStatement("SELECT GET_LOCK(?, ?)")) {
            statement.setString(1, lock);
            statement.setInt(2, LOCK_WAIT);
            try (var rows = statement.executeQuery()) {
                if (rows.next() && rows.getInt(1) == 1) {
                    return lock;
                }
            }
        }
        throw new GravityException(
                ErrorCode.TARGET_BUSY,
                "target " + name + ": another task has been changing table " + table + " for more than " + LOCK_WAIT
                        + " s; writing is retried.");
    }

    /** A connection that is broken has lost the lock as well. */
    private static void release(Connection connection, String lock) {
        try (var statement = connection.prepareStatement("SELECT RELEASE_LOCK(?)")) {
            statement.setString(1, lock);
            statement.execute();
            connection.commit();
        } catch (SQLException e) {
            LOG.debug("the lock {} goes with its connection", lock, e);
        }
    }

    private Known<TableStatements> looked(Connection connection, Request request) throws SQLException {
        try {
            for (int look = 0; look < MAX_LOOKS; look++) {
                var settled = look(connection, request);
                if (settled != null) {
                    return settled;
                }
            }
        } finally {
            connection.rollback();
        }
        throw new GravityException(
                ErrorCode.TARGET_BUSY,
                "target " + name + ": table " + request.table() + " changes all the time; writing is retried.");
    }

    /** The tables of Gravity's own records have indexes that only their scripts know. */
    private SchemaPolicy policy(Request request) {
        return StageRecords.areRecords(request.schema()) ? SchemaPolicy.none() : policy;
    }

    private Known<TableStatements> look(Connection connection, Request request) throws SQLException {
        var policy = policy(request);
        // Others write down what they know before they change the table. So what is read after it tells of all that it
        // shows; the other way round a column renamed in between would seem to be missing.
        var table = MySqlTable.read(connection, request.table());
        connection.rollback();
        var history = policy.remembers() ? history(connection, request) : null;
        if (table == null) {
            create(connection, request, history);
            return null;
        }
        var columns = table.targetColumns();
        var evolution = history == null
                ? Evolution.of(policy, MySqlDialect.INSTANCE, columns, request.schema())
                : Evolution.of(policy, MySqlDialect.INSTANCE, columns, history);
        if (make(connection, request, evolution, table)) {
            return null;
        }
        check(request, evolution, table);
        var placement = Placement.of(MySqlDialect.INSTANCE, columns, request.schema(), history);
        if (placement == null) {
            throw stopped(request, List.of("a column of the key " + key(request.schema()) + " is missing"), null);
        }
        checkAllPlaced(request, placement);
        var unique = UniqueIndex.secondary(connection, request.table(), placement.schema());
        var statements = new TableStatements(request.table(), placement.schema(), placement.indexes(), unique);
        return history == null
                ? Known.always(statements)
                : Known.of(statements, request.schema(), request.changes(), history);
    }

    private History history(Connection connection, Request request) throws SQLException {
        try {
            var history = histories.read(connection, request.table());
            for (var change : History.latest(request.changes())) {
                var version = history.begunBy(change);
                if (version != null) {
                    histories.add(connection, request.table(), version);
                    history = histories.read(connection, request.table());
                }
            }
            return history;
        } catch (SQLException e) {
            if (MySqlErrors.answer(e).code().category() == ErrorCode.Category.TARGET_RETRYABLE) {
                throw e;
            }
            throw new GravityException(
                    ErrorCode.TARGET_MISCONFIGURED,
                    "target " + name + ": schema-change mode " + mode() + " needs the table gravity_schema, which can't"
                            + " be used: " + e.getMessage() + ". Let the target's user create, read and write it ("
                            + histories.ddl() + "), or choose mode lenient.",
                    e);
        }
    }

    private void create(Connection connection, Request request, History history) throws SQLException {
        if (!policy(request).makes(Change.CREATE_TABLE)) {
            throw stopped(
                    request,
                    List.of("it is missing, and create.table is not among the changes made here:"
                            + " create it (CREATE TABLE ...) with the columns of its source"),
                    null);
        }
        var differences = new ArrayList<String>();
        var schemas = history == null ? List.of(request.schema()) : history.newest();
        var added = Evolution.created(MySqlDialect.INSTANCE, schemas, differences);
        if (!differences.isEmpty()) {
            throw stopped(request, differences, null);
        }
        var statement = MySqlDdl.create(request.table(), added, schemas.get(0));
        LOG.info("target {}: table {} is missing, it is created: {}", name, request.table(), statement);
        try {
            execute(connection, statement);
        } catch (SQLException e) {
            if (e.getErrorCode() == MySqlErrors.NO_SUCH_DATABASE) {
                tried(
                        connection,
                        request,
                        MySqlDdl.createDatabase(request.table().database()));
                tried(connection, request, statement);
            } else {
                throw failed(request, statement, e);
            }
        }
        report.made(Change.CREATE_TABLE);
    }

    private void tried(Connection connection, Request request, String statement) throws SQLException {
        try {
            execute(connection, statement);
        } catch (SQLException e) {
            throw failed(request, statement, e);
        }
    }

    /** Returns whether anything has been changed, so that the table has to be looked at again. */
    private boolean make(Connection connection, Request request, Evolution<MySqlType> evolution, MySqlTable table)
            throws SQLException {
        boolean isChanged = false;
        for (var step : evolution.steps()) {
            var statements = MySqlDdl.of(request.table(), step, table);
            if (refused.contains(statements.get(0))) {
                continue;
            }
            for (var statement : statements) {
                LOG.info("target {}: {} ({})", name, statement, step.reason());
                try {
                    execute(connection, statement);
                    isChanged = true;
                } catch (SQLException e) {
                    if (MySqlErrors.isDone(e)) {
                        return true;
                    }
                    refuse(request, statement, e);
                    break;
                }
            }
            if (isChanged) {
                report.made(step.change());
                // Names may be others now; what is left shows at the next look.
                return true;
            }
        }
        return isChanged;
    }

    private void refuse(Request request, String statement, SQLException error) throws SQLException {
        var failure = failed(request, statement, error);
        report.refused();
        if (policy.mode() != Mode.TRY_EVOLVE || failure.code() != ErrorCode.TABLE_STOPPED) {
            throw failure;
        }
        LOG.warn("target {}: goes on without a change of {}: {}", name, request.table(), failure.getMessage());
        if (refused.size() < MAX_REFUSED) {
            refused.add(statement);
        }
    }

    private void execute(Connection connection, String statement) throws SQLException {
        try (var sql = connection.createStatement()) {
            sql.execute("SET SESSION lock_wait_timeout=" + LOCK_WAIT);
            try {
                sql.execute(statement);
            } catch (SQLException e) {
                if (!MySqlErrors.isUnknownCharset(e)) {
                    throw e;
                }
                LOG.warn("target {}: {}; the columns get the server's own collation", name, e.getMessage());
                sql.execute(MySqlDdl.plain(statement));
            }
        }
    }

    /** Returns what to throw for a statement that failed; what passes by itself is retried as ever. */
    private GravityException failed(Request request, String statement, SQLException error) {
        var answer = MySqlErrors.answer(error);
        return answer.code().category() == ErrorCode.Category.TARGET_RETRYABLE
                ? MySqlErrors.triaged(error, name, statement, List.of())
                : stopped(
                        request,
                        List.of(statement + " failed: " + error.getMessage()
                                + "; do by hand what it can't, or grant the target's user CREATE, ALTER and DROP"),
                        error);
    }

    private void check(Request request, Evolution<MySqlType> evolution, MySqlTable table) {
        var differences = new ArrayList<>(evolution.differences());
        var keys = table.columns().stream()
                .filter(column -> column.column().isKey())
                .map(column -> column.column().name())
                .toList();
        if (!keys.isEmpty() && keys.size() != request.schema().keyColumnCount()) {
            differences.add("PRIMARY KEY: found (" + String.join(", ", keys) + "), expected " + key(request.schema())
                    + ", or rows don't meet that are one; key the table by the same columns");
        }
        if (differences.isEmpty()) {
            return;
        }
        var policy = policy(request);
        if (policy.mode() == Mode.IGNORE || policy.mode() == Mode.TRY_EVOLVE) {
            LOG.warn("target {}: table {}: {}", name, request.table(), String.join("; ", differences));
            return;
        }
        throw stopped(request, differences, null);
    }

    private void checkAllPlaced(Request request, Placement placement) {
        if (placement.missing().isEmpty()) {
            return;
        }
        LOG.warn(
                "target {}: table {} has no column {}; rows come without",
                name,
                request.table(),
                placement.missing().stream().map(Column::name).collect(Collectors.joining(", ")));
    }

    private static String key(TableSchema schema) {
        var names = new ArrayList<String>();
        for (int n = 0; n < schema.keyColumnCount(); n++) {
            names.add(schema.column(schema.keyColumn(n)).name());
        }
        return "(" + String.join(", ", names) + ")";
    }

    private String mode() {
        return policy.mode().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    private TableStoppedException stopped(Request request, List<String> differences, Throwable cause) {
        var change = request.changes().get(0);
        return new TableStoppedException(
                request.target(),
                "target " + name + ": table " + request.table() + " does not fit the rows of " + change.source() + " "
                        + change.table() + " in " + differences.size()
                        + (differences.size() == 1 ? " place:" : " places:")
                        + differences.stream().map(text -> "\n  " + text).collect(Collectors.joining())
                        + "\n  Change the table, or the target's schema-change (mode " + mode()
                        + "); its rows wait, and are tried again.",
                cause);
    }
}
