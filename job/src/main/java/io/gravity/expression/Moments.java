package io.gravity.expression;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Pattern;

/** Reads and writes dates and times as MySQL does; what can't be read is a {@link DateTimeException}. */
final class Moments {
    private static final Pattern SPAN = Pattern.compile("(-?)(\\d{1,3}):([0-5]\\d):([0-5]\\d)(?:\\.(\\d{1,6}))?");

    private Moments() {}

    /** Reads a date with or without time of day; without is its midnight. */
    static LocalDateTime dateTime(String text) {
        return text.length() == 10 ? LocalDate.parse(text).atStartOfDay() : LocalDateTime.parse(text.replace(' ', 'T'));
    }

    /** Reads a date and time with its distance from UTC, as a TIMESTAMP is a moment and a wall clock is none. */
    static Instant instant(String text) {
        return OffsetDateTime.parse(text.replace(' ', 'T')).toInstant();
    }

    /** Reads a TIME of MySQL, which is a span and may be negative or longer than a day. */
    static Duration span(String text) {
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
    }

    /** Returns the wall clock of a date or time, UTC's for a moment; {@code null} for {@code null}. */
    static LocalDateTime wallClock(Object value) {
        if (value instanceof LocalDate date) {
            return date.atStartOfDay();
        }
        return value instanceof Instant instant
                ? LocalDateTime.ofInstant(instant, ZoneOffset.UTC)
                : (LocalDateTime) value;
    }

    static String text(LocalDateTime time) {
        return "%s %02d:%02d:%02d%s"
                .formatted(
                        time.toLocalDate(),
                        time.getHour(),
                        time.getMinute(),
                        time.getSecond(),
                        fraction(time.getNano()));
    }

    static String text(Duration span) {
        var positive = span.abs();
        return "%s%02d:%02d:%02d%s"
                .formatted(
                        span.isNegative() ? "-" : "",
                        positive.toHours(),
                        positive.toMinutesPart(),
                        positive.toSecondsPart(),
                        fraction(positive.toNanosPart()));
    }

    /** Returns the microseconds after a point, without zeros at the end; nothing for none. */
    private static String fraction(int nanos) {
        int micros = nanos / 1000;
        return micros == 0 ? "" : ".%06d".formatted(micros).replaceAll("0+$", "");
    }
}
