package io.gravity.expression;

import io.gravity.event.TableSchema;
import java.util.List;

/**
 * {@code text REGEXP 'pattern'}: whether the pattern is found anywhere, in time linear in the text whatever it says; unknown
 * of a text that is too long for it.
 */
record RegularExpression(Node text, String pattern) implements Node {

    @Override
    public Typed bind(TableSchema schema) {
        var typed = Coercion.text(text.bind(schema));
        var value = typed.evaluator();
        var search = new TextSearch(pattern);
        return Typed.of(
                this,
                Type.BOOLEAN,
                row -> {
                    var read = (String) value.value(row);
                    return read == null || !search.reads(read) ? null : (Object) search.finds(read);
                },
                List.of(typed));
    }

    @Override
    public List<Node> parts() {
        return List.of(text);
    }

    @Override
    public String toString() {
        return text + " REGEXP " + new Literal(pattern);
    }
}
