package io.gravity.dispatch.mysql;

import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;

/**
 * A unique index of a target's table beside the one over the key.
 *
 * @param columns in the index's order; a {@code null} stands for an expression
 */
record UniqueIndex(String name, List<String> columns) {
    private static final String QUERY = """
            SELECT index_name, column_name FROM information_schema.statistics
            WHERE table_schema = ? AND table_name = ? AND non_unique = 0
            ORDER BY index_name, seq_in_index
            """;

    /** Returns the table's unique indexes over other columns than the key; none if there is no such table. */
    static List<UniqueIndex> secondary(Connection connection, TableId table, TableSchema schema) throws SQLException {
        var columns = new LinkedHashMap<String, List<String>>();
        try (var statement = connection.prepareStatement(QUERY)) {
            statement.setString(1, table.database());
            statement.setString(2, table.name());
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.computeIfAbsent(rows.getString(1), name -> new ArrayList<>())
                            .add(rows.getString(2));
                }
            }
        }
        var indexes = new ArrayList<UniqueIndex>();
        columns.forEach((name, parts) -> {
            if (!isKey(parts, schema)) {
                indexes.add(new UniqueIndex(name, parts));
            }
        });
        return indexes;
    }

    /** Names of columns are the same in any case to MySQL. */
    private static boolean isKey(List<String> columns, TableSchema schema) {
        var key = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (int n = 0; n < schema.keyColumnCount(); n++) {
            key.add(schema.column(schema.keyColumn(n)).name());
        }
        return !columns.contains(null) && key.size() == columns.size() && key.containsAll(columns);
    }
}
