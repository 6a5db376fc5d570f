package io.gravity.event;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Comparator;

/**
 * What MySQL stores as a date though no calendar has it: the zero date {@code 0000-00-00}, a date in part
 * ({@code 2024-00-00}) and, under {@code ALLOW_INVALID_DATES}, a 31st of February. Stands for a DATE, a DATETIME or,
 * as the zero date alone, a TIMESTAMP. Conditions, checks and functions see NULL in its place; targets that can hold it
 * receive it.
 *
 * @param year 0 to 9999
 * @param month 0 to 12
 * @param day 0 to 31
 * @param time of the day, to the microsecond; midnight in a DATE
 */
public record InvalidDate(int year, int month, int day, LocalTime time) implements Comparable<InvalidDate> {
    private static final Comparator<InvalidDate> ORDER = Comparator.comparingInt(InvalidDate::year)
            .thenComparingInt(InvalidDate::month)
            .thenComparingInt(InvalidDate::day)
            .thenComparing(InvalidDate::time);

    /** {@code 0000-00-00 00:00:00}. */
    public static final InvalidDate ZERO = new InvalidDate(0, 0, 0, LocalTime.MIDNIGHT);

    public InvalidDate {
        if (time == null || year < 0 || year > 9999 || month < 0 || month > 12 || day < 0 || day > 31) {
            throw new IllegalArgumentException("found " + year + "-" + month + "-" + day + " " + time
                    + ", expected parts that MySQL stores: 0000-00-00 to 9999-12-31");
        }
    }

    /** Returns a DATE's value: a {@link LocalDate}, or an {@link InvalidDate} if the calendar has no such day. */
    public static Object orDate(int year, int month, int day) {
        return isInCalendar(year, month, day)
                ? LocalDate.of(year, month, day)
                : new InvalidDate(year, month, day, LocalTime.MIDNIGHT);
    }

    /** Returns a DATETIME's value: a {@link LocalDateTime}, or an {@link InvalidDate}. */
    public static Object orDateTime(int year, int month, int day, LocalTime time) {
        return isInCalendar(year, month, day)
                ? LocalDateTime.of(LocalDate.of(year, month, day), time)
                : new InvalidDate(year, month, day, time);
    }

    private static boolean isInCalendar(int year, int month, int day) {
        if (month == 0 || day == 0) {
            return false;
        }
        try {
            return day <= 28 || LocalDate.of(year, month, day) != null;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** Returns the value, and {@code null} for a date that is none: what those see who reckon with dates. */
    public static Object asNull(Object value) {
        return value instanceof InvalidDate ? null : value;
    }

    /** Returns the nearest moment of the calendar: zero parts become one, days beyond the month's its last. */
    public LocalDateTime nearest() {
        var first = LocalDate.of(year, Math.max(1, month), 1);
        return first.withDayOfMonth(Math.max(1, Math.min(day, first.lengthOfMonth())))
                .atTime(time);
    }

    /** Returns the day, e.g. {@code 2024-00-00}. */
    public String date() {
        return "%04d-%02d-%02d".formatted(year, month, day);
    }

    /** Returns the time of the day, e.g. {@code 12:30:00} or {@code 12:30:00.500000}. */
    public String clock() {
        var seconds = "%02d:%02d:%02d".formatted(time.getHour(), time.getMinute(), time.getSecond());
        return time.getNano() == 0 ? seconds : seconds + ".%06d".formatted(time.getNano() / 1000);
    }

    @Override
    public int compareTo(InvalidDate other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return date() + " " + clock();
    }
}
