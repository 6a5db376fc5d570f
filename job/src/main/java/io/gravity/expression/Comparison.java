package io.gravity.expression;

import io.gravity.event.TableSchema;
import java.util.List;

/** {@code left = right}, and the same with {@code <>}, {@code <}, {@code >}, {@code <=}, {@code >=}. */
record Comparison(Node left, Operator operator, Node right) implements Node {

    @Override
    public Typed bind(TableSchema schema) {
        var sides = Coercion.unify(Node.bindAll(parts(), schema));
        var type = Coercion.typeOf(sides);
        var first = sides.get(0).evaluator();
        var second = sides.get(1).evaluator();
        return Typed.of(
                this,
                Type.BOOLEAN,
                row -> {
                    var a = first.value(row);
                    var b = a == null ? null : second.value(row);
                    return b == null ? null : operator.holds(type.compare(a, b));
                },
                sides);
    }

    @Override
    public List<Node> parts() {
        return List.of(left, right);
    }

    @Override
    public String toString() {
        return left + " " + operator + " " + right;
    }
}
