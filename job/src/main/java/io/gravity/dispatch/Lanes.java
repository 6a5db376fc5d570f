package io.gravity.dispatch;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.types.OrderScope;
import io.gravity.types.ScopeKeys;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * The lanes of a job: one per key group.
 *
 * <p>Flink keeps keyed state by key, and a key's group by its hash. For each group this class finds a number that hashes
 * into it, and uses that number as the lane's key. So keying by lane leaves every row in the subtask that keying by row
 * put it into. The same holds for a larger scope, whose
 * changes are all in one lane: a target that wants them in order gets them through one worker.
 */
public final class Lanes implements KeySelector<ChangeEvent, Integer> {
    /** The job's maximal parallelism, and so the number of lanes; a savepoint's lanes can't be changed later. */
    public static final int COUNT = 128;

    private static final long serialVersionUID = 1L;
    private static final int[] KEYS = keys();

    private final ScopeKeys scopes;

    /** Creates the lanes of a target whose changes are in order within the scope. */
    public Lanes(OrderScope scope) {
        this.scopes = new ScopeKeys(scope);
    }

    @Override
    public Integer getKey(ChangeEvent event) {
        return keyOf(laneOf(event));
    }

    /** Returns the change's lane, 0 to {@link #COUNT} - 1. */
    public int laneOf(ChangeEvent event) {
        return laneOf(scopes.getKey(event));
    }

    /** Returns the lane of a row or of a larger scope. */
    static int laneOf(RowKey key) {
        return KeyGroupRangeAssignment.assignToKeyGroup(key, COUNT);
    }

    /** Returns the key under which Flink keeps a lane's state. */
    public static int keyOf(int lane) {
        return KEYS[lane];
    }

    private static int[] keys() {
        var keys = new int[COUNT];
        var found = new boolean[COUNT];
        int missing = COUNT;
        for (int candidate = 0; missing > 0; candidate++) {
            int group = KeyGroupRangeAssignment.assignToKeyGroup(candidate, COUNT);
            if (!found[group]) {
                found[group] = true;
                keys[group] = candidate;
                missing--;
            }
        }
        return keys;
    }
}
