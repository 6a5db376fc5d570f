package io.gravity.expression;

import io.gravity.event.TableSchema;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;

/**
 * {@code CAST(operand AS target)}; what can't be converted is NULL.
 *
 * @param precision characters of a CHAR or digits of a DECIMAL at most; -1 for any
 * @param scale fraction digits of a DECIMAL
 */
record Cast(Node operand, Target target, int precision, int scale) implements Node {

    enum Target {
        CHAR,
        SIGNED,
        UNSIGNED,
        DECIMAL,
        DOUBLE,
        DATE,
        DATETIME
    }

    @Override
    public Typed bind(TableSchema schema) {
        var typed = operand.bind(schema);
        if (typed.type() == Type.OTHER) {
            Coercion.asText(typed);
        }
        var evaluator = typed.evaluator();
        var type =
                switch (target) {
                    case CHAR -> Type.TEXT;
                    case SIGNED, UNSIGNED, DECIMAL, DOUBLE -> Type.NUMBER;
                    case DATE -> Type.DATE;
                    case DATETIME -> Type.DATETIME;
                };
        return Typed.of(
                this,
                type,
                row -> {
                    var value = evaluator.value(row);
                    return value == null ? null : convert(value);
                },
                List.of(typed));
    }

    private Object convert(Object value) {
        return switch (target) {
            case CHAR -> precision < 0 ? Texts.of(value) : Texts.left(Texts.of(value), precision);
            case DATE -> day(value);
            case DATETIME -> wallClock(value);
            case SIGNED, UNSIGNED, DECIMAL, DOUBLE -> {
                var number = number(value);
                yield number == null ? null : convertNumber(number);
            }
        };
    }

    private Object convertNumber(Object number) {
        return switch (target) {
            case SIGNED -> Numbers.whole(number, false);
            case UNSIGNED -> Numbers.whole(number, true);
            case DECIMAL -> Numbers.decimal(number, precision, scale);
            case DOUBLE -> Numbers.finite(Numbers.real(number));
            case CHAR, DATE, DATETIME -> throw new IllegalStateException("no number: " + target);
        };
    }

    private static Object number(Object value) {
        if (value instanceof Number) {
            return value;
        }
        if (value instanceof Boolean truth) {
            return truth ? 1L : 0L;
        }
        return value instanceof String text ? Numbers.parse(text.strip()).orElse(null) : null;
    }

    private static Object wallClock(Object value) {
        if (!(value instanceof String text)) {
            return value instanceof Number || value instanceof Boolean || value instanceof java.time.Duration
                    ? null
                    : Moments.wallClock(value);
        }
        try {
            return Moments.dateTime(text.strip());
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static LocalDate day(Object value) {
        var time = (java.time.LocalDateTime) wallClock(value);
        return time == null ? null : time.toLocalDate();
    }

    @Override
    public List<Node> parts() {
        return List.of(operand);
    }

    @Override
    public String toString() {
        return "CAST(" + operand + " AS " + target + ")";
    }
}
