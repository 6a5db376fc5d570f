package io.gravity.resolve;

import io.gravity.event.ChangeEvent;
import java.util.Map;

/**
 * A disagreement between two sources, and how it ended.
 *
 * @param theirs the change that came
 * @param ours the last word of the source whose change stood; {@code null} if nothing was known of the row
 * @param decision what stands now
 * @param decisions for a merged row, by field whose values differed: the rule that decided
 */
record Conflict(
        ConflictClass type,
        ChangeEvent theirs,
        Head ours,
        ConflictStrategy strategy,
        Decision decision,
        Map<String, String> decisions) {

    /** How a conflict ended. */
    enum Decision {
        /** What stood before. */
        OURS,
        /** The change that came. */
        THEIRS,
        /** A row made of both. */
        MERGED,
        /** Nothing: the row waits for an operator. */
        STOPPED
    }
}
