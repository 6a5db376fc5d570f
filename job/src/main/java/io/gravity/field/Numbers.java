package io.gravity.field;

import io.gravity.event.Column;
import io.gravity.field.FieldRule.Candidate;
import java.math.BigDecimal;
import java.util.List;

/** Counters that several sources add to. */
final class Numbers {

    private Numbers() {}

    /**
     * Returns the base plus the sum of what each source added since then. NULL counts as zero, unless all are NULL.
     *
     * @throws ArithmeticException if the sum leaves the range of the column's type
     */
    static Object sumOfDeltas(Column column, List<Candidate> candidates) {
        var sum = BigDecimal.ZERO;
        Candidate first = null;
        boolean any = false;
        for (var candidate : candidates) {
            sum = sum.add(decimal(candidate.value())).subtract(decimal(candidate.base()));
            any |= candidate.value() != null;
            if (first == null || Candidate.BY_RANK.compare(candidate, first) < 0) {
                first = candidate;
            }
        }
        return any ? as(column, sum.add(decimal(first.base()))) : null;
    }

    private static BigDecimal decimal(Object value) {
        return value == null ? BigDecimal.ZERO : FieldOrder.decimal(value);
    }

    private static Object as(Column column, BigDecimal number) {
        return switch (column.type().kind()) {
            case INTEGER, YEAR -> number.longValueExact();
            case UNSIGNED_BIGINT -> number.toBigIntegerExact();
            case DECIMAL -> number;
            case FLOAT -> number.floatValue();
            case DOUBLE -> number.doubleValue();
            default ->
                throw new IllegalArgumentException("column " + column.name() + " is "
                        + column.type().sqlType() + ", expected a number for sum-of-deltas");
        };
    }
}
