package io.gravity.order;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;

/**
 * How changes from several sources are put in order.
 *
 * @param maxDelay how long a change waits for earlier ones of other sources at most; zero switches waiting off
 */
public record OrderConfig(Strategy strategy, Duration maxDelay) implements Serializable {

    public OrderConfig {
        requireNonNull(strategy, "strategy");
        if (maxDelay.isNegative()) {
            throw new IllegalArgumentException("maxDelay is " + maxDelay + ", expected zero or more");
        }
    }

    /** What is put in order. */
    public enum Strategy {
        /** Each row's changes. */
        BY_ROW,
        /** No waiting: versions in state alone decide. */
        PARALLEL
    }

    public static OrderConfig defaults() {
        return new OrderConfig(Strategy.BY_ROW, Duration.ofMillis(20));
    }
}
