package io.gravity.extension;

import io.gravity.event.ColumnType.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;

/** Knows the class of the values of each kind of column. */
public final class ValueClasses {

    private ValueClasses() {}

    /** Returns the one class that values of the kind have. */
    public static Class<?> of(Kind kind) {
        return switch (kind) {
            case INTEGER, YEAR -> Long.class;
            case UNSIGNED_BIGINT -> BigInteger.class;
            case DECIMAL -> BigDecimal.class;
            case FLOAT -> Float.class;
            case DOUBLE -> Double.class;
            case BITS, BINARY, GEOMETRY -> byte[].class;
            case DATE -> LocalDate.class;
            case TIME -> Duration.class;
            case DATETIME -> LocalDateTime.class;
            case TIMESTAMP -> Instant.class;
            case TEXT, ENUM, SET, JSON -> String.class;
        };
    }

    /** Returns what is wrong with a value for a column of the kind; {@code null} if nothing is. */
    public static String complaint(Kind kind, Object value) {
        return value == null || value.getClass() == of(kind)
                ? null
                : "returned a " + value.getClass().getSimpleName() + ", expected a " + of(kind).getSimpleName()
                        + " or null";
    }
}
