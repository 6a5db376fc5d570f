package io.gravity.types;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Values that travel with a row from one stage to a later one, as further columns behind its own. Their names begin with
 * a character that no table's column has. They have no type but that of the value. Not thread-safe: it remembers
 * schemas.
 */
public final class Attached {
    /** Under this name a stage attaches why the change, and with it its table, is to wait for an operator. */
    public static final String STOP = "stop";

    /** More schemas than this in one task is no case for a cache: begin again. */
    private static final int MAX_SCHEMAS = 10_000;

    private static final String MARK = "\u0001";
    private static final ColumnType TYPE = ColumnType.of(Kind.TEXT, "ATTACHED");

    private final IdentityHashMap<TableSchema, Map<String, TableSchema>> longer = new IdentityHashMap<>();
    private final IdentityHashMap<TableSchema, TableSchema> shorter = new IdentityHashMap<>();

    /** Returns the change with the value at its row after the change. */
    public ChangeEvent with(ChangeEvent event, String name, Object value) {
        var schema = event.schema();
        if (longer.size() >= MAX_SCHEMAS) {
            longer.clear();
        }
        var extended = longer.computeIfAbsent(schema, unknown -> new HashMap<>())
                .computeIfAbsent(name, unknown -> extend(schema, unknown));
        return event.standing(event.operation(), extended, append(event.before(), null), append(event.after(), value));
    }

    /** Returns the value attached under this name; {@code null} if there is none. */
    public static Object value(ChangeEvent event, String name) {
        int index = event.schema().indexOf(MARK + name);
        return index < 0 || event.after() == null ? null : event.after().value(index);
    }

    /** Returns the change as it was before anything was attached. */
    public ChangeEvent strip(ChangeEvent event) {
        var schema = event.schema();
        if (!isExtended(schema)) {
            return event;
        }
        if (shorter.size() >= MAX_SCHEMAS) {
            shorter.clear();
        }
        var own = shorter.computeIfAbsent(schema, Attached::own);
        return event.standing(
                event.operation(), own, cut(event.before(), own.columnCount()), cut(event.after(), own.columnCount()));
    }

    private static boolean isExtended(TableSchema schema) {
        return schema.column(schema.columnCount() - 1).name().startsWith(MARK);
    }

    private static TableSchema extend(TableSchema schema, String name) {
        var columns = new ArrayList<>(schema.columns());
        columns.add(new Column(MARK + name, TYPE, true));
        return new TableSchema(columns, keys(schema));
    }

    private static TableSchema own(TableSchema schema) {
        List<Column> columns = schema.columns().stream()
                .filter(column -> !column.name().startsWith(MARK))
                .toList();
        return new TableSchema(columns, keys(schema));
    }

    private static int[] keys(TableSchema schema) {
        var keys = new int[schema.keyColumnCount()];
        Arrays.setAll(keys, schema::keyColumn);
        return keys;
    }

    private static Row append(Row row, Object value) {
        return row == null ? null : resized(row, row.size() + 1).with(row.size(), value);
    }

    private static Row cut(Row row, int size) {
        return row == null ? null : resized(row, size);
    }

    private static Row resized(Row row, int size) {
        var values = new Object[size];
        for (int i = 0; i < Math.min(size, row.size()); i++) {
            values[i] = row.value(i);
        }
        return Row.of(values);
    }
}
