package io.gravity.error;

import java.io.Serializable;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before trying again: doubles from {@code first} up to {@code max}, less up to a quarter of jitter. */
public record Backoff(Duration first, Duration max) implements Serializable {
    private static final int MAX_DOUBLINGS = 30;

    /** Returns the pause before the n-th attempt after a failure, n from 1. */
    public long millis(int failures, RandomGenerator random) {
        int doublings = Math.min(failures - 1, MAX_DOUBLINGS);
        long full = Math.min(max.toMillis(), first.toMillis() << doublings);
        if (full < first.toMillis()) {
            full = max.toMillis();
        }
        return Math.max(1, full - random.nextLong(full / 4 + 1));
    }
}
