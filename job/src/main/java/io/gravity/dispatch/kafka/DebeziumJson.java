package io.gravity.dispatch.kafka;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gravity.event.ChangeEvent;
import io.gravity.event.ColumnType;
import io.gravity.event.Operation;
import io.gravity.types.RowJson;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;

/**
 * Debezium's envelope without its schema part, as {@code JsonConverter} writes it with {@code schemas.enable=false}:
 *
 * <pre>{@code
 * {"before":{"id":7,"total":"9.90"},"after":{"id":7,"total":"10.00"},
 *  "source":{"version":"1","connector":"mysql","name":"eu","ts_ms":1700000000000,"snapshot":"false",
 *            "db":"shop","table":"orders","file":"000003","pos":1207,"row":2},
 *  "op":"u","ts_ms":1700000000004}
 * }</pre>
 *
 * <p>Dates and times are texts, which Flink reads into columns of their types; Debezium itself writes most of them as
 * numbers. An update whose old row is not known is written as {@code c}, since Flink refuses an update without one.
 */
final class DebeziumJson implements RecordFormat {
    private static final String FORM_VERSION = "1";

    private final PerTable<JsonRows> tables =
            new PerTable<>((table, schema) -> new JsonRows(schema, DebeziumJson::value));

    @Override
    public void write(ChangeEvent event, OutputStream out) throws IOException {
        var rows = tables.of(event);
        JsonRows.write(out, json -> {
            json.writeStartObject();
            json.writeFieldName("before");
            rows.row(json, event.before());
            json.writeFieldName("after");
            rows.row(json, event.after());
            json.writeFieldName("source");
            source(json, event);
            json.writeStringField("op", op(event));
            json.writeNumberField("ts_ms", Math.floorDiv(event.captureTimeMicros(), 1000));
            json.writeEndObject();
        });
    }

    @Override
    public boolean hasTombstones() {
        return true;
    }

    private static void source(JsonGenerator json, ChangeEvent event) throws IOException {
        json.writeStartObject();
        json.writeStringField("version", FORM_VERSION);
        json.writeStringField("connector", "mysql");
        json.writeStringField("name", event.source());
        json.writeNumberField("ts_ms", Math.floorDiv(event.eventTimeMicros(), 1000));
        json.writeStringField("snapshot", Boolean.toString(event.isSnapshot()));
        json.writeStringField("db", event.table().database());
        json.writeStringField("table", event.table().name());
        json.writeStringField("file", fileNumber(event.position().file()));
        json.writeNumberField("pos", event.position().transaction());
        json.writeNumberField("row", event.position().row());
        json.writeEndObject();
    }

    /** Returns the number as it stands in the file's name, without the name that comes before it. */
    private static String fileNumber(long file) {
        var digits = Long.toString(file);
        return "000000".substring(Math.min(6, digits.length())) + digits;
    }

    private static String op(ChangeEvent event) {
        return event.operation() == Operation.UPDATE && event.before() == null ? "c" : GravityJson.op(event);
    }

    private static void value(JsonGenerator json, ColumnType type, Object value) throws IOException {
        switch (type.kind()) {
            case INTEGER, YEAR -> json.writeNumber((long) value);
            case FLOAT -> json.writeNumber((float) value);
            case DOUBLE -> json.writeNumber((double) value);
            case UNSIGNED_BIGINT -> json.writeString(((BigInteger) value).toString());
            case DECIMAL -> json.writeString(((BigDecimal) value).toPlainString());
            case DATE -> json.writeString(RowJson.date(value));
            case DATETIME -> json.writeString(SqlText.of(value));
            case TIMESTAMP -> json.writeString(SqlText.of(value) + "Z");
            case TIME -> json.writeString(RowJson.time((Duration) value));
            case TEXT, ENUM, SET, JSON -> json.writeString((String) value);
            case BINARY -> json.writeBinary((byte[]) value);
            case BITS -> bits(json, type, (byte[]) value);
            case GEOMETRY -> geometry(json, (byte[]) value);
        }
    }

    /** A BIT(1) is a boolean; more bits are bytes, the least significant first. */
    private static void bits(JsonGenerator json, ColumnType type, byte[] value) throws IOException {
        if (type.length() == 1) {
            json.writeBoolean(SqlText.ofBits(value).signum() != 0);
            return;
        }
        var reversed = new byte[value.length];
        for (int i = 0; i < value.length; i++) {
            reversed[i] = value[value.length - 1 - i];
        }
        json.writeBinary(reversed);
    }

    private static void geometry(JsonGenerator json, byte[] value) throws IOException {
        var srid = Arrays.copyOf(value, 4);
        json.writeStartObject();
        json.writeBinaryField("wkb", Arrays.copyOfRange(value, Math.min(4, value.length), value.length));
        json.writeNumberField(
                "srid", (srid[0] & 0xFF) | (srid[1] & 0xFF) << 8 | (srid[2] & 0xFF) << 16 | (srid[3] & 0xFF) << 24);
        json.writeEndObject();
    }
}
