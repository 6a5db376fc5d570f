package io.gravity.benchmarks;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts rows of the run that is under way and times it from the first row to the last. One for the JVM, since the job's
 * tasks run in it and are created by Flink.
 */
final class Meter {
    static final Meter INSTANCE = new Meter();

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private long rows;
    private long firstNanos;
    private long lastNanos;

    private Meter() {}

    /** Returns the one in the middle; sorts the array. */
    static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    synchronized void reset() {
        rows = 0;
    }

    synchronized void add(long more) {
        lastNanos = System.nanoTime();
        if (rows == 0) {
            firstNanos = lastNanos;
        }
        rows += more;
    }

    synchronized long rows() {
        return rows;
    }

    /** Waits for so many rows and returns the rate; throws if they do not come. */
    double awaitRowsPerSecond(long expected, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (rows() < expected) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("only " + rows() + " of " + expected + " rows within " + limit);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        synchronized (this) {
            return rows * 1e9 / Math.max(1, lastNanos - firstNanos);
        }
    }
}
