package io.gravity.dispatch.strong;

/**
 * How far one lane's log has come: which changes are there, which may be applied, and why not, if so. Pure.
 *
 * <p>{@code first <= committable <= next}. A ledger beyond what this lane's state allows ({@link #isLedgerAhead}) tells
 * of a state older than the target: the ledger is set back before anything else, and what came after is applied again.
 */
final class Lane {
    private static final long NEVER = Long.MAX_VALUE;

    private final int number;
    private long first;
    private long next;
    private long committable;
    private long ledger = LaneBatch.NONE;
    private boolean isLedgerKnown;
    private boolean awaitsSnapshot;
    private long awaitedCheckpoint = -1;
    private long heldSinceMillis = NEVER;
    private long againAtMillis;
    private int refusals;

    Lane(int number) {
        this.number = number;
    }

    /** Creates a lane as a checkpoint has kept it. */
    Lane(int number, LanePositions restored) {
        this(number);
        this.first = restored.first();
        this.next = restored.next();
        this.committable = restored.bound();
    }

    int number() {
        return number;
    }

    long first() {
        return first;
    }

    long committable() {
        return committable;
    }

    /** Returns what the ledger says of this lane, as far as is known. */
    long ledger() {
        return ledger;
    }

    /** Returns how many changes are in the log at most. */
    long size() {
        return next - first;
    }

    boolean isUntouched() {
        return next == 0;
    }

    /** Returns the number of a new change. */
    long append() {
        return next++;
    }

    /** Returns what a checkpoint keeps of it. What arrives before the ledger is known has to wait for the next one. */
    LanePositions snapshot(long checkpoint) {
        if (awaitsSnapshot) {
            awaitsSnapshot = false;
            awaitedCheckpoint = checkpoint;
        }
        return new LanePositions(first, next, isLedgerKnown ? next : committable);
    }

    /** Notes that a checkpoint is complete that kept the lane so. */
    void completed(long checkpoint, LanePositions kept) {
        committable = Math.max(committable, kept.bound());
        if (awaitedCheckpoint >= 0 && awaitedCheckpoint <= checkpoint) {
            awaitedCheckpoint = -1;
        }
    }

    /** Notes what the ledger says. */
    void learn(long position) {
        ledger = position;
        isLedgerKnown = position <= committable;
    }

    boolean isLedgerAhead() {
        return ledger > committable;
    }

    /** Returns whether the target has lost changes that it once confirmed. */
    boolean isLedgerBehind() {
        return ledger != LaneBatch.NONE && ledger < first;
    }

    /** Returns up to where the log is applied already, as the ledger says. */
    long applied() {
        return isLedgerAhead() ? first : Math.max(first, ledger);
    }

    /** Notes that the log begins here, since all before is applied. */
    void advance(long newFirst) {
        if (newFirst > first) {
            first = newFirst;
            heldSinceMillis = NEVER;
            refusals = 0;
        }
    }

    /** Returns whether something can be applied, as far as the lane itself is concerned. */
    boolean isReady() {
        return isLedgerAhead() || (first < committable && !awaitsSnapshot && awaitedCheckpoint < 0);
    }

    /** Stops until a checkpoint is complete that holds the dead letter of the change given up. */
    void gaveUp() {
        heldSinceMillis = NEVER;
        refusals = 0;
        awaitsSnapshot = true;
    }

    /** Notes that the lane's first change was refused, and returns how often by now. */
    int refused(long nowMillis) {
        heldSinceMillis = Math.min(heldSinceMillis, nowMillis);
        return ++refusals;
    }

    void tryAgainAt(long millis) {
        againAtMillis = millis;
    }

    boolean isHeld() {
        return heldSinceMillis != NEVER;
    }

    long heldSinceMillis() {
        return heldSinceMillis;
    }

    long againAtMillis() {
        return againAtMillis;
    }
}
