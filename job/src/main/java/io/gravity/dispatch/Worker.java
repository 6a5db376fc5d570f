package io.gravity.dispatch;

import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.TableId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The queue of some lanes in memory, and the one batch of them that is under way. Pure: when to send is asked with the
 * time, sending is the caller's.
 *
 * <p>A batch that the target refuses for what is in it is divided until the row at fault is alone; that row is set aside
 * with its later changes ({@link HeldRows}), and all others go on.
 */
final class Worker {
    /** Batches' worth of rows that may wait in memory behind the one under way. */
    private static final int QUEUED_BATCHES = 2;
    /** Rows come faster from state than from sources, and a target that has been away takes them in larger batches. */
    private static final int CATCH_UP_FACTOR = 4;
    /** Where the factor ends: a checkpoint writes what is in memory. */
    private static final int MAX_CATCH_UP_ROWS = 10_000;
    /** A thousand rows in less, or what is less than that: such a target is waited for, as any sink is. */
    private static final long PROMPT_MILLIS_PER_1000 = 250;

    private static final long MAX_PROMPT_MILLIS = 1000;

    private final TargetConfig.Delivery limits;
    private final int catchUpRows;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private long waitingBytes;
    /** What is left of a divided batch, older than all that waits. */
    private final ArrayDeque<List<ChangeEvent>> parts = new ArrayDeque<>();

    private long partsBytes;
    private final HeldRows held;
    private List<ChangeEvent> underWay = List.of();
    private long underWayBytes;
    private boolean isHeldUnderWay;
    private boolean isHeldsTurn;
    private boolean isEnding;
    private long busySinceMillis;
    private boolean wasPrompt = true;
    private int failures;

    private record Waiting(ChangeEvent event, long sinceMillis, long bytes) {}

    /** Creates an empty queue; {@code quarantines} says whether a row may be given up. */
    Worker(TargetConfig.Delivery limits, boolean quarantines, RandomGenerator random) {
        this.limits = limits;
        this.catchUpRows =
                Math.max(limits.batchSize(), Math.min(CATCH_UP_FACTOR * limits.batchSize(), MAX_CATCH_UP_ROWS));
        this.held = new HeldRows(limits, quarantines, random);
    }

    void add(ChangeEvent event, long nowMillis) {
        long bytes = event.estimatedBytes();
        waiting.add(new Waiting(event, nowMillis, bytes));
        waitingBytes += bytes;
    }

    /** Removes what waits behind the batch under way, and returns it in its order. */
    List<ChangeEvent> removeWaiting() {
        var removed = waiting.stream().map(Waiting::event).toList();
        waiting.clear();
        waitingBytes = 0;
        return removed;
    }

    /**
     * Removes the changes of a table that are not under way, or of the batch under way as well, which the target has
     * not taken for that table's sake; then the rest of it goes out next. Returns them in their order.
     */
    List<ChangeEvent> withdraw(TableId table, boolean isUnderWay, long nowMillis) {
        var withdrawn = new ArrayList<ChangeEvent>();
        if (isUnderWay && isHeldUnderWay) {
            withdrawn.addAll(held.withdraw(table));
            held.undone(nowMillis);
            endBatch();
        } else {
            if (!isHeldUnderWay) {
                withdrawn.addAll(held.withdraw(table));
            }
            if (isUnderWay) {
                var rest = withoutTable(underWay, table, withdrawn);
                endBatch();
                if (!rest.isEmpty()) {
                    partsBytes += estimatedBytes(rest);
                    parts.addFirst(rest);
                }
            }
        }
        int count = parts.size();
        for (int i = 0; i < count; i++) {
            var part = parts.remove();
            partsBytes -= estimatedBytes(part);
            var rest = withoutTable(part, table, withdrawn);
            if (!rest.isEmpty()) {
                partsBytes += estimatedBytes(rest);
                parts.add(rest);
            }
        }
        waiting.removeIf(one -> {
            if (one.event().isMarker() || !one.event().target().equals(table)) {
                return false;
            }
            withdrawn.add(one.event());
            waitingBytes -= one.bytes();
            return true;
        });
        return withdrawn;
    }

    private static List<ChangeEvent> withoutTable(List<ChangeEvent> part, TableId table, List<ChangeEvent> withdrawn) {
        var rest = new ArrayList<ChangeEvent>(part.size());
        for (var event : part) {
            (event.target().equals(table) ? withdrawn : rest).add(event);
        }
        return List.copyOf(rest);
    }

    /** Lets no row wait for its batch to fill from now on. */
    void end() {
        isEnding = true;
    }

    boolean isBusy() {
        return !underWay.isEmpty();
    }

    boolean isEmpty() {
        return waiting.isEmpty() && underWay.isEmpty() && parts.isEmpty() && held.isEmpty();
    }

    /** Returns how many changes are in line; those held stand beside it. */
    int rows() {
        int rows = waiting.size() + (isHeldUnderWay ? 0 : underWay.size());
        for (var part : parts) {
            rows += part.size();
        }
        return rows;
    }

    /** Returns the estimated size of what is in line. */
    long bytes() {
        return waitingBytes + underWayBytes + partsBytes;
    }

    HeldRows held() {
        return held;
    }

    /** Returns whether no more should come into memory. */
    boolean isCrowded() {
        return held.isFull()
                || (isBusy()
                        && (rows() >= (QUEUED_BATCHES + 1) * limits.batchSize()
                                || bytes() >= (QUEUED_BATCHES + 1) * limits.batchBytes()));
    }

    /** Returns when the batch under way was taken; meaningless if none is. */
    long busySinceMillis() {
        return busySinceMillis;
    }

    /** Returns whether the target takes batches at a rate worth waiting for: the last one, and the one under way so far. */
    boolean isPrompt(long nowMillis) {
        return wasPrompt && nowMillis < lateMillis();
    }

    /** Returns when the batch under way is late; {@link Long#MAX_VALUE} if none is under way. */
    long lateMillis() {
        return isBusy() ? busySinceMillis + promptMillis() : Long.MAX_VALUE;
    }

    private long promptMillis() {
        return Math.min(MAX_PROMPT_MILLIS, Math.max(1, underWay.size() / 1000) * PROMPT_MILLIS_PER_1000);
    }

    /** Returns whether the next batch has room for rows from outside. */
    boolean wantsMore() {
        return !held.isFull() && waiting.size() < catchUpRows && waitingBytes < limits.batchBytes();
    }

    /** Returns when the next batch is due, if nothing more comes; {@link Long#MAX_VALUE} for never. */
    long dueMillis() {
        return isBusy() ? Long.MAX_VALUE : Math.min(lineDueMillis(), held.dueMillis());
    }

    private long lineDueMillis() {
        if (!parts.isEmpty()) {
            return Long.MIN_VALUE;
        }
        if (waiting.isEmpty()) {
            return Long.MAX_VALUE;
        }
        return isEnding || isFull()
                ? Long.MIN_VALUE
                : waiting.peek().sinceMillis() + limits.batchTimeout().toMillis();
    }

    private boolean isFull() {
        return waiting.size() >= limits.batchSize() || waitingBytes >= limits.batchBytes();
    }

    /**
     * Takes the next batch, which is under way from now on: at least one row, however large, or none if all that was in
     * line belongs behind rows that are held. The line and what is held take turns, so that neither stops the other.
     *
     * @param isCatchingUp whether more waits outside, so that a larger batch is worth it
     */
    List<ChangeEvent> take(long nowMillis, boolean isCatchingUp) {
        busySinceMillis = nowMillis;
        int maxRows = isCatchingUp ? catchUpRows : limits.batchSize();
        boolean isHeldDue = held.dueMillis() <= nowMillis;
        if (isHeldDue && (isHeldsTurn || lineDueMillis() > nowMillis)) {
            return takeHeld(nowMillis);
        }
        isHeldsTurn = true;
        while (underWay.isEmpty() && !(parts.isEmpty() && waiting.isEmpty())) {
            underWay = parts.isEmpty() ? nextOfLine(nowMillis, maxRows) : withoutHeld(parts.remove(), nowMillis);
        }
        if (underWay.isEmpty() && isHeldDue) {
            return takeHeld(nowMillis);
        }
        return underWay;
    }

    private List<ChangeEvent> takeHeld(long nowMillis) {
        isHeldsTurn = false;
        isHeldUnderWay = true;
        underWay = held.take(nowMillis);
        return underWay;
    }

    private List<ChangeEvent> nextOfLine(long nowMillis, int maxRows) {
        var batch = new ArrayList<ChangeEvent>(Math.min(waiting.size(), maxRows));
        underWayBytes = 0;
        while (!waiting.isEmpty() && batch.size() < maxRows) {
            long bytes = waiting.peek().bytes();
            if (!batch.isEmpty() && underWayBytes + bytes > limits.batchBytes()) {
                break;
            }
            var event = waiting.poll().event();
            waitingBytes -= bytes;
            if (held.holds(event.key())) {
                held.add(event, nowMillis);
            } else {
                batch.add(event);
                underWayBytes += bytes;
            }
        }
        return List.copyOf(batch);
    }

    private List<ChangeEvent> withoutHeld(List<ChangeEvent> part, long nowMillis) {
        var batch = new ArrayList<ChangeEvent>(part.size());
        for (var event : part) {
            if (held.holds(event.key())) {
                held.add(event, nowMillis);
            } else {
                batch.add(event);
            }
        }
        partsBytes -= estimatedBytes(part);
        underWayBytes = estimatedBytes(batch);
        return List.copyOf(batch);
    }

    List<ChangeEvent> underWay() {
        return underWay;
    }

    void delivered(long nowMillis) {
        wasPrompt = nowMillis - busySinceMillis < promptMillis();
        if (isHeldUnderWay) {
            held.delivered(nowMillis);
        }
        endBatch();
    }

    /**
     * Says what becomes of the batch under way, which the target has refused for what is in it.
     *
     * @param caughtUpMillis since when nothing older waits outside, which may be what a row needs
     */
    Refusal refused(GravityException error, long nowMillis, long caughtUpMillis) {
        var refused = underWay;
        boolean wasHeld = isHeldUnderWay;
        endBatch();
        if (wasHeld) {
            return held.refused(error, nowMillis, caughtUpMillis);
        }
        if (refused.size() == 1) {
            return held.hold(refused.get(0), error, nowMillis);
        }
        int half = refused.size() / 2;
        partsBytes += estimatedBytes(refused);
        parts.addFirst(refused.subList(half, refused.size()));
        parts.addFirst(refused.subList(0, half));
        return Refusal.divided();
    }

    private void endBatch() {
        underWay = List.of();
        underWayBytes = 0;
        isHeldUnderWay = false;
        failures = 0;
    }

    /** Notes that the batch under way is to be sent again, and returns how often it has failed in a row. */
    int failed() {
        wasPrompt = false;
        return ++failures;
    }

    int failures() {
        return failures;
    }

    /** Returns all that is not acknowledged, each row's changes in their order. */
    List<ChangeEvent> unacknowledged() {
        var all = held.all();
        if (!isHeldUnderWay) {
            all.addAll(underWay);
        }
        parts.forEach(all::addAll);
        waiting.forEach(one -> all.add(one.event()));
        return all;
    }

    private static long estimatedBytes(List<ChangeEvent> events) {
        long bytes = 0;
        for (var event : events) {
            bytes += event.estimatedBytes();
        }
        return bytes;
    }
}
