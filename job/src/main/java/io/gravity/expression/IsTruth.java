package io.gravity.expression;

import io.gravity.event.TableSchema;
import java.util.List;

/** {@code operand IS TRUE} or {@code IS FALSE}: never unknown. */
record IsTruth(Node operand, boolean expected) implements Node {

    @Override
    public Typed bind(TableSchema schema) {
        var typed = Coercion.truth(operand.bind(schema));
        var evaluator = typed.evaluator();
        Object wanted = expected;
        return Typed.of(this, Type.BOOLEAN, row -> wanted.equals(evaluator.value(row)), List.of(typed));
    }

    @Override
    public List<Node> parts() {
        return List.of(operand);
    }

    @Override
    public String toString() {
        return operand + (expected ? " IS TRUE" : " IS FALSE");
    }
}
