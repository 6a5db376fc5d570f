package io.gravity.dispatch.kafka;

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

    /** Returns e.g. {@code 2024-02-29 23:59:59.123456}; fractions only if not zero, then six digits. */
    static String of(LocalDateTime value) {
        return (value.getNano() == 0 ? SECONDS : MICROS).format(value);
    }

    /** Returns the same for the wall clock in UTC, without saying so. */
    static String of(Instant value) {
        return of(LocalDateTime.ofInstant(value, ZoneOffset.UTC));
    }

    /** Returns the number that the bits are. */
    static BigInteger ofBits(Object bits) {
        return new BigInteger(1, (byte[]) bits);
    }
}
