package io.gravity.order;

import io.gravity.event.ChangeEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The order of one row's changes: by event time, then by the source's priority, then by position.
 *
 * <p>Within a source the position alone decides. A binlog's times can step back (a long statement is stamped with its
 * start), so a change counts as no earlier than any change of its source before it.
 */
final class EventOrder {
    private static final Comparator<ChangeEvent> BY_POSITION = Comparator.comparing(ChangeEvent::position);

    private final Map<String, Integer> priorities;

    EventOrder(Map<String, Integer> priorities) {
        this.priorities = priorities;
    }

    /**
     * A change in its place.
     *
     * @param effectiveMicros when it counts as made, for order
     */
    record Timed(ChangeEvent event, long effectiveMicros, int priority) {}

    /** Returns the changes in order; the argument is left as it is. */
    List<ChangeEvent> sorted(List<ChangeEvent> changes) {
        return changes.size() < 2
                ? changes
                : timed(changes).stream().map(Timed::event).toList();
    }

    /** Returns the changes in order, each with the time it counts as made at. */
    List<Timed> timed(List<ChangeEvent> changes) {
        var bySource = new TreeMap<String, List<ChangeEvent>>();
        for (var change : changes) {
            bySource.computeIfAbsent(change.source(), source -> new ArrayList<>())
                    .add(change);
        }
        var timed = new ArrayList<Timed>(changes.size());
        var latest = new HashMap<String, Long>();
        bySource.forEach((source, own) -> {
            own.sort(BY_POSITION);
            int priority = priorities.getOrDefault(source, Integer.MAX_VALUE);
            for (var change : own) {
                long effective = latest.merge(source, change.eventTimeMicros(), Math::max);
                timed.add(new Timed(change, effective, priority));
            }
        });
        // Stable, so changes of one source with one effective time keep the order of their positions.
        timed.sort(Comparator.comparingLong(Timed::effectiveMicros).thenComparingInt(Timed::priority));
        return timed;
    }
}
