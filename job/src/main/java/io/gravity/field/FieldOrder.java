package io.gravity.field;

import io.gravity.event.Column;
import io.gravity.event.InvalidDate;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;

/** The order of a field's values. Sources may declare a column differently, so numbers of any class compare. */
final class FieldOrder {

    private FieldOrder() {}

    /** Compares two values, a date that is none being the least; throws {@link IllegalArgumentException} if their types have no order between them. */
    @SuppressWarnings("unchecked")
    static int compare(Object left, Object right) {
        if (left instanceof Long a && right instanceof Long b) {
            return Long.compare(a, b);
        }
        if (left instanceof Number && right instanceof Number) {
            return decimal(left).compareTo(decimal(right));
        }
        if (left instanceof byte[] a && right instanceof byte[] b) {
            return Arrays.compareUnsigned(a, b);
        }
        if (left.getClass() == right.getClass() && left instanceof Comparable<?> comparable) {
            return ((Comparable<Object>) comparable).compareTo(right);
        }
        if (left instanceof InvalidDate || right instanceof InvalidDate) {
            return left instanceof InvalidDate ? -1 : 1;
        }
        throw new IllegalArgumentException("values of types " + left.getClass().getSimpleName() + " and "
                + right.getClass().getSimpleName() + " have no order; expected one type at all sources");
    }

    static BigDecimal decimal(Object number) {
        if (number instanceof BigDecimal value) {
            return value;
        }
        if (number instanceof BigInteger value) {
            return new BigDecimal(value);
        }
        if (number instanceof Long value) {
            return BigDecimal.valueOf(value);
        }
        if (number instanceof Double || number instanceof Float) {
            return new BigDecimal(number.toString());
        }
        throw new IllegalArgumentException("found " + number.getClass().getSimpleName() + ", expected a number");
    }

    /** Returns a text column's value; throws {@link IllegalArgumentException} for other types. */
    static String text(Column column, Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(
                "column " + column.name() + " is " + column.type().sqlType() + ", expected a text column for concat");
    }
}
