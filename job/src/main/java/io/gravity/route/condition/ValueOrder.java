package io.gravity.route.condition;

import io.gravity.event.Column;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;

/** How the values of one column compare with one literal, settled once by the column's type. */
@FunctionalInterface
interface ValueOrder {

    /** Returns the sign of a value, which is never {@code null}, against the literal. */
    int compare(Object value);

    /** Returns the order for a column; throws {@link IllegalArgumentException} if its type and the literal don't meet. */
    static ValueOrder of(Column column, Literal literal) {
        return switch (column.type().kind()) {
            case INTEGER, YEAR -> ofLongs(Literals.number(column, literal));
            case UNSIGNED_BIGINT -> {
                var number = Literals.number(column, literal);
                yield value -> new BigDecimal((BigInteger) value).compareTo(number);
            }
            case DECIMAL -> {
                var number = Literals.number(column, literal);
                yield value -> ((BigDecimal) value).compareTo(number);
            }
            case FLOAT, DOUBLE -> ofDoubles(Literals.number(column, literal));
            case TEXT, ENUM, SET -> {
                var text = Literals.text(column, literal);
                yield value -> ((String) value).compareTo(text);
            }
            case DATE -> {
                var date = Literals.date(column, literal);
                yield value -> ((LocalDate) value).compareTo(date);
            }
            case DATETIME -> {
                var time = Literals.dateTime(column, literal);
                yield value -> ((LocalDateTime) value).compareTo(time);
            }
            case TIMESTAMP -> {
                var instant = Literals.instant(column, literal);
                yield value -> ((Instant) value).compareTo(instant);
            }
            case TIME -> {
                var span = Literals.span(column, literal);
                yield value -> ((Duration) value).compareTo(span);
            }
            case BITS, JSON, BINARY, GEOMETRY ->
                throw new IllegalArgumentException("column " + column.name() + " is "
                        + column.type().sqlType()
                        + ": comparing it is not supported yet, expected a column of numbers, texts, dates or times");
        };
    }

    private static ValueOrder ofLongs(BigDecimal number) {
        try {
            long whole = number.longValueExact();
            return value -> Long.compare((Long) value, whole);
        } catch (ArithmeticException e) {
            return value -> BigDecimal.valueOf((Long) value).compareTo(number);
        }
    }

    /** Compares as doubles, like MySQL: a FLOAT that was written as 0.1 is not 0.1. Adding zero makes -0.0 equal 0.0. */
    private static ValueOrder ofDoubles(BigDecimal number) {
        double literal = number.doubleValue() + 0.0;
        return value -> Double.compare(((Number) value).doubleValue() + 0.0, literal);
    }
}
