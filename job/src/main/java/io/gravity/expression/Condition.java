package io.gravity.expression;

import static java.util.Objects.requireNonNull;

import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.io.Serializable;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;

/** A condition on the content of a row, independent of any table. */
public final class Condition implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String text;
    private final Node node;

    private Condition(String text, Node node) {
        this.text = requireNonNull(text, "text");
        this.node = requireNonNull(node, "node");
    }

    /**
     * Reads a condition such as {@code amount > 10000 and region in ('US', 'EU')}.
     *
     * @throws IllegalArgumentException saying what can't be read or is not supported, and where
     */
    public static Condition parse(String text) {
        return new Condition(text, ExpressionParser.parse(text));
    }

    /** Returns the names of the columns it reads, as written. */
    public Set<String> columns() {
        var names = new LinkedHashSet<String>();
        node.addColumns(names);
        return names;
    }

    /** Returns whether the schema has all its columns, whatever their types. */
    public boolean appliesTo(TableSchema schema) {
        return columns().stream().allMatch(name -> Columns.has(schema, name));
    }

    /**
     * Returns the test for rows of the schema. A row for which SQL's answer is unknown does not pass.
     *
     * @throws IllegalArgumentException if the schema lacks a column, or types don't go together
     */
    public Predicate<Row> bind(TableSchema schema) {
        var truth = Coercion.truth(node.bind(schema)).evaluator();
        return row -> {
            try {
                return Boolean.TRUE.equals(truth.value(row));
            } catch (RuntimeException e) {
                // No value of a row may stop the job; what can't be computed is unknown.
                return false;
            }
        };
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Condition other && text.equals(other.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Returns the text as written. */
    @Override
    public String toString() {
        return text;
    }
}
