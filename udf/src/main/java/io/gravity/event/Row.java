package io.gravity.event;

import java.util.Arrays;

/**
 * The values of one row, in the order of its {@link TableSchema}. The classes of values are those that
 * {@link ColumnType.Kind} states; {@code null} is SQL's NULL.
 *
 * <p>Not copied on the way in or out, as this is the hot path: whoever makes a row gives its array away.
 */
public final class Row {
    private final Object[] values;

    private Row(Object[] values) {
        this.values = values;
    }

    /** Wraps the array, which must not be changed afterwards. */
    public static Row of(Object... values) {
        return new Row(values);
    }

    public int size() {
        return values.length;
    }

    public Object value(int column) {
        return values[column];
    }

    /** Returns a row that differs in one value. */
    public Row with(int column, Object value) {
        var copy = values.clone();
        copy[column] = value;
        return new Row(copy);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Row other && Arrays.deepEquals(values, other.values);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.deepToString(values);
    }
}
