package io.gravity.local.server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * One running MySQL-compatible server, used as a source or as a target.
 *
 * <p>Binary log on, rows in full, UTC, utf8mb4. What was committed is there after {@link #kill()}
 * and {@link #restart()}; a crash of the whole machine may lose it, since nothing is synced to disk.
 */
public interface DatabaseServer extends AutoCloseable {
    /** The name given at start, for messages. */
    String name();

    /** Where it listens; 127.0.0.1 for servers started here. */
    String host();

    /** The TCP port; the same over restarts. */
    int port();

    /** The user for a job: reads the binary log, and may write everywhere. */
    String user();

    String password();

    /** The user for a test: may do everything, also grant. */
    String adminUser();

    String adminPassword();

    /** JDBC address of a database; no credentials in it. */
    String jdbcUrl(String database);

    /** SIGKILL to the whole process tree; returns when it is gone. */
    void kill();

    /** Kills the server if it lives, and starts it on the same data and the same port. */
    void restart();

    /** SIGSTOP: connections stay open, nothing is answered. */
    void pause();

    /** SIGCONT: ends {@link #pause()}. */
    void resume();

    /** Whether the process exists; for an external server whether it accepts connections. */
    boolean isAlive();

    /** Stops a server that was started here; its data stays. An external one is left alone. */
    @Override
    void close();

    /** JDBC address of the server without a database. */
    default String rootUrl() {
        return jdbcUrl("");
    }

    /** A new connection of the admin, to no database. */
    default Connection connect() throws SQLException {
        return connect("");
    }

    /** A new connection of the admin to a database. */
    default Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), adminUser(), adminPassword());
    }

    /** Runs statements as the admin, each on its own, in one connection. */
    default void execute(String... statements) throws SQLException {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Returns the first column of what the admin's query yields, as texts. */
    default List<String> query(String sql) throws SQLException {
        try (var connection = connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var values = new ArrayList<String>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }
}
