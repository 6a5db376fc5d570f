package io.gravity.source;

import io.debezium.relational.TableId;
import java.util.List;
import java.util.Set;

/**
 * What the enumerator remembers across restarts.
 *
 * @param start where the binlog begins; {@code null} before it was recorded
 * @param unassigned splits that no reader holds
 * @param copies tables, or what is left of them, of which no chunk was made yet
 * @param tables those that have been copied or are going to be; {@code null} if an earlier release did not note them
 * @param replaced whether the beginning was recorded anew, as the binlog of an earlier one was lost
 */
record ReadingState(
        Start start, List<ChangeSplit> unassigned, List<TableCopy> copies, Set<TableId> tables, boolean replaced) {

    static final ReadingState NONE = new ReadingState(null, List.of(), List.of(), null, false);

    /** The recorded beginning: a restart offset of the connector and the source's clock at that moment. */
    record Start(java.util.Map<String, String> offset, long timeMicros) {}
}
