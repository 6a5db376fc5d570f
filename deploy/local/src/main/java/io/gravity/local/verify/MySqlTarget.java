package io.gravity.local.verify;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** Reads a MySQL target. */
final class MySqlTarget implements TargetReader {
    private static final int NO_SUCH_TABLE = 1146;

    private final String url;
    private final String user;
    private final String password;
    private final String database;

    /** @param database where all tables are; null: each in the database it comes from */
    MySqlTarget(String host, int port, String user, String password, String database) {
        this.url = "jdbc:mysql://" + host + ":" + port + "/?sslMode=PREFERRED&allowPublicKeyRetrieval=true";
        this.user = user;
        this.password = password;
        this.database = database;
    }

    @Override
    public Map<String, String> rows(String source, CheckedTable table) throws SQLException {
        var rows = new HashMap<String, String>();
        ask(
                connection -> {
                    MySqlRows.read(connection, TargetReader.in(database, table.id()), table, "TRUE", rows::put);
                    return null;
                },
                null);
        return rows;
    }

    @Override
    public long count(String source, CheckedTable table) throws SQLException {
        return ask(connection -> MySqlRows.count(connection, TargetReader.in(database, table.id()), "TRUE"), 0L);
    }

    @Override
    public String signature(String source, CheckedTable table) throws SQLException {
        String sql = "CHECKSUM TABLE " + MySqlRows.quoted(TargetReader.in(database, table.id()));
        return ask(connection -> String.valueOf(MySqlRows.scalar(connection, sql, 2)), "");
    }

    private interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    private <T> T ask(Question<T> question, T withoutTable) throws SQLException {
        try (var connection = MySqlRows.connect(url, user, password)) {
            return question.ask(connection);
        } catch (SQLException e) {
            if (e.getErrorCode() == NO_SUCH_TABLE) {
                return withoutTable;
            }
            throw e;
        }
    }
}
