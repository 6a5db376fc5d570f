package io.gravity.local.load;

import java.util.concurrent.TimeUnit;

/**
 * How long to wait so that a rate is kept on average. Whoever ran ahead (a burst) waits longer; whoever fell behind by
 * more than a second (a server was away) does not catch up.
 */
final class Pace {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

    private final double nanosPerChange;
    private long due;

    Pace(double changesPerSecond, long nowNanos) {
        this.nanosPerChange = TimeUnit.SECONDS.toNanos(1) / changesPerSecond;
        this.due = nowNanos;
    }

    /** Counts changes as done and returns the nanoseconds until the next may start; 0 or less for at once. */
    long done(int changes, long nowNanos) {
        due = Math.max(due + Math.round(changes * nanosPerChange), nowNanos - PATIENCE);
        return due - nowNanos;
    }
}
