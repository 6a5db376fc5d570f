package io.gravity.types;

import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Makes ids of records that travel on with the stream of the row they are about. The key of such a record has to belong
 * to that row's key group, or a shuffle would be needed; a number behind the id sees to it.
 */
public final class KeyGroupLocal {

    private KeyGroupLocal() {}

    /**
     * Returns the id with the first number that fits; the same for the same arguments.
     *
     * @param table the record's table, whose only key column is the id
     * @param row the row that the record is about
     * @param keyGroups how many key groups there are: the maximal parallelism
     */
    public static String id(String id, TableId table, RowKey row, int keyGroups) {
        return id(id, table, KeyGroupRangeAssignment.assignToKeyGroup(row, keyGroups), keyGroups);
    }

    /** Returns the same for a key group that is known. */
    public static String id(String id, TableId table, int group, int keyGroups) {
        for (int n = 0; ; n++) {
            var numbered = id + "~" + n;
            if (KeyGroupRangeAssignment.assignToKeyGroup(RowKey.of(table, numbered), keyGroups) == group) {
                return numbered;
            }
        }
    }
}
