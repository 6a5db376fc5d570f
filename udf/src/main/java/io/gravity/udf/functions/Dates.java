package io.gravity.udf.functions;

import java.text.Normalizer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads dates and times in many forms: year first with {@code - / .} or Chinese signs or nothing between, day first with
 * points, {@code 31 Jan 2026}, {@code January 31, 2026}, two numbers and a year with strokes if only one of them can be
 * the day, and seconds or milliseconds since 1970. Behind it a time of day with seconds or without, AM or PM, and a zone.
 */
final class Dates {
    private static final int LONGEST = 60;
    private static final String EXPECTED = "a date, e.g. 2026-01-31";

    private static final Pattern FORM =
            Pattern.compile("(.*?[\\d\\u65e5])(?:[T ,]+(\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d{1,9})?)?)"
                    + " ?([AaPp][Mm])? ?(Z|UTC|GMT|[+-]\\d{2}:?\\d{2})?)?");
    private static final Pattern YEAR_FIRST =
            Pattern.compile("(\\d{4})(?:[-/.]|\\u5e74)(\\d{1,2})(?:[-/.]|\\u6708)(\\d{1,2})\\u65e5?");
    private static final Pattern PLAIN = Pattern.compile("(\\d{4})(\\d{2})(\\d{2})");
    private static final Pattern POINTS = Pattern.compile("(\\d{1,2})\\.(\\d{1,2})\\.(\\d{4})");
    private static final Pattern STROKES = Pattern.compile("(\\d{1,2})[/-](\\d{1,2})[/-](\\d{4})");
    private static final Pattern EPOCH = Pattern.compile("\\d{10}|\\d{13}");
    private static final List<DateTimeFormatter> NAMED = List.of(
            named("d MMM uuuu"),
            named("d MMMM uuuu"),
            named("MMM d, uuuu"),
            named("MMMM d, uuuu"),
            named("d-MMM-uuuu"));

    private Dates() {}

    static LocalDate date(String value) {
        return dateTime(value).toLocalDate();
    }

    static LocalDateTime dateTime(String value) {
        var text = Spaces.collapse(Normalizer.normalize(Spaces.brief(value, EXPECTED), Normalizer.Form.NFKC));
        try {
            if (EPOCH.matcher(text).matches()) {
                long number = Long.parseLong(text);
                return LocalDateTime.ofInstant(
                        text.length() == 10 ? Instant.ofEpochSecond(number) : Instant.ofEpochMilli(number),
                        ZoneOffset.UTC);
            }
            var form = FORM.matcher(text);
            if (text.length() <= LONGEST && form.matches()) {
                var day = day(form.group(1));
                return form.group(2) == null ? day.atStartOfDay() : utc(day.atTime(time(form)), form.group(4));
            }
        } catch (DateTimeException e) {
            // Refused below.
        }
        throw Spaces.refused(value, EXPECTED);
    }

    /** Returns the wall clock with its fraction of a second, if there is one, in microseconds. */
    static String text(LocalDateTime time) {
        var text =
                DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).format(time);
        int micros = time.getNano() / 1000;
        return micros == 0 ? text : text + ".%06d".formatted(micros);
    }

    private static LocalDate day(String text) {
        for (var yearFirst : List.of(YEAR_FIRST, PLAIN)) {
            var matcher = yearFirst.matcher(text);
            if (matcher.matches()) {
                return LocalDate.of(number(matcher, 1), number(matcher, 2), number(matcher, 3));
            }
        }
        var points = POINTS.matcher(text);
        if (points.matches()) {
            return LocalDate.of(number(points, 3), number(points, 2), number(points, 1));
        }
        var strokes = STROKES.matcher(text);
        if (strokes.matches()) {
            return unambiguous(number(strokes, 1), number(strokes, 2), number(strokes, 3));
        }
        for (var format : NAMED) {
            try {
                return LocalDate.parse(text, format);
            } catch (DateTimeException e) {
                // One of the others may fit.
            }
        }
        throw new DateTimeException("no date");
    }

    private static LocalDate unambiguous(int first, int second, int year) {
        if (first == second || second > 12) {
            return LocalDate.of(year, first, second);
        }
        if (first > 12) {
            return LocalDate.of(year, second, first);
        }
        throw new DateTimeException("either could be the month");
    }

    private static LocalTime time(Matcher form) {
        var text = form.group(2).replace(',', '.');
        var time = LocalTime.parse(text.indexOf(':') == 1 ? "0" + text : text);
        if (form.group(3) == null) {
            return time;
        }
        if (time.getHour() < 1 || time.getHour() > 12) {
            throw new DateTimeException("no hour of a half day");
        }
        return time.withHour(time.getHour() % 12 + (form.group(3).equalsIgnoreCase("pm") ? 12 : 0));
    }

    private static LocalDateTime utc(LocalDateTime time, String zone) {
        if (zone == null || Character.isLetter(zone.charAt(0))) {
            return time;
        }
        return time.minusSeconds(ZoneOffset.of(zone).getTotalSeconds());
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }

    private static DateTimeFormatter named(String pattern) {
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern(pattern)
                .toFormatter(Locale.ENGLISH)
                .withResolverStyle(ResolverStyle.STRICT);
    }
}
