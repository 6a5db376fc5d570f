package io.gravity.resolve;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;

/**
 * Which of several changes of a row wins.
 *
 * @param strategy the rule for all tables
 * @param tombstoneTtl how long a deleted row's version is remembered, so that an older change can't bring it back
 */
public record ResolveConfig(Strategy strategy, Duration tombstoneTtl) implements Serializable {

    public ResolveConfig {
        requireNonNull(strategy, "strategy");
        if (tombstoneTtl.isNegative() || tombstoneTtl.isZero()) {
            throw new IllegalArgumentException("tombstoneTtl is " + tombstoneTtl + ", expected more than zero");
        }
    }

    /** Rules between changes of different sources; within one source the position always decides. */
    public enum Strategy {
        /** The later event time wins; equal times: the source of higher priority. */
        TIMESTAMP_LATEST,
        /** The source of higher priority wins; equal priorities: the later event time. */
        SOURCE_PRIORITY
    }

    public static ResolveConfig defaults() {
        return new ResolveConfig(Strategy.TIMESTAMP_LATEST, Duration.ofDays(7));
    }
}
