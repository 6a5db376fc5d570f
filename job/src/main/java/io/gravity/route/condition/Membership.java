package io.gravity.route.condition;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.util.List;
import java.util.function.Predicate;

/** {@code column in (literal, ...)}. */
public record Membership(String column, List<Literal> literals) implements Condition {

    public Membership {
        requireNonNull(column, "column");
        literals = List.copyOf(literals);
    }

    @Override
    public Predicate<Row> bind(TableSchema schema) {
        int index = Columns.find(schema, column);
        var orders = literals.stream()
                .map(literal -> ValueOrder.of(schema.column(index), literal))
                .toArray(ValueOrder[]::new);
        return row -> {
            var value = row.value(index);
            if (value != null) {
                for (var order : orders) {
                    if (order.compare(value) == 0) {
                        return true;
                    }
                }
            }
            return false;
        };
    }

    @Override
    public String toString() {
        return column + " in " + literals.stream().map(Object::toString).collect(joining(", ", "(", ")"));
    }
}
