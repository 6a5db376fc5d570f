package io.gravity.resolve;

import io.gravity.event.SourcePosition;
import java.util.List;

/**
 * What is known of one row.
 *
 * @param seen the newest change of each source that wrote the row; the winner's source comes first
 * @param deleted whether the winning change removed the row
 * @param version what targets compare by; grows with each winning change
 * @param expiresAtMillis for a removed row, the processing time at which it may be forgotten; else 0
 */
record RowVersion(List<Seen> seen, boolean deleted, long version, long expiresAtMillis) {

    /**
     * The newest change of one source.
     *
     * @param effectiveMicros the latest event time of all changes of this row from this source; {@link
     *     Long#MIN_VALUE} if it has shown nothing but a snapshot row
     */
    record Seen(String source, SourcePosition position, long effectiveMicros) {}

    Seen winner() {
        return seen.get(0);
    }

    /** Returns the newest change of a source, or {@code null} if it never wrote the row. */
    Seen of(String source) {
        for (var one : seen) {
            if (one.source().equals(source)) {
                return one;
            }
        }
        return null;
    }
}
