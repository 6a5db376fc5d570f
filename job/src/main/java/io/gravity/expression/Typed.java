package io.gravity.expression;

/**
 * A part of an expression, bound to a schema.
 *
 * @param what what it is, in the words of a message: a literal as written, or a sentence such as "column a is INT"
 * @param constant whether every row gives the same value; the evaluator then takes {@code null} for a row
 */
record Typed(String what, Type type, Evaluator evaluator, boolean constant) {

    static Typed constant(String what, Type type, Object value) {
        return new Typed(what, value == null ? Type.NULL : type, row -> value, true);
    }

    /** Returns the result of an operation; computed here and now if all operands are constant. */
    static Typed of(Node node, Type type, Evaluator evaluator, Iterable<Typed> operands) {
        var what = "\"" + node + "\" is " + type.words();
        for (var operand : operands) {
            if (!operand.constant) {
                return new Typed(what, type, evaluator, false);
            }
        }
        return constant("\"" + node + "\"", type, evaluator.value(null));
    }

    Object value() {
        return evaluator.value(null);
    }

    boolean isText() {
        return constant && type == Type.TEXT;
    }

    Typed as(Type newType, Evaluator newEvaluator) {
        return constant
                ? constant(what, newType, newEvaluator.value(null))
                : new Typed(what, newType, newEvaluator, false);
    }
}
