package io.gravity.expression;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.function.Function;

/** Reads constants as the type of what they stand beside; throws {@link IllegalArgumentException} with what to write. */
final class Literals {
    private static final String DATE_TIME = "a date and time, e.g. '2026-01-31 10:30:00'";

    private Literals() {}

    /** Returns the constant as a value of the other's type. */
    static Typed read(Typed constant, Typed other) {
        return switch (other.type()) {
            case NUMBER, BOOLEAN -> throw mismatch(constant, other, "a number without quotes, e.g. 10");
            case TEXT -> throw mismatch(constant, other, "a text in single quotes, e.g. '" + constant.what() + "'");
            case DATE -> read(constant, other, "a date, e.g. '2026-01-31'", LocalDate::parse);
            case DATETIME -> read(constant, other, DATE_TIME, Moments::dateTime);
            case TIMESTAMP ->
                read(
                        constant,
                        other,
                        "a date and time with its offset from UTC, e.g. '2026-01-31 10:30:00Z' or"
                                + " '2026-01-31 10:30:00+08:00'",
                        Moments::instant);
            case TIME -> read(constant, other, "a time, e.g. '10:30:00' or '-01:00:00.5'", Moments::span);
            case NULL, OTHER -> throw mismatch(constant, other, "a value that can be compared");
        };
    }

    static LocalDateTime dateTime(Typed constant) {
        try {
            return Moments.dateTime((String) constant.value());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("found " + constant.what() + ", expected " + DATE_TIME, e);
        }
    }

    private static Typed read(Typed constant, Typed other, String expected, Function<String, Object> parse) {
        if (!constant.isText()) {
            throw mismatch(constant, other, expected);
        }
        try {
            return Typed.constant(constant.what(), other.type(), parse.apply((String) constant.value()));
        } catch (DateTimeException e) {
            throw mismatch(constant, other, expected);
        }
    }

    private static IllegalArgumentException mismatch(Typed constant, Typed other, String expected) {
        return new IllegalArgumentException(other.what() + ", found " + constant.what() + ", expected " + expected);
    }
}
