package io.gravity.benchmarks;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The changes of one run: every key is inserted once, then random ones are updated, each on the row that stands. A thread
 * of its own makes them ahead, so that the task that is measured finds them ready.
 *
 * <p>One for the JVM at a time, since the job's tasks run in it and are created by Flink.
 */
final class StateLoad {
    static final TableId TABLE = new TableId("bench", "orders");
    /** The measured updates are timed in so many parts, after one more that is not. */
    static final int PARTS = 5;

    private static final int BLOCK = 2000;
    private static final ChangeEvent[] END = {};
    private static final LocalDateTime CREATED = LocalDateTime.of(2026, 1, 2, 3, 4, 5, 678_901_000);
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    column("id", Kind.INTEGER, "BIGINT"),
                    column("customer", Kind.INTEGER, "INT"),
                    column("status", Kind.TEXT, "VARCHAR"),
                    column("amount", Kind.DECIMAL, "DECIMAL"),
                    column("quantity", Kind.INTEGER, "INT"),
                    column("note", Kind.TEXT, "VARCHAR"),
                    column("email", Kind.TEXT, "VARCHAR"),
                    column("created_at", Kind.DATETIME, "DATETIME"),
                    column("updated_at", Kind.DATETIME, "DATETIME"),
                    column("f", Kind.DOUBLE, "DOUBLE")),
            0);

    private static volatile StateLoad current;

    private final int keys;
    private final int updates;
    private final String[] sources;
    private final int[] versions;
    private final Random random = new Random(1);
    private final BlockingQueue<ChangeEvent[]> ready = new ArrayBlockingQueue<>(16);
    private final CountDownLatch over = new CountDownLatch(1);
    private final long[] cpuNanos = new long[PARTS + 2];
    private final long[] wallNanos = new long[PARTS + 2];
    private long timeMicros = 1_767_225_600_000_000L;
    private long taken;
    private int marks;

    private StateLoad(int keys, int updates, List<String> sources) {
        this.keys = keys;
        this.updates = updates;
        this.sources = sources.toArray(new String[0]);
        this.versions = new int[keys];
    }

    /** Begins to make changes; they wait until the job takes them. */
    static StateLoad start(int keys, int updates, List<String> sources) {
        var load = new StateLoad(keys, updates, sources);
        current = load;
        var thread = new Thread(load::make, "load");
        thread.setDaemon(true);
        thread.start();
        return load;
    }

    static StateLoad current() {
        return current;
    }

    private static Column column(String name, Kind kind, String type) {
        return new Column(name, ColumnType.of(kind, type), true);
    }

    private void make() {
        try {
            var block = new ChangeEvent[BLOCK];
            int size = 0;
            long total = total();
            for (long n = 0; n < total; n++) {
                block[size++] = n < keys ? change((int) n, n) : change(random.nextInt(keys), n);
                if (size == BLOCK || n == total - 1) {
                    ready.put(size == BLOCK ? block : java.util.Arrays.copyOf(block, size));
                    block = new ChangeEvent[BLOCK];
                    size = 0;
                }
            }
            ready.put(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long total() {
        return keys + (long) updates / PARTS * (PARTS + 1);
    }

    private ChangeEvent change(int key, long n) {
        int version = versions[key]++;
        timeMicros += 10;
        return ChangeEvent.captured(
                sources[(int) ((n * 31 + key) % sources.length)],
                TABLE,
                TABLE,
                version == 0 ? Operation.INSERT : Operation.UPDATE,
                SCHEMA,
                version == 0 ? null : row(key, version - 1),
                row(key, version),
                timeMicros,
                new SourcePosition(3, n / 100 * 25_000, n % 100 + 2, 1),
                timeMicros);
    }

    private static Row row(int key, int version) {
        return Row.of(
                (long) key,
                key % 100_000L,
                version % 2 == 0 ? "pending" : "paid",
                BigDecimal.valueOf(version * 100L + 25, 2),
                version % 7L,
                "note of order " + key + " that says a little more",
                "customer" + key + "@example.com",
                CREATED,
                CREATED.plusSeconds(version),
                key + 0.5);
    }

    /** Returns the next changes, none at the end; called by the task. */
    ChangeEvent[] take() throws InterruptedException {
        if (taken >= keys + (long) updates / PARTS * marks && marks < PARTS + 2) {
            cpuNanos[marks] = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            wallNanos[marks] = System.nanoTime();
            marks++;
        }
        var block = ready.take();
        taken += block.length;
        if (block.length == 0) {
            over.countDown();
        }
        return block;
    }

    /** Waits until the last change has been taken; returns whether that came in time. */
    boolean await(long seconds) throws InterruptedException {
        return over.await(seconds, TimeUnit.SECONDS);
    }

    /** Returns the median rate of the parts by the task thread's CPU time. */
    double perCpuSecond() {
        return median(cpuNanos);
    }

    double perSecond() {
        return median(wallNanos);
    }

    private double median(long[] nanos) {
        var rates = new double[PARTS];
        for (int i = 0; i < PARTS; i++) {
            rates[i] = (double) updates / PARTS * 1e9 / (nanos[i + 2] - nanos[i + 1]);
        }
        return Meter.median(rates);
    }
}
