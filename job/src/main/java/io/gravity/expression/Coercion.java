package io.gravity.expression;

import java.time.LocalDate;
import java.util.List;

/** Brings operands to the type an operation needs; throws {@link IllegalArgumentException} with what to write instead. */
final class Coercion {

    private Coercion() {}

    /** Returns the operands as values of one type, which is that of the first that is no constant; NULL goes with all. */
    static List<Typed> unify(List<Typed> operands) {
        var base = base(operands);
        return operands.stream().map(operand -> convert(operand, base)).toList();
    }

    /** Returns the type that unified operands have. */
    static Type typeOf(List<Typed> unified) {
        return unified.stream()
                .map(Typed::type)
                .filter(type -> type != Type.NULL)
                .findFirst()
                .orElse(Type.NULL);
    }

    private static Typed base(List<Typed> operands) {
        Typed base = null;
        for (var operand : operands) {
            if (operand.type() == Type.NULL) {
                continue;
            }
            if (operand.type() == Type.OTHER) {
                throw new IllegalArgumentException(operand.what()
                        + ": comparing it is not supported yet, expected a column of numbers, texts, dates or times");
            }
            boolean wider = base != null
                    && ((base.type() == Type.DATE && operand.type() == Type.DATETIME)
                            || (base.type() == Type.BOOLEAN && operand.type() == Type.NUMBER));
            if (base == null || (base.constant() && !operand.constant()) || wider) {
                base = operand;
            }
        }
        return base == null ? operands.get(0) : base;
    }

    private static Typed convert(Typed operand, Typed base) {
        if (operand.type() == base.type() || operand.type() == Type.NULL) {
            return operand;
        }
        if (operand.type() == Type.BOOLEAN && base.type() == Type.NUMBER) {
            return number(operand);
        }
        if (operand.type() == Type.DATE && base.type() == Type.DATETIME) {
            var date = operand.evaluator();
            return operand.as(Type.DATETIME, row -> {
                var day = (LocalDate) date.value(row);
                return day == null ? null : day.atStartOfDay();
            });
        }
        if (operand.constant()) {
            return Literals.read(operand, base);
        }
        throw new IllegalArgumentException(base.what() + " and " + operand.what()
                + ": they can't be compared, expected two of one type, e.g. by CAST(... AS CHAR)");
    }

    /** Returns a condition; a number is one as well, true unless it is zero. */
    static Typed truth(Typed operand) {
        return switch (operand.type()) {
            case BOOLEAN, NULL -> operand;
            case NUMBER -> {
                var number = operand.evaluator();
                yield operand.as(Type.BOOLEAN, row -> {
                    var value = number.value(row);
                    return value == null ? null : !Numbers.isZero(value);
                });
            }
            case TEXT, DATE, DATETIME, TIMESTAMP, TIME, OTHER ->
                throw expected(operand, "a condition, e.g. a comparison");
        };
    }

    /** Returns a number; a condition is 1 if it is true and 0 if it is false. */
    static Typed number(Typed operand) {
        return switch (operand.type()) {
            case NUMBER, NULL -> operand;
            case BOOLEAN -> {
                var truth = operand.evaluator();
                yield operand.as(Type.NUMBER, row -> {
                    var value = (Boolean) truth.value(row);
                    return value == null ? null : (Object) (value ? 1L : 0L);
                });
            }
            case TEXT, DATE, DATETIME, TIMESTAMP, TIME, OTHER -> throw expected(operand, "a number");
        };
    }

    static Typed text(Typed operand) {
        if (operand.type() == Type.TEXT || operand.type() == Type.NULL) {
            return operand;
        }
        throw expected(operand, "a text");
    }

    /** Returns the text that stands for a value of any type. */
    static Typed asText(Typed operand) {
        if (operand.type() == Type.TEXT || operand.type() == Type.NULL) {
            return operand;
        }
        if (operand.type() == Type.OTHER) {
            throw expected(operand, "a number, a text, a date or a time");
        }
        var value = operand.evaluator();
        return operand.as(Type.TEXT, row -> Texts.of(value.value(row)));
    }

    /** Returns the wall clock of a date or time; a moment's is that of UTC. */
    static Typed wallClock(Typed operand) {
        if (operand.type() == Type.NULL) {
            return operand;
        }
        if (operand.isText()) {
            return operand.as(Type.DATETIME, row -> Literals.dateTime(operand));
        }
        if (operand.type().isDay()) {
            var value = operand.evaluator();
            return operand.as(Type.DATETIME, row -> Moments.wallClock(value.value(row)));
        }
        throw expected(operand, "a date or a date and time");
    }

    private static IllegalArgumentException expected(Typed operand, String expected) {
        return new IllegalArgumentException(
                (operand.constant() ? "found " : "") + operand.what() + ", expected " + expected);
    }
}
