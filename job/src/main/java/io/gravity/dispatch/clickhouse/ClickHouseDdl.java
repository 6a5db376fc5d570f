package io.gravity.dispatch.clickhouse;

import static io.gravity.dispatch.clickhouse.TargetTable.quoted;

import io.gravity.dispatch.schema.Step;
import io.gravity.event.Column;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The statements that make and change a table. Pure. */
final class ClickHouseDdl {
    private static final Pattern NUMBER = Pattern.compile("'?(-?\\d+(\\.\\d+)?)'?");
    private static final Pattern TEXT = Pattern.compile("'([^'\\\\]|'')*'");
    /** A zero date is none to ClickHouse, which would refuse the statement. */
    private static final Pattern DATE =
            Pattern.compile("'(19|2[0-2])\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])( [\\d:.]+)?'");

    private ClickHouseDdl() {}

    /** Returns the statement that creates the table. */
    static String create(TableId table, List<Step.Add<String>> columns, TableSchema schema) {
        var key = IntStream.range(0, schema.keyColumnCount())
                .mapToObj(n -> schema.column(schema.keyColumn(n)))
                .toList();
        return "CREATE TABLE IF NOT EXISTS " + quoted(table) + " (\n  "
                + columns.stream().map(ClickHouseDdl::declared).collect(Collectors.joining(",\n  "))
                + ",\n  " + TargetTable.VERSION + " UInt64,\n  " + TargetTable.DELETED
                + " UInt8\n) ENGINE = ReplacingMergeTree(" + TargetTable.VERSION + ", " + TargetTable.DELETED
                + ")\nORDER BY ("
                + key.stream().map(column -> quoted(column.name())).collect(Collectors.joining(", ")) + ")"
                + (key.stream().anyMatch(Column::nullable) ? "\nSETTINGS allow_nullable_key = 1" : "");
    }

    static String of(TableId table, Step<String> step) {
        var alter = "ALTER TABLE " + quoted(table) + " ";
        if (step instanceof Step.Add<String> add) {
            return alter + "ADD COLUMN IF NOT EXISTS " + declared(add);
        }
        if (step instanceof Step.Modify<String> modify) {
            return alter + "MODIFY COLUMN " + quoted(modify.column()) + " " + type(modify.type(), modify.nullable());
        }
        if (step instanceof Step.Rename<String> rename) {
            return alter + "RENAME COLUMN " + quoted(rename.column()) + " TO " + quoted(rename.to());
        }
        return alter + "DROP COLUMN IF EXISTS " + quoted(step.column());
    }

    /** Also a new table is given defaults: rows of before the column's time may come after it. */
    private static String declared(Step.Add<String> column) {
        return quoted(column.column()) + " " + type(column.type(), column.nullable())
                + fallback(column.declared(), column.type()) + comment(column.declared());
    }

    private static String type(String type, boolean nullable) {
        return nullable ? "Nullable(" + type + ")" : type;
    }

    /** The source's constants stand for rows that were there before; what it computes is not known here. */
    private static String fallback(Column column, String type) {
        var sql = column.declared().defaultSql();
        if (sql == null) {
            return "";
        }
        if (type.equals("String")) {
            return TEXT.matcher(sql).matches() ? " DEFAULT " + sql : "";
        }
        if (type.startsWith("Date")) {
            return DATE.matcher(sql).matches() ? " DEFAULT " + sql : "";
        }
        var number = NUMBER.matcher(sql);
        return number.matches() ? " DEFAULT " + number.group(1) : "";
    }

    private static String comment(Column column) {
        var comment = column.declared().comment();
        return comment == null || comment.isEmpty() ? "" : " COMMENT " + TargetTable.literal(comment);
    }
}
