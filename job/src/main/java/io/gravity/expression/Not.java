package io.gravity.expression;

import io.gravity.event.TableSchema;
import java.util.List;

/** {@code NOT operand}; unknown stays unknown. */
record Not(Node operand) implements Node {

    @Override
    public Typed bind(TableSchema schema) {
        var truth = Coercion.truth(operand.bind(schema));
        var evaluator = truth.evaluator();
        return Typed.of(
                this,
                Type.BOOLEAN,
                row -> {
                    var value = (Boolean) evaluator.value(row);
                    return value == null ? null : (Boolean) !value;
                },
                List.of(truth));
    }

    @Override
    public List<Node> parts() {
        return List.of(operand);
    }

    @Override
    public String toString() {
        return "NOT " + operand;
    }
}
