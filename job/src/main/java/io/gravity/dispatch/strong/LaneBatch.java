package io.gravity.dispatch.strong;

import io.gravity.event.ChangeEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes of one lane that are to be applied.
 *
 * @param expected what the ledger says of the lane; {@link #NONE} if nothing
 * @param to what it is to say afterwards
 * @param changes in order, possibly none
 */
public record LaneBatch(int lane, long expected, long to, List<ChangeEvent> changes) {
    /** The entry of a lane that the ledger does not know. */
    public static final long NONE = -1;

    public LaneBatch {
        changes = List.copyOf(changes);
    }

    /** Returns the changes of all lanes. */
    public static List<ChangeEvent> changes(List<LaneBatch> batch) {
        var all = new ArrayList<ChangeEvent>();
        batch.forEach(one -> all.addAll(one.changes()));
        return all;
    }
}
