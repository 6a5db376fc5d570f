package io.gravity.source;

import io.gravity.event.InvalidDate;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;

/**
 * The form in which dates and times pass the connector: each a whole number that holds every part as the server has it,
 * where the connector's own classes know neither zero dates nor, in part, signs.
 *
 * <p>DATE and DATETIME are packed as the server packs them: {@code ((year * 13 + month) << 5 | day) << 17 | hour << 12 |
 * minute << 6 | second}, then 24 bits of microseconds. A TIMESTAMP is its microseconds since 1970 UTC, and 0 the zero
 * date. A TIME is its microseconds.
 */
final class Temporals {
    private static final int MICROS_BITS = 24;
    private static final int TIME_BITS = 17;
    private static final long MICROS_PER_SECOND = 1_000_000;

    private Temporals() {}

    static long packed(int year, int month, int day, int hour, int minute, int second, int micros) {
        long days = (year * 13L + month) << 5 | day;
        return packed(days << TIME_BITS | (long) hour << 12 | (long) minute << 6 | second, micros);
    }

    static long packed(long seconds, int micros) {
        return seconds << MICROS_BITS | micros;
    }

    /** Returns what a packed DATE says, a LocalDate or an InvalidDate. */
    static Object date(long packed) {
        long days = packed >> (MICROS_BITS + TIME_BITS);
        long month = days >> 5;
        return InvalidDate.orDate((int) (month / 13), (int) (month % 13), (int) (days & 31));
    }

    /** Returns what a packed DATETIME says, a LocalDateTime or an InvalidDate. */
    static Object dateTime(long packed) {
        long days = packed >> (MICROS_BITS + TIME_BITS);
        long month = days >> 5;
        int clock = (int) (packed >> MICROS_BITS) & ((1 << TIME_BITS) - 1);
        int nanos = (int) (packed & ((1 << MICROS_BITS) - 1)) * 1000;
        return InvalidDate.orDateTime(
                (int) (month / 13),
                (int) (month % 13),
                (int) (days & 31),
                LocalTime.of(clock >> 12, clock >> 6 & 63, clock & 63, nanos));
    }

    /** Returns what the microseconds of a TIMESTAMP say, an Instant or the zero date. */
    static Object timestamp(long micros) {
        return micros == 0 ? InvalidDate.ZERO : java.time.Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    static Duration time(long micros) {
        return Duration.of(micros, ChronoUnit.MICROS);
    }

    /** Returns the microseconds of a span; of its parts only {@code negative} has a sign. */
    static long time(boolean negative, int hours, int minutes, int seconds, int micros) {
        long span = ((hours * 60L + minutes) * 60 + seconds) * MICROS_PER_SECOND + micros;
        return negative ? -span : span;
    }

    /** Returns the packed form of a text, e.g. {@code 2024-00-00} or {@code 2024-02-29 23:59:59.5}. */
    static long parsedDate(String text) {
        boolean hasTime = text.length() > 10;
        return packed(
                number(text, 0, 4),
                number(text, 5, 7),
                number(text, 8, 10),
                hasTime ? number(text, 11, 13) : 0,
                hasTime ? number(text, 14, 16) : 0,
                hasTime ? number(text, 17, 19) : 0,
                fraction(text, 19));
    }

    /** Returns the microseconds of a text, e.g. {@code -838:59:59.000001}. */
    static long parsedTime(String text) {
        boolean negative = text.charAt(0) == '-';
        int start = negative ? 1 : 0;
        int hours = text.indexOf(':', start);
        return time(
                negative,
                number(text, start, hours),
                number(text, hours + 1, hours + 3),
                number(text, hours + 4, hours + 6),
                fraction(text, hours + 6));
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }

    /** Returns the microseconds behind a point at that place, if there is one. */
    private static int fraction(String text, int point) {
        int micros = 0;
        int unit = 100_000;
        for (int i = point + 1; i < text.length(); i++) {
            micros += (text.charAt(i) - '0') * unit;
            unit /= 10;
        }
        return micros;
    }
}
