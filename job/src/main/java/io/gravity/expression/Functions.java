package io.gravity.expression;

import static io.gravity.expression.Functions.Parameter.ANY;
import static io.gravity.expression.Functions.Parameter.DAY;
import static io.gravity.expression.Functions.Parameter.NUMBER;
import static io.gravity.expression.Functions.Parameter.TEXT;

import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** The functions of which each argument is a value, in MySQL's names and meanings. */
final class Functions {
    private static final int ANY_NUMBER = Integer.MAX_VALUE;
    private static final int MAX_DIGITS = 30;
    private static final Map<String, Signature> ALL = new TreeMap<>();

    static {
        text("lower lcase", (a) -> ((String) a[0]).toLowerCase(Locale.ROOT), TEXT);
        text("upper ucase", (a) -> ((String) a[0]).toUpperCase(Locale.ROOT), TEXT);
        text("trim", (a) -> Texts.trim((String) a[0], a.length > 1 ? (String) a[1] : " ", true, true), 1, TEXT, TEXT);
        text("ltrim", (a) -> Texts.trim((String) a[0], a.length > 1 ? (String) a[1] : " ", true, false), 1, TEXT, TEXT);
        text("rtrim", (a) -> Texts.trim((String) a[0], a.length > 1 ? (String) a[1] : " ", false, true), 1, TEXT, TEXT);
        text("replace", Functions::replace, TEXT, TEXT, TEXT);
        text("left", (a) -> Texts.left((String) a[0], count(a[1])), TEXT, NUMBER);
        text("right", (a) -> Texts.right((String) a[0], count(a[1])), TEXT, NUMBER);
        text("substring substr mid", Functions::substring, 2, TEXT, NUMBER, NUMBER);
        add("concat", new Signature(List.of(ANY), 1, ANY_NUMBER, Type.TEXT, Functions::concat));
        number("length octet_length", (a) -> (long) ((String) a[0]).getBytes(StandardCharsets.UTF_8).length, TEXT);
        number("char_length character_length", (a) -> Texts.length((String) a[0]), TEXT);
        number("abs", (a) -> Numbers.abs(a[0]), NUMBER);
        add("round", new Signature(List.of(NUMBER, NUMBER), 1, 2, Type.NUMBER, Functions::round));
        number("floor", (a) -> Numbers.round(a[0], 0, RoundingMode.FLOOR), NUMBER);
        number("ceil ceiling", (a) -> Numbers.round(a[0], 0, RoundingMode.CEILING), NUMBER);
        number("mod", (a) -> Arithmetic.Kind.MODULO.of(a[0], a[1]), NUMBER, NUMBER);
        number("year", (a) -> (long) time(a).getYear(), DAY);
        number("month", (a) -> (long) time(a).getMonthValue(), DAY);
        number("day dayofmonth", (a) -> (long) time(a).getDayOfMonth(), DAY);
        number("hour", (a) -> (long) time(a).getHour(), DAY);
        add("date", new Signature(List.of(DAY), 1, 1, Type.DATE, a -> time(a).toLocalDate()));
    }

    private Functions() {}

    /** What a function takes. */
    enum Parameter {
        TEXT,
        NUMBER,
        /** A date, a date and time, or a moment, as a wall clock. */
        DAY,
        /** Anything, as text. */
        ANY;

        Typed accept(Typed argument) {
            return switch (this) {
                case TEXT -> Coercion.text(argument);
                case NUMBER -> Coercion.number(argument);
                case DAY -> Coercion.wallClock(argument);
                case ANY -> Coercion.asText(argument);
            };
        }
    }

    /**
     * A function.
     *
     * @param parameters the last one repeats
     * @param body gets no {@code null}
     */
    record Signature(List<Parameter> parameters, int min, int max, Type result, Function<Object[], Object> body) {
        Parameter parameter(int place) {
            return parameters.get(Math.min(place, parameters.size() - 1));
        }
    }

    static Optional<Signature> named(String name) {
        return Optional.ofNullable(ALL.get(name.toLowerCase(Locale.ROOT)));
    }

    static SortedSet<String> names() {
        return new TreeSet<>(ALL.keySet());
    }

    private static void text(String names, Function<Object[], Object> body, Parameter... parameters) {
        text(names, body, parameters.length, parameters);
    }

    private static void text(String names, Function<Object[], Object> body, int min, Parameter... parameters) {
        add(names, new Signature(List.of(parameters), min, parameters.length, Type.TEXT, body));
    }

    private static void number(String names, Function<Object[], Object> body, Parameter... parameters) {
        add(names, new Signature(List.of(parameters), parameters.length, parameters.length, Type.NUMBER, body));
    }

    private static void add(String names, Signature signature) {
        for (var name : names.split(" ", -1)) {
            ALL.put(name, signature);
        }
    }

    private static Object concat(Object[] arguments) {
        return String.join("", Arrays.copyOf(arguments, arguments.length, String[].class));
    }

    private static Object replace(Object[] arguments) {
        var what = (String) arguments[1];
        var text = (String) arguments[0];
        return what.isEmpty() ? text : text.replace(what, (String) arguments[2]);
    }

    private static Object substring(Object[] arguments) {
        long count = arguments.length > 2 ? count(arguments[2]) : Long.MAX_VALUE;
        return Texts.substring((String) arguments[0], count(arguments[1]), count);
    }

    private static Object round(Object[] arguments) {
        long digits = arguments.length > 1 ? count(arguments[1]) : 0;
        return Numbers.round(
                arguments[0], (int) Math.max(-MAX_DIGITS, Math.min(MAX_DIGITS, digits)), RoundingMode.HALF_UP);
    }

    /** Returns a number that counts something; what is larger than any text is as good as the largest. */
    private static long count(Object number) {
        var rounded = (Number) Numbers.round(number, 0, RoundingMode.HALF_UP);
        return Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, (long) rounded.doubleValue()));
    }

    private static LocalDateTime time(Object[] arguments) {
        return (LocalDateTime) arguments[0];
    }
}
