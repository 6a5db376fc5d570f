package io.gravity.local.converge;

import io.gravity.local.server.DatabaseServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Writes the hot rows of one source at a steady rate: inserts, updates of some columns, deletes, and inserts again. */
final class HotLoad implements AutoCloseable {
    private static final int TICK_MILLIS = 10;
    private static final int MOST_BEHIND = 20;

    private final Connection connection;
    private final Random random;
    private final String source;
    private final int changesPerTick;
    private final Set<String> live = new HashSet<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private volatile long changes;
    private volatile Exception problem;

    HotLoad(DatabaseServer server, String source, int changesPerSecond, long seed) throws SQLException {
        this.connection = DriverManager.getConnection(
                server.jdbcUrl("hot") + "&allowMultiQueries=true", server.adminUser(), server.adminPassword());
        this.connection.setAutoCommit(false);
        this.source = source;
        this.changesPerTick = changesPerSecond * TICK_MILLIS / 1000;
        this.random = new Random(seed);
    }

    /** Inserts about half of all rows, and then the one row of the gate, which ends what was there before. */
    void preload(int gate) throws SQLException {
        var statements = new ArrayList<String>();
        for (var table : HotTables.ALL) {
            for (int id = 1; id <= HotTables.KEYS_EACH; id++) {
                if (random.nextBoolean()) {
                    statements.add(insert(table, id));
                    live.add(table + id);
                }
            }
        }
        statements.add("INSERT INTO " + HotTables.GATE + " VALUES (" + gate + ", 0, 0, 'open', '" + source + "')");
        run(statements);
    }

    void start() {
        long begin = System.nanoTime();
        long[] ticks = {0};
        var unused = clock.scheduleWithFixedDelay(
                () -> {
                    long due = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin) / TICK_MILLIS;
                    // A slow moment is made up for, so that the rate holds on average.
                    for (int i = 0; i < MOST_BEHIND && ticks[0] < due && problem == null; i++, ticks[0]++) {
                        tick();
                    }
                },
                0,
                TICK_MILLIS / 2,
                TimeUnit.MILLISECONDS);
    }

    long changes() {
        return changes;
    }

    /** Ends the load; returns when the last transaction is committed. */
    void stop() throws Exception {
        clock.shutdown();
        if (!clock.awaitTermination(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the load of " + source + " does not end");
        }
        if (problem != null) {
            throw problem;
        }
    }

    private void tick() {
        var statements = new ArrayList<String>();
        for (int i = 0; i < changesPerTick; i++) {
            statements.add(next());
        }
        try {
            run(statements);
            changes += changesPerTick;
        } catch (SQLException e) {
            problem = e;
        }
    }

    private void run(List<String> statements) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(String.join(";", statements));
            while (statement.getMoreResults() || statement.getUpdateCount() >= 0) {
                // Each statement's result has to be read, or a later one's error goes unnoticed.
            }
        }
        connection.commit();
    }

    private String next() {
        var table = HotTables.ALL.get(random.nextInt(HotTables.ALL.size()));
        int id = 1 + random.nextInt(HotTables.KEYS_EACH);
        if (live.add(table + id)) {
            return insert(table, id);
        }
        if (random.nextInt(6) == 0) {
            live.remove(table + id);
            return "DELETE FROM " + table + " WHERE id = " + id;
        }
        return "UPDATE " + table + " SET " + assignment() + " WHERE id = " + id;
    }

    private String insert(String table, int id) {
        return "INSERT INTO " + table + " VALUES (" + id + ", " + random.nextInt(100) + ", " + peak() + ", " + status()
                + ", " + note() + ")";
    }

    private String assignment() {
        return switch (random.nextInt(5)) {
            case 0 -> "counter = counter + " + (1 + random.nextInt(9));
            case 1 -> "counter = counter - " + (1 + random.nextInt(5)) + ", note = " + note();
            case 2 -> "peak = " + peak() + ", counter = counter + 1";
            case 3 -> "status = " + status() + ", note = " + note();
            default -> "note = " + note();
        };
    }

    private String peak() {
        return random.nextInt(20) == 0 ? "NULL" : Integer.toString(random.nextInt(1_000_000));
    }

    private String status() {
        return "'" + HotTables.STATUSES.get(random.nextInt(HotTables.STATUSES.size())) + "'";
    }

    private String note() {
        return random.nextInt(20) == 0
                ? "CONCAT('ö', UUID_SHORT())"
                : "'" + source + " " + Long.toHexString(random.nextLong()) + "'";
    }

    @Override
    public void close() throws SQLException {
        clock.shutdownNow();
        connection.close();
    }

    static Duration seconds() {
        return Duration.ofSeconds(Integer.getInteger("gravity.convergence.seconds", 60));
    }
}
