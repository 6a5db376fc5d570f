package io.gravity.expression;

import io.gravity.event.TableSchema;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/** {@code left + right}, and the same with {@code -}, {@code *}, {@code /}, DIV and {@code %}. */
record Arithmetic(Node left, Kind kind, Node right) implements Node {

    enum Kind {
        PLUS("+"),
        MINUS("-"),
        TIMES("*"),
        DIVIDED("/"),
        WHOLE_DIVIDED("DIV"),
        MODULO("%");

        /** MySQL's div_precision_increment. */
        private static final int MORE_DIGITS = 4;

        private final String symbol;

        Kind(String symbol) {
            this.symbol = symbol;
        }

        /** Returns the result, or {@code null} if there is none. */
        Object of(Object a, Object b) {
            if (a instanceof Double || b instanceof Double) {
                return of(Numbers.real(a), Numbers.real(b));
            }
            boolean divides = this == DIVIDED || this == WHOLE_DIVIDED || this == MODULO;
            if (divides && Numbers.isZero(b)) {
                return null;
            }
            if (a instanceof Long x && b instanceof Long y) {
                try {
                    switch (this) {
                        case PLUS -> {
                            return Math.addExact(x, y);
                        }
                        case MINUS -> {
                            return Math.subtractExact(x, y);
                        }
                        case TIMES -> {
                            return Math.multiplyExact(x, y);
                        }
                        case MODULO -> {
                            return x % y;
                        }
                        case DIVIDED, WHOLE_DIVIDED -> {}
                    }
                } catch (ArithmeticException e) {
                    // Does not fit a long: as decimals then.
                }
            }
            return Numbers.narrow(of(Numbers.decimal(a), Numbers.decimal(b)));
        }

        private BigDecimal of(BigDecimal a, BigDecimal b) {
            return switch (this) {
                case PLUS -> a.add(b);
                case MINUS -> a.subtract(b);
                case TIMES -> a.multiply(b);
                case DIVIDED -> a.divide(b, a.scale() + MORE_DIGITS, RoundingMode.HALF_UP);
                case WHOLE_DIVIDED -> a.divideToIntegralValue(b).setScale(0, RoundingMode.DOWN);
                case MODULO -> a.remainder(b);
            };
        }

        private Object of(double a, double b) {
            // Beyond the range of doubles, and by zero, there is no result.
            return Numbers.finite(
                    switch (this) {
                        case PLUS -> a + b;
                        case MINUS -> a - b;
                        case TIMES -> a * b;
                        case DIVIDED -> a / b;
                        case WHOLE_DIVIDED -> b == 0 ? Double.NaN : (double) (long) (a / b);
                        case MODULO -> a % b;
                    });
        }
    }

    @Override
    public Typed bind(TableSchema schema) {
        var operands = List.of(Coercion.number(left.bind(schema)), Coercion.number(right.bind(schema)));
        var first = operands.get(0).evaluator();
        var second = operands.get(1).evaluator();
        return Typed.of(
                this,
                Type.NUMBER,
                row -> {
                    var a = first.value(row);
                    var b = a == null ? null : second.value(row);
                    return b == null ? null : kind.of(a, b);
                },
                operands);
    }

    @Override
    public List<Node> parts() {
        return List.of(left, right);
    }

    @Override
    public String toString() {
        return left + " " + kind.symbol + " " + right;
    }
}
