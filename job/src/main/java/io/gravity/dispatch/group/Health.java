package io.gravity.dispatch.group;

import io.gravity.dispatch.TargetConfig.Group.Failover;
import io.gravity.error.ErrorCode;
import io.gravity.error.ErrorCode.Category;

/**
 * Whether a member is up, by what became of its writes. Pure: the time is told, in nanoseconds from any origin.
 *
 * <p>A server that can't be reached is down after a few attempts. One that answers, but only that it can't at the
 * moment, is not: a deadlock passes by itself. It is down if it does so for the whole detection time. What is wrong with
 * a row, or with the configuration, says nothing against the member.
 */
final class Health {
    private final Failover rule;
    private boolean isUp = true;
    private int unreachable;
    private boolean isFailing;
    private long failingSinceNanos;

    Health(Failover rule) {
        this.rule = rule;
    }

    boolean isUp() {
        return isUp;
    }

    /** Returns whether the last that was heard of a member that is up was a failure. */
    boolean isSuspect() {
        return isUp && isFailing;
    }

    void answered() {
        isFailing = false;
        unreachable = 0;
    }

    /** Notes that a write failed, and returns whether the member is to be taken for down. */
    boolean failed(ErrorCode code, long nowNanos) {
        if (code.category() != Category.TARGET_RETRYABLE) {
            answered();
            return false;
        }
        if (!isFailing) {
            isFailing = true;
            failingSinceNanos = nowNanos;
        }
        if (code == ErrorCode.TARGET_UNREACHABLE) {
            unreachable++;
        }
        return unreachable > rule.maxRetries()
                || nowNanos - failingSinceNanos >= rule.detectionTimeout().toNanos();
    }

    void down() {
        isUp = false;
    }

    void up() {
        isUp = true;
        answered();
    }
}
