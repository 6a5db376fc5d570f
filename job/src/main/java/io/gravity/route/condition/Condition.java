package io.gravity.route.condition;

import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.io.Serializable;
import java.util.function.Predicate;

/** A condition on the content of a row, independent of any table. */
public sealed interface Condition extends Serializable permits Comparison, Membership {

    /**
     * Reads a condition such as {@code amount > 10000} or {@code region in ('US', 'EU')}.
     *
     * @throws IllegalArgumentException saying what can't be read or is not supported, and where
     */
    static Condition parse(String text) {
        return ConditionParser.parse(text);
    }

    /**
     * Returns the test for rows of the schema. A row for which SQL's answer is unknown, as the column is NULL, does not
     * pass.
     *
     * @throws IllegalArgumentException if the schema has no such column, or one that can't be compared with the literal
     */
    Predicate<Row> bind(TableSchema schema);
}
