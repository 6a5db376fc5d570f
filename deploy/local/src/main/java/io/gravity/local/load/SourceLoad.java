package io.gravity.local.load;

import io.gravity.local.server.DatabaseServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Writes the transactions of one source over one connection, in the thread that calls it. */
final class SourceLoad {
    private static final long RECONNECT_MILLIS = 100;
    private static final double SECONDS_BETWEEN_BURSTS = 5;
    /** A burst is what the rate allows in this time, at once. */
    private static final double SECONDS_OF_BURST = 0.5;

    private final SourceModel model;
    private final DatabaseServer server;
    private CountDownLatch stop;
    private final Map<String, LongAdder> committed = new ConcurrentHashMap<>();
    private final AtomicLong reconnects = new AtomicLong();

    SourceLoad(SourceModel model, DatabaseServer server) {
        this.model = model;
        this.server = server;
        model.tables().forEach(table -> committed.put(table, new LongAdder()));
    }

    String source() {
        return model.source();
    }

    /** Changes whose commit the server confirmed, per {@code database.table}; preloaded rows are not counted. */
    Map<String, LongAdder> committed() {
        return committed;
    }

    long reconnects() {
        return reconnects.get();
    }

    void preload(long rowsPerTable) throws SQLException {
        try (var connection = open()) {
            for (var transaction : model.preload(rowsPerTable)) {
                execute(connection, transaction);
            }
        }
    }

    /** Drives until the latch opens; waits for a server that is away. */
    void drive(double changesPerSecond, CountDownLatch untilOpen) {
        stop = untilOpen;
        var pace = new Pace(changesPerSecond, System.nanoTime());
        boolean certain = true;
        while (!stopped(0)) {
            try (var connection = open()) {
                if (!certain) {
                    model.reload(connection);
                }
                drive(connection, pace, changesPerSecond);
            } catch (SQLException e) {
                certain = false;
                reconnects.incrementAndGet();
                if (stopped(TimeUnit.MILLISECONDS.toNanos(RECONNECT_MILLIS))) {
                    return;
                }
            }
        }
    }

    private void drive(Connection connection, Pace pace, double changesPerSecond) throws SQLException {
        long untilBurst = (long) (changesPerSecond * SECONDS_BETWEEN_BURSTS);
        long left = untilBurst;
        long wait = 0;
        while (!stopped(wait)) {
            boolean bursts = left <= 0;
            int done = bursts
                    ? burst(connection, (long) (changesPerSecond * SECONDS_OF_BURST))
                    : commit(connection, model.next());
            left = bursts ? untilBurst : left - done;
            wait = pace.done(done, System.nanoTime());
        }
    }

    private int burst(Connection connection, long size) throws SQLException {
        int done = 0;
        while (done < size && !stopped(0)) {
            done += commit(connection, model.burst());
        }
        return Math.max(done, 1);
    }

    private int commit(Connection connection, Transaction transaction) throws SQLException {
        execute(connection, transaction);
        transaction.changes().forEach((table, changes) -> committed.get(table).add(changes));
        return transaction.size();
    }

    private static void execute(Connection connection, Transaction transaction) throws SQLException {
        try (var statement = connection.createStatement()) {
            boolean rows = statement.execute(transaction.script());
            while (rows || statement.getUpdateCount() != -1) {
                rows = statement.getMoreResults();
            }
        }
    }

    private Connection open() throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", server.adminUser());
        properties.setProperty("password", server.adminPassword());
        properties.setProperty("allowMultiQueries", "true");
        properties.setProperty("characterEncoding", "UTF-8");
        properties.setProperty("connectionTimeZone", "UTC");
        properties.setProperty("forceConnectionTimeZoneToSession", "true");
        properties.setProperty("connectTimeout", "2000");
        properties.setProperty("socketTimeout", "60000");
        return DriverManager.getConnection(server.rootUrl(), properties);
    }

    /** Waits that long unless stopped before, and returns whether it is. */
    private boolean stopped(long nanos) {
        try {
            return nanos <= 0 ? stop.getCount() == 0 : stop.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
