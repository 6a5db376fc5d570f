package io.gravity.quality;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.gravity.expression.TextSearch;
import java.io.Serializable;
import java.time.DateTimeException;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * How a text has to be written: a regular expression, found anywhere unless it is anchored, or a pattern of a date and
 * time, which the whole text has to follow with a day and hour that exist.
 *
 * @param pattern as configuration has it
 */
public record FieldFormat(String pattern) implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int MAX_LENGTH = 1_000;
    /** Longer texts are no dates, whatever the pattern. */
    private static final int LONGEST_DATE = 200;

    private static final java.util.regex.Pattern DATE_PARTS =
            java.util.regex.Pattern.compile("[yYuMLDdEahHkKmsSnXxzZVOTG\\P{ASCII} ,.:/_\\[\\]-]+");
    private static final java.util.regex.Pattern DATE =
            java.util.regex.Pattern.compile("(?i)(yy|uu|dd|hh).*mm|mm.*(yy|uu|dd)");

    private static final String DATE_EXAMPLE = "a date pattern such as yyyy-MM-dd HH:mm:ss";

    /** Checks the pattern; throws {@link IllegalArgumentException} with what was found and what is expected. */
    public FieldFormat {
        if (pattern.isEmpty() || pattern.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("found a pattern of " + pattern.length()
                    + " characters, expected a regular expression or a date pattern of 1 to " + MAX_LENGTH);
        }
        if (isDate(pattern)) {
            formatter(pattern);
        } else {
            expression(pattern);
        }
    }

    /** Returns the test, in time linear in the text; not for more than one thread. A text too long for it fails. */
    Predicate<String> matcher() {
        if (!isDate(pattern)) {
            return new TextSearch(pattern)::finds;
        }
        var formatter = formatter(pattern);
        return text -> text.length() <= LONGEST_DATE && isDate(text, formatter);
    }

    /** Returns what it expects, in the words of a message. */
    String expected() {
        return (isDate(pattern) ? "a date as " : "a match of ") + Quote.of(pattern);
    }

    private static boolean isDate(String text, DateTimeFormatter formatter) {
        try {
            formatter.parse(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** Nothing but what dates are made of, with a year or day beside the month, or an hour beside the minute. */
    private static boolean isDate(String pattern) {
        var plain = withoutQuotes(pattern);
        return DATE_PARTS.matcher(plain).matches() && DATE.matcher(plain).find();
    }

    private static DateTimeFormatter formatter(String pattern) {
        var plain = withoutQuotes(pattern);
        if (plain.matches(".*[YD].*")) {
            throw refused(pattern, DATE_EXAMPLE + ": y is the year and d the day of the month", null);
        }
        if (plain.contains("d") && !plain.matches(".*[ML].*")) {
            throw refused(pattern, DATE_EXAMPLE + ": M is the month and m the minute", null);
        }
        if (plain.matches(".*[Hh]:?MM.*")) {
            throw refused(pattern, DATE_EXAMPLE + ": m is the minute and M the month", null);
        }
        if (plain.contains("h") && !plain.contains("a")) {
            throw refused(pattern, DATE_EXAMPLE + ": H is the hour from 0 to 23, h needs a for AM or PM", null);
        }
        if (plain.contains("T")) {
            throw refused(pattern, DATE_EXAMPLE + ": what stands for itself is in single quotes, e.g. 'T'", null);
        }
        try {
            return DateTimeFormatter.ofPattern(years(pattern), Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT);
        } catch (IllegalArgumentException e) {
            throw refused(pattern, DATE_EXAMPLE + ": " + e.getMessage(), e);
        }
    }

    private static String withoutQuotes(String pattern) {
        return pattern.replaceAll("'[^']*'", "");
    }

    /** A year of an era would need the era beside it. */
    private static String years(String pattern) {
        var parts = pattern.split("'", -1);
        for (int i = 0; i < parts.length; i += 2) {
            parts[i] = parts[i].replace('y', 'u');
        }
        return String.join("'", parts);
    }

    private static Pattern expression(String pattern) {
        try {
            return Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw refused(
                    pattern,
                    "a regular expression of RE2, which has no look-around and no back-references: " + e.getMessage(),
                    e);
        }
    }

    private static IllegalArgumentException refused(String pattern, String expected, Exception cause) {
        return new IllegalArgumentException("found " + Quote.of(pattern) + ", expected " + expected, cause);
    }
}
