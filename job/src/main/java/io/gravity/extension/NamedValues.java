package io.gravity.extension;

import io.gravity.event.InvalidDate;
import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Rows as extensions see them. */
public final class NamedValues {

    private NamedValues() {}

    /** Returns a row's values by the columns' names, in the table's order; {@code null} is NULL, or a date that is none. Can't be changed. */
    public static Map<String, Object> of(TableSchema schema, Row row) {
        var values = new LinkedHashMap<String, Object>(schema.columnCount() * 2);
        for (int i = 0; i < schema.columnCount(); i++) {
            values.put(schema.column(i).name(), InvalidDate.asNull(row.value(i)));
        }
        return Collections.unmodifiableMap(values);
    }
}
