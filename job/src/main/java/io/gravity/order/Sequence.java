package io.gravity.order;

import io.gravity.event.RowKey;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/** What is held of one scope, in order. One change, the usual case of a row, costs no queue. */
final class Sequence {
    final RowKey key;
    /** The latest event time that has left. */
    long emittedMicros;

    private Held only;
    private PriorityQueue<Held> several;
    private Map<Object, Held> latestByThread;

    Sequence(RowKey key, long emittedMicros) {
        this.key = key;
        this.emittedMicros = emittedMicros;
    }

    boolean isEmpty() {
        return only == null && (several == null || several.isEmpty());
    }

    /** Returns the first in order; {@code null} if nothing is held. */
    Held first() {
        return only != null || several == null ? only : several.peek();
    }

    /** Returns the last of a thread; {@code null} if nothing of it is held. */
    Held latestOf(Object thread) {
        if (several != null) {
            return latestByThread.get(thread);
        }
        return only != null && only.thread.equals(thread) ? only : null;
    }

    void add(Held held) {
        if (several == null) {
            if (only == null) {
                only = held;
                return;
            }
            several = new PriorityQueue<>(Held.ORDER);
            latestByThread = new HashMap<>();
            put(only);
            only = null;
        }
        put(held);
    }

    private void put(Held held) {
        several.add(held);
        latestByThread.put(held.thread, held);
    }

    /** Removes and returns the first in order; something must be held. */
    Held removeFirst() {
        if (several == null) {
            var first = only;
            only = null;
            return first;
        }
        var first = several.remove();
        latestByThread.remove(first.thread, first);
        return first;
    }
}
