package io.gravity.transform;

import io.gravity.event.ColumnType;
import io.gravity.expression.Texts;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;

/**
 * Makes values of one type of those of another, and refuses what would become another value: whole numbers take no
 * fraction, and nothing is cut or set to a limit. Digits of a decimal behind its scale are rounded, half away from zero.
 * A DATETIME stands for UTC beside a TIMESTAMP. A date takes the day of a time; a text is read as ISO 8601 writes it.
 */
final class Casts {
    private static final int LONGEST_NUMBER = 100;
    private static final int LONGEST_QUOTE = 40;
    private static final BigInteger UNSIGNED_LIMIT = BigInteger.ONE.shiftLeft(64);
    private static final Map<String, Long> LARGEST =
            Map.of("TINYINT", 127L, "SMALLINT", 32_767L, "INT", 2_147_483_647L, "BIGINT", Long.MAX_VALUE);

    private Casts() {}

    /**
     * Returns the value as one of the type.
     *
     * @param value never {@code null}
     * @throws IllegalArgumentException saying why that can't be done
     */
    static Object cast(Object value, ColumnType type) {
        return switch (type.kind()) {
            case INTEGER -> integer(value, type);
            case UNSIGNED_BIGINT -> unsigned(value, type);
            case DECIMAL -> decimal(value, type);
            case FLOAT -> (float) finite((double) (float) number(value, type).doubleValue(), value, type);
            case DOUBLE -> finite(number(value, type).doubleValue(), value, type);
            case TEXT -> text(value, type);
            case DATE -> wallClock(value, type).toLocalDate();
            case DATETIME -> wallClock(value, type);
            case TIMESTAMP -> wallClock(value, type).toInstant(ZoneOffset.UTC);
            default -> throw new IllegalStateException("no target of a cast: " + type);
        };
    }

    private static Long integer(Object value, ColumnType type) {
        try {
            long number = number(value, type).longValueExact();
            long largest = LARGEST.get(type.sqlType());
            if (number > largest || number < -largest - 1) {
                throw refused(value, type);
            }
            return number;
        } catch (ArithmeticException e) {
            throw refused(value, type);
        }
    }

    private static BigInteger unsigned(Object value, ColumnType type) {
        try {
            var number = number(value, type).toBigIntegerExact();
            if (number.signum() < 0 || number.compareTo(UNSIGNED_LIMIT) >= 0) {
                throw refused(value, type);
            }
            return number;
        } catch (ArithmeticException e) {
            throw refused(value, type);
        }
    }

    private static BigDecimal decimal(Object value, ColumnType type) {
        var number = number(value, type).setScale(type.scale(), RoundingMode.HALF_UP);
        if (number.precision() > type.length()) {
            throw refused(value, type);
        }
        return number;
    }

    private static double finite(double number, Object value, ColumnType type) {
        if (!Double.isFinite(number)) {
            throw refused(value, type);
        }
        return number;
    }

    private static BigDecimal number(Object value, ColumnType type) {
        if (value instanceof BigDecimal decimal) {
            return decimal;
        }
        if (value instanceof BigInteger whole) {
            return new BigDecimal(whole);
        }
        if (value instanceof Boolean truth) {
            return truth ? BigDecimal.ONE : BigDecimal.ZERO;
        }
        // A number with an exponent may have more digits than memory.
        if (value instanceof Number || (value instanceof String text && text.length() <= LONGEST_NUMBER)) {
            try {
                var number = new BigDecimal(value.toString().strip());
                if (Math.abs((long) number.precision() - number.scale()) < 1000
                        && Math.abs((long) number.scale()) < 1000) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Refused below, as NaN is.
            }
        }
        throw refused(value, type);
    }

    private static String text(Object value, ColumnType type) {
        if (value instanceof byte[]) {
            throw refused(value, type);
        }
        var text = Texts.of(value);
        if (type.length() >= 0 && text.codePointCount(0, text.length()) > type.length()) {
            throw refused(value, type);
        }
        return text;
    }

    private static LocalDateTime wallClock(Object value, ColumnType type) {
        if (value instanceof LocalDateTime time) {
            return time;
        }
        if (value instanceof LocalDate day) {
            return day.atStartOfDay();
        }
        if (value instanceof Instant moment) {
            return LocalDateTime.ofInstant(moment, ZoneOffset.UTC);
        }
        if (value instanceof String text) {
            try {
                return read(text.strip());
            } catch (DateTimeException e) {
                throw refused(value, type);
            }
        }
        throw refused(value, type);
    }

    private static LocalDateTime read(String text) {
        if (text.length() == 10) {
            return LocalDate.parse(text).atStartOfDay();
        }
        var time = text.replace(' ', 'T');
        int zone = Math.max(time.lastIndexOf('+'), Math.max(time.lastIndexOf('-'), time.lastIndexOf('Z')));
        return zone > 10
                ? LocalDateTime.ofInstant(OffsetDateTime.parse(time).toInstant(), ZoneOffset.UTC)
                : LocalDateTime.parse(time);
    }

    private static IllegalArgumentException refused(Object value, ColumnType type) {
        var text = value instanceof byte[] bytes ? bytes.length + " bytes" : '"' + value.toString() + '"';
        return new IllegalArgumentException("found "
                + (text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "...\"") + ", expected "
                + SqlTypes.text(type));
    }
}
