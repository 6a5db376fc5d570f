package io.gravity.route.condition;

import static java.util.Objects.requireNonNull;

import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.util.function.Predicate;

/** {@code column = literal}, and the same with {@code <>}, {@code <}, {@code >}, {@code <=}, {@code >=}. */
public record Comparison(String column, Operator operator, Literal literal) implements Condition {

    public Comparison {
        requireNonNull(column, "column");
        requireNonNull(operator, "operator");
        requireNonNull(literal, "literal");
    }

    @Override
    public Predicate<Row> bind(TableSchema schema) {
        int index = Columns.find(schema, column);
        var order = ValueOrder.of(schema.column(index), literal);
        return row -> {
            var value = row.value(index);
            return value != null && operator.holds(order.compare(value));
        };
    }

    @Override
    public String toString() {
        return column + " " + operator + " " + literal;
    }
}
