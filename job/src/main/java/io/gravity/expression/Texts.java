package io.gravity.expression;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;

/** Works on texts; lengths and places count characters, not UTF-16 units. */
public final class Texts {

    private Texts() {}

    /** Returns how MySQL writes a value; {@code null} for {@code null}. */
    public static String of(Object value) {
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        if (value instanceof Double real) {
            return real == Math.rint(real) && Math.abs(real) < 1e15 ? Long.toString(real.longValue()) : real.toString();
        }
        if (value instanceof Boolean truth) {
            return truth ? "1" : "0";
        }
        if (value instanceof LocalDateTime || value instanceof Instant) {
            return Moments.text(Moments.wallClock(value));
        }
        if (value instanceof Duration span) {
            return Moments.text(span);
        }
        return value == null ? null : value.toString();
    }

    static long length(String text) {
        return text.codePointCount(0, text.length());
    }

    static String left(String text, long count) {
        return substring(text, 1, count);
    }

    static String right(String text, long count) {
        long length = length(text);
        return substring(text, Math.max(1, length - Math.max(0, count) + 1), Math.max(0, count));
    }

    /** Returns {@code count} characters from a place that counts from 1, or from the end if it is negative. */
    static String substring(String text, long place, long count) {
        long length = length(text);
        long start = place < 0 ? length + place : place - 1;
        if (place == 0 || start < 0 || start >= length || count <= 0) {
            return "";
        }
        int from = text.offsetByCodePoints(0, (int) start);
        return text.substring(from, text.offsetByCodePoints(from, (int) Math.min(count, length - start)));
    }

    static String trim(String text, String what, boolean start, boolean end) {
        if (what.isEmpty()) {
            return text;
        }
        int from = 0;
        int to = text.length();
        while (start && text.startsWith(what, from)) {
            from += what.length();
        }
        while (end && to - what.length() >= from && text.startsWith(what, to - what.length())) {
            to -= what.length();
        }
        return text.substring(from, to);
    }
}
