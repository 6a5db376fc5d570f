package io.gravity.dispatch;

/**
 * The circuit breaker of one target in one subtask: opens when the target has failed several times in a row, whichever
 * worker it was; then one batch at a time is a probe, and nothing else is sent until one succeeds. Pure.
 */
final class Breaker {
    /** The first failure may be a connection that the server closed while it was idle. */
    private static final int OPENS_AFTER = 2;

    private int failures;
    private boolean isProbing;

    /** What {@code circuit} shows. */
    enum State {
        CLOSED,
        HALF_OPEN,
        OPEN
    }

    State state() {
        if (failures < OPENS_AFTER) {
            return State.CLOSED;
        }
        return isProbing ? State.HALF_OPEN : State.OPEN;
    }

    /** Returns whether batches may be sent that nobody has tried before. */
    boolean isClosed() {
        return failures < OPENS_AFTER;
    }

    /** Returns whether a batch that has failed may be sent again now; if so it is under way. */
    boolean letsTry() {
        if (isClosed()) {
            return true;
        }
        boolean isFree = !isProbing;
        isProbing = true;
        return isFree;
    }

    /** Notes that the target did not work, and returns whether the circuit has opened by that. */
    boolean failed() {
        isProbing = false;
        failures++;
        return failures == OPENS_AFTER;
    }

    /** Opens the circuit at once, as nothing but an operator's help will close it, and returns whether it was closed. */
    boolean trip() {
        boolean wasClosed = isClosed();
        isProbing = false;
        failures = Math.max(failures + 1, OPENS_AFTER);
        return wasClosed;
    }

    /** Notes that the target has answered, and returns whether the circuit has closed by that. */
    boolean answered() {
        boolean wasOpen = !isClosed();
        isProbing = false;
        failures = 0;
        return wasOpen;
    }
}
