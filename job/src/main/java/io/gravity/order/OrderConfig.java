package io.gravity.order;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;

/**
 * How changes from several sources are put in order.
 *
 * @param strategy what is put in order; a target may say otherwise
 * @param maxDelay how long a change waits for earlier ones at most; zero switches waiting off
 * @param maxBufferedChanges how many changes each subtask holds at most; the oldest go early rather than more
 * @param maxBufferedBytes how many estimated bytes each subtask holds at most
 */
public record OrderConfig(Strategy strategy, Duration maxDelay, int maxBufferedChanges, long maxBufferedBytes)
        implements Serializable {

    public OrderConfig {
        requireNonNull(strategy, "strategy");
        if (maxDelay.isNegative()) {
            throw new IllegalArgumentException("maxDelay is " + maxDelay + ", expected zero or more");
        }
        if (maxBufferedChanges < 1 || maxBufferedBytes < 1) {
            throw new IllegalArgumentException("maxBufferedChanges is " + maxBufferedChanges + ", maxBufferedBytes "
                    + maxBufferedBytes + ", expected 1 or more each");
        }
    }

    /** What is put in order. */
    public enum Strategy {
        /** Each row's changes. */
        BY_ROW,
        /** Each row's changes, and for a target all changes of a table. */
        BY_TABLE,
        /** Each row's changes, and for a target all changes. */
        TIME_SERIES,
        /** No waiting: versions in state alone decide. */
        PARALLEL
    }

    public static OrderConfig defaults() {
        return new OrderConfig(Strategy.BY_ROW, Duration.ofMillis(20), 100_000, 64 << 20);
    }

    /** Returns whether the changes of a row wait for each other before they are resolved. */
    public boolean waits() {
        return strategy != Strategy.PARALLEL && !maxDelay.isZero();
    }
}
