package io.gravity.dispatch.mysql;

import static io.gravity.dispatch.mysql.TableStatements.quoted;

import io.gravity.dispatch.schema.Step;
import io.gravity.event.Column;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The statements that make and change a table. Pure. */
final class MySqlDdl {
    private MySqlDdl() {}

    /** Returns the statement that creates the table. The rows bring all values, so nothing fills columns by itself. */
    static String create(TableId table, List<Step.Add<MySqlType>> columns, TableSchema schema) {
        var parts = new ArrayList<String>();
        columns.forEach(column -> parts.add(quoted(column.column()) + " " + definition(column)));
        var keys = IntStream.range(0, schema.keyColumnCount())
                .mapToObj(n -> schema.column(schema.keyColumn(n)))
                .toList();
        var names = keys.stream().map(key -> quoted(key.name())).collect(Collectors.joining(", "));
        parts.add((keys.stream().anyMatch(Column::nullable) ? "UNIQUE KEY `gravity_key` (" : "PRIMARY KEY (") + names
                + ")");
        return "CREATE TABLE IF NOT EXISTS " + table(table) + " (\n  " + String.join(",\n  ", parts)
                + "\n) ENGINE=InnoDB";
    }

    static String createDatabase(String database) {
        return "CREATE DATABASE IF NOT EXISTS " + quoted(database);
    }

    /**
     * Returns the statements of a step, one after the other.
     *
     * @param existing the table as it is
     */
    static List<String> of(TableId table, Step<MySqlType> step, MySqlTable existing) {
        var alter = "ALTER TABLE " + table(table) + " ";
        if (step instanceof Step.Add<MySqlType> add) {
            var statements = new ArrayList<String>();
            statements.add(alter + "ADD COLUMN " + quoted(add.column()) + " " + definition(add));
            if (add.isPartial() && !add.nullable() && fallback(add) == null) {
                // What is there gets what the server takes for nothing, and what comes without a value NULL.
                statements.add(alter + "MODIFY COLUMN " + quoted(add.column()) + " "
                        + add.type().text() + " NULL"
                        + comment(add.declared().declared().comment()));
            }
            return List.copyOf(statements);
        }
        if (step instanceof Step.Modify<MySqlType> modify) {
            return List.of(alter + "MODIFY COLUMN " + quoted(modify.column()) + " "
                    + definition(modify, existing.column(modify.column())));
        }
        if (step instanceof Step.Rename<MySqlType> rename) {
            return List.of(alter + "RENAME COLUMN " + quoted(rename.column()) + " TO " + quoted(rename.to()));
        }
        return List.of(alter + "DROP COLUMN " + quoted(step.column()));
    }

    private static String definition(Step.Add<MySqlType> add) {
        var fallback = fallback(add);
        return add.type().text()
                + (add.nullable() ? " NULL" : " NOT NULL")
                + (fallback == null ? "" : " DEFAULT " + fallback)
                + comment(add.declared().declared().comment());
    }

    /** Returns the column's default, or where rows lack the column what the server takes for nothing. */
    private static String fallback(Step.Add<MySqlType> add) {
        var declared = declaredDefault(add.declared(), add.type());
        if (declared != null || add.nullable()) {
            return declared;
        }
        if (add.isPartial()) {
            return add.type().zero();
        }
        // Else some servers let it follow the clock with every change.
        return add.type().word().equals("TIMESTAMP") ? now(add.type()) : null;
    }

    private static String now(MySqlType type) {
        return "CURRENT_TIMESTAMP" + (type.length() > 0 ? "(" + type.length() + ")" : "");
    }

    private static String declaredDefault(Column column, MySqlType type) {
        var sql = column.declared().defaultSql();
        return sql == null || !type.takesDefault() || sql.equalsIgnoreCase("NULL") ? null : sql;
    }

    private static String definition(Step.Modify<MySqlType> modify, MySqlTable.Described from) {
        var declared = modify.declared();
        var sourceDefault = declared == null ? null : declaredDefault(declared, modify.type());
        var fallback = sourceDefault != null ? sourceDefault : modify.type().takesDefault() ? from.defaultSql() : null;
        var comment = declared == null || declared.declared().comment() == null
                ? from.comment()
                : declared.declared().comment();
        return modify.type().text()
                + (modify.nullable() ? " NULL" : " NOT NULL")
                + (fallback == null ? "" : " DEFAULT " + fallback)
                + (from.extra().contains("auto_increment") ? " AUTO_INCREMENT" : "")
                + comment(comment);
    }

    private static String comment(String comment) {
        return comment == null || comment.isEmpty() ? "" : " COMMENT " + MySqlType.literal(comment);
    }

    private static String table(TableId table) {
        return quoted(table.database()) + "." + quoted(table.name());
    }

    /** Returns the statement without collations and character sets, for a server that does not know them. */
    static String plain(String statement) {
        return statement
                .replaceAll(" CHARACTER SET \\w+", " CHARACTER SET utf8mb4")
                .replaceAll(" COLLATE \\w+", "");
    }
}
