package io.gravity.local.kill;

import io.gravity.local.server.DatabaseServer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Adds rows to a source's log and counts its counters up by one at a time, and knows how often it did. */
final class CountingLoad implements AutoCloseable {
    private static final int TICKS_PER_SECOND = 20;

    private final DatabaseServer server;
    private final String source;
    private final int changesPerTick;
    private final Random random = new Random(1);
    private final Map<Long, Long> log = new HashMap<>();
    private final Map<Long, Long> counters = new HashMap<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private Future<?> ticks;
    private int steps;

    CountingLoad(DatabaseServer server, String source, int counters, int changesPerSecond) {
        this.server = server;
        this.source = source;
        this.changesPerTick = Math.max(1, changesPerSecond / TICKS_PER_SECOND);
        for (long id = 0; id < counters; id++) {
            this.counters.put(id, 0L);
        }
    }

    void start() {
        ticks = thread.scheduleAtFixedRate(this::tick, 0, 1_000 / TICKS_PER_SECOND, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        try (var connection = server.connect("shop");
                var add = connection.prepareStatement("INSERT INTO log_" + source + " VALUES (?, ?)");
                var step = connection.prepareStatement("UPDATE counter_" + source + " SET n = n + 1 WHERE id = ?")) {
            for (int i = 0; i < changesPerTick; i++) {
                if (random.nextBoolean()) {
                    add(add, log.size());
                } else {
                    step(step, random.nextInt(counters.size()));
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the load on " + source + " failed", e);
        }
    }

    private void add(PreparedStatement statement, long id) throws SQLException {
        statement.setLong(1, id);
        statement.setLong(2, id * 3);
        statement.executeUpdate();
        log.put(id, id * 3);
    }

    private void step(PreparedStatement statement, long id) throws SQLException {
        statement.setLong(1, id);
        statement.executeUpdate();
        counters.merge(id, 1L, Long::sum);
        steps++;
    }

    /** Ends the load; the numbers are final from then on. */
    void stop() throws Exception {
        ticks.cancel(false);
        thread.submit(() -> {}).get();
    }

    /** The rows of the log. */
    Map<Long, Long> log() {
        return log;
    }

    /** Where each counter stands. */
    Map<Long, Long> counters() {
        return counters;
    }

    int rows() {
        return log.size();
    }

    int steps() {
        return steps;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
