package io.gravity.expression;

import static java.util.Objects.requireNonNull;

import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.io.Serializable;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;

/** An expression over the columns of a row, independent of any table. */
public final class Expression implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String text;
    private final Node node;

    private Expression(String text, Node node) {
        this.text = requireNonNull(text, "text");
        this.node = requireNonNull(node, "node");
    }

    /**
     * Reads an expression such as {@code round(price * quantity, 2)}.
     *
     * @throws IllegalArgumentException saying what can't be read or is not supported, and where
     */
    public static Expression parse(String text) {
        return new Expression(text, ExpressionParser.parse(text));
    }

    /** Returns the names of the columns it reads, as written. */
    public Set<String> columns() {
        var names = new LinkedHashSet<String>();
        node.addColumns(names);
        return names;
    }

    /**
     * Returns what computes the value for rows of the schema: {@code null} for NULL and for what can't be computed, else
     * a {@link Boolean}, a {@link Long}, {@link java.math.BigDecimal} or {@link Double}, a {@link String}, or a date or
     * time of the class of such columns.
     *
     * @throws IllegalArgumentException if the schema lacks a column, or types don't go together
     */
    public Function<Row, Object> bind(TableSchema schema) {
        var evaluator = node.bind(schema).evaluator();
        return row -> {
            try {
                return evaluator.value(row);
            } catch (RuntimeException e) {
                return null;
            }
        };
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Expression other && text.equals(other.text);
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
