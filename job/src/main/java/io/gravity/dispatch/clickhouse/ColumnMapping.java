package io.gravity.dispatch.clickhouse;

import io.gravity.dispatch.UnfitRule;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.InvalidDate;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How one column is kept in ClickHouse: its type there, and how a value becomes bytes.
 *
 * <p>The types chosen hold every value of the MySQL type, but for dates: Date32 and DateTime64 end at the years 1900
 * and 2299, and a value outside is refused, as clamping it would corrupt it unseen. DATETIME's wall clock is kept as if
 * it were UTC; TIME, which ClickHouse has no fitting type for, is text.
 *
 * @param type the type in ClickHouse's notation
 * @param nullable whether that type takes NULL
 * @param encoder writes a value that is not NULL
 */
record ColumnMapping(String type, boolean nullable, Encoder encoder) {
    private static final LocalDate FIRST_DATE = LocalDate.of(1900, 1, 1);
    private static final LocalDate LAST_DATE = LocalDate.of(2299, 12, 31);
    private static final LocalDateTime FIRST_TIME = FIRST_DATE.atStartOfDay();
    /** All digits of a DateTime64(0) to DateTime64(6). */
    private static final LocalDateTime LAST_TIME = LAST_DATE.atTime(23, 59, 59);

    private static final long FIRST_SECOND = FIRST_DATE.toEpochDay() * 86_400;
    private static final long LAST_SECOND = LAST_DATE.toEpochDay() * 86_400 + 86_399;
    private static final int MAX_DECIMAL_PRECISION = 76;

    private static final Pattern INTEGER = Pattern.compile("(U?)Int(8|16|32|64)");
    private static final Pattern DECIMAL = Pattern.compile("Decimal\\((\\d+), ?(\\d+)\\)");
    private static final Pattern DATE_TIME = Pattern.compile("DateTime64\\((\\d)(?:, ?'([^']*)')?\\)");

    /** Writes one value, or throws {@link IllegalArgumentException} saying why ClickHouse can't hold it. */
    @FunctionalInterface
    interface Encoder {
        void encode(RowBuffer out, Object value);
    }

    /** Writes one value, NULL included. */
    void write(RowBuffer out, Object value) {
        if (nullable) {
            out.writeByte(value == null ? 1 : 0);
            if (value == null) {
                return;
            }
        } else if (value == null) {
            throw new IllegalArgumentException("found NULL, expected a value of " + type);
        }
        encoder.encode(out, value);
    }

    /** Returns the nearest value that fits where one does not; {@code null} if there is none. */
    static Object nearest(Kind kind, Object value) {
        var date = value instanceof InvalidDate invalid ? UnfitRule.nearest(kind, invalid) : value;
        if (date instanceof LocalDate day) {
            return day.isBefore(FIRST_DATE) ? FIRST_DATE : day.isAfter(LAST_DATE) ? LAST_DATE : day;
        }
        if (date instanceof LocalDateTime time) {
            return time.isBefore(FIRST_TIME) ? FIRST_TIME : time.isAfter(LAST_TIME) ? LAST_TIME : time;
        }
        // A TIMESTAMP ends long before; only the zero date of it does not fit.
        return date instanceof Instant ? Instant.EPOCH : null;
    }

    /** Writes NULL, or the zero of a type that takes none; all of them begin with zero bytes only. */
    void writeDefault(RowBuffer out) {
        if (nullable) {
            out.writeByte(1);
        } else {
            for (int i = width(type); i > 0; i--) {
                out.writeByte(0);
            }
        }
    }

    /** Returns the type that a new table gets for the column. */
    static String typeOf(Column column) {
        var type = bareTypeOf(column.type());
        return column.nullable() ? "Nullable(" + type + ")" : type;
    }

    /**
     * Returns how values of the column are written into a type that the table has; empty if it does not hold them all.
     *
     * @param actual the type in ClickHouse's notation
     */
    static Optional<ColumnMapping> into(String actual, Column column) {
        var bare = unwrapped("LowCardinality", actual);
        var inner = unwrapped("Nullable", bare);
        boolean nullable = !inner.equals(bare);
        if (column.nullable() && !nullable) {
            return Optional.empty();
        }
        return encoded(inner, column).map(encoder -> new ColumnMapping(actual, nullable, encoder));
    }

    /** Returns whether values of the column that are not NULL go into the type. */
    static boolean holds(String type, Column column) {
        return encoded(type, column).isPresent();
    }

    /** Returns a type without NULL and dictionary. */
    static String inner(String type) {
        return unwrapped("Nullable", unwrapped("LowCardinality", type));
    }

    static boolean isNullable(String type) {
        return unwrapped("LowCardinality", type).startsWith("Nullable(");
    }

    private static Optional<Encoder> encoded(String inner, Column column) {
        return encoder(inner, column.type()).or(() -> WiderTypes.encoder(inner, column.type()));
    }

    static String bareTypeOf(ColumnType type) {
        return switch (type.kind()) {
            case INTEGER -> (isUnsigned(type) ? "UInt" : "Int") + bitsOf(type);
            case UNSIGNED_BIGINT, BITS -> "UInt64";
            case DECIMAL -> fitsDecimal(type) ? "Decimal(" + type.length() + ", " + type.scale() + ")" : "String";
            case FLOAT -> "Float32";
            case DOUBLE -> "Float64";
            case DATE -> "Date32";
            case DATETIME, TIMESTAMP -> "DateTime64(" + fractionDigits(type) + ", 'UTC')";
            case YEAR -> "UInt16";
            case TIME, TEXT, ENUM, SET, JSON, BINARY, GEOMETRY -> "String";
        };
    }

    private static Optional<Encoder> encoder(String actual, ColumnType type) {
        return Optional.ofNullable(
                switch (type.kind()) {
                    case INTEGER -> integer(actual, isUnsigned(type), bitsOf(type));
                    case YEAR -> integer(actual, true, 16);
                    case UNSIGNED_BIGINT ->
                        actual.equals("UInt64")
                                ? (out, value) -> out.writeLong(((BigInteger) value).longValue())
                                : null;
                    case BITS -> actual.equals("UInt64") ? ColumnMapping::bits : null;
                    case DECIMAL -> decimal(actual, type);
                    case FLOAT -> floating(actual);
                    case DOUBLE ->
                        actual.equals("Float64") ? (out, value) -> out.writeLong(doubleBits((double) value)) : null;
                    case DATE -> actual.equals("Date32") ? ColumnMapping::date : null;
                    case DATETIME -> dateTime(actual, type, true);
                    case TIMESTAMP -> dateTime(actual, type, false);
                    case TIME -> string(actual, (out, value) -> out.writeString(time((Duration) value)));
                    case TEXT, ENUM, SET, JSON -> string(actual, (out, value) -> out.writeString((String) value));
                    case BINARY, GEOMETRY -> string(actual, (out, value) -> out.writeString((byte[]) value));
                });
    }

    /** Accepts any integer type of at least the source's range, so that a wider column is no difference. */
    private static Encoder integer(String actual, boolean unsigned, int bits) {
        var type = INTEGER.matcher(actual);
        if (!type.matches()) {
            return null;
        }
        boolean actualUnsigned = !type.group(1).isEmpty();
        int actualBits = Integer.parseInt(type.group(2));
        boolean holdsAll = unsigned == actualUnsigned ? actualBits >= bits : unsigned && actualBits > bits;
        if (!holdsAll) {
            return null;
        }
        long least = actualUnsigned ? 0 : -1L << (actualBits - 1);
        long most = actualUnsigned ? (actualBits == 64 ? Long.MAX_VALUE : (1L << actualBits) - 1) : -1 - least;
        return (out, value) -> {
            long number = (long) value;
            if (number < least || number > most) {
                throw new IllegalArgumentException("found " + number + ", expected " + least + " to " + most);
            }
            switch (actualBits) {
                case 8 -> out.writeByte((int) number);
                case 16 -> out.writeShort((int) number);
                case 32 -> out.writeInt((int) number);
                default -> out.writeLong(number);
            }
        };
    }

    private static Encoder decimal(String actual, ColumnType type) {
        if (actual.equals("String")) {
            return (out, value) -> out.writeString(((BigDecimal) value).toPlainString());
        }
        var found = DECIMAL.matcher(actual);
        if (!found.matches()) {
            return null;
        }
        int precision = Integer.parseInt(found.group(1));
        int scale = Integer.parseInt(found.group(2));
        if (!fitsDecimal(type) || scale < type.scale() || precision - scale < type.length() - type.scale()) {
            return null;
        }
        int width = decimalWidth(precision);
        var limit = BigInteger.TEN.pow(precision);
        return (out, value) -> {
            var number = ((BigDecimal) value).stripTrailingZeros();
            if (number.scale() > scale) {
                throw new IllegalArgumentException("found more than " + scale + " digits behind the point");
            }
            var unscaled = number.setScale(scale).unscaledValue();
            if (unscaled.abs().compareTo(limit) >= 0) {
                throw new IllegalArgumentException("found more digits than " + actual + " holds");
            }
            out.writeNumber(unscaled.toByteArray(), width);
        };
    }

    private static Encoder floating(String actual) {
        return switch (actual) {
            case "Float32" -> (out, value) -> out.writeInt(Float.floatToRawIntBits((float) value));
            case "Float64" -> (out, value) -> out.writeLong(doubleBits((float) value));
            default -> null;
        };
    }

    private static long doubleBits(double value) {
        return Double.doubleToRawLongBits(value);
    }

    private static void bits(RowBuffer out, Object value) {
        var bytes = (byte[]) value;
        if (bytes.length > 8) {
            throw new IllegalArgumentException("found " + bytes.length * 8 + " bits, expected up to 64");
        }
        long number = 0;
        for (byte b : bytes) {
            number = (number << 8) | (b & 0xFF);
        }
        out.writeLong(number);
    }

    private static void date(RowBuffer out, Object value) {
        refuseInvalid(value);
        var date = (LocalDate) value;
        if (date.isBefore(FIRST_DATE) || date.isAfter(LAST_DATE)) {
            throw outOfRange(date);
        }
        out.writeInt((int) date.toEpochDay());
    }

    /** Accepts more fraction digits; a wall clock only in UTC, where ClickHouse shows it unchanged. */
    private static Encoder dateTime(String actual, ColumnType type, boolean wallClock) {
        var found = DATE_TIME.matcher(actual);
        if (!found.matches()
                || Integer.parseInt(found.group(1)) < fractionDigits(type)
                || Integer.parseInt(found.group(1)) > 6
                || (wallClock && !"UTC".equals(found.group(2)))) {
            return null;
        }
        int digits = Integer.parseInt(found.group(1));
        long ticksPerSecond = powerOfTen(digits);
        long nanosPerTick = powerOfTen(9 - digits);
        return (out, value) -> {
            refuseInvalid(value);
            long seconds = wallClock
                    ? ((LocalDateTime) value).toEpochSecond(ZoneOffset.UTC)
                    : ((Instant) value).getEpochSecond();
            long nanos = wallClock ? ((LocalDateTime) value).getNano() : ((Instant) value).getNano();
            if (seconds < FIRST_SECOND || seconds > LAST_SECOND) {
                throw outOfRange(value);
            }
            if (nanos % nanosPerTick != 0) {
                throw new IllegalArgumentException(
                        "found " + value + ", expected at most " + digits + " digits behind the second");
            }
            out.writeLong(seconds * ticksPerSecond + nanos / nanosPerTick);
        };
    }

    static void refuseInvalid(Object value) {
        if (value instanceof InvalidDate) {
            throw outOfRange(value);
        }
    }

    private static IllegalArgumentException outOfRange(Object value) {
        return new IllegalArgumentException("found " + value + ", expected " + FIRST_DATE + " to " + LAST_DATE
                + ", which is what ClickHouse holds");
    }

    private static Encoder string(String actual, Encoder encoder) {
        return actual.equals("String") ? encoder : null;
    }

    private static String time(Duration value) {
        var span = value.abs();
        var seconds = "%s%02d:%02d:%02d"
                .formatted(value.isNegative() ? "-" : "", span.toHours(), span.toMinutesPart(), span.toSecondsPart());
        return span.toNanosPart() == 0 ? seconds : seconds + ".%06d".formatted(span.toNanosPart() / 1000);
    }

    private static boolean isUnsigned(ColumnType type) {
        return type.sqlType().contains("UNSIGNED") || type.sqlType().contains("ZEROFILL");
    }

    private static int bitsOf(ColumnType type) {
        var word = type.sqlType().split(" ", 2)[0];
        return switch (word) {
            case "TINYINT", "BOOL", "BOOLEAN" -> 8;
            case "SMALLINT" -> 16;
            case "MEDIUMINT", "INT", "INTEGER" -> 32;
            default -> 64;
        };
    }

    private static boolean fitsDecimal(ColumnType type) {
        return type.length() > 0
                && type.length() <= MAX_DECIMAL_PRECISION
                && type.scale() >= 0
                && type.scale() <= type.length();
    }

    /** Returns the declared digits; all six where the source does not say. */
    private static int fractionDigits(ColumnType type) {
        return type.length() < 0 || type.length() > 6 ? 6 : type.length();
    }

    private static int decimalWidth(int precision) {
        return precision <= 9 ? 4 : precision <= 18 ? 8 : precision <= 38 ? 16 : 32;
    }

    /** Returns the bytes of a type's zero; a string's is its length alone. */
    private static int width(String type) {
        var bare = unwrapped("LowCardinality", type);
        var decimal = DECIMAL.matcher(bare);
        if (decimal.matches()) {
            return decimalWidth(Integer.parseInt(decimal.group(1)));
        }
        return switch (bare) {
            case "String", "Int8", "UInt8" -> 1;
            case "Int16", "UInt16" -> 2;
            case "Int32", "UInt32", "Float32", "Date32" -> 4;
            default -> 8;
        };
    }

    private static long powerOfTen(int exponent) {
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= 10;
        }
        return power;
    }

    private static String unwrapped(String wrapper, String type) {
        return type.startsWith(wrapper + "(") && type.endsWith(")")
                ? type.substring(wrapper.length() + 1, type.length() - 1)
                : type;
    }
}
