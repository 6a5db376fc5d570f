package io.gravity.dispatch;

import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;

/**
 * What becomes of a batch that the target has refused for what is in it.
 *
 * @param change the one change refused; {@code null} if the batch is divided to find it
 * @param error what the target said of it; {@code null} likewise
 * @param failures how often it was refused since it is held
 * @param hopeless whether nobody expects the target to take it any more
 * @param pauseMillis until it is tried again
 */
record Refusal(
        Fate fate, ChangeEvent change, GravityException error, int failures, boolean hopeless, long pauseMillis) {

    enum Fate {
        /** Its parts are tried on their own. */
        DIVIDED,
        /** The row waits beside the queue, its later changes behind it. */
        HELD,
        /** The change is given up and becomes a dead letter; the row's later changes go on. */
        QUARANTINED
    }

    static Refusal divided() {
        return new Refusal(Fate.DIVIDED, null, null, 0, false, 0);
    }

    static Refusal held(ChangeEvent change, GravityException error, int failures, boolean hopeless, long pauseMillis) {
        return new Refusal(Fate.HELD, change, error, failures, hopeless, pauseMillis);
    }

    static Refusal quarantined(ChangeEvent change, GravityException error) {
        return new Refusal(Fate.QUARANTINED, change, error, 0, true, 0);
    }
}
