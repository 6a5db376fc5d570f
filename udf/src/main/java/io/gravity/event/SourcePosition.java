package io.gravity.event;

import java.util.Comparator;

/**
 * Where in a source's binlog a change stands: totally ordered within one source, meaningless across sources.
 *
 * <p>It is the connector's restart offset (file, start of the transaction, event and row within it) and not the event's
 * own end position, which MariaDB 11.4 writes as 0.
 *
 * @param file number at the end of the binlog file's name
 * @param transaction byte position at which the transaction starts
 * @param event number of the event within the transaction
 * @param row number of the row within the event
 */
public record SourcePosition(long file, long transaction, long event, long row) implements Comparable<SourcePosition> {

    /** Before every position. */
    public static final SourcePosition NONE = new SourcePosition(-1, -1, -1, -1);

    private static final Comparator<SourcePosition> ORDER = Comparator.comparingLong(SourcePosition::file)
            .thenComparingLong(SourcePosition::transaction)
            .thenComparingLong(SourcePosition::event)
            .thenComparingLong(SourcePosition::row);

    /** Returns whether both stand in the same transaction. */
    public boolean isOneTransaction(SourcePosition other) {
        return file == other.file && transaction == other.transaction;
    }

    @Override
    public int compareTo(SourcePosition other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return file + ":" + transaction + ":" + event + ":" + row;
    }
}
