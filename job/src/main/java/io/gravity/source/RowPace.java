package io.gravity.source;

/** How fast rows are read: so many a second on average, with no credit for time in which nothing was read. */
final class RowPace {
    private static final double NANOS = 1e9;

    private final double rowsPerSecond;
    private long freeNanos;
    private boolean isBegun;

    /** Creates a pace; 0 rows a second mean as fast as they come. */
    RowPace(double rowsPerSecond) {
        this.rowsPerSecond = rowsPerSecond;
    }

    /** Notes rows that were read. */
    void passed(int rows, long nowNanos) {
        if (rowsPerSecond > 0) {
            long from = isBegun && freeNanos - nowNanos > 0 ? freeNanos : nowNanos;
            freeNanos = from + (long) (rows / rowsPerSecond * NANOS);
            isBegun = true;
        }
    }

    /** Returns how long to wait before more are read; 0 or less for not at all. */
    long pauseNanos(long nowNanos) {
        return isBegun ? freeNanos - nowNanos : 0;
    }
}
