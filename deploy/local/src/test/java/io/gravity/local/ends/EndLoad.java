package io.gravity.local.ends;

import io.gravity.local.server.DatabaseServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The application at one end. It writes hot rows, which the other end writes as well, and adds one to a counter of its
 * own, which nobody else writes: a write that comes back over it would show, as additions would be lost.
 */
final class EndLoad implements AutoCloseable {
    static final int KEYS = 200;

    private static final int TICK_MILLIS = 10;

    private final Connection connection;
    private final Statement statement;
    private final String end;
    private final Random random;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private volatile long changes;
    private volatile long additions;
    private volatile Exception problem;

    EndLoad(DatabaseServer server, String end, long seed) throws SQLException {
        // The server then tells how many rows have changed, and not how many it has found.
        connection = DriverManager.getConnection(
                server.jdbcUrl("shop") + "&useAffectedRows=true", server.adminUser(), server.adminPassword());
        statement = connection.createStatement();
        this.end = end;
        random = new Random(seed);
    }

    static String[] tables() {
        return new String[] {
            "CREATE DATABASE shop",
            "CREATE TABLE shop.hot (id INT NOT NULL PRIMARY KEY, note VARCHAR(40), changed_at DATETIME(6) NOT NULL)",
            "CREATE TABLE shop.counters (name VARCHAR(10) NOT NULL PRIMARY KEY, n BIGINT NOT NULL,"
                    + " changed_at DATETIME(6) NOT NULL)"
        };
    }

    /** Inserts rows that the other end does not have, and the counter. */
    void preload(int fromId, int toId) throws SQLException {
        changes += toId - fromId + 2;
        for (int id = fromId; id <= toId; id++) {
            statement.execute("INSERT INTO hot VALUES (" + id + ", '" + end + " at first', UTC_TIMESTAMP(6))");
        }
        statement.execute("INSERT INTO counters VALUES ('" + end + "', 0, UTC_TIMESTAMP(6))");
    }

    void start() {
        start(true);
    }

    /** Begins to write the counter alone. */
    void startCounting() {
        start(false);
    }

    private void start(boolean writesHotRows) {
        var unused = clock.scheduleAtFixedRate(() -> tick(writesHotRows), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick(boolean writesHotRows) {
        if (problem != null) {
            return;
        }
        try {
            changes += writesHotRows && run(next()) > 0 ? 1 : 0;
            if (run("UPDATE counters SET n = n + 1, changed_at = UTC_TIMESTAMP(6) WHERE name = '" + end + "'") > 0) {
                changes++;
                additions++;
            }
        } catch (SQLException e) {
            problem = e;
        }
    }

    /** A transaction of Gravity may hold the row. */
    private int run(String sql) throws SQLException {
        while (true) {
            try {
                return statement.executeUpdate(sql);
            } catch (SQLException e) {
                boolean isDeadlock = e.getErrorCode() == 1213 || e.getErrorCode() == 1205;
                if (!isDeadlock) {
                    throw e;
                }
            }
        }
    }

    private String next() {
        int id = 1 + random.nextInt(KEYS);
        var note = "'" + end + " " + Long.toHexString(random.nextLong()) + "'";
        return switch (random.nextInt(6)) {
            case 0 -> "DELETE FROM hot WHERE id = " + id;
            case 1, 2 ->
                "INSERT INTO hot (id, note, changed_at) VALUES (" + id + ", " + note + ", UTC_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE note = "
                        + note + ", changed_at = UTC_TIMESTAMP(6)";
            default -> "UPDATE hot SET note = " + note + ", changed_at = UTC_TIMESTAMP(6) WHERE id = " + id;
        };
    }

    /** Rows changed, by the server's word, those of the beginning included. */
    long changes() {
        return changes;
    }

    /** What the counter has to be. */
    long additions() {
        return additions;
    }

    /** Ends the load; returns when the last change is committed. */
    void stop() throws Exception {
        clock.shutdown();
        if (!clock.awaitTermination(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the load of " + end + " does not end");
        }
        if (problem != null) {
            throw problem;
        }
    }

    @Override
    public void close() throws SQLException {
        clock.shutdownNow();
        connection.close();
    }
}
