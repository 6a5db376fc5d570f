package io.gravity.expression;

import static java.util.stream.Collectors.joining;

import io.gravity.event.TableSchema;
import java.util.List;

/** {@code COALESCE(part, ...)}: the first that is not NULL. */
record Coalesce(List<Node> parts) implements Node {

    Coalesce {
        parts = List.copyOf(parts);
    }

    @Override
    public Typed bind(TableSchema schema) {
        var operands = Coercion.unify(Node.bindAll(parts, schema));
        var evaluators = operands.stream().map(Typed::evaluator).toArray(Evaluator[]::new);
        return Typed.of(
                this,
                Coercion.typeOf(operands),
                row -> {
                    for (var evaluator : evaluators) {
                        var value = evaluator.value(row);
                        if (value != null) {
                            return value;
                        }
                    }
                    return null;
                },
                operands);
    }

    @Override
    public String toString() {
        return parts.stream().map(Object::toString).collect(joining(", ", "COALESCE(", ")"));
    }
}
