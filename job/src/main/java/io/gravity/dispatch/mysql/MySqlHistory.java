package io.gravity.dispatch.mysql;

import io.gravity.dispatch.schema.History;
import io.gravity.dispatch.schema.History.Version;
import io.gravity.dispatch.schema.VersionText;
import io.gravity.event.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;

/**
 * The history of the target's tables, kept in its table {@code gravity_schema}: in the target's database, or in one
 * called {@code gravity} if the target writes into several. It is created unless it exists. Rows are added when a
 * source's table first shows and with each of its DDLs, and never removed.
 */
final class MySqlHistory {
    private static final String TABLE = "gravity_schema";
    static final String DEFAULT_DATABASE = "gravity";

    private final String database;
    private final String table;
    private volatile boolean isThere;

    /** @param database {@code null} if the target writes into several */
    MySqlHistory(String database) {
        this.database = database;
        this.table = TableStatements.quoted(database == null ? DEFAULT_DATABASE : database) + "."
                + TableStatements.quoted(TABLE);
    }

    String ddl() {
        return "CREATE TABLE IF NOT EXISTS " + table
                + " (target_table VARCHAR(130) NOT NULL, source VARCHAR(64) NOT NULL,"
                + " source_table VARCHAR(130) NOT NULL, position VARCHAR(80) NOT NULL, table_columns MEDIUMTEXT NOT NULL,"
                + " PRIMARY KEY (target_table, source, source_table, position))"
                + " ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
    }

    History read(Connection connection, TableId target) throws SQLException {
        create(connection);
        var versions = new ArrayList<Version>();
        try (var statement = connection.prepareStatement(
                "SELECT source, source_table, position, table_columns FROM " + table + " WHERE target_table = ?")) {
            statement.setString(1, target.toString());
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    versions.add(VersionText.read(
                            rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4)));
                }
            }
        }
        connection.commit();
        return History.of(versions);
    }

    /** Writes a version down; another one that was faster has written the same. */
    void add(Connection connection, TableId target, Version version) throws SQLException {
        try (var statement = connection.prepareStatement("INSERT IGNORE INTO " + table + " VALUES (?,?,?,?,?)")) {
            statement.setString(1, target.toString());
            statement.setString(2, version.feeder().source());
            statement.setString(3, version.feeder().table().toString());
            statement.setString(4, VersionText.position(version));
            statement.setString(5, VersionText.columns(version));
            statement.executeUpdate();
        }
        connection.commit();
    }

    private void create(Connection connection) throws SQLException {
        if (isThere) {
            return;
        }
        try (var statement = connection.createStatement()) {
            if (database == null) {
                statement.execute(MySqlDdl.createDatabase(DEFAULT_DATABASE));
            }
            statement.execute(ddl());
        }
        isThere = true;
    }
}
