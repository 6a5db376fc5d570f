package io.gravity.source;

import io.debezium.relational.TableId;
import io.gravity.event.SourcePosition;
import java.util.List;

/**
 * A table, or a part of one, that is being cut into chunks.
 *
 * @param run empty for a table's first copy, otherwise the name of a later one
 * @param where a condition on the rows; {@code null} for all
 * @param whole whether all rows make one chunk, as they are few
 * @param start the position recorded before the first row is read: the version of all rows
 * @param startTimeMicros the source's clock at that moment, in microseconds since 1970 UTC
 * @param after the key, as SQL literals, of the last row that has its chunk; {@code null} at the beginning
 * @param until the largest key when cutting began; {@code null} before. Rows beyond it come through the binlog
 * @param chunks how many were cut so far
 */
record TableCopy(
        String run,
        TableId table,
        String where,
        boolean whole,
        SourcePosition start,
        long startTimeMicros,
        List<String> after,
        List<String> until,
        int chunks) {

    static TableCopy first(TableId table, SourcePosition start, long startTimeMicros) {
        return new TableCopy("", table, null, false, start, startTimeMicros, null, null, 0);
    }

    static TableCopy again(Resnapshots.Begin begin, boolean whole, SourcePosition start, long startTimeMicros) {
        var table = new TableId(begin.database(), null, begin.table());
        return new TableCopy(begin.run(), table, begin.where(), whole, start, startTimeMicros, null, null, 0);
    }

    /** Returns what is left to cut behind another chunk. */
    TableCopy behind(List<String> newAfter, List<String> newUntil) {
        return new TableCopy(run, table, where, whole, start, startTimeMicros, newAfter, newUntil, chunks + 1);
    }

    /** Returns the name of the next chunk, unlike that of any other copy's. */
    String nextChunk() {
        return run.isEmpty() ? table + ":" + chunks : table + ":" + run + ":" + chunks;
    }
}
