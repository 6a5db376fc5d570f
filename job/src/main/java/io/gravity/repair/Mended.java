package io.gravity.repair;

import io.gravity.event.ChangeEvent;
import io.gravity.quality.Check;
import io.gravity.quality.Issue;
import java.util.List;

/**
 * What the stage makes of a change that is no delete.
 *
 * @param result the change as it goes on, or would go on if it were not kept back; {@code null} if it stands back as a
 *     duplicate
 * @param isDuplicate whether its row was there
 * @param found what was wrong with the row as it came; nothing is looked for in one that stands back
 * @param left what still is
 * @param repairs what was done to it, though it be kept back
 * @param faults what could not be applied to it
 * @param past what is to be remembered of the row; {@code null} for what was remembered before
 */
public record Mended(
        Verdict verdict,
        ChangeEvent result,
        boolean isDuplicate,
        List<Issue> found,
        List<Issue> left,
        List<Repair> repairs,
        List<Fault> faults,
        RowPast past) {

    /** What becomes of the row. */
    public enum Verdict {
        PASS,
        /** It is a duplicate of one that stands. */
        DUPLICATE,
        QUARANTINE,
        STOP_TABLE
    }

    /**
     * A function or rule that could not be applied.
     *
     * @param reason in words for people
     */
    public record Fault(String rule, String reason) {}

    /** Returns whether the row lacked nothing as it came. */
    boolean isComplete() {
        return none(Check.COMPLETENESS);
    }

    /** Returns whether its values were what they should be, as far as the row alone tells. */
    boolean isAccurate() {
        return none(Check.FORMAT) && none(Check.SCHEMA) && none(Check.BUSINESS_RULE) && none(Check.CUSTOM);
    }

    /** Returns whether it fitted to other rows: the row that it names was there, and it was there only once. */
    boolean isConsistent() {
        return !isDuplicate && none(Check.REFERENCE);
    }

    /** Returns whether there was anything to do. */
    boolean isFaulty() {
        return !found.isEmpty() || !repairs.isEmpty() || isDuplicate;
    }

    /** Returns whether there was something to do, and all of it was done. */
    boolean isRepaired() {
        return isFaulty() && left.isEmpty();
    }

    private boolean none(Check check) {
        for (var issue : found) {
            if (issue.check() == check) {
                return false;
            }
        }
        return true;
    }
}
