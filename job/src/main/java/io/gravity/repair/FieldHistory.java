package io.gravity.repair;

import io.gravity.repair.FillStrategy.History;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of the values of one field of one row, the oldest first.
 *
 * @param seen values that changes had themselves; as many as the limit
 * @param derived values that changes were given for want of their own, so that the same change is given the same again.
 *     They do not count as seen, or a guess would confirm itself
 */
record FieldHistory(List<Seen> seen, List<Seen> derived) {
    static final FieldHistory EMPTY = new FieldHistory(List.of(), List.of());

    /** The most recent value is one of the last few, whatever order changes come in. */
    private static final int MOST_FOR_RECENT = 8;

    private static final int MOST_FOR_FREQUENT = 64;
    private static final int MOST_DERIVED = 8;

    /** A value and the change that had it; never {@code null}. */
    record Seen(Stamp stamp, Object value) {}

    FieldHistory {
        seen = List.copyOf(seen);
        derived = List.copyOf(derived);
    }

    boolean isEmpty() {
        return seen.isEmpty() && derived.isEmpty();
    }

    /** Returns the value for a change that has none; {@code null} if nothing was seen before it within the window. */
    Object derive(Stamp change, History rule) {
        for (var again : derived) {
            if (again.stamp().isSameChange(change)) {
                return again.value();
            }
        }
        var before = seen.stream()
                .filter(one -> one.stamp().isBefore(change) && isWithin(one.stamp(), change, rule.window()))
                .toList();
        if (before.isEmpty()) {
            return null;
        }
        return switch (rule.pick()) {
            case MOST_RECENT -> before.get(before.size() - 1).value();
            case MOST_FREQUENT -> mostFrequent(before);
        };
    }

    private static boolean isWithin(Stamp seen, Stamp change, Duration window) {
        return change.timeMicros() - seen.timeMicros() <= RepairConfig.micros(window);
    }

    private static Object mostFrequent(List<Seen> before) {
        Map<Object, Integer> counts = new LinkedHashMap<>();
        for (var one : before) {
            // What is seen again moves to the end, so that of equals the last one is the most recent.
            var count = counts.remove(one.value());
            counts.put(one.value(), count == null ? 1 : count + 1);
        }
        Object most = null;
        int highest = 0;
        for (var entry : counts.entrySet()) {
            if (entry.getValue() >= highest) {
                most = entry.getKey();
                highest = entry.getValue();
            }
        }
        return most;
    }

    FieldHistory withSeen(Stamp stamp, Object value, History.Pick pick) {
        int limit = pick == History.Pick.MOST_RECENT ? MOST_FOR_RECENT : MOST_FOR_FREQUENT;
        return new FieldHistory(with(seen, new Seen(stamp, value), limit), derived);
    }

    FieldHistory withDerived(Stamp stamp, Object value) {
        return new FieldHistory(seen, with(derived, new Seen(stamp, value), MOST_DERIVED));
    }

    /** The same change twice counts once. */
    private static List<Seen> with(List<Seen> list, Seen added, int limit) {
        var longer = new ArrayList<Seen>(list.size() + 1);
        for (var one : list) {
            if (!one.stamp().isSameChange(added.stamp())) {
                longer.add(one);
            }
        }
        longer.add(added);
        longer.sort(Comparator.comparing(Seen::stamp));
        return longer.size() <= limit ? longer : longer.subList(longer.size() - limit, longer.size());
    }
}
