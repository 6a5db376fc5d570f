package io.gravity.local.verify;

import io.gravity.event.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A table as the source's catalogue describes it.
 *
 * @param columns all, in the table's order
 * @param key names of the primary key's columns
 */
record CheckedTable(TableId id, List<CheckedColumn> columns, List<String> key) {

    /** A column and how its values are compared. */
    record CheckedColumn(String name, Form form) {}

    CheckedTable {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    static CheckedTable read(Connection connection, TableId id) throws SQLException {
        String sql = """
                SELECT column_name, data_type, column_key = 'PRI'
                FROM information_schema.columns
                WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position""";
        var columns = new ArrayList<CheckedColumn>();
        var key = new ArrayList<String>();
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, id.database());
            statement.setString(2, id.name());
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.add(new CheckedColumn(rows.getString(1), Form.of(rows.getString(2))));
                    if (rows.getBoolean(3)) {
                        key.add(rows.getString(1));
                    }
                }
            }
        }
        if (key.isEmpty()) {
            throw new IllegalArgumentException("can't compare " + id + ": it has no primary key, or is not there");
        }
        return new CheckedTable(id, columns, key);
    }

    CheckedTable named(TableId other) {
        return new CheckedTable(other, columns, key);
    }

    /** The names of all columns, each quoted for MySQL and ClickHouse alike, with commas between. */
    String select(Function<CheckedColumn, String> expression) {
        return columns.stream().map(expression).collect(Collectors.joining(", "));
    }

    /** The key of a row whose canonical values are given in the order of {@link #columns}. */
    String keyOf(List<String> values) {
        var parts = new ArrayList<String>();
        for (int i = 0; i < columns.size(); i++) {
            if (key.contains(columns.get(i).name())) {
                parts.add(values.get(i));
            }
        }
        return CheckedRow.join(parts);
    }
}
