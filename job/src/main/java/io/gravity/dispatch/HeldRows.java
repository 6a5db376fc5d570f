package io.gravity.dispatch;

import io.gravity.error.Backoff;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * The rows that a target has refused and that wait beside the queue, each with its later changes behind it in order.
 *
 * <p>Several rows are tried again in one batch, each with all its changes: what one of them waits for may be in another,
 * and a target that keeps only the last change of a row may take it though it would refuse an earlier one. A batch that
 * is refused again is divided: into fewer rows, then into fewer changes of the one row, down to its first change.
 *
 * <p>Pure. One batch at a time is under way: {@link #take}, then {@link #delivered} or {@link #refused}.
 */
final class HeldRows {
    /** Of all rows together; beyond that the stream is held back. */
    static final int MAX_CHANGES = 10_000;
    /** In batches' worth of bytes, likewise. */
    static final int MAX_BATCHES = 4;

    private static final int MAX_ROWS_AT_ONCE = 64;
    /** What a row waits for is usually on the way already. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);

    private static final Duration MAX_PAUSE = Duration.ofSeconds(1);

    private final TargetConfig.Delivery limits;
    private final boolean quarantines;
    private final RandomGenerator random;
    private final Backoff healing;
    private final Map<RowKey, Held> rows = new HashMap<>();
    private final TreeSet<Held> waiting = new TreeSet<>(
            Comparator.comparingLong((Held row) -> row.againAtMillis).thenComparingLong(row -> row.number));
    private final ArrayDeque<List<Held>> parts = new ArrayDeque<>();
    private List<Held> underWay = List.of();
    private long nextNumber;
    private int changes;
    private long bytes;

    private static final class Held {
        private final RowKey key;
        private final long number;
        private final ArrayDeque<ChangeEvent> changes = new ArrayDeque<>();
        private long bytes;
        private long sinceMillis;
        private long againAtMillis;
        private int failures;
        /** How many of the changes, from the first, the batch takes that it is in. */
        private int taken;

        private Held(RowKey key, long number) {
            this.key = key;
            this.number = number;
        }
    }

    /** Creates it empty; {@code quarantines} says whether a row may be given up. */
    HeldRows(TargetConfig.Delivery limits, boolean quarantines, RandomGenerator random) {
        this.limits = limits;
        this.quarantines = quarantines;
        this.random = random;
        this.healing = new Backoff(
                FIRST_PAUSE, MAX_PAUSE.compareTo(limits.maxBackoff()) < 0 ? MAX_PAUSE : limits.maxBackoff());
    }

    /** Removes the rows of a table, and returns their changes, each row's in their order. */
    List<ChangeEvent> withdraw(TableId table) {
        var withdrawn = new ArrayList<ChangeEvent>();
        for (var row : List.copyOf(rows.values())) {
            if (row.changes.peek().target().equals(table)) {
                while (!row.changes.isEmpty()) {
                    withdrawn.add(removeFirst(row));
                }
                rows.remove(row.key);
                waiting.remove(row);
                underWay = without(underWay, row);
                var left = parts.stream().map(part -> without(part, row)).filter(part -> !part.isEmpty());
                var kept = left.toList();
                parts.clear();
                parts.addAll(kept);
            }
        }
        return withdrawn;
    }

    @SuppressWarnings("ReferenceEquality") // each row is held once
    private static List<Held> without(List<Held> part, Held row) {
        return part.stream().filter(other -> other != row).toList();
    }

    /** Lets those rows of the batch under way try again that are left. */
    void undone(long nowMillis) {
        for (var row : underWay) {
            row.againAtMillis = nowMillis;
            waiting.add(row);
        }
        underWay = List.of();
    }

    boolean holds(RowKey key) {
        return rows.containsKey(key);
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Returns whether so much is held that no more should come. */
    boolean isFull() {
        return changes >= MAX_CHANGES || bytes >= MAX_BATCHES * limits.batchBytes();
    }

    int rows() {
        return rows.size();
    }

    int changes() {
        return changes;
    }

    long bytes() {
        return bytes;
    }

    /** Returns everything held, each row's changes in their order. */
    List<ChangeEvent> all() {
        var all = new ArrayList<ChangeEvent>(changes);
        rows.values().forEach(row -> all.addAll(row.changes));
        return all;
    }

    /** Puts a change behind the earlier ones of its row, which is held; what it brings may be what the row waits for. */
    void add(ChangeEvent change, long nowMillis) {
        var row = rows.get(change.key());
        append(row, change);
        if (waiting.remove(row)) {
            row.againAtMillis = Math.min(row.againAtMillis, nowMillis + FIRST_PAUSE.toMillis());
            waiting.add(row);
        }
    }

    /** Begins to hold a row whose change was refused, or gives the change up at once. */
    Refusal hold(ChangeEvent change, GravityException error, long nowMillis) {
        if (quarantines && (!error.code().mayHeal() || limits.holdLimit().isZero())) {
            return Refusal.quarantined(change, error);
        }
        var row = new Held(change.key(), nextNumber++);
        row.sinceMillis = nowMillis;
        rows.put(change.key(), row);
        append(row, change);
        return retried(row, error, nowMillis);
    }

    private void append(Held row, ChangeEvent change) {
        long size = change.estimatedBytes();
        row.changes.add(change);
        row.bytes += size;
        changes++;
        bytes += size;
    }

    private ChangeEvent removeFirst(Held row) {
        var change = row.changes.remove();
        long size = change.estimatedBytes();
        row.bytes -= size;
        changes--;
        bytes -= size;
        return change;
    }

    /** Returns when the next batch is due; {@link Long#MAX_VALUE} for never. */
    long dueMillis() {
        if (!parts.isEmpty()) {
            return Long.MIN_VALUE;
        }
        return waiting.isEmpty() ? Long.MAX_VALUE : waiting.first().againAtMillis;
    }

    /** Takes the next batch of what is due, which is under way from now on. */
    List<ChangeEvent> take(long nowMillis) {
        underWay = parts.isEmpty() ? due(nowMillis) : parts.remove();
        var batch = new ArrayList<ChangeEvent>();
        underWay.forEach(row -> row.changes.stream().limit(row.taken).forEach(batch::add));
        return List.copyOf(batch);
    }

    /** A row comes with all its changes even if they are more than a batch: the last one may be all that is possible. */
    private List<Held> due(long nowMillis) {
        var due = new ArrayList<Held>();
        int count = 0;
        long size = 0;
        while (!waiting.isEmpty() && waiting.first().againAtMillis <= nowMillis && due.size() < MAX_ROWS_AT_ONCE) {
            var row = waiting.first();
            count += row.changes.size();
            size += row.bytes;
            if (!due.isEmpty() && (count > limits.batchSize() || size > limits.batchBytes())) {
                break;
            }
            row.taken = row.changes.size();
            waiting.remove(row);
            due.add(row);
        }
        return due;
    }

    void delivered(long nowMillis) {
        for (var row : underWay) {
            for (int i = 0; i < row.taken; i++) {
                removeFirst(row);
            }
            next(row, nowMillis);
        }
        underWay = List.of();
    }

    /**
     * Says what becomes of the batch under way, which the target has refused.
     *
     * @param caughtUpMillis since when all that came earlier has been tried as well: no row's time is up before that
     */
    Refusal refused(GravityException error, long nowMillis, long caughtUpMillis) {
        var refused = underWay;
        underWay = List.of();
        if (refused.size() > 1) {
            int half = refused.size() / 2;
            parts.addFirst(refused.subList(half, refused.size()));
            parts.addFirst(refused.subList(0, half));
            return Refusal.divided();
        }
        var row = refused.get(0);
        if (row.taken > 1) {
            row.taken /= 2;
            parts.addFirst(refused);
            return Refusal.divided();
        }
        row.sinceMillis = Math.max(row.sinceMillis, caughtUpMillis);
        boolean isHopeless = !error.code().mayHeal() || isOverdue(row, nowMillis);
        if (quarantines && isHopeless) {
            var change = removeFirst(row);
            next(row, nowMillis);
            return Refusal.quarantined(change, error);
        }
        return retried(row, error, nowMillis);
    }

    private boolean isOverdue(Held row, long nowMillis) {
        return nowMillis - row.sinceMillis >= limits.holdLimit().toMillis();
    }

    private Refusal retried(Held row, GravityException error, long nowMillis) {
        row.failures++;
        boolean isHopeless = !error.code().mayHeal() || isOverdue(row, nowMillis);
        long pause = isHopeless ? Math.max(1, limits.maxBackoff().toMillis()) : healing.millis(row.failures, random);
        row.againAtMillis = nowMillis + pause;
        waiting.add(row);
        return Refusal.held(row.changes.peek(), error, row.failures, isHopeless, pause);
    }

    /** Lets the row's next change try its luck, if there is one. */
    private void next(Held row, long nowMillis) {
        if (row.changes.isEmpty()) {
            rows.remove(row.key);
            return;
        }
        row.sinceMillis = nowMillis;
        row.failures = 0;
        row.againAtMillis = nowMillis;
        waiting.add(row);
    }
}
