package io.gravity.order;

import io.gravity.event.ChangeEvent;
import io.gravity.event.SourcePosition;
import java.util.Comparator;

/** A change that waits, its place in the order of its scope, and its neighbours in the order of arrival. */
final class Held {
    private static final Comparator<Held> BY_ALL_BUT_ARRIVAL = Comparator.<Held>comparingLong(held -> held.timeMicros)
            .thenComparingInt(held -> held.priority)
            .thenComparing(held -> held.source)
            .thenComparing(held -> held.position);

    /** By time, then by the source's priority, then by position. Of two in one place the one that came first is first. */
    static final Comparator<Held> ORDER = BY_ALL_BUT_ARRIVAL.thenComparingLong(held -> held.arrival);

    final ChangeEvent event;
    final Sequence sequence;
    /** Within what the order of arrival is kept, whatever the times say. */
    final Object thread;

    final long arrival;
    final long sinceMillis;
    final long bytes;

    private long timeMicros;
    private int priority;
    private String source;
    private SourcePosition position;

    Held older;
    Held newer;

    Held(ChangeEvent event, int priority, Sequence sequence, Object thread, long arrival, long sinceMillis) {
        this.event = event;
        this.sequence = sequence;
        this.thread = thread;
        this.arrival = arrival;
        this.sinceMillis = sinceMillis;
        this.bytes = event.estimatedBytes();
        this.timeMicros = event.isSnapshot() ? Long.MIN_VALUE : event.eventTimeMicros();
        this.priority = priority;
        this.source = event.source();
        this.position = event.position();
    }

    /** Takes the other's place unless its own is behind that. */
    void notBefore(Held other) {
        if (BY_ALL_BUT_ARRIVAL.compare(this, other) < 0) {
            timeMicros = other.timeMicros;
            priority = other.priority;
            source = other.source;
            position = other.position;
        }
    }

    /** Returns when the change counts as made: no earlier than the change of its thread before it. */
    long timeMicros() {
        return timeMicros;
    }
}
