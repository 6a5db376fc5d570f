package io.gravity.local.verify;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Measures one target: a thread writes probe rows at their source, another looks for them in the target. */
final class TargetProbe implements AutoCloseable {
    /** So many rows are written in turn: the first time inserted, then updated. */
    private static final int ROWS = 200;

    private static final long INTERVAL_MILLIS = 50;
    private static final long RECONNECT_MILLIS = 500;

    /** A probe under way: when its commit was sent, and how many changes were committed at the source before. */
    private record Sent(long row, long nanos, long changesBefore) {}

    private final ProbeTable table;
    private final String level;
    private final long firstRow;
    private final Callable<Connection> source;
    private final Callable<Sight> target;
    private final long lookMillis;
    private final LongSupplier changes;

    private final Latencies latencies = new Latencies();
    private final Map<Long, Sent> sent = new ConcurrentHashMap<>();
    /** Opened when the target is looked at: a topic is read from its end on, so a probe written before is never seen. */
    private final CountDownLatch looking = new CountDownLatch(1);

    private final CountDownLatch stopWriting = new CountDownLatch(1);
    private final CountDownLatch stopLooking = new CountDownLatch(1);
    private final Thread writer;
    private final Thread looker;

    /**
     * @param level for tables with levels
     * @param firstRow key of the first row to write
     * @param lookMillis pause between two looks
     * @param changes how many changes were committed so far in the tables that the target receives
     */
    TargetProbe(
            String name,
            ProbeTable table,
            String level,
            long firstRow,
            Callable<Connection> source,
            Callable<Sight> target,
            long lookMillis,
            LongSupplier changes) {
        this.table = table;
        this.level = level;
        this.firstRow = firstRow;
        this.source = source;
        this.target = target;
        this.lookMillis = lookMillis;
        this.changes = changes;
        this.writer = new Thread(this::write, "probe-write-" + name);
        this.looker = new Thread(this::look, "probe-look-" + name);
    }

    void start() {
        for (var thread : new Thread[] {looker, writer}) {
            thread.setDaemon(true);
            thread.start();
        }
    }

    Latencies latencies() {
        return latencies;
    }

    /** Changes committed at the source since the oldest probe that is not visible yet. */
    long behind() {
        return sent.values().stream()
                .mapToLong(one -> Math.max(0, changes.getAsLong() - one.changesBefore()))
                .max()
                .orElse(0);
    }

    /** Probes not visible yet. */
    int pending() {
        return sent.size();
    }

    /** Stops writing, and looking as soon as all is seen or the time is over; what is not seen then counts as that late. */
    void stop(Duration patience) throws InterruptedException {
        stopWriting.countDown();
        writer.join();
        long end = System.nanoTime() + patience.toNanos();
        while (!sent.isEmpty() && System.nanoTime() < end) {
            stopLooking.await(lookMillis, TimeUnit.MILLISECONDS);
        }
        stopLooking.countDown();
        looker.join();
        sent.values().forEach(one -> latencies.record(System.nanoTime() - one.nanos()));
        sent.clear();
    }

    @Override
    public void close() throws InterruptedException {
        stop(Duration.ZERO);
    }

    private void write() {
        // Numbers grow from one run to the next, for rows that an earlier run left.
        var next = new AtomicLong(System.currentTimeMillis() * 1_000);
        until(stopWriting, () -> {
            if (!looking.await(RECONNECT_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
            try (var connection = source.call();
                    var upsert = connection.prepareStatement(table.upsert())) {
                connection.setAutoCommit(false);
                do {
                    write(connection, upsert, next.getAndIncrement());
                } while (!stopWriting.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS));
            }
        });
    }

    private void write(Connection connection, PreparedStatement upsert, long number) throws SQLException {
        long row = firstRow + number % ROWS;
        upsert.setLong(1, row);
        upsert.setString(2, ProbeTable.mark(number));
        upsert.setString(3, level);
        upsert.setString(4, ProbeTable.mark(number));
        upsert.setString(5, level);
        upsert.executeUpdate();
        long before = changes.getAsLong();
        sent.put(number, new Sent(row, System.nanoTime(), before));
        try {
            connection.commit();
        } catch (SQLException e) {
            sent.remove(number);
            throw e;
        }
    }

    private void look() {
        until(stopLooking, () -> {
            try (var sight = target.call()) {
                looking.countDown();
                while (!stopLooking.await(lookMillis, TimeUnit.MILLISECONDS)) {
                    var rows = sent.values().stream().map(Sent::row).collect(Collectors.toSet());
                    if (!rows.isEmpty()) {
                        sight.look(rows, this::seen);
                    }
                }
            }
        });
    }

    private void seen(long row, long number) {
        long now = System.nanoTime();
        sent.entrySet().removeIf(one -> {
            var probe = one.getValue();
            boolean visible = probe.row() == row && one.getKey() <= number;
            if (visible) {
                latencies.record(now - probe.nanos());
            }
            return visible;
        });
    }

    private interface Work {
        void run() throws Exception;
    }

    /** Repeats work that ends by an exception, as when a server is away, until stopped. */
    private static void until(CountDownLatch stop, Work work) {
        try {
            while (stop.getCount() > 0) {
                try {
                    work.run();
                } catch (InterruptedException e) {
                    throw e;
                } catch (Exception e) {
                    stop.await(RECONNECT_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
