package io.gravity.dispatch.mysql;

import io.gravity.dispatch.TargetConfig;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.types.OriginTable;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Begins each transaction of a target with a row that names the job's origin, so that whoever reads the binlog knows
 * whose the rows behind it are. The table is created unless it exists. Costs a statement and a row for each batch.
 *
 * <p>A session's server id, or MariaDB's GTID domain, would tell the same without a row, but only to those who may do
 * almost everything on the server.
 */
final class OriginMark implements MySqlWriter.Preface {
    /** As many transactions can run at once without waiting for each other; connections number on. */
    private static final int SLOTS = 1024;

    private static final String TABLE =
            TableStatements.quoted(OriginTable.ID.database()) + "." + TableStatements.quoted(OriginTable.ID.name());
    private static final String DDL = "CREATE TABLE IF NOT EXISTS " + TABLE + " (" + OriginTable.ORIGIN + " VARCHAR("
            + OriginTable.LONGEST_ORIGIN + ") CHARACTER SET ascii NOT NULL, " + OriginTable.SLOT
            + " SMALLINT NOT NULL, " + OriginTable.WRITES + " BIGINT NOT NULL, PRIMARY KEY (" + OriginTable.ORIGIN
            + ", " + OriginTable.SLOT + ")) ENGINE=InnoDB";

    private final String target;
    private final String sql;
    private volatile boolean isTableThere;

    private OriginMark(TargetConfig.MySql config) {
        this.target = config.name();
        this.sql = "INSERT INTO " + TABLE + " VALUES ('" + config.origin().name() + "', CONNECTION_ID() % " + SLOTS
                + ", 1) ON DUPLICATE KEY UPDATE " + OriginTable.WRITES + " = " + OriginTable.WRITES + " + 1";
    }

    /** Returns what begins the transactions of a target; nothing if it has no origin. */
    static MySqlWriter.Preface of(TargetConfig.MySql config) {
        return config.origin() == null ? connection -> {} : new OriginMark(config);
    }

    @Override
    public void write(Connection connection) throws SQLException {
        if (!isTableThere) {
            createTable(connection);
            isTableThere = true;
        }
        execute(connection, sql);
    }

    private void createTable(Connection connection) throws SQLException {
        if (exists(connection)) {
            return;
        }
        try {
            execute(connection, "CREATE DATABASE IF NOT EXISTS " + TableStatements.quoted(OriginTable.ID.database()));
            execute(connection, DDL);
        } catch (SQLException e) {
            if (MySqlErrors.answer(e).code().category() == ErrorCode.Category.TARGET_RETRYABLE) {
                throw e;
            }
            throw new GravityException(
                    ErrorCode.TARGET_MISCONFIGURED,
                    "target " + target + ": a job with an origin needs the table " + TABLE
                            + ", which can't be created: " + e.getMessage() + ". Let the target's user create it, or"
                            + " create database and table by hand, and GRANT SELECT, INSERT, UPDATE ON " + TABLE + ": "
                            + DDL,
                    e);
        }
    }

    private static boolean exists(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(
                "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = ?")) {
            statement.setString(1, OriginTable.ID.database());
            statement.setString(2, OriginTable.ID.name());
            try (var rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private static void execute(Connection connection, String statementText) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(statementText);
        }
    }
}
