package io.gravity.expression;

import io.gravity.event.TableSchema;
import java.io.Serializable;
import java.util.List;
import java.util.Set;

/** A part of an expression, independent of any table; prints as SQL. */
sealed interface Node extends Serializable
        permits Arithmetic,
                Call,
                Case,
                Cast,
                Coalesce,
                ColumnName,
                Comparison,
                IsNull,
                IsTruth,
                Junction,
                Like,
                Literal,
                Membership,
                Negation,
                Not,
                RegularExpression {

    /**
     * Returns the evaluator for rows of the schema, with its type.
     *
     * @throws IllegalArgumentException if the schema lacks a column, or types don't go together
     */
    Typed bind(TableSchema schema);

    /** Returns the nodes it is made of. */
    List<Node> parts();

    /** Adds the names of all columns it reads, as written. */
    default void addColumns(Set<String> names) {
        parts().forEach(part -> part.addColumns(names));
    }

    static List<Typed> bindAll(List<Node> nodes, TableSchema schema) {
        return nodes.stream().map(node -> node.bind(schema)).toList();
    }
}
