package io.gravity.local.group;

import io.gravity.local.server.DatabaseServer;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** Counts rows of the source up, one at random at a time, until it is closed. */
final class CounterLoad implements AutoCloseable {
    static final int ROWS = 200;

    private static final long PAUSE_NANOS = 1_000_000;

    private final DatabaseServer source;
    private final Thread thread = new Thread(this::run, "counter-load");
    private volatile boolean ended;
    private volatile SQLException problem;

    private CounterLoad(DatabaseServer source) {
        this.source = source;
    }

    static void preload(DatabaseServer source) throws SQLException {
        for (int id = 0; id < ROWS; id++) {
            source.execute("INSERT INTO " + History.TABLE + " VALUES (" + id + ", 0)");
        }
    }

    static CounterLoad start(DatabaseServer source) {
        var load = new CounterLoad(source);
        load.thread.start();
        return load;
    }

    private void run() {
        var random = new Random(1);
        try (var connection = source.connect();
                var statement = connection.prepareStatement(
                        "UPDATE " + History.TABLE + " SET value = value + 1 WHERE id = ?")) {
            while (!ended) {
                statement.setInt(1, random.nextInt(ROWS));
                statement.executeUpdate();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (SQLException e) {
            problem = e;
        }
    }

    static Map<Integer, Long> values(DatabaseServer source) throws SQLException {
        var values = new HashMap<Integer, Long>();
        try (var connection = source.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT id, value FROM " + History.TABLE)) {
            while (rows.next()) {
                values.put(rows.getInt(1), rows.getLong(2));
            }
        }
        return values;
    }

    @Override
    public void close() throws InterruptedException, SQLException {
        ended = true;
        thread.join();
        if (problem != null) {
            throw problem;
        }
    }
}
