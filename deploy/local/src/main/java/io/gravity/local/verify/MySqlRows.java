package io.gravity.local.verify;

import io.gravity.event.TableId;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Properties;
import java.util.function.BiConsumer;

/** Reads canonical rows from a MySQL-compatible server, streaming. */
final class MySqlRows {
    private MySqlRows() {}

    /** A connection for reading; times are in UTC, and no server is waited for longer than a minute. */
    static Connection connect(String url, String user, String password) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("connectionTimeZone", "UTC");
        properties.setProperty("forceConnectionTimeZoneToSession", "true");
        properties.setProperty("connectTimeout", "5000");
        properties.setProperty("socketTimeout", "60000");
        return DriverManager.getConnection(url, properties);
    }

    /** Hands on key and row of each row for which the condition is true, in the key's order. */
    static void read(
            Connection connection, TableId id, CheckedTable table, String condition, BiConsumer<String, String> rows)
            throws SQLException {
        String sql = "SELECT " + table.select(column -> column.form().mysql(quoted(column.name()))) + " FROM "
                + quoted(id) + " WHERE " + condition + " ORDER BY "
                + String.join(", ", table.key().stream().map(MySqlRows::quoted).toList());
        try (var statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
            statement.setFetchSize(Integer.MIN_VALUE);
            try (var result = statement.executeQuery(sql)) {
                var values = new ArrayList<String>();
                while (result.next()) {
                    values.clear();
                    for (int i = 0; i < table.columns().size(); i++) {
                        values.add(table.columns().get(i).form().lenient(result.getString(i + 1)));
                    }
                    rows.accept(table.keyOf(values), CheckedRow.join(values));
                }
            }
        }
    }

    static long count(Connection connection, TableId id, String condition) throws SQLException {
        return Long.parseLong(scalar(connection, "SELECT COUNT(*) FROM " + quoted(id) + " WHERE " + condition, 1));
    }

    /** The value of one column of the only row. */
    static String scalar(Connection connection, String sql, int column) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(column);
        }
    }

    static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    static String quoted(TableId id) {
        return quoted(id.database()) + "." + quoted(id.name());
    }
}
