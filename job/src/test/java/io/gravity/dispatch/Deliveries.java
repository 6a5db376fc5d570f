package io.gravity.dispatch;

import java.time.Duration;
import java.util.List;

/** Delivery settings for tests. */
public final class Deliveries {

    private Deliveries() {}

    /** Batches of few rows, one hundred milliseconds before the first retry. */
    public static TargetConfig.Delivery of(int batchSize, int maxInFlight) {
        return new TargetConfig.Delivery(
                List.of(),
                List.of(),
                batchSize,
                1_000_000,
                Duration.ofMillis(10),
                maxInFlight,
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofSeconds(30));
    }

    /** The same with a queue in state of so many bytes at most. */
    static TargetConfig.Delivery queueing(int batchSize, TargetConfig.Queue.Policy policy, long bytes) {
        return of(batchSize, 1).withQueue(new TargetConfig.Queue(policy, bytes));
    }

    /** Gives rows that may heal so much time. */
    public static TargetConfig.Delivery holding(int batchSize, Duration holdLimit) {
        return new TargetConfig.Delivery(
                List.of(),
                List.of(),
                batchSize,
                1_000_000,
                Duration.ofMillis(10),
                1,
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                holdLimit);
    }

    static TargetConfig.Delivery ofBytes(int batchSize, long batchBytes) {
        return new TargetConfig.Delivery(
                List.of(),
                List.of(),
                batchSize,
                batchBytes,
                Duration.ofMillis(10),
                1,
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofSeconds(30));
    }
}
