package io.gravity.expression;

import java.util.Arrays;
import java.util.Optional;

/** How one value must stand to another. */
enum Operator {
    EQUAL("="),
    NOT_EQUAL("<>"),
    LESS("<"),
    LESS_OR_EQUAL("<="),
    GREATER(">"),
    GREATER_OR_EQUAL(">=");

    private final String symbol;

    Operator(String symbol) {
        this.symbol = symbol;
    }

    static Optional<Operator> of(String symbol) {
        var standard = symbol.equals("!=") ? "<>" : symbol;
        return Arrays.stream(values())
                .filter(operator -> operator.symbol.equals(standard))
                .findFirst();
    }

    /** Returns whether the operator holds for a value that compares so to the other, by sign. */
    boolean holds(int order) {
        return switch (this) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
        };
    }

    @Override
    public String toString() {
        return symbol;
    }
}
