package io.gravity.dispatch.mysql;

import io.gravity.event.ColumnType;
import io.gravity.event.InvalidDate;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Turns a row's values into what the driver sends without loss. Temporal values go as text in UTC, so that no time zone
 * of JVM, driver or server takes part; BIT goes as a number, since a key of that type compares only so.
 */
final class MySqlValues {
    private MySqlValues() {}

    /** Returns what to bind: a Long, BigDecimal, Double, String, byte[] or {@code null}. */
    static Object bindable(ColumnType type, Object value) {
        if (value == null) {
            return null;
        }
        return switch (type.kind()) {
            case INTEGER, YEAR -> (Long) value;
            case UNSIGNED_BIGINT -> new BigDecimal((BigInteger) value);
            case DECIMAL -> (BigDecimal) value;
            // The float's shortest text may lie beyond the greatest float; the exact double does not.
            case FLOAT -> ((Float) value).doubleValue();
            case DOUBLE -> (Double) value;
            case BITS -> new BigDecimal(new BigInteger(1, (byte[]) value));
            case DATE -> date(value);
            case TIME -> time((Duration) value);
            case DATETIME -> dateTime(value);
            case TIMESTAMP ->
                dateTime(value instanceof Instant moment ? LocalDateTime.ofInstant(moment, ZoneOffset.UTC) : value);
            case TEXT, ENUM, SET, JSON -> (String) value;
            case BINARY, GEOMETRY -> (byte[]) value;
        };
    }

    /** Binds what {@link #bindable} returned. */
    static void bind(PreparedStatement statement, int index, Object bindable) throws SQLException {
        if (bindable == null) {
            statement.setNull(index, Types.NULL);
        } else if (bindable instanceof Long v) {
            statement.setLong(index, v);
        } else if (bindable instanceof String v) {
            statement.setString(index, v);
        } else if (bindable instanceof BigDecimal v) {
            statement.setBigDecimal(index, v);
        } else if (bindable instanceof byte[] v) {
            statement.setBytes(index, v);
        } else {
            statement.setDouble(index, (Double) bindable);
        }
    }

    /** Returns an upper bound of the bytes a value takes in a statement, escaped as text. */
    static long sizeInBytes(Object value) {
        if (value instanceof String v) {
            return 3L * v.length() + 8;
        }
        if (value instanceof byte[] v) {
            return 2L * v.length + 16;
        }
        if (value instanceof BigDecimal v) {
            return v.precision() + 8L;
        }
        return 32;
    }

    private static String date(Object value) {
        return value instanceof InvalidDate invalid
                ? invalid.date()
                : date(new StringBuilder(10), (LocalDate) value).toString();
    }

    private static String dateTime(Object value) {
        return value instanceof InvalidDate ? value.toString() : dateTime((LocalDateTime) value);
    }

    private static String dateTime(LocalDateTime value) {
        var text = date(new StringBuilder(26), value.toLocalDate()).append(' ');
        clock(text, value.getHour(), value.getMinute(), value.getSecond());
        return micros(text, value.getNano()).toString();
    }

    private static String time(Duration value) {
        var text = new StringBuilder(17);
        if (value.isNegative()) {
            text.append('-');
        }
        var span = value.abs();
        clock(text, span.toHours(), span.toMinutesPart(), span.toSecondsPart());
        return micros(text, span.toNanosPart()).toString();
    }

    private static StringBuilder date(StringBuilder text, LocalDate value) {
        int year = value.getYear();
        text.append((char) ('0' + year / 1000 % 10)).append((char) ('0' + year / 100 % 10));
        two(text, year % 100).append('-');
        two(text, value.getMonthValue()).append('-');
        return two(text, value.getDayOfMonth());
    }

    private static void clock(StringBuilder text, long hours, int minutes, int seconds) {
        if (hours > 99) {
            text.append(hours).append(':');
        } else {
            two(text, (int) hours).append(':');
        }
        two(text, minutes).append(':');
        two(text, seconds);
    }

    private static StringBuilder micros(StringBuilder text, int nanos) {
        if (nanos == 0) {
            return text;
        }
        int micros = nanos / 1000;
        text.append('.');
        for (int unit = 100_000; unit > 0; unit /= 10) {
            text.append((char) ('0' + micros / unit % 10));
        }
        return text;
    }

    private static StringBuilder two(StringBuilder text, int number) {
        return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
