package io.gravity.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;

/** Durations as configuration writes them: {@code 20ms}, {@code 30s}, {@code 5m}, {@code 12h}, {@code 7d}; few may be negative. */
public final class Durations {
    private static final Pattern FORM = Pattern.compile("(-?\\d{1,15}) ?(ms|s|m|min|h|d)");

    private Durations() {}

    static Optional<Duration> parse(String text) {
        var matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        var unit =
                switch (matcher.group(2)) {
                    case "ms" -> ChronoUnit.MILLIS;
                    case "s" -> ChronoUnit.SECONDS;
                    case "h" -> ChronoUnit.HOURS;
                    case "d" -> ChronoUnit.DAYS;
                    default -> ChronoUnit.MINUTES;
                };
        return number(matcher.group(1), unit);
    }

    /** Reads a plain number whose unit the key names. */
    static Optional<Duration> number(String text, ChronoUnit unit) {
        try {
            return Optional.of(unit.getDuration().multipliedBy(Long.parseLong(text)));
        } catch (NumberFormatException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** Returns the duration in the largest unit that shows it exactly, to the millisecond. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0 || millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3600 == 0) {
            return seconds / 3600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
