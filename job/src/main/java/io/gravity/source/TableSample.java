package io.gravity.source;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.math.BigDecimal;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Some rows of a source's table, for people who want to know what is in it. Whole numbers are {@link Long}s or
 * {@link BigDecimal}s, other exact ones {@link BigDecimal}s; dates and times are the server's text.
 */
public record TableSample(TableSchema schema, List<Row> rows) {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);

    public TableSample {
        rows = List.copyOf(rows);
    }

    /**
     * Reads rows in the order in which the server likes to give them.
     *
     * @param most how many at most
     * @throws GravityException with SOURCE_UNUSABLE if the table can't be read
     */
    public static TableSample read(SourceConfig source, TableId table, int most) {
        var url = "jdbc:mysql://" + source.host() + ":" + source.port() + "/";
        try (var connection = DriverManager.getConnection(url, properties(source));
                var statement = connection.createStatement()) {
            connection.setReadOnly(true);
            var query = "SELECT * FROM " + Names.quoted(table) + " LIMIT " + most;
            try (var result = statement.executeQuery(query)) {
                return read(result);
            }
        } catch (SQLException e) {
            throw new GravityException(
                    ErrorCode.SOURCE_UNUSABLE,
                    "source " + source.name() + " at " + source.host() + ":" + source.port() + ", table " + table
                            + " can't be read: " + e.getMessage(),
                    e);
        }
    }

    private static Properties properties(SourceConfig source) {
        var properties = new Properties();
        properties.setProperty("connectTimeout", String.valueOf(CONNECT_LIMIT.toMillis()));
        properties.setProperty("socketTimeout", String.valueOf(ANSWER_LIMIT.toMillis()));
        properties.setProperty("allowPublicKeyRetrieval", "true");
        properties.setProperty("tinyInt1isBit", "false");
        properties.setProperty("yearIsDateType", "false");
        properties.putAll(source.tuning().jdbcProperties());
        properties.setProperty("user", source.username());
        properties.setProperty("password", source.password().reveal());
        return properties;
    }

    private static TableSample read(ResultSet result) throws SQLException {
        var meta = result.getMetaData();
        var columns = new ArrayList<Column>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            columns.add(new Column(
                    meta.getColumnName(i),
                    ColumnType.of(kind(meta, i), meta.getColumnTypeName(i)),
                    meta.isNullable(i) != ResultSetMetaData.columnNoNulls));
        }
        var rows = new ArrayList<Row>();
        while (result.next()) {
            var values = new Object[columns.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = value(result, i + 1, columns.get(i).type().kind());
            }
            rows.add(Row.of(values));
        }
        return new TableSample(new TableSchema(columns, 0), rows);
    }

    private static Kind kind(ResultSetMetaData meta, int column) throws SQLException {
        return switch (meta.getColumnType(column)) {
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER -> Kind.INTEGER;
            case Types.BIGINT -> meta.isSigned(column) ? Kind.INTEGER : Kind.DECIMAL;
            case Types.DECIMAL, Types.NUMERIC -> Kind.DECIMAL;
            case Types.REAL, Types.FLOAT, Types.DOUBLE -> Kind.DOUBLE;
            case Types.DATE -> Kind.DATE;
            case Types.TIME -> Kind.TIME;
            case Types.TIMESTAMP -> Kind.DATETIME;
            case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR ->
                meta.getColumnTypeName(column).equals("JSON") ? Kind.JSON : Kind.TEXT;
            default -> Kind.BINARY;
        };
    }

    private static Object value(ResultSet result, int column, Kind kind) throws SQLException {
        return switch (kind) {
            case INTEGER -> {
                long number = result.getLong(column);
                yield result.wasNull() ? null : (Object) number;
            }
            case DECIMAL -> result.getBigDecimal(column);
            case DOUBLE -> {
                double number = result.getDouble(column);
                yield result.wasNull() ? null : (Object) number;
            }
            case BINARY -> result.getBytes(column);
            default -> result.getString(column);
        };
    }
}
