package io.gravity.expression;

import io.gravity.event.ColumnType;

/** Families of values; each states the class of its values. */
enum Type {
    /** {@link Boolean}. */
    BOOLEAN("a condition"),
    /** {@link Long} or {@link java.math.BigDecimal} if exact, else {@link Double}. */
    NUMBER("a number"),
    /** {@link String}. */
    TEXT("a text"),
    /** {@link java.time.LocalDate}. */
    DATE("a date"),
    /** {@link java.time.LocalDateTime}. */
    DATETIME("a date and time"),
    /** {@link java.time.Instant}. */
    TIMESTAMP("a moment"),
    /** {@link java.time.Duration}. */
    TIME("a time"),
    /** Always {@code null}: of any type. */
    NULL("NULL"),
    /** What can be asked for NULL and nothing else. */
    OTHER("a value");

    private final String words;

    Type(String words) {
        this.words = words;
    }

    static Type of(ColumnType column) {
        return switch (column.kind()) {
            case INTEGER, YEAR, UNSIGNED_BIGINT, DECIMAL, FLOAT, DOUBLE, BITS -> NUMBER;
            case TEXT, ENUM, SET -> TEXT;
            case DATE -> DATE;
            case DATETIME -> DATETIME;
            case TIMESTAMP -> TIMESTAMP;
            case TIME -> TIME;
            case JSON, BINARY, GEOMETRY -> OTHER;
        };
    }

    boolean isDay() {
        return this == DATE || this == DATETIME || this == TIMESTAMP;
    }

    String words() {
        return words;
    }

    /** Compares two values of this type, neither of them {@code null}. */
    @SuppressWarnings("unchecked") // each type's values are of one class, which is comparable with itself
    int compare(Object left, Object right) {
        return this == NUMBER ? Numbers.compare(left, right) : ((Comparable<Object>) left).compareTo(right);
    }
}
