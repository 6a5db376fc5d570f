package io.gravity.transform;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What becomes of one table of one source: its name, and values that are the same for all its rows. Not thread-safe. */
final class MappedTable {
    /** The same for all shards, so that their rows have the same columns. */
    private static final int MAX_LENGTH = 255;

    private final TableId target;
    private final Map<String, String> extra;
    private final List<String> keyColumns;
    private final Map<TableSchema, TableSchema> schemas = new HashMap<>();

    MappedTable(TableId target, Map<String, String> extra, List<String> keyColumns) {
        this.target = target;
        this.extra = extra;
        this.keyColumns = keyColumns;
    }

    TableId target() {
        return target;
    }

    /** Returns the change as one of the target's row; itself if nothing is mapped. */
    ChangeEvent apply(ChangeEvent event) {
        if (event.isMarker()) {
            var columns = extra.isEmpty() ? event.schema() : schemas.computeIfAbsent(event.schema(), this::widened);
            return event.markerOf(target, columns);
        }
        if (extra.isEmpty()) {
            return target.equals(event.table())
                    ? event
                    : event.mappedTo(target, RowKey.of(target, event.schema().keyOf(event.image())));
        }
        var schema = schemas.computeIfAbsent(event.schema(), this::widened);
        var before = widened(event.before());
        var after = widened(event.after());
        var key = RowKey.of(target, schema.keyOf(after != null ? after : before));
        return event.mappedTo(target, key).standing(event.operation(), schema, before, after);
    }

    private Row widened(Row row) {
        if (row == null) {
            return null;
        }
        var values = new Object[row.size() + extra.size()];
        for (int i = 0; i < row.size(); i++) {
            values[i] = row.value(i);
        }
        int next = row.size();
        for (var value : extra.values()) {
            values[next++] = value;
        }
        return Row.of(values);
    }

    private TableSchema widened(TableSchema schema) {
        var columns = new ArrayList<>(schema.columns());
        var key = IntStream.builder();
        for (int n = 0; n < schema.keyColumnCount(); n++) {
            key.add(schema.keyColumn(n));
        }
        for (var name : extra.keySet()) {
            if (schema.indexOf(name) >= 0) {
                throw new GravityException(
                        ErrorCode.CONFIG_INVALID,
                        "table-mapping adds the column " + name + " to " + target + ", which a source's table has"
                                + " itself. Give it another name in extra-columns.");
            }
            if (keyColumns.contains(name)) {
                key.add(columns.size());
            }
            columns.add(new Column(name, new ColumnType(Kind.TEXT, "VARCHAR", MAX_LENGTH, -1), false));
        }
        return new TableSchema(columns, key.build().toArray());
    }
}
