package io.gravity.expression;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Optional;

/** Computes with numbers: exactly with {@link Long} and {@link BigDecimal}, like MySQL with {@link Double}. */
final class Numbers {
    /** More digits than MySQL's DECIMAL can have are no number: they would cost memory and time, and mean nothing. */
    private static final int MAX_DIGITS = 65;

    private static final BigInteger MAX_UNSIGNED = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private Numbers() {}

    /** Reads a number as SQL writes it. */
    static Optional<Object> parse(String text) {
        if (text.length() > 2 * MAX_DIGITS) {
            return Optional.empty();
        }
        try {
            var number = new BigDecimal(text);
            boolean small = Math.abs((long) number.scale()) <= MAX_DIGITS
                    && (long) number.precision() - number.scale() <= MAX_DIGITS;
            return small ? Optional.of(narrow(number)) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Returns a whole number without fraction digits as a long if it fits. */
    static Object narrow(BigDecimal number) {
        return number.scale() == 0 ? of(number.unscaledValue()) : number;
    }

    static Object of(BigInteger number) {
        return number.bitLength() < Long.SIZE ? (Object) number.longValue() : new BigDecimal(number);
    }

    static BigDecimal decimal(Object number) {
        return number instanceof Long whole
                ? BigDecimal.valueOf(whole)
                : number instanceof Double real ? new BigDecimal(real) : (BigDecimal) number;
    }

    static double real(Object number) {
        return ((Number) number).doubleValue();
    }

    static boolean isZero(Object number) {
        return number instanceof Long whole
                ? whole == 0
                : number instanceof Double real ? real == 0 : ((BigDecimal) number).signum() == 0;
    }

    /** Compares by value. As doubles where one takes part, like MySQL: a FLOAT that was written as 0.1 is not 0.1. */
    static int compare(Object left, Object right) {
        if (left instanceof Long a && right instanceof Long b) {
            return Long.compare(a, b);
        }
        if (left instanceof Double || right instanceof Double) {
            // Adding zero makes -0.0 equal 0.0.
            return Double.compare(real(left) + 0.0, real(right) + 0.0);
        }
        return decimal(left).compareTo(decimal(right));
    }

    static Object negate(Object number) {
        return number instanceof Long whole && whole != Long.MIN_VALUE
                ? (Object) (-whole)
                : number instanceof Double real
                        ? (Object) (-real)
                        : narrow(decimal(number).negate());
    }

    static Object abs(Object number) {
        return compare(number, 0L) < 0 ? negate(number) : number;
    }

    static Object round(Object number, int digits, RoundingMode mode) {
        if (number instanceof Double real) {
            return Double.isFinite(real)
                    ? new BigDecimal(real).setScale(digits, mode).doubleValue()
                    : number;
        }
        var rounded = decimal(number);
        return rounded.scale() <= digits
                ? number
                : narrow(rounded.setScale(digits, mode).setScale(Math.max(0, digits)));
    }

    /** Returns the whole number nearest to the value; NULL if it does not fit. */
    static Object whole(Object number, boolean unsigned) {
        if (number instanceof Double real && !Double.isFinite(real)) {
            return null;
        }
        var rounded = decimal(number).setScale(0, RoundingMode.HALF_UP).unscaledValue();
        boolean fits = unsigned
                ? rounded.signum() >= 0 && rounded.compareTo(MAX_UNSIGNED) <= 0
                : rounded.bitLength() < Long.SIZE;
        return fits ? of(rounded) : null;
    }

    /** Returns the value with so many fraction digits; NULL if it has more digits than the precision. */
    static Object decimal(Object number, int precision, int scale) {
        if (number instanceof Double real && !Double.isFinite(real)) {
            return null;
        }
        var rounded = decimal(number).setScale(scale, RoundingMode.HALF_UP);
        return rounded.precision() <= precision ? narrow(rounded) : null;
    }

    static Object finite(double number) {
        return Double.isFinite(number) ? number : null;
    }
}
