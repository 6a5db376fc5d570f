package io.gravity.source;

import io.debezium.relational.Column;
import io.debezium.relational.Table;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Reads rows of a SELECT in the form that the binlog has, so that one conversion serves both and a value does not depend
 * on which of the two brought it. What drivers and sessions could change is asked for as a number or a text: FLOAT as
 * the double it is, moments as seconds since 1970, ENUM and SET by the places of their members.
 */
final class ChunkRow {
    private final List<Column> columns;
    private final List<Form> forms;

    /** How a column is asked for and read. */
    private record Form(String select, Cell cell) {
        static final Form DATE = new Form(
                "CAST(%s AS CHAR)",
                (rows, place) -> {
                    var text = rows.getString(place);
                    return text == null ? null : Temporals.parsedDate(text);
                });
        static final Form TIME = new Form(
                "CAST(%s AS CHAR)",
                (rows, place) -> {
                    var text = rows.getString(place);
                    return text == null ? null : Temporals.parsedTime(text);
                });
        static final Form TIMESTAMP = new Form(
                "UNIX_TIMESTAMP(%s)",
                (rows, place) -> {
                    var seconds = rows.getBigDecimal(place);
                    return seconds == null ? null : seconds.movePointRight(6).longValue();
                });
        static final Form YEAR = new Form("%s+0", Form::number);
        static final Form FLOAT = new Form(
                "%s+0e0",
                (rows, place) -> {
                    double value = rows.getDouble(place);
                    return rows.wasNull() ? null : (Object) (float) value;
                });
        static final Form EXACT_DOUBLE = new Form(
                "%s+0e0",
                (rows, place) -> {
                    double value = rows.getDouble(place);
                    return rows.wasNull() ? null : (Object) value;
                });
        static final Form ENUM = new Form("CAST(%s AS UNSIGNED)", Form::number);
        static final Form SET = new Form(
                "CAST(%s AS UNSIGNED)",
                (rows, place) -> {
                    var members = rows.getBigDecimal(place);
                    return members == null ? null : members.toBigInteger().longValue();
                });
        static final Form TEXT = new Form("%s", ResultSet::getString);
        /** The driver takes a TINYINT(1) for a boolean. */
        static final Form SMALL_NUMBER = new Form("%s", Form::number);

        static final Form OTHER = new Form("%s", ResultSet::getObject);

        private static Object number(ResultSet rows, int place) throws SQLException {
            int number = rows.getInt(place);
            return rows.wasNull() ? null : number;
        }

        static Form of(Column column) {
            var words = column.typeName().toUpperCase(Locale.ROOT).split(" ", 2);
            return switch (words[0]) {
                case "DATE", "DATETIME" -> DATE;
                case "TIME" -> TIME;
                case "TIMESTAMP" -> TIMESTAMP;
                case "YEAR" -> YEAR;
                // With more than 24 bits it is a double to the server, whose text is exact.
                case "FLOAT" -> column.scale().isPresent() || column.length() <= 24 ? FLOAT : OTHER;
                // With declared places the server rounds the text, not the value.
                case "DOUBLE" -> column.scale().isPresent() ? EXACT_DOUBLE : OTHER;
                case "ENUM" -> ENUM;
                case "SET" -> SET;
                case "CHAR", "VARCHAR", "TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT", "JSON" -> TEXT;
                case "TINYINT", "SMALLINT", "BOOL", "BOOLEAN" -> SMALL_NUMBER;
                default -> OTHER;
            };
        }
    }

    /** Reads one column of the row at which the cursor stands. */
    @FunctionalInterface
    private interface Cell {
        Object read(ResultSet rows, int place) throws SQLException;
    }

    ChunkRow(Table table) {
        this.columns = table.columns();
        this.forms = columns.stream().map(Form::of).toList();
    }

    /** Returns what stands between SELECT and FROM. */
    String select() {
        return IntStream.range(0, columns.size())
                .mapToObj(i -> forms.get(i)
                        .select
                        .formatted(Names.quotedOfConnector(columns.get(i).name())))
                .collect(Collectors.joining(", "));
    }

    /** Reads the row at which the cursor stands; values stand by their columns' positions. */
    Object[] read(ResultSet rows) throws SQLException {
        var row = new Object[columns.size()];
        for (int i = 0; i < row.length; i++) {
            row[columns.get(i).position() - 1] = forms.get(i).cell().read(rows, i + 1);
        }
        return row;
    }
}
