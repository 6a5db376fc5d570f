package io.gravity.dispatch.clickhouse;

import io.gravity.dispatch.clickhouse.ColumnMapping.Encoder;
import io.gravity.event.ColumnType;
import io.gravity.event.InvalidDate;
import io.gravity.types.RowJson;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How values go into a column of another kind that holds them all, as one has that several sources' tables share, or
 * whose source has changed it while rows of before are still on their way.
 */
final class WiderTypes {
    private static final Pattern INTEGER = Pattern.compile("(U?)Int(8|16|32|64)");
    private static final Pattern DECIMAL = Pattern.compile("Decimal\\((\\d+), ?(\\d+)\\)");
    private static final Pattern DATE_TIME = Pattern.compile("DateTime64\\((\\d)(?:, ?'([^']*)')?\\)");
    private static final int MAX_PRECISION = 76;
    private static final int MAX_EXACT_BITS = 32;
    private static final DateTimeFormatter TEXT = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd HH:mm:ss")
            .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
            .toFormatter();

    private WiderTypes() {}

    static Optional<Encoder> encoder(String actual, ColumnType type) {
        return Optional.ofNullable(
                switch (type.kind()) {
                    case INTEGER, YEAR ->
                        integer(actual, ColumnMapping.bareTypeOf(type), v -> BigInteger.valueOf((Long) v));
                    case UNSIGNED_BIGINT -> integer(actual, "UInt64", v -> (BigInteger) v);
                    case DATE -> date(actual);
                    case DATETIME ->
                        actual.equals("String")
                                ? (out, value) -> out.writeString(
                                        value instanceof InvalidDate
                                                ? value.toString()
                                                : TEXT.format((LocalDateTime) value))
                                : null;
                    default -> null;
                });
    }

    private interface Whole {
        BigInteger of(Object value);
    }

    private static Encoder integer(String actual, String own, Whole whole) {
        if (actual.equals("String")) {
            return (out, value) -> out.writeString(whole.of(value).toString());
        }
        if (actual.equals("Float64") && bits(own) <= MAX_EXACT_BITS) {
            return (out, value) ->
                    out.writeLong(Double.doubleToRawLongBits(whole.of(value).doubleValue()));
        }
        var decimal = DECIMAL.matcher(actual);
        if (!decimal.matches()) {
            return null;
        }
        int precision = Integer.parseInt(decimal.group(1));
        int scale = Integer.parseInt(decimal.group(2));
        int width = precision <= 9 ? 4 : precision <= 18 ? 8 : precision <= 38 ? 16 : 32;
        return precision - scale < digits(own)
                ? null
                : (out, value) -> out.writeNumber(
                        new BigDecimal(whole.of(value))
                                .setScale(scale)
                                .unscaledValue()
                                .toByteArray(),
                        width);
    }

    private static Encoder date(String actual) {
        if (actual.equals("String")) {
            return (out, value) -> out.writeString(RowJson.date(value));
        }
        var found = DATE_TIME.matcher(actual);
        if (!found.matches() || !"UTC".equals(found.group(2))) {
            return null;
        }
        long ticks = BigInteger.TEN.pow(Integer.parseInt(found.group(1))).longValue();
        return (out, value) -> {
            ColumnMapping.refuseInvalid(value);
            var date = (LocalDate) value;
            if (date.getYear() < 1900 || date.getYear() > 2299) {
                throw new IllegalArgumentException("found " + date + ", expected the years 1900 to 2299");
            }
            out.writeLong(date.atStartOfDay().toEpochSecond(ZoneOffset.UTC) * ticks);
        };
    }

    /** Returns the narrowest type that takes both as what they are; empty if there is none. */
    static Optional<String> join(String one, String other) {
        if (one.equals(other)) {
            return Optional.of(one);
        }
        var joined = joined(one, other);
        return Optional.ofNullable(joined != null ? joined : joined(other, one));
    }

    private static String joined(String one, String other) {
        var integer = INTEGER.matcher(one);
        var decimal = DECIMAL.matcher(one);
        var dateTime = DATE_TIME.matcher(one);
        if (integer.matches() && INTEGER.matcher(other).matches()) {
            return integers(one, other);
        }
        if (decimal.matches()) {
            int scale = Integer.parseInt(decimal.group(2));
            int whole = Integer.parseInt(decimal.group(1)) - scale;
            var second = DECIMAL.matcher(other);
            if (second.matches()) {
                int otherScale = Integer.parseInt(second.group(2));
                return decimal(
                        Math.max(whole, Integer.parseInt(second.group(1)) - otherScale), Math.max(scale, otherScale));
            }
            return INTEGER.matcher(other).matches() ? decimal(Math.max(whole, digits(other)), scale) : null;
        }
        if (one.equals("Float64")) {
            boolean isExact = INTEGER.matcher(other).matches() && bits(other) <= MAX_EXACT_BITS;
            return other.equals("Float32") || isExact ? one : null;
        }
        if (dateTime.matches()) {
            var second = DATE_TIME.matcher(other);
            if (second.matches() && second.group(2) != null && second.group(2).equals(dateTime.group(2))) {
                return one.compareTo(other) >= 0 ? one : other;
            }
            return other.equals("Date32") && "UTC".equals(dateTime.group(2)) ? one : null;
        }
        return null;
    }

    private static String integers(String one, String other) {
        for (int bits = 8; bits <= 64; bits *= 2) {
            for (var type : new String[] {"Int" + bits, "UInt" + bits}) {
                if (covers(type, one) && covers(type, other)) {
                    return type;
                }
            }
        }
        return decimal(20, 0);
    }

    private static boolean covers(String type, String other) {
        boolean unsigned = type.startsWith("U");
        boolean otherUnsigned = other.startsWith("U");
        return unsigned == otherUnsigned ? bits(type) >= bits(other) : otherUnsigned && bits(type) > bits(other);
    }

    private static String decimal(int whole, int scale) {
        return whole + scale > MAX_PRECISION ? null : "Decimal(" + (whole + scale) + ", " + scale + ")";
    }

    private static int bits(String integer) {
        return Integer.parseInt(integer.substring(integer.indexOf('t') + 1));
    }

    private static int digits(String integer) {
        return BigInteger.ONE.shiftLeft(bits(integer)).toString().length();
    }

    /** Returns whether a column can go from one type to the other and keep what is in it. */
    static boolean widens(String from, String to) {
        boolean isText = to.equals("String")
                && (INTEGER.matcher(from).matches()
                        || DECIMAL.matcher(from).matches()
                        || from.equals("Date32")
                        || DATE_TIME.matcher(from).matches());
        return isText || join(from, to).filter(to::equals).isPresent();
    }
}
