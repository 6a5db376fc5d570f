package io.gravity.route.condition;

import io.gravity.event.Column;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads literals as the types of columns; throws {@link IllegalArgumentException} with what to write instead. */
final class Literals {
    private static final Pattern SPAN = Pattern.compile("(-?)(\\d{1,3}):([0-5]\\d):([0-5]\\d)(?:\\.(\\d{1,6}))?");

    private Literals() {}

    static BigDecimal number(Column column, Literal literal) {
        if (literal instanceof Literal.Numeric number) {
            return number.value();
        }
        throw mismatch(column, literal, "a number without quotes, e.g. 10");
    }

    static String text(Column column, Literal literal) {
        if (literal instanceof Literal.Textual text) {
            return text.value();
        }
        throw mismatch(column, literal, "a text in single quotes, e.g. '" + literal + "'");
    }

    static LocalDate date(Column column, Literal literal) {
        return read(column, literal, "a date, e.g. '2026-01-31'", LocalDate::parse);
    }

    /** Reads a date with or without time of day; without is its midnight. */
    static LocalDateTime dateTime(Column column, Literal literal) {
        return read(
                column,
                literal,
                "a date and time, e.g. '2026-01-31 10:30:00'",
                text -> text.length() == 10
                        ? LocalDate.parse(text).atStartOfDay()
                        : LocalDateTime.parse(text.replace(' ', 'T')));
    }

    /** Reads a date and time with its distance from UTC, as a TIMESTAMP is a moment and a wall clock is none. */
    static Instant instant(Column column, Literal literal) {
        return read(
                column,
                literal,
                "a date and time with its offset from UTC, e.g. '2026-01-31 10:30:00Z' or '2026-01-31 10:30:00+08:00'",
                text -> OffsetDateTime.parse(text.replace(' ', 'T')).toInstant());
    }

    /** Reads a TIME of MySQL, which is a span and may be negative or longer than a day. */
    static Duration span(Column column, Literal literal) {
        return read(column, literal, "a time, e.g. '10:30:00' or '-01:00:00.5'", text -> {
            var parts = SPAN.matcher(text);
            if (!parts.matches()) {
                throw new DateTimeException("not a time");
            }
            var span = Duration.ofHours(Long.parseLong(parts.group(2)))
                    .plusMinutes(Long.parseLong(parts.group(3)))
                    .plusSeconds(Long.parseLong(parts.group(4)));
            if (parts.group(5) != null) {
                span = span.plusNanos(Long.parseLong((parts.group(5) + "00000000").substring(0, 9)));
            }
            return parts.group(1).isEmpty() ? span : span.negated();
        });
    }

    private static <T> T read(Column column, Literal literal, String expected, Function<String, T> parse) {
        if (literal instanceof Literal.Textual text) {
            try {
                return parse.apply(text.value());
            } catch (DateTimeException e) {
                throw mismatch(column, literal, expected);
            }
        }
        throw mismatch(column, literal, expected);
    }

    private static IllegalArgumentException mismatch(Column column, Literal literal, String expected) {
        return new IllegalArgumentException("column " + column.name() + " is "
                + column.type().sqlType() + ", found " + literal + ", expected " + expected);
    }
}
