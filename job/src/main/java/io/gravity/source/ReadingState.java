package io.gravity.source;

import java.util.List;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.SnapshotPendingSplitsState;

/**
 * What the enumerator remembers across restarts.
 *
 * @param start where the binlog begins; {@code null} before it was recorded
 * @param unassigned splits that no reader holds
 * @param snapshot tables and chunks of which no split was made yet; {@code null} if nothing is to be split
 * @param replaced whether the beginning was recorded anew, as the binlog of an earlier one was lost
 */
record ReadingState(Start start, List<ChangeSplit> unassigned, SnapshotPendingSplitsState snapshot, boolean replaced) {

    static final ReadingState NONE = new ReadingState(null, List.of(), null, false);

    /** The recorded beginning: a restart offset of the connector and the source's clock at that moment. */
    record Start(java.util.Map<String, String> offset, long timeMicros) {}
}
