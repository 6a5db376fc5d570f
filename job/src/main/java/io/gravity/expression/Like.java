package io.gravity.expression;

import io.gravity.event.TableSchema;
import java.util.List;

/**
 * {@code text LIKE pattern}; letters in the case they are written.
 *
 * @param escape the character before what stands for itself
 */
record Like(Node text, Node pattern, int escape) implements Node {

    @Override
    public Typed bind(TableSchema schema) {
        var operands = List.of(Coercion.text(text.bind(schema)), Coercion.text(pattern.bind(schema)));
        var value = operands.get(0).evaluator();
        var given = operands.get(1);
        var compiled = given.isText() ? new LikePattern((String) given.value(), escape) : null;
        Evaluator evaluator = row -> {
            var read = (String) value.value(row);
            if (read == null) {
                return null;
            }
            if (compiled != null) {
                return compiled.matches(read);
            }
            var own = (String) given.evaluator().value(row);
            return own == null ? null : (Object) new LikePattern(own, escape).matches(read);
        };
        return Typed.of(this, Type.BOOLEAN, evaluator, operands);
    }

    @Override
    public List<Node> parts() {
        return List.of(text, pattern);
    }

    @Override
    public String toString() {
        return text + " LIKE " + pattern;
    }
}
