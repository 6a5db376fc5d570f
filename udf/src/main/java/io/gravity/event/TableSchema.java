package io.gravity.event;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The columns of a table at one moment, shared by all rows read under it.
 *
 * <p>Equal by content. {@link #fingerprint()} is stable across JVMs, so that a receiver can recognise a schema it has
 * seen without decoding it again.
 */
public final class TableSchema {
    private final List<Column> columns;
    private final int[] keyColumns;
    private final Map<String, Integer> indexByName;
    private final long fingerprint;

    /**
     * Creates a schema.
     *
     * @param columns all columns in the table's order
     * @param keyColumns indexes into {@code columns} in the key's order; never empty
     */
    public TableSchema(List<Column> columns, int... keyColumns) {
        this.columns = List.copyOf(columns);
        this.keyColumns = keyColumns.clone();
        if (keyColumns.length == 0) {
            throw new IllegalArgumentException("a table schema needs at least one key column");
        }
        this.indexByName = new HashMap<>(columns.size() * 2);
        long hash = 1125899906842597L;
        for (int i = 0; i < columns.size(); i++) {
            var column = columns.get(i);
            indexByName.put(column.name(), i);
            hash = 31 * hash + column.name().hashCode();
            hash = 31 * hash + column.type().kind().ordinal();
            hash = 31 * hash + column.type().sqlType().hashCode();
            hash = 31 * hash + column.type().length();
            hash = 31 * hash + column.type().scale();
            hash = 31 * hash + (column.nullable() ? 1 : 2);
            if (column.declaration() != null) {
                hash = 31 * hash + column.declaration().fingerprint();
            }
        }
        for (int key : keyColumns) {
            hash = 31 * hash + key;
        }
        this.fingerprint = hash;
    }

    public List<Column> columns() {
        return columns;
    }

    public int columnCount() {
        return columns.size();
    }

    public Column column(int index) {
        return columns.get(index);
    }

    /** Returns the column's index, or -1 if there is none of that name (case decides). */
    public int indexOf(String name) {
        return indexByName.getOrDefault(name, -1);
    }

    public int keyColumnCount() {
        return keyColumns.length;
    }

    /** Returns the index into {@link #columns()} of the key's n-th column. */
    public int keyColumn(int n) {
        return keyColumns[n];
    }

    public boolean isKey(int column) {
        for (int key : keyColumns) {
            if (key == column) {
                return true;
            }
        }
        return false;
    }

    public long fingerprint() {
        return fingerprint;
    }

    /** Returns the key's values of a row of this schema, in the key's order. */
    public Object[] keyOf(Row row) {
        var values = new Object[keyColumns.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.value(keyColumns[i]);
        }
        return values;
    }

    @Override
    public boolean equals(Object o) {
        if (this == o) {
            return true;
        }
        return o instanceof TableSchema other
                && fingerprint == other.fingerprint
                && columns.equals(other.columns)
                && java.util.Arrays.equals(keyColumns, other.keyColumns);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(fingerprint);
    }

    @Override
    public String toString() {
        return "TableSchema" + columns;
    }
}
