package io.gravity.order;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.types.OrderScope;
import io.gravity.types.ScopeKeys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The decision of this stage, pure: holds changes, and lets them go in the order of their scope.
 *
 * <p>Order is by event time, then by the source's priority, then by position. But what must not be turned round keeps
 * the order in which it came: within a row the changes of one source, and within a larger scope all changes of one row,
 * since resolution has put those in order. Such a change counts as no earlier than the one before it. (A binlog's times
 * can step back: a long statement is stamped with its start.)
 *
 * <p>A change leaves when the watermark has passed its time, when it has waited for the maximal delay, or, the oldest
 * first, when too much is held; then all that stand before it in its scope leave with it. Nothing that leaves unmarked
 * is earlier than what left its scope before. A change that comes too late for that, or behind the watermark, passes at
 * once and is marked, unless it has to wait for one before it. Snapshot rows have no place in time: they pass at once,
 * unmarked, under the same condition.
 *
 * <p>Rows come and go, so what left a row last is remembered in one of {@value #SLOTS} slots, which rows share: a change
 * may be taken for late that is not, but none for in order that is not.
 */
final class ReorderBuffer {
    private static final int SLOTS = 1 << 16;

    private final OrderScope scope;
    private final ScopeKeys keys;
    private final Map<String, Integer> priorities;
    private final long maxDelayMillis;
    private final long maxChanges;
    private final long maxBytes;
    private final Exit exit;

    /** Of rows, those of which something is held; of larger scopes, all that were ever met. */
    private final Map<RowKey, Sequence> sequences = new HashMap<>();

    private final long[] emittedBySlot;
    private Held oldest;
    private Held newest;
    private int size;
    private long bytes;
    private long arrivals;
    private long watermarkMillis = Long.MIN_VALUE;
    /** No change that is held counts as made before this; may be too early. */
    private long earliestMicros = Long.MAX_VALUE;

    /** Where changes go, and what is counted. */
    interface Exit {
        void emit(ChangeEvent event);

        /** One that has just been marked as late is next. */
        void late();

        /** One that leaves for lack of room is next. */
        void early();
    }

    /**
     * Creates an empty buffer.
     *
     * @param priorities priority by source name; 1 is the highest, a source without one comes last
     */
    ReorderBuffer(OrderScope scope, OrderConfig config, Map<String, Integer> priorities, Exit exit) {
        this.scope = scope;
        this.keys = new ScopeKeys(scope);
        this.priorities = priorities;
        this.maxDelayMillis = config.maxDelay().toMillis();
        this.maxChanges = config.maxBufferedChanges();
        this.maxBytes = config.maxBufferedBytes();
        this.exit = exit;
        this.emittedBySlot = new long[scope == OrderScope.ROW ? SLOTS : 0];
        Arrays.fill(emittedBySlot, Long.MIN_VALUE);
    }

    /** Takes a change, and lets go what is due. */
    void add(ChangeEvent event, long nowMillis) {
        var key = keys.getKey(event);
        var known = sequences.get(key);
        var sequence = known != null ? known : new Sequence(key, emittedMicros(key));
        Object thread = scope == OrderScope.ROW ? event.source() : event.key();
        var before = known == null ? null : known.latestOf(thread);
        if (before == null && (event.isSnapshot() || isLate(event, sequence))) {
            emit(event, sequence, true);
            settle(sequence);
        } else {
            if (known == null) {
                sequences.put(key, sequence);
            }
            hold(event, sequence, thread, before, nowMillis);
            while (size > maxChanges || bytes > maxBytes) {
                releaseThrough(oldest, true);
            }
        }
        expire(nowMillis);
    }

    private boolean isLate(ChangeEvent event, Sequence sequence) {
        return event.eventTimeMicros() < sequence.emittedMicros || millis(event.eventTimeMicros()) <= watermarkMillis;
    }

    private void hold(ChangeEvent event, Sequence sequence, Object thread, Held before, long nowMillis) {
        int priority = priorities.getOrDefault(event.source(), Integer.MAX_VALUE);
        var held = new Held(event, priority, sequence, thread, arrivals++, nowMillis);
        if (before != null) {
            held.notBefore(before);
        }
        sequence.add(held);
        held.older = newest;
        if (newest == null) {
            oldest = held;
        } else {
            newest.newer = held;
        }
        newest = held;
        size++;
        bytes += held.bytes;
        earliestMicros = Math.min(earliestMicros, held.timeMicros());
    }

    /** Notes the watermark and lets go what it has passed. Cheap as long as it has passed nothing. */
    void advance(long toMillis) {
        watermarkMillis = Math.max(watermarkMillis, toMillis);
        if (millis(earliestMicros) > watermarkMillis) {
            return;
        }
        earliestMicros = Long.MAX_VALUE;
        for (var rest = sequences.values().iterator(); rest.hasNext(); ) {
            var sequence = rest.next();
            while (!sequence.isEmpty() && millis(sequence.first().timeMicros()) <= watermarkMillis) {
                releaseFirst(sequence);
            }
            if (!sequence.isEmpty()) {
                earliestMicros = Math.min(earliestMicros, sequence.first().timeMicros());
            } else if (scope == OrderScope.ROW) {
                remember(sequence);
                rest.remove();
            }
        }
    }

    /** Lets go what has waited for the maximal delay. */
    void expire(long nowMillis) {
        while (oldest != null && isDue(nowMillis)) {
            releaseThrough(oldest, false);
        }
    }

    private boolean isDue(long nowMillis) {
        // After the clock was set back, nobody knows how long it has waited.
        return nowMillis - oldest.sinceMillis >= maxDelayMillis || nowMillis < oldest.sinceMillis;
    }

    /** Returns when something is due if nothing more comes; {@link Long#MAX_VALUE} for never. */
    long nextDueMillis() {
        return oldest == null ? Long.MAX_VALUE : oldest.sinceMillis + maxDelayMillis;
    }

    /** Returns when what has waited longest came; {@link Long#MAX_VALUE} if nothing is held. */
    long oldestSinceMillis() {
        var first = oldest;
        return first == null ? Long.MAX_VALUE : first.sinceMillis;
    }

    int size() {
        return size;
    }

    long bytes() {
        return bytes;
    }

    /** Returns what is held, in the order in which it came; added again to an empty buffer, it makes the same one. */
    List<ChangeEvent> held() {
        var events = new ArrayList<ChangeEvent>(size);
        for (var held = oldest; held != null; held = held.newer) {
            events.add(held.event);
        }
        return events;
    }

    /** Returns the latest event time that has left each scope, as far as it is kept: rows are too many. */
    Map<RowKey, Long> emitted() {
        var emitted = new HashMap<RowKey, Long>();
        if (scope != OrderScope.ROW) {
            sequences.forEach((key, sequence) -> emitted.put(key, sequence.emittedMicros));
        }
        return emitted;
    }

    /** Notes what {@link #emitted} of an earlier buffer told. */
    void restoreEmitted(RowKey key, long micros) {
        sequences.computeIfAbsent(key, any -> new Sequence(key, micros));
    }

    private void releaseThrough(Held last, boolean early) {
        var sequence = last.sequence;
        Held released;
        do {
            if (early) {
                exit.early();
            }
            released = releaseFirst(sequence);
        } while (released != last);
        if (sequence.isEmpty()) {
            settle(sequence);
        }
    }

    private Held releaseFirst(Sequence sequence) {
        var held = sequence.removeFirst();
        if (held.older == null) {
            oldest = held.newer;
        } else {
            held.older.newer = held.newer;
        }
        if (held.newer == null) {
            newest = held.older;
        } else {
            held.newer.older = held.older;
        }
        size--;
        bytes -= held.bytes;
        emit(held.event, sequence, false);
        return held;
    }

    private void emit(ChangeEvent event, Sequence sequence, boolean passing) {
        if (event.isSnapshot()) {
            exit.emit(event);
            return;
        }
        boolean late = passing || event.eventTimeMicros() < sequence.emittedMicros;
        sequence.emittedMicros = Math.max(sequence.emittedMicros, event.eventTimeMicros());
        if (late && !event.late()) {
            exit.late();
            exit.emit(event.asLate());
        } else {
            exit.emit(event);
        }
    }

    /** Keeps of a sequence that holds nothing what has to be known of it. */
    private void settle(Sequence sequence) {
        if (!sequence.isEmpty()) {
            return;
        }
        if (scope == OrderScope.ROW) {
            remember(sequence);
            sequences.remove(sequence.key);
        } else {
            sequences.putIfAbsent(sequence.key, sequence);
        }
    }

    private long emittedMicros(RowKey key) {
        return scope == OrderScope.ROW ? emittedBySlot[slot(key)] : Long.MIN_VALUE;
    }

    private void remember(Sequence sequence) {
        int slot = slot(sequence.key);
        emittedBySlot[slot] = Math.max(emittedBySlot[slot], sequence.emittedMicros);
    }

    /** Neighbours of one subtask share the upper bits of the hash's mix, so the bits are folded. */
    private static int slot(RowKey key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return (hash ^ (hash >>> 16)) & (SLOTS - 1);
    }

    private static long millis(long micros) {
        return Math.floorDiv(micros, 1000L);
    }
}
