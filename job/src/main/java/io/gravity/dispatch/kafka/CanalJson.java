package io.gravity.dispatch.kafka;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.TableSchema;
import io.gravity.types.RowJson;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.sql.Types;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;

/**
 * Canal's flat message with one row in each, names after mapping, and every value as text; {@code old} holds the columns
 * that changed:
 *
 * <pre>{@code
 * {"id":42,"database":"dwh","table":"orders","pkNames":["id"],"isDdl":false,"type":"UPDATE",
 *  "es":1700000000000,"ts":1700000000004,"sql":"",
 *  "sqlType":{"id":4,"total":3},"mysqlType":{"id":"int","total":"decimal(10,2)"},
 *  "data":[{"id":"7","total":"10.00"}],"old":[{"total":"9.90"}]}
 * }</pre>
 *
 * <p>{@code id} is the change's version. Binary values are in Base64, as Flink reads them; Canal itself writes them as
 * Latin-1.
 */
final class CanalJson implements RecordFormat {
    private final PerTable<Prepared> tables = new PerTable<>((table, schema) -> Prepared.of(schema));

    /** What is the same for all rows under the same columns, the last three as JSON. */
    private record Prepared(JsonRows rows, String keyNames, String sqlTypes, String mySqlTypes) {

        static Prepared of(TableSchema schema) {
            return new Prepared(
                    new JsonRows(schema, CanalJson::value),
                    RowJson.text(json -> {
                        json.writeStartArray();
                        for (int n = 0; n < schema.keyColumnCount(); n++) {
                            json.writeString(schema.column(schema.keyColumn(n)).name());
                        }
                        json.writeEndArray();
                    }),
                    RowJson.text(json -> {
                        json.writeStartObject();
                        for (var column : schema.columns()) {
                            json.writeNumberField(column.name(), sqlType(column.type()));
                        }
                        json.writeEndObject();
                    }),
                    RowJson.text(json -> {
                        json.writeStartObject();
                        for (var column : schema.columns()) {
                            json.writeStringField(column.name(), mySqlType(column));
                        }
                        json.writeEndObject();
                    }));
        }
    }

    @Override
    public void write(ChangeEvent event, OutputStream out) throws IOException {
        var table = tables.of(event);
        JsonRows.write(out, json -> {
            json.writeStartObject();
            json.writeNumberField("id", event.version());
            json.writeStringField("database", event.target().database());
            json.writeStringField("table", event.target().name());
            json.writeFieldName("pkNames");
            json.writeRawValue(table.keyNames());
            json.writeBooleanField("isDdl", false);
            json.writeStringField("type", type(event));
            json.writeNumberField("es", Math.floorDiv(event.eventTimeMicros(), 1000));
            json.writeNumberField("ts", Math.floorDiv(event.captureTimeMicros(), 1000));
            json.writeStringField("sql", "");
            json.writeFieldName("sqlType");
            json.writeRawValue(table.sqlTypes());
            json.writeFieldName("mysqlType");
            json.writeRawValue(table.mySqlTypes());
            json.writeArrayFieldStart("data");
            table.rows().row(json, event.image());
            json.writeEndArray();
            old(json, table.rows(), event);
            json.writeEndObject();
        });
    }

    @Override
    public boolean hasTombstones() {
        return false;
    }

    private static void old(JsonGenerator json, JsonRows rows, ChangeEvent event) throws IOException {
        if (event.before() == null || event.after() == null) {
            json.writeNullField("old");
            return;
        }
        json.writeArrayFieldStart("old");
        rows.changed(json, event.before(), event.after());
        json.writeEndArray();
    }

    /** An update whose old row is not known is an insert, since Flink refuses an update without {@code old}. */
    private static String type(ChangeEvent event) {
        return switch (event.operation()) {
            case READ, INSERT -> "INSERT";
            case UPDATE -> event.before() == null ? "INSERT" : "UPDATE";
            case DELETE -> "DELETE";
            case SCHEMA, TRUNCATE -> throw event.operation().hasNoRow();
        };
    }

    private static void value(JsonGenerator json, ColumnType type, Object value) throws IOException {
        json.writeString(text(type.kind(), value));
    }

    private static String text(ColumnType.Kind kind, Object value) {
        return switch (kind) {
            case INTEGER, YEAR, UNSIGNED_BIGINT, FLOAT, DOUBLE -> value.toString();
            case DATE -> RowJson.date(value);
            case TEXT, ENUM, SET, JSON -> (String) value;
            case DECIMAL -> ((BigDecimal) value).toPlainString();
            case BITS -> SqlText.ofBits(value).toString();
            case DATETIME, TIMESTAMP -> SqlText.of(value);
            case TIME -> RowJson.time((Duration) value);
            case BINARY, GEOMETRY -> Base64.getEncoder().encodeToString((byte[]) value);
        };
    }

    private static int sqlType(ColumnType type) {
        return switch (type.kind()) {
            case INTEGER -> integerType(type.sqlType());
            case UNSIGNED_BIGINT -> Types.BIGINT;
            case DECIMAL -> Types.DECIMAL;
            case FLOAT -> Types.REAL;
            case DOUBLE -> Types.DOUBLE;
            case BITS -> Types.BIT;
            case DATE -> Types.DATE;
            case TIME -> Types.TIME;
            case DATETIME, TIMESTAMP -> Types.TIMESTAMP;
            case YEAR, JSON -> Types.VARCHAR;
            case TEXT -> textType(type.sqlType());
            case ENUM, SET -> Types.CHAR;
            case BINARY, GEOMETRY -> Types.BLOB;
        };
    }

    private static int integerType(String name) {
        if (name.startsWith("TINYINT")) {
            return Types.TINYINT;
        }
        if (name.startsWith("SMALLINT")) {
            return Types.SMALLINT;
        }
        return name.startsWith("BIGINT") ? Types.BIGINT : Types.INTEGER;
    }

    private static int textType(String name) {
        if (name.endsWith("TEXT")) {
            return Types.CLOB;
        }
        return name.startsWith("CHAR") ? Types.CHAR : Types.VARCHAR;
    }

    /** Returns the type as MySQL writes it, e.g. {@code decimal(10,2) unsigned}; without the members of ENUM and SET. */
    private static String mySqlType(Column column) {
        var type = column.type();
        var name = type.sqlType().toLowerCase(Locale.ROOT);
        if (type.length() < 0) {
            return name;
        }
        int end = name.indexOf(' ') < 0 ? name.length() : name.indexOf(' ');
        var arguments = "(" + type.length() + (type.scale() < 0 ? "" : "," + type.scale()) + ")";
        return name.substring(0, end) + arguments + name.substring(end);
    }
}
