package io.gravity.route.condition;

import io.gravity.config.Nearest;
import io.gravity.event.Column;
import io.gravity.event.TableSchema;

/** Finds columns by the names that conditions use. */
final class Columns {

    private Columns() {}

    /** Returns the index of the column of exactly that name, or else of one that differs in case alone: MySQL has no two such. */
    static int find(TableSchema schema, String name) {
        int found = schema.indexOf(name);
        for (int i = 0; found < 0 && i < schema.columnCount(); i++) {
            if (schema.column(i).name().equalsIgnoreCase(name)) {
                found = i;
            }
        }
        if (found < 0) {
            var names = schema.columns().stream().map(Column::name).toList();
            throw new IllegalArgumentException("the table has no column " + name + ", expected one of "
                    + String.join(", ", names) + "." + Nearest.hint(name, names));
        }
        return found;
    }
}
