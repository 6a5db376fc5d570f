package io.gravity.local.verify;

import static java.util.Objects.requireNonNull;

import io.gravity.event.TableId;

/**
 * What a target has to hold: the rows of a source table for which a condition is true.
 *
 * @param source the source's name
 * @param table the table at the source
 * @param condition SQL that the source's server evaluates; {@code "TRUE"} for all rows
 * @param target the target's name
 * @param targetTable the table's name on the way to the target
 */
public record Expected(String source, TableId table, String condition, String target, TableId targetTable) {

    public Expected {
        requireNonNull(source, "source");
        requireNonNull(table, "table");
        requireNonNull(condition, "condition");
        requireNonNull(target, "target");
        requireNonNull(targetTable, "targetTable");
    }

    @Override
    public String toString() {
        return table + " of " + source + (condition.equals("TRUE") ? "" : " where " + condition) + " in " + target;
    }
}
