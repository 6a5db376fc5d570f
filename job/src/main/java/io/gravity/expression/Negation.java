package io.gravity.expression;

import io.gravity.event.TableSchema;
import java.util.List;

/** {@code -operand}. */
record Negation(Node operand) implements Node {

    @Override
    public Typed bind(TableSchema schema) {
        var number = Coercion.number(operand.bind(schema));
        var evaluator = number.evaluator();
        return Typed.of(
                this,
                Type.NUMBER,
                row -> {
                    var value = evaluator.value(row);
                    return value == null ? null : Numbers.negate(value);
                },
                List.of(number));
    }

    @Override
    public List<Node> parts() {
        return List.of(operand);
    }

    @Override
    public String toString() {
        return "-" + operand;
    }
}
