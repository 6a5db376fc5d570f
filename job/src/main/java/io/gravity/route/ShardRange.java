package io.gravity.route;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Pattern;

/**
 * A range of numbers or of times, and the target of rows within it. Both ends belong to it, and the last one as a whole:
 * a day with all its hours, a second with its fractions, 9999 with 9999.5.
 *
 * @param text as written, e.g. {@code 2023-01-01 to 2023-12-31} or {@code 0 to 9999}
 * @param ofTimes whether {@code from} and {@code end} are microseconds since 1970 by the wall clock
 * @param from the first that belongs to it
 * @param end the first behind it
 */
public record ShardRange(String text, boolean ofTimes, BigDecimal from, BigDecimal end, String target)
        implements Serializable {
    private static final Pattern FORM = Pattern.compile("\\s*(\\S.*?)\\s+to\\s+(.*?\\S)\\s*");
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,30}(\\.\\d{1,30})?");
    private static final Pattern DAY = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,6})?");
    private static final String EXPECTED =
            "a range with both its ends, e.g. \"0 to 9999\", \"2023-01-01 to 2023-12-31\" or"
                    + " \"2023-01-01 00:00:00 to 2023-06-30 23:59:59\"";

    /** One end: where it begins and how much it covers. */
    private record End(boolean isTime, BigDecimal value, BigDecimal width) {}

    public ShardRange {
        requireNonNull(text, "text");
        requireNonNull(from, "from");
        requireNonNull(end, "end");
        requireNonNull(target, "target");
    }

    /** Reads a range; throws {@link IllegalArgumentException} with what was found and what is expected. */
    public static ShardRange parse(String text, String target) {
        var parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("found \"" + text + "\", expected " + EXPECTED);
        }
        var first = end(text, parts.group(1));
        var last = end(text, parts.group(2));
        if (first.isTime() != last.isTime()) {
            throw new IllegalArgumentException("found \"" + text + "\", a number and a date, expected " + EXPECTED);
        }
        if (first.value().compareTo(last.value()) > 0) {
            throw new IllegalArgumentException("found \"" + text + "\", expected the smaller end first");
        }
        return new ShardRange(text, first.isTime(), first.value(), last.value().add(last.width()), target);
    }

    private static End end(String text, String part) {
        if (NUMBER.matcher(part).matches()) {
            var number = new BigDecimal(part);
            return new End(false, number, BigDecimal.ONE.movePointLeft(number.scale()));
        }
        try {
            if (DAY.matcher(part).matches()) {
                var day = LocalDate.parse(part);
                var next = micros(day.plusDays(1).atStartOfDay());
                return new End(true, micros(day.atStartOfDay()), next.subtract(micros(day.atStartOfDay())));
            }
            if (TIME.matcher(part).matches()) {
                int digits = part.indexOf('.') < 0 ? 0 : part.length() - part.indexOf('.') - 1;
                return new End(
                        true,
                        micros(LocalDateTime.parse(part.replace(' ', 'T'))),
                        BigDecimal.ONE.movePointRight(6 - digits).setScale(0));
            }
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "found \"" + text + "\", in which " + part + " is no date, expected " + EXPECTED, e);
        }
        throw new IllegalArgumentException("found \"" + text + "\", expected " + EXPECTED);
    }

    static BigDecimal micros(LocalDateTime time) {
        return BigDecimal.valueOf(time.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + time.getNano() / 1000);
    }
}
