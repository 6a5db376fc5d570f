package io.gravity.source;

import io.debezium.relational.Column;
import io.gravity.event.Column.Declaration;
import io.gravity.event.TableId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * What is said of columns besides their types: for targets that are to have them too. The server says it as of now, while
 * the binlog may still be in the past; defaults, which decide what ALTER TABLE gives to rows that are there, and members are
 * those of then. Written by whoever reads from the server, read by the task.
 */
final class Declarations {
    private static final String COLUMNS = """
            SELECT column_name, column_type, column_default, extra, column_comment, character_set_name, collation_name,
                   is_nullable, data_type
            FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position
            """;

    private static final Set<String> OTHER_NUMBERS = Set.of("FLOAT", "DOUBLE", "REAL");
    private static final Pattern NUMBER = Pattern.compile("(?i)[-+]?[0-9.]+(e[-+]?[0-9]+)?|true|false");
    private static final Pattern LITERAL = Pattern.compile("(?is)'.*'|\".*\"|b'[01]*'|" + NUMBER.pattern());
    /** What the connector makes of a default that follows the clock. */
    private static final String CLOCK = "1970-01-01 00:00:00";

    private final Map<TableId, Map<String, Declaration>> byTable = new ConcurrentHashMap<>();

    /** Returns what is known of a column. */
    Declaration of(TableId table, String column) {
        return byTable.getOrDefault(table, Map.of()).getOrDefault(column, Declaration.PLAIN);
    }

    /**
     * Returns what is known of a column at a place of the binlog.
     *
     * @param then the column as the binlog has left it; {@code null} if that is not known
     */
    Declaration of(TableId table, String column, Column then) {
        var now = of(table, column);
        if (then == null) {
            return now;
        }
        if (!then.enumValues().isEmpty()) {
            now = now.withMembers(members(String.join(",", then.enumValues())));
        }
        if (now.generated()) {
            return now;
        }
        var literal = literal(then);
        if (literal == null) {
            // Expressions are known from the server alone.
            return now.defaultSql() == null || LITERAL.matcher(now.defaultSql()).matches()
                    ? now.withDefault(null)
                    : now;
        }
        return isSame(literal, now.defaultSql()) ? now : now.withDefault(literal);
    }

    /** Returns the default that statements gave a column, as SQL; {@code null} if it is none, or an expression. */
    static String literal(Column column) {
        var told = column.defaultValueExpression().orElse(null);
        if (told == null) {
            return null;
        }
        var type = column.typeName().toUpperCase(Locale.ROOT).split(" ", 2)[0];
        boolean isNumber = KeyOrder.EXACT_NUMBERS.contains(type) || OTHER_NUMBERS.contains(type);
        if (isNumber && NUMBER.matcher(told).matches()) {
            return told;
        }
        if (type.equals("BIT")) {
            return "b'" + told + "'";
        }
        if (told.equals(CLOCK) && (type.equals("TIMESTAMP") || type.equals("DATETIME"))) {
            return "CURRENT_TIMESTAMP" + (column.length() > 0 ? "(" + column.length() + ")" : "");
        }
        // It leaves out single quotes alone, and what they hold as it was written.
        return told.length() > 1 && told.startsWith("\"") && told.endsWith("\"") ? told : "'" + told + "'";
    }

    private static boolean isSame(String one, String other) {
        return other != null && plain(one).equalsIgnoreCase(plain(other));
    }

    /** Returns a default without quotes, so that {@code 1} and {@code '1'} are one, as they are to the server. */
    private static String plain(String sql) {
        return sql.replaceFirst("(?s)^b?'(.*)'$", "$1").replace("()", "");
    }

    boolean isKnown(TableId table) {
        return byTable.containsKey(table);
    }

    /** Asks the server for tables; one that it does not have stays as it was. */
    void read(Connection server, Collection<TableId> tables) throws SQLException {
        boolean isMariaDb = server.getMetaData().getDatabaseProductVersion().contains("MariaDB");
        try (var statement = server.prepareStatement(COLUMNS)) {
            for (var table : tables) {
                statement.setString(1, table.database());
                statement.setString(2, table.name());
                var columns = new HashMap<String, Declaration>();
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        columns.put(rows.getString("column_name"), declaration(rows, isMariaDb));
                    }
                }
                if (!columns.isEmpty()) {
                    put(table, columns);
                }
            }
        }
    }

    void put(TableId table, Map<String, Declaration> columns) {
        byTable.put(table, Map.copyOf(columns));
    }

    private static Declaration declaration(ResultSet row, boolean isMariaDb) throws SQLException {
        var type = row.getString("data_type").toLowerCase(Locale.ROOT);
        var extra = row.getString("extra").toUpperCase(Locale.ROOT);
        boolean hasMembers = type.equals("enum") || type.equals("set");
        boolean generated = extra.contains(" GENERATED") && !extra.contains("DEFAULT_GENERATED");
        var comment = row.getString("column_comment");
        return new Declaration(
                generated ? null : defaultSql(row.getString("column_default"), type, extra, isMariaDb),
                comment == null || comment.isEmpty() ? null : comment,
                row.getString("character_set_name"),
                row.getString("collation_name"),
                generated,
                hasMembers ? members(row.getString("column_type")) : List.of(),
                List.of());
    }

    /** MariaDB tells a default as it would be written, MySQL its value or expression. */
    static String defaultSql(String told, String type, String extra, boolean isMariaDb) {
        if (told == null || (isMariaDb && told.equalsIgnoreCase("NULL"))) {
            return null;
        }
        if (isMariaDb || type.equals("bit")) {
            return told;
        }
        if (extra.contains("DEFAULT_GENERATED")) {
            return told.toUpperCase(Locale.ROOT).startsWith("CURRENT_TIMESTAMP") ? told : "(" + told + ")";
        }
        return "'" + told.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    /** Returns the members of {@code enum('a','b')}. */
    static List<String> members(String columnType) {
        var members = new ArrayList<String>();
        int at = columnType.indexOf('\'');
        while (at >= 0) {
            var member = new StringBuilder();
            int i = at + 1;
            while (i < columnType.length()) {
                char c = columnType.charAt(i);
                if (c != '\'') {
                    member.append(c);
                    i++;
                } else if (columnType.startsWith("''", i)) {
                    member.append(c);
                    i += 2;
                } else {
                    break;
                }
            }
            members.add(member.toString());
            at = columnType.indexOf('\'', i + 1);
        }
        return members;
    }
}
