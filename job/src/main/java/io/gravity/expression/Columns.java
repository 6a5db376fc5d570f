package io.gravity.expression;

import io.gravity.config.Nearest;
import io.gravity.event.Column;
import io.gravity.event.TableSchema;

/** Finds columns by the names that configuration uses. */
public final class Columns {

    private Columns() {}

    /**
     * Returns the index of the column of exactly that name, or else of one that differs in case alone: MySQL has no two
     * such.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static int find(TableSchema schema, String name) {
        int found = indexOf(schema, name);
        if (found < 0) {
            var names = schema.columns().stream().map(Column::name).toList();
            throw new IllegalArgumentException("the table has no column " + name + ", expected one of "
                    + String.join(", ", names) + "." + Nearest.hint(name, names));
        }
        return found;
    }

    /** Returns whether there is such a column. */
    public static boolean has(TableSchema schema, String name) {
        return indexOf(schema, name) >= 0;
    }

    private static int indexOf(TableSchema schema, String name) {
        int found = schema.indexOf(name);
        for (int i = 0; found < 0 && i < schema.columnCount(); i++) {
            if (schema.column(i).name().equalsIgnoreCase(name)) {
                found = i;
            }
        }
        return found;
    }
}
