package io.gravity.local.verify;

import io.gravity.event.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads probe rows from a MySQL target by primary key. */
final class MySqlSight implements Sight {
    private final Connection connection;
    private final String select;

    MySqlSight(Connection connection, TableId table, String mark) {
        this.connection = connection;
        this.select = "SELECT id, " + mark + " FROM " + MySqlRows.quoted(table) + " WHERE id IN ";
    }

    @Override
    public void look(Set<Long> rows, Seen seen) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(select + list(rows))) {
            while (result.next()) {
                seen.accept(result.getLong(1), ProbeTable.number(result.getString(2)));
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    static String list(Set<Long> rows) {
        return rows.stream().map(String::valueOf).collect(Collectors.joining(",", "(", ")"));
    }
}
