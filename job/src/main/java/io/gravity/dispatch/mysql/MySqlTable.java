package io.gravity.dispatch.mysql;

import io.gravity.dispatch.schema.TargetColumn;
import io.gravity.event.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** What the server says of a table. Names of columns are the same in any case to MySQL. */
record MySqlTable(List<Described> columns) {
    private static final String QUERY = """
            SELECT c.column_name, c.column_type, c.is_nullable, c.column_default, c.extra, c.character_set_name,
              c.collation_name, c.column_comment, c.column_key, VERSION()
            FROM information_schema.columns c
            WHERE c.table_schema = ? AND c.table_name = ?
            ORDER BY c.ordinal_position
            """;

    /**
     * A column with what has to be said again when it is modified.
     *
     * @param defaultSql the default as SQL has it; {@code null} for none
     * @param extra such as {@code auto_increment}, in lower case
     */
    record Described(TargetColumn<MySqlType> column, String defaultSql, String comment, String extra) {}

    MySqlTable {
        columns = List.copyOf(columns);
    }

    /** Returns the table; {@code null} if there is none. */
    static MySqlTable read(Connection connection, TableId table) throws SQLException {
        var columns = new ArrayList<Described>();
        try (var statement = connection.prepareStatement(QUERY)) {
            statement.setString(1, table.database());
            statement.setString(2, table.name());
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    var extra = rows.getString(5).toLowerCase(Locale.ROOT);
                    var type = MySqlType.parsed(rows.getString(2), rows.getString(6), rows.getString(7));
                    var defaultSql = defaultSql(rows.getString(4), extra, type, rows.getString(10));
                    boolean isNullable = rows.getString(3).equals("YES");
                    boolean isFilled = extra.contains("auto_increment")
                            || (extra.contains("generated") && !extra.contains("default_generated"));
                    var column = new TargetColumn<>(
                            rows.getString(1),
                            type,
                            isNullable,
                            rows.getString(9).equals("PRI"),
                            isFilled || defaultSql != null);
                    columns.add(new Described(column, defaultSql, rows.getString(8), extra));
                }
            }
        }
        return columns.isEmpty() ? null : new MySqlTable(columns);
    }

    /** MariaDB shows a default as SQL, MySQL shows a literal without its quotes. */
    private static String defaultSql(String shown, String extra, MySqlType type, String version) {
        if (shown == null || (version.contains("MariaDB") && shown.equals("NULL"))) {
            return null;
        }
        if (version.contains("MariaDB")) {
            return shown;
        }
        if (extra.contains("default_generated")) {
            return shown.toUpperCase(Locale.ROOT).startsWith("CURRENT_TIMESTAMP") ? shown : "(" + shown + ")";
        }
        return type.word().equals("BIT") ? shown : MySqlType.literal(shown);
    }

    List<TargetColumn<MySqlType>> targetColumns() {
        return columns.stream().map(Described::column).toList();
    }

    /** Returns the column; {@code null} if there is none of the name. */
    Described column(String name) {
        var byName = new TreeMap<String, Described>(String.CASE_INSENSITIVE_ORDER);
        columns.forEach(one -> byName.put(one.column().name(), one));
        return byName.get(name);
    }
}
