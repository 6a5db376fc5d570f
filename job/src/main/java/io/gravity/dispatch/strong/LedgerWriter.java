package io.gravity.dispatch.strong;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Applies changes to one target and keeps the target's ledger, which says how far each lane has been applied. Called on
 * one I/O thread, never twice at once.
 */
public interface LedgerWriter extends AutoCloseable {

    /**
     * Returns the ledger's entries; a lane without one is absent. What an earlier writer of this seat has under way is
     * ended, or shows in the answer.
     *
     * @throws io.gravity.error.GravityException of category TARGET_RETRYABLE or TARGET_FATAL
     */
    Map<Integer, Long> positions(Collection<Integer> lanes) throws InterruptedException;

    /**
     * Applies all changes and moves the lanes' entries, or nothing of both. After an exception of another category than
     * DATA nobody knows which: the caller asks for the {@link #positions} before it goes on.
     *
     * @throws io.gravity.error.GravityException of category DATA if one of the changes is refused, and nothing is
     *     applied; TARGET_RETRYABLE, also if an entry is not what the caller takes it for; TARGET_FATAL
     */
    void commit(List<LaneBatch> batch) throws InterruptedException;

    /** Returns whether changes may be markers, for what they say of tables; nothing is applied for them. */
    default boolean followsTables() {
        return false;
    }

    @Override
    void close();
}
