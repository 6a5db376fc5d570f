package io.gravity.transform;

import io.gravity.event.Row;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** What one transform does to the values of a row: bound to a schema, so that nothing is looked up per row. */
sealed interface Step {

    /**
     * Returns the values after the step; the array is the step's to change.
     *
     * @return {@code null} if the row is to be left out
     * @throws RowFault if nothing can be made of the row
     */
    Object[] apply(Object[] values);

    /**
     * Returns the values after a step that failed, with NULL for what is not known.
     *
     * @throws RowFault if that is a part of the key
     */
    default Object[] unknown(Object[] values) {
        return values;
    }

    /** Changes one value; NULL stays. */
    record Cell(int column, String name, boolean isKey, UnaryOperator<Object> function) implements Step {
        @Override
        public Object[] apply(Object[] values) {
            if (values[column] != null) {
                var value = function.apply(values[column]);
                if (value == null && isKey) {
                    throw new RowFault(name, "is NULL after the transform, and part of the key");
                }
                values[column] = value;
            }
            return values;
        }

        @Override
        public Object[] unknown(Object[] values) {
            if (isKey) {
                throw new RowFault(name, "can't be transformed, and is part of the key");
            }
            values[column] = null;
            return values;
        }
    }

    /** Lets a row pass or not. */
    record Filter(Predicate<Row> condition) implements Step {
        @Override
        public Object[] apply(Object[] values) {
            return condition.test(Row.of(values)) ? values : null;
        }
    }

    /** Adds a value at the end. */
    record Append(Function<Row, Object> expression) implements Step {
        @Override
        public Object[] apply(Object[] values) {
            var longer = Arrays.copyOf(values, values.length + 1);
            longer[values.length] = expression.apply(Row.of(values));
            return longer;
        }

        @Override
        public Object[] unknown(Object[] values) {
            return Arrays.copyOf(values, values.length + 1);
        }
    }

    /** Keeps the values of these columns. */
    record Select(int[] columns) implements Step {
        @Override
        public Object[] apply(Object[] values) {
            var kept = new Object[columns.length];
            for (int i = 0; i < kept.length; i++) {
                kept[i] = values[columns[i]];
            }
            return kept;
        }
    }

    /** Makes another row of the same columns. */
    record Whole(UnaryOperator<Object[]> function) implements Step {
        @Override
        public Object[] apply(Object[] values) {
            return function.apply(values);
        }
    }
}
