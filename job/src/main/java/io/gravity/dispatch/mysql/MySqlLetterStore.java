package io.gravity.dispatch.mysql;

import static java.util.stream.Collectors.joining;

import com.zaxxer.hikari.HikariDataSource;
import io.gravity.audit.DeadLetters;
import io.gravity.audit.Letter;
import io.gravity.audit.LetterFilter;
import io.gravity.dispatch.LetterStore;
import io.gravity.dispatch.TargetConfig;
import io.gravity.event.Column;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Dead letters in MySQL or MariaDB. */
public final class MySqlLetterStore implements LetterStore {
    private static final String HEAVY = "row_data";

    private final String name;
    private final String table;
    private final HikariDataSource pool;

    /** Creates the store without reaching the server; {@code letters} is {@code database.table} as configured. */
    public MySqlLetterStore(TargetConfig.MySql config, TableId letters) {
        this.name = config.name();
        this.table = TableStatements.quoted(config.database() == null ? letters.database() : config.database()) + "."
                + TableStatements.quoted(letters.name());
        this.pool = MySqlConnections.pool(config);
    }

    @Override
    public List<Letter> find(LetterFilter filter, int limit) {
        var conditions = new ArrayList<String>();
        var values = new ArrayList<String>();
        if (!filter.ids().isEmpty()) {
            conditions.add("id IN (" + places(filter.ids().size()) + ")");
            values.addAll(filter.ids());
        }
        filter.columns().forEach((column, value) -> {
            conditions.add(column + " = ?");
            values.add(value);
        });
        var where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
        return select(true, where + " ORDER BY detected_at, id LIMIT " + limit, values);
    }

    @Override
    public List<Letter> read(List<String> ids) {
        return ids.isEmpty()
                ? List.of()
                : select(false, " WHERE id IN (" + places(ids.size()) + ") ORDER BY detected_at, id", ids);
    }

    private List<Letter> select(boolean brief, String condition, List<String> values) {
        var columns = DeadLetters.SCHEMA.columns().stream()
                .map(column -> expression(column, brief))
                .collect(joining(", "));
        return with("read dead letters", connection -> {
            var letters = new ArrayList<Letter>();
            try (var statement = connection.prepareStatement("SELECT " + columns + " FROM " + table + condition)) {
                for (int i = 0; i < values.size(); i++) {
                    statement.setString(i + 1, values.get(i));
                }
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        var row = new ArrayList<String>();
                        for (int i = 1; i <= DeadLetters.SCHEMA.columnCount(); i++) {
                            row.add(rows.getString(i));
                        }
                        letters.add(new Letter(row));
                    }
                }
            }
            connection.rollback();
            return letters;
        });
    }

    private static String expression(Column column, boolean brief) {
        if (brief && column.name().equals(HEAVY)) {
            return "NULL";
        }
        if (brief && column.name().equals(DeadLetters.CHANGE_DATA)) {
            return "LEFT(" + column.name() + ", 0)";
        }
        return column.type().kind() == Kind.DATETIME ? "CAST(" + column.name() + " AS CHAR)" : column.name();
    }

    @Override
    public int delete(List<Letter> letters) {
        return with("delete dead letters", connection -> {
            int deleted = 0;
            try (var statement =
                    connection.prepareStatement("DELETE FROM " + table + " WHERE id = ? AND detected_at = ?")) {
                for (var letter : letters) {
                    statement.setString(1, letter.id());
                    statement.setString(2, letter.writtenAt());
                    deleted += statement.executeUpdate();
                }
            }
            connection.commit();
            return deleted;
        });
    }

    /** What is done with a connection. */
    private interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    private <T> T with(String doing, Work<T> work) {
        try (var connection = pool.getConnection()) {
            return work.with(connection);
        } catch (SQLException e) {
            throw MySqlErrors.triaged(e, name, doing + " in " + table, List.of());
        }
    }

    private static String places(int count) {
        return String.join(", ", Collections.nCopies(count, "?"));
    }

    @Override
    public void close() {
        pool.close();
    }
}
