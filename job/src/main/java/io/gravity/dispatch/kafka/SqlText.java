package io.gravity.dispatch.kafka;

import io.gravity.event.InvalidDate;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;

/** Values as SQL writes them, which is how Flink's change formats read them unless told otherwise. */
final class SqlText {
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final DateTimeFormatter MICROS = new DateTimeFormatterBuilder()
            .append(SECONDS)
            .appendFraction(ChronoField.NANO_OF_SECOND, 6, 6, true)
            .toFormatter();

    private SqlText() {}

    /**
     * Returns a DATETIME or TIMESTAMP, e.g. {@code 2024-02-29 23:59:59.123456}; fractions only if not zero, then six
     * digits. A TIMESTAMP is in UTC, without saying so.
     */
    static String of(Object value) {
        if (value instanceof InvalidDate) {
            return value.toString();
        }
        var time = value instanceof Instant moment
                ? LocalDateTime.ofInstant(moment, ZoneOffset.UTC)
                : (LocalDateTime) value;
        return (time.getNano() == 0 ? SECONDS : MICROS).format(time);
    }

    /** Returns the number that the bits are. */
    static BigInteger ofBits(Object bits) {
        return new BigInteger(1, (byte[]) bits);
    }
}
