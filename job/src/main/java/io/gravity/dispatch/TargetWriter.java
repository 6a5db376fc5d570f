package io.gravity.dispatch;

import io.gravity.event.ChangeEvent;
import java.util.List;

/**
 * Writes batches to one target. Called on I/O threads, several at once, but never two at once with rows of the same
 * lane; a row's changes arrive in order, and again after a failure, so writing twice must equal writing once.
 */
public interface TargetWriter extends AutoCloseable {

    /**
     * Delivers the whole batch, or throws and may have delivered any part of it.
     *
     * @throws io.gravity.error.GravityException with a code of category TARGET_RETRYABLE or TARGET_FATAL if any batch
     *     would have failed; DATA if it is for one of the rows, which the caller then finds by writing parts of the batch
     */
    void write(List<ChangeEvent> batch) throws InterruptedException;

    /** Returns whether batches may hold markers, for what they say of tables; nothing is written for them. */
    default boolean followsTables() {
        return false;
    }

    /**
     * Asks the target whether it would take a batch now: one cheap round trip, within the time limits of a write.
     *
     * @throws io.gravity.error.GravityException with a code of category TARGET_RETRYABLE or TARGET_FATAL if not
     */
    void check() throws InterruptedException;

    /** Gives up what is under way and lets go of the target; a write that hangs fails soon, and sends nothing more. */
    @Override
    void close();
}
