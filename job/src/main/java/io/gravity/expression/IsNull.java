package io.gravity.expression;

import io.gravity.event.TableSchema;
import java.util.List;

/** {@code operand IS NULL}: the one question that a value of any type answers. */
record IsNull(Node operand) implements Node {

    @Override
    public Typed bind(TableSchema schema) {
        var typed = operand.bind(schema);
        var evaluator = typed.evaluator();
        return Typed.of(this, Type.BOOLEAN, row -> evaluator.value(row) == null, List.of(typed));
    }

    @Override
    public List<Node> parts() {
        return List.of(operand);
    }

    @Override
    public String toString() {
        return operand + " IS NULL";
    }
}
