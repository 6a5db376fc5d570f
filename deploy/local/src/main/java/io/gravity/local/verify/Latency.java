package io.gravity.local.verify;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Percentiles in milliseconds; NaN if nothing was measured.
 *
 * @param count how many were measured
 */
public record Latency(long count, double p50, double p95, double p99, double max) {

    static Latency of(long[] nanos) {
        var sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Latency(sorted.length, at(sorted, 0.50), at(sorted, 0.95), at(sorted, 0.99), at(sorted, 1.00));
    }

    /** The smallest measured value that at least the share of all does not exceed. */
    private static double at(long[] sorted, double share) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(share * sorted.length);
        return (double) sorted[Math.max(rank, 1) - 1] / TimeUnit.MILLISECONDS.toNanos(1);
    }
}
