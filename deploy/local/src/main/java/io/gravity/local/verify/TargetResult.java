package io.gravity.local.verify;

import java.util.List;

/**
 * How a target compares with its sources.
 *
 * @param rowsExpected rows routed to it
 * @param rowsEqual of these, rows that it holds with the same value in all columns
 * @param missing of these, rows that it does not hold
 * @param unexpected rows that it holds and should not
 * @param examples the first differences, for people
 */
public record TargetResult(
        String target, long rowsExpected, long rowsEqual, long missing, long unexpected, List<String> examples) {

    public TargetResult {
        examples = List.copyOf(examples);
    }

    /** Rows that it holds with another value. */
    public long different() {
        return rowsExpected - rowsEqual - missing;
    }

    /** Whether target and sources agree in every row and column. */
    public boolean equal() {
        return rowsEqual == rowsExpected && missing == 0 && unexpected == 0;
    }

    @Override
    public String toString() {
        String summary = target + ": " + rowsEqual + " of " + rowsExpected + " rows equal, " + missing + " missing, "
                + different() + " different, " + unexpected + " unexpected";
        return examples.isEmpty() ? summary : summary + "\n  " + String.join("\n  ", examples);
    }
}
