package io.gravity.expression;

import io.gravity.event.TableSchema;
import java.util.List;

/** {@code left AND right}, OR and XOR, with SQL's three values. */
record Junction(Node left, Kind kind, Node right) implements Node {

    enum Kind {
        AND,
        OR,
        XOR
    }

    @Override
    public Typed bind(TableSchema schema) {
        var first = Coercion.truth(left.bind(schema));
        var second = Coercion.truth(right.bind(schema));
        var a = first.evaluator();
        var b = second.evaluator();
        Evaluator evaluator =
                switch (kind) {
                    case AND ->
                        row -> {
                            var one = (Boolean) a.value(row);
                            return Boolean.FALSE.equals(one) ? one : and(one, (Boolean) b.value(row));
                        };
                    case OR ->
                        row -> {
                            var one = (Boolean) a.value(row);
                            return Boolean.TRUE.equals(one) ? one : or(one, (Boolean) b.value(row));
                        };
                    case XOR ->
                        row -> {
                            var one = (Boolean) a.value(row);
                            var other = (Boolean) b.value(row);
                            return (one == null || other == null) ? null : (Object) !one.equals(other);
                        };
                };
        return Typed.of(this, Type.BOOLEAN, evaluator, List.of(first, second));
    }

    private static Boolean and(Boolean trueOrUnknown, Boolean other) {
        return Boolean.FALSE.equals(other) ? other : trueOrUnknown == null ? null : other;
    }

    private static Boolean or(Boolean falseOrUnknown, Boolean other) {
        return Boolean.TRUE.equals(other) ? other : falseOrUnknown == null ? null : other;
    }

    @Override
    public List<Node> parts() {
        return List.of(left, right);
    }

    @Override
    public String toString() {
        return "(" + left + " " + kind + " " + right + ")";
    }
}
