package io.gravity.quality;

import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.InvalidDate;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.function.Function;

/** Judges values by their column's type, with the limits of MySQL. */
final class DeclaredType {
    private static final BigInteger LARGEST = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    private static final Duration LONGEST_TIME =
            Duration.ofHours(838).plusMinutes(59).plusSeconds(59);
    private static final LocalDate LAST_DAY = LocalDate.of(9999, 12, 31);
    private static final Instant LAST_MOMENT = Instant.parse("2038-01-19T03:14:07.999999Z");

    /** What is wrong with a value. */
    private record Fault(String rule, String expected) {}

    private DeclaredType() {}

    static RowRule rule(Column column, int index, Severity severity) {
        var name = column.name();
        var type = column.type();
        var judge = judge(type);
        var missing = new Issue(
                Check.SCHEMA, "null", name, severity, "found NULL in " + name + ", which is declared NOT NULL");
        var nothing = column.nullable() ? null : missing;
        return row -> {
            var value = row.value(index);
            if (value == null) {
                return nothing;
            }
            if (value instanceof InvalidDate) {
                return null;
            }
            var fault = judge.apply(value);
            return fault == null ? null : issue(fault, name, value, severity);
        };
    }

    private static Issue issue(Fault fault, String name, Object value, Severity severity) {
        var found = value instanceof byte[] bytes ? bytes.length + " bytes" : Quote.of(value.toString());
        return new Issue(
                Check.SCHEMA,
                fault.rule(),
                name,
                severity,
                "found " + found + " in " + name + ", expected " + fault.expected());
    }

    private static Function<Object, Fault> judge(ColumnType type) {
        var judge = ofKind(type);
        var clazz = classOf(type.kind());
        var wrong = new Fault("type", "a value of " + words(type) + ": a " + clazz.getSimpleName());
        return value -> clazz.isInstance(value) ? judge.apply(value) : wrong;
    }

    private static Function<Object, Fault> ofKind(ColumnType type) {
        var range = new Fault("out-of-range", "a value of " + words(type));
        var length = new Fault("too-long", "a value of " + words(type));
        return switch (type.kind()) {
            case INTEGER -> integer(type.sqlType(), range);
            case UNSIGNED_BIGINT ->
                value ->
                        ((BigInteger) value).signum() < 0 || ((BigInteger) value).compareTo(LARGEST) > 0 ? range : null;
            case DECIMAL -> value -> type.length() < 0 || fits((BigDecimal) value, type) ? null : range;
            case FLOAT -> value -> Float.isFinite((Float) value) ? null : range;
            case DOUBLE -> value -> Double.isFinite((Double) value) ? null : range;
            case BITS ->
                value -> type.length() >= 0 && new BigInteger(1, (byte[]) value).bitLength() > type.length()
                        ? length
                        : null;
            case DATE ->
                value -> ((LocalDate) value).getYear() < 0 || ((LocalDate) value).isAfter(LAST_DAY) ? range : null;
            case DATETIME ->
                value -> ((LocalDateTime) value).getYear() < 0 || ((LocalDateTime) value).getYear() > 9999
                        ? range
                        : null;
            case TIMESTAMP ->
                value ->
                        ((Instant) value).getEpochSecond() < 0 || ((Instant) value).isAfter(LAST_MOMENT) ? range : null;
            case TIME -> value -> ((Duration) value).abs().compareTo(LONGEST_TIME.plusSeconds(1)) >= 0 ? range : null;
            case YEAR -> value -> (Long) value != 0 && ((Long) value < 1901 || (Long) value > 2155) ? range : null;
            case TEXT, ENUM, SET, JSON -> text(type, length);
            case BINARY, GEOMETRY -> {
                long most = mostBytes(type);
                yield value -> ((byte[]) value).length > most ? length : null;
            }
        };
    }

    private static Function<Object, Fault> integer(String sqlType, Fault range) {
        boolean signed = !sqlType.contains("UNSIGNED");
        int bits = sqlType.startsWith("TINYINT")
                ? 8
                : sqlType.startsWith("SMALLINT")
                        ? 16
                        : sqlType.startsWith("MEDIUMINT") ? 24 : sqlType.startsWith("BIGINT") ? 64 : 32;
        long max = bits == 64 ? Long.MAX_VALUE : (1L << (signed ? bits - 1 : bits)) - 1;
        long min = signed ? -max - 1 : 0;
        return value -> (Long) value < min || (Long) value > max ? range : null;
    }

    private static boolean fits(BigDecimal value, ColumnType type) {
        int scale = Math.max(0, type.scale());
        if (value.scale() == scale) {
            return value.precision() <= type.length();
        }
        var shortest = value.stripTrailingZeros();
        return shortest.scale() <= scale && shortest.precision() - (long) shortest.scale() <= type.length() - scale;
    }

    private static Function<Object, Fault> text(ColumnType type, Fault length) {
        var broken = new Fault("encoding", "Unicode without half a character (an unpaired surrogate)");
        boolean byCharacters = type.length() >= 0 && type.sqlType().endsWith("CHAR");
        long most = byCharacters ? type.length() : mostBytes(type);
        return value -> {
            var text = (String) value;
            if (byCharacters ? !fits(text, most) : !fitsBytes(text, most)) {
                return length;
            }
            return isWhole(text) ? null : broken;
        };
    }

    private static boolean fits(String text, long characters) {
        return text.length() <= characters || text.codePointCount(0, text.length()) <= characters;
    }

    private static boolean fitsBytes(String text, long bytes) {
        return text.length() * 3L <= bytes || text.getBytes(StandardCharsets.UTF_8).length <= bytes;
    }

    private static boolean isWhole(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    private static long mostBytes(ColumnType type) {
        return switch (type.sqlType()) {
            case "TINYTEXT", "TINYBLOB" -> 255;
            case "TEXT", "BLOB" -> 65_535;
            case "MEDIUMTEXT", "MEDIUMBLOB" -> 16_777_215;
            case "BINARY", "VARBINARY" -> type.length() < 0 ? Integer.MAX_VALUE : type.length();
            default -> Integer.MAX_VALUE;
        };
    }

    private static Class<?> classOf(ColumnType.Kind kind) {
        return switch (kind) {
            case INTEGER, YEAR -> Long.class;
            case UNSIGNED_BIGINT -> BigInteger.class;
            case DECIMAL -> BigDecimal.class;
            case FLOAT -> Float.class;
            case DOUBLE -> Double.class;
            case DATE -> LocalDate.class;
            case TIME -> Duration.class;
            case DATETIME -> LocalDateTime.class;
            case TIMESTAMP -> Instant.class;
            case TEXT, ENUM, SET, JSON -> String.class;
            case BITS, BINARY, GEOMETRY -> byte[].class;
        };
    }

    private static String words(ColumnType type) {
        var scale = type.scale() < 0 ? "" : "," + type.scale();
        return type.length() < 0 ? type.sqlType() : type.sqlType() + "(" + type.length() + scale + ")";
    }
}
