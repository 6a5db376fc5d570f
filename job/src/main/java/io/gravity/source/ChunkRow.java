package io.gravity.source;

import io.debezium.relational.Column;
import io.debezium.relational.Table;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Reads rows of a SELECT in the form that the binlog has, so that one conversion serves both and a value does not depend
 * on which of the two brought it. What drivers and sessions could change is asked for as a number or a text: FLOAT as
 * the double it is, moments as seconds since 1970, ENUM and SET by the places of their members.
 */
final class ChunkRow {
    private final List<Column> columns;
    private final List<Form> forms;

    /** How a column is asked for and read. */
    private enum Form {
        DATE {
            @Override
            Object read(ResultSet rows, int place) throws SQLException {
                var text = rows.getString(place);
                return text == null ? null : Temporals.parsedDate(text);
            }

            @Override
            String select(String column) {
                return "CAST(" + column + " AS CHAR)";
            }
        },
        TIME {
            @Override
            Object read(ResultSet rows, int place) throws SQLException {
                var text = rows.getString(place);
                return text == null ? null : Temporals.parsedTime(text);
            }

            @Override
            String select(String column) {
                return "CAST(" + column + " AS CHAR)";
            }
        },
        TIMESTAMP {
            @Override
            Object read(ResultSet rows, int place) throws SQLException {
                var seconds = rows.getBigDecimal(place);
                return seconds == null ? null : seconds.movePointRight(6).longValue();
            }

            @Override
            String select(String column) {
                return "UNIX_TIMESTAMP(" + column + ")";
            }
        },
        YEAR {
            @Override
            Object read(ResultSet rows, int place) throws SQLException {
                int year = rows.getInt(place);
                return rows.wasNull() ? null : year;
            }

            @Override
            String select(String column) {
                return column + "+0";
            }
        },
        FLOAT {
            @Override
            Object read(ResultSet rows, int place) throws SQLException {
                double value = rows.getDouble(place);
                return rows.wasNull() ? null : (Object) (float) value;
            }

            @Override
            String select(String column) {
                return column + "+0e0";
            }
        },
        EXACT_DOUBLE {
            @Override
            Object read(ResultSet rows, int place) throws SQLException {
                double value = rows.getDouble(place);
                return rows.wasNull() ? null : (Object) value;
            }

            @Override
            String select(String column) {
                return column + "+0e0";
            }
        },
        ENUM {
            @Override
            Object read(ResultSet rows, int place) throws SQLException {
                int member = rows.getInt(place);
                return rows.wasNull() ? null : member;
            }

            @Override
            String select(String column) {
                return "CAST(" + column + " AS UNSIGNED)";
            }
        },
        SET {
            @Override
            Object read(ResultSet rows, int place) throws SQLException {
                BigDecimal members = rows.getBigDecimal(place);
                return members == null ? null : members.toBigInteger().longValue();
            }

            @Override
            String select(String column) {
                return "CAST(" + column + " AS UNSIGNED)";
            }
        },
        TEXT {
            @Override
            Object read(ResultSet rows, int place) throws SQLException {
                return rows.getString(place);
            }
        },
        /** The driver takes a TINYINT(1) for a boolean. */
        SMALL_NUMBER {
            @Override
            Object read(ResultSet rows, int place) throws SQLException {
                int number = rows.getInt(place);
                return rows.wasNull() ? null : number;
            }
        },
        OTHER {
            @Override
            Object read(ResultSet rows, int place) throws SQLException {
                return rows.getObject(place);
            }
        };

        abstract Object read(ResultSet rows, int place) throws SQLException;

        String select(String column) {
            return column;
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

    ChunkRow(Table table) {
        this.columns = table.columns();
        this.forms = columns.stream().map(Form::of).toList();
    }

    /** Returns what stands between SELECT and FROM. */
    String select() {
        return columns.stream()
                .map(column -> Form.of(column).select("`" + column.name().replace("`", "``") + "`"))
                .collect(Collectors.joining(", "));
    }

    /** Reads the row at which the cursor stands; values stand by their columns' positions. */
    Object[] read(ResultSet rows) throws SQLException {
        var row = new Object[columns.size()];
        for (int i = 0; i < row.length; i++) {
            row[columns.get(i).position() - 1] = forms.get(i).read(rows, i + 1);
        }
        return row;
    }
}
