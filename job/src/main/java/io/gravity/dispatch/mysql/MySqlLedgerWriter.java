package io.gravity.dispatch.mysql;

import static java.util.stream.Collectors.joining;

import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.strong.LaneBatch;
import io.gravity.dispatch.strong.LedgerWriter;
import io.gravity.dispatch.strong.LedgerWriters;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes batches to one MySQL or MariaDB server, each with its entries in the ledger as one local transaction.
 *
 * <p>The ledger is the table {@code gravity_ledger} in the target's database, or in one called {@code gravity} if the
 * target writes into several. It is created unless it exists. A transaction begins with the entries, locked, so that
 * whoever holds an older view of them writes nothing.
 */
public final class MySqlLedgerWriter implements LedgerWriter {
    private static final String TABLE = "gravity_ledger";
    private static final String DEFAULT_DATABASE = "gravity";

    private final String name;
    private final String database;
    private final String table;
    private final String ledger;
    private final MySqlWriter writer;
    private final Set<TableId> transactional = new HashSet<>();
    private boolean isTableThere;

    private MySqlLedgerWriter(TargetConfig.MySql config, LedgerWriters.Seat seat) {
        this.name = config.name();
        this.database = config.database();
        this.table = TableStatements.quoted(ledgerDatabase()) + "." + TableStatements.quoted(TABLE);
        this.ledger = seat.ledger();
        this.writer = new MySqlWriter(config);
    }

    /** Returns what opens a writer of this target. */
    public static LedgerWriters of(TargetConfig.MySql config) {
        return seat -> new MySqlLedgerWriter(config, seat);
    }

    private String ledgerDatabase() {
        return database == null ? DEFAULT_DATABASE : database;
    }

    private String ddl() {
        return "CREATE TABLE IF NOT EXISTS " + table
                + " (ledger VARCHAR(128) CHARACTER SET ascii NOT NULL, lane SMALLINT NOT NULL, position BIGINT NOT NULL,"
                + " PRIMARY KEY (ledger, lane)) ENGINE=InnoDB";
    }

    @Override
    public Map<Integer, Long> positions(Collection<Integer> lanes) throws InterruptedException {
        var found = new HashMap<Integer, Long>();
        writer.write(List.of(), connection -> {
            createTable(connection);
            // So that there is a row to lock for each lane.
            execute(
                    connection,
                    lanes.stream()
                            .map(lane -> "('" + ledger + "'," + lane + "," + LaneBatch.NONE + ")")
                            .collect(joining(
                                    ",", "INSERT IGNORE INTO " + table + " (ledger, lane, position) VALUES ", "")));
            found.putAll(locked(connection, lanes));
        });
        found.values().removeIf(position -> position == LaneBatch.NONE);
        return found;
    }

    private void createTable(Connection connection) throws SQLException {
        if (isTableThere) {
            return;
        }
        if (!exists(connection)) {
            try {
                if (database == null) {
                    execute(connection, "CREATE DATABASE IF NOT EXISTS " + TableStatements.quoted(DEFAULT_DATABASE));
                }
                execute(connection, ddl());
            } catch (SQLException e) {
                if (MySqlErrors.answer(e).code().category() == ErrorCode.Category.TARGET_RETRYABLE) {
                    throw e;
                }
                throw new GravityException(
                        ErrorCode.TARGET_MISCONFIGURED,
                        "target " + name + ": consistency strong needs the table " + table
                                + ", which can't be created: " + e.getMessage()
                                + ". Let the target's user create it, or create it by hand: " + ddl(),
                        e);
            }
        }
        checkTransactional(connection, Set.of(new TableId(ledgerDatabase(), TABLE)));
        isTableThere = true;
    }

    private boolean exists(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(
                "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = ?")) {
            statement.setString(1, ledgerDatabase());
            statement.setString(2, TABLE);
            try (var rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Map<Integer, Long> locked(Connection connection, Collection<Integer> lanes) throws SQLException {
        var positions = new HashMap<Integer, Long>();
        var list = lanes.stream().map(String::valueOf).collect(joining(","));
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT lane, position FROM " + table + " WHERE ledger = '" + ledger
                        + "' AND lane IN (" + list + ") FOR UPDATE")) {
            while (rows.next()) {
                positions.put(rows.getInt(1), rows.getLong(2));
            }
        }
        return positions;
    }

    @Override
    public void commit(List<LaneBatch> batch) throws InterruptedException {
        var changes = LaneBatch.changes(batch);
        var tables = new HashSet<TableId>();
        changes.forEach(change -> tables.add(writer.tableOf(change)));
        writer.write(changes, connection -> {
            checkTransactional(connection, tables);
            move(connection, batch);
        });
    }

    private void move(Connection connection, List<LaneBatch> batch) throws SQLException {
        var found = locked(connection, batch.stream().map(LaneBatch::lane).toList());
        for (var one : batch) {
            if (!Long.valueOf(one.expected()).equals(found.get(one.lane()))) {
                throw new GravityException(
                        ErrorCode.TARGET_BUSY,
                        "target " + name + ": " + table + " says " + found.get(one.lane()) + " of lane " + one.lane()
                                + ", expected " + one.expected()
                                + ". An earlier task may have written last; it is read again.");
            }
        }
        execute(
                connection,
                batch.stream()
                        .map(one -> "('" + ledger + "'," + one.lane() + "," + one.to() + ")")
                        .collect(joining(
                                ",",
                                "INSERT INTO " + table + " (ledger, lane, position) VALUES ",
                                " ON DUPLICATE KEY UPDATE position = VALUES(position)")));
    }

    /** What an engine without transactions has written stays written when the ledger's entry is rolled back. */
    private void checkTransactional(Connection connection, Set<TableId> tables) throws SQLException {
        for (var one : tables) {
            if (transactional.contains(one)) {
                continue;
            }
            try (var statement = connection.prepareStatement("SELECT t.engine FROM information_schema.tables t"
                    + " LEFT JOIN information_schema.engines e ON e.engine = t.engine"
                    + " WHERE t.table_schema = ? AND t.table_name = ? AND t.engine IS NOT NULL"
                    + " AND COALESCE(e.transactions, 'NO') <> 'YES'")) {
                statement.setString(1, one.database());
                statement.setString(2, one.name());
                try (var rows = statement.executeQuery()) {
                    if (rows.next()) {
                        throw new GravityException(
                                ErrorCode.TARGET_MISCONFIGURED,
                                "target " + name + ": table " + one + " has the engine " + rows.getString(1)
                                        + ", expected one with transactions for consistency strong: ALTER TABLE " + one
                                        + " ENGINE=InnoDB, or set consistency: eventual.");
                    }
                }
            }
            transactional.add(one);
        }
    }

    @Override
    public boolean followsTables() {
        return true;
    }

    @Override
    public void close() {
        writer.close();
    }
}
