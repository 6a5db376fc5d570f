package io.gravity.local.verify;

import java.util.Arrays;

/** Collects latencies, every one of them; safe for use by several threads. */
final class Latencies {
    private long[] nanos = new long[1024];
    private int size;
    private int reported;

    synchronized void record(long latencyNanos) {
        if (size == nanos.length) {
            nanos = Arrays.copyOf(nanos, size * 2);
        }
        nanos[size++] = Math.max(0, latencyNanos);
    }

    /** All so far. */
    synchronized Latency all() {
        return Latency.of(Arrays.copyOf(nanos, size));
    }

    /** Those since the last call. */
    synchronized Latency recent() {
        var recent = Arrays.copyOfRange(nanos, reported, size);
        reported = size;
        return Latency.of(recent);
    }
}
