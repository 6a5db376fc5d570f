package io.gravity.dispatch.schema;

import io.gravity.event.Column;
import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Where the columns of a row go in the table as it is.
 *
 * @param schema the columns written, under the table's names
 * @param indexes where each stands in the row
 * @param missing the row's columns that have no place and should have
 * @param dropped those that the table has no more, which is as it should be
 */
public record Placement(TableSchema schema, int[] indexes, List<Column> missing, List<Column> dropped) {

    /** Places all columns of a row under their own names. */
    public static Placement all(TableSchema row) {
        return new Placement(row, IntStream.range(0, row.columnCount()).toArray(), List.of(), List.of());
    }

    /**
     * Places the columns of a row.
     *
     * @param history of the table's columns; {@code null} if nothing is known but the row
     * @return {@code null} if a column of the key has no place
     */
    public static <T> Placement of(Dialect<T> dialect, List<TargetColumn<T>> table, TableSchema row, History history) {
        var byName = new TreeMap<String, TargetColumn<T>>(dialect.names());
        table.forEach(column -> byName.put(column.name(), column));
        var placed = new ArrayList<Column>();
        var indexes = IntStream.builder();
        var missing = new ArrayList<Column>();
        var dropped = new ArrayList<Column>();
        var places = new int[row.columnCount()];
        for (int i = 0; i < row.columnCount(); i++) {
            var column = row.column(i);
            var name = history == null ? column.name() : history.nameNow(row, column.name());
            var place = name == null ? null : byName.get(name);
            places[i] = place == null ? -1 : placed.size();
            if (place != null) {
                placed.add(new Column(place.name(), column.type(), column.nullable(), column.declaration()));
                indexes.add(i);
            } else if (row.isKey(i)) {
                return null;
            } else {
                (name == null ? dropped : missing).add(column);
            }
        }
        var keys = new int[row.keyColumnCount()];
        for (int n = 0; n < keys.length; n++) {
            keys[n] = places[row.keyColumn(n)];
        }
        return new Placement(new TableSchema(placed, keys), indexes.build().toArray(), missing, dropped);
    }
}
