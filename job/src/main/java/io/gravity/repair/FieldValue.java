package io.gravity.repair;

import io.gravity.event.Column;
import io.gravity.event.ColumnType.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Values as a column holds them. */
final class FieldValue {

    private FieldValue() {}

    /**
     * Returns a value as this column holds it; nothing is lost or made up on the way.
     *
     * @param value of any column, or a text from configuration
     * @return {@code null} if the column can't hold it
     */
    static Object of(Column column, Object value) {
        if (value == null || fits(column.type().kind(), value)) {
            return value;
        }
        try {
            return converted(column, text(value));
        } catch (RuntimeException e) {
            return null;
        }
    }

    private static Object converted(Column column, String text) {
        if (text == null) {
            return null;
        }
        return switch (column.type().kind()) {
            case INTEGER, YEAR -> new BigDecimal(text).longValueExact();
            case UNSIGNED_BIGINT -> unsigned(new BigDecimal(text).toBigIntegerExact());
            case DECIMAL -> decimal(new BigDecimal(text), column.type().scale());
            case FLOAT -> Float.valueOf(text);
            case DOUBLE -> Double.valueOf(text);
            case DATE -> LocalDate.parse(text);
            case DATETIME -> dateTime(text);
            case TIMESTAMP ->
                text.endsWith("Z")
                        ? Instant.parse(text.replace(' ', 'T'))
                        : dateTime(text).toInstant(ZoneOffset.UTC);
            case TEXT, ENUM, SET, JSON -> text;
            case TIME, BITS, BINARY, GEOMETRY -> null;
        };
    }

    private static BigInteger unsigned(BigInteger value) {
        return value.signum() < 0 || value.bitLength() > 64 ? null : value;
    }

    private static BigDecimal decimal(BigDecimal value, int scale) {
        return scale < 0 ? value : value.setScale(scale, RoundingMode.UNNECESSARY);
    }

    private static LocalDateTime dateTime(String text) {
        var iso = text.replace(' ', 'T');
        return iso.indexOf('T') < 0 ? LocalDate.parse(iso).atStartOfDay() : LocalDateTime.parse(iso);
    }

    private static String text(Object value) {
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        boolean plain = value instanceof String || value instanceof Number || value instanceof LocalDate;
        return plain ? value.toString() : null;
    }

    /** Returns a value under which equal keys of columns of different types are equal: INT, BIGINT and DECIMAL 7 are. */
    static Object key(Object value) {
        if (value instanceof Number number && !(value instanceof Double) && !(value instanceof Float)) {
            var exact = new BigDecimal(number.toString()).stripTrailingZeros();
            return exact.scale() <= 0 && exact.toBigInteger().bitLength() < 64 ? (Object) exact.longValue() : exact;
        }
        return value;
    }

    /** Returns whether the value is of the class that the kind states. */
    static boolean fits(Kind kind, Object value) {
        return switch (kind) {
            case INTEGER, YEAR -> value instanceof Long;
            case UNSIGNED_BIGINT -> value instanceof BigInteger;
            case DECIMAL -> value instanceof BigDecimal;
            case FLOAT -> value instanceof Float;
            case DOUBLE -> value instanceof Double;
            case DATE -> value instanceof LocalDate;
            case TIME -> value instanceof Duration;
            case DATETIME -> value instanceof LocalDateTime;
            case TIMESTAMP -> value instanceof Instant;
            case TEXT, ENUM, SET, JSON -> value instanceof String;
            case BITS, BINARY, GEOMETRY -> value instanceof byte[];
        };
    }
}
