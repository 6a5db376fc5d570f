package io.gravity.repair;

import io.gravity.event.ChangeEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What children may ask of a parent: the last few versions of it, the oldest first. A child gets the version that stood
 * when it was written, or else the oldest known, so that the order in which the two are heard does not matter.
 *
 * @param clearAtMillis when the clock says that nobody asks for a removed parent any more; 0 for one that lives
 */
record Parent(List<Version> versions, long clearAtMillis) {
    private static final int MOST_VERSIONS = 8;

    /**
     * One version.
     *
     * @param values by column, of those that are asked for; {@code null} if it was removed
     */
    record Version(Stamp stamp, Map<String, Object> values) {
        Version {
            values = values == null ? null : Collections.unmodifiableMap(new TreeMap<>(values));
        }

        boolean isRemoved() {
            return values == null;
        }
    }

    static final Parent UNKNOWN = new Parent(List.of(), 0);

    Parent {
        versions = List.copyOf(versions);
    }

    /** Returns what is known after a change of the parent; the same if it brings nothing new. */
    Parent after(ChangeEvent change, Iterable<String> columns, long clearAt) {
        var stamp = Stamp.of(change);
        var version = new Version(stamp, change.isDelete() ? null : values(change, columns));
        var longer = new ArrayList<Version>(versions.size() + 1);
        for (var one : versions) {
            if (!one.stamp().isSameChange(stamp)) {
                longer.add(one);
            }
        }
        longer.add(version);
        longer.sort(Comparator.comparing(Version::stamp));
        if (longer.size() > MOST_VERSIONS) {
            longer.remove(leastNeeded(longer));
        }
        return new Parent(longer, longer.get(longer.size() - 1).isRemoved() ? clearAt : 0);
    }

    /** Returns a version that says what the ones beside it say, or else the oldest. */
    private static int leastNeeded(List<Version> versions) {
        for (int i = 1; i < versions.size() - 1; i++) {
            if (sameValues(versions.get(i - 1), versions.get(i)) && sameValues(versions.get(i), versions.get(i + 1))) {
                return i;
            }
        }
        return 0;
    }

    private static boolean sameValues(Version one, Version other) {
        return one.isRemoved() ? other.isRemoved() : one.values().equals(other.values());
    }

    private static Map<String, Object> values(ChangeEvent change, Iterable<String> columns) {
        var values = new TreeMap<String, Object>();
        for (var column : columns) {
            int index = change.schema().indexOf(column);
            if (index >= 0 && change.after().value(index) != null) {
                values.put(column, change.after().value(index));
            }
        }
        return values;
    }

    /** Returns whether the last that was heard of it is its removal. */
    boolean isRemoved() {
        return clearAtMillis != 0;
    }

    /** Returns whether it was there when the child was written, or is now. */
    boolean isThereFor(ChangeEvent child) {
        var stamp = Stamp.of(child);
        for (int i = versions.size() - 1; i >= 0; i--) {
            if (!versions.get(i).isRemoved()) {
                return true;
            }
            if (versions.get(i).stamp().isBefore(stamp)) {
                return false;
            }
        }
        // It was removed after that, so it had been there.
        return true;
    }

    /** Returns the values that a child sees; {@code null} if the parent was not there any more. */
    Map<String, Object> seenBy(ChangeEvent child) {
        var stamp = Stamp.of(child);
        var seen = versions.get(0);
        for (var version : versions) {
            if (version.stamp().isBefore(stamp)) {
                seen = version;
            }
        }
        return seen.values();
    }
}
