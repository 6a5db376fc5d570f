package io.gravity.expression;

import io.gravity.event.TableSchema;
import java.math.BigDecimal;
import java.util.List;

/**
 * A constant as written.
 *
 * @param value a {@link Long}, {@link BigDecimal}, {@link String}, {@link Boolean}, or {@code null} for NULL
 */
record Literal(Object value) implements Node {

    @Override
    public Typed bind(TableSchema schema) {
        var type = value instanceof String ? Type.TEXT : value instanceof Boolean ? Type.BOOLEAN : Type.NUMBER;
        return Typed.constant(toString(), type, value);
    }

    @Override
    public List<Node> parts() {
        return List.of();
    }

    @Override
    public String toString() {
        if (value instanceof String text) {
            return "'" + text.replace("'", "''") + "'";
        }
        return value == null ? "NULL" : value instanceof BigDecimal number ? number.toPlainString() : value.toString();
    }
}
