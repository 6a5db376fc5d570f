package io.gravity.dispatch.kafka;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gravity.event.ChangeEvent;
import io.gravity.event.ColumnType;
import io.gravity.types.RowJson;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;

/**
 * Maxwell's form, with names after mapping; {@code old} holds the columns that changed:
 *
 * <pre>{@code
 * {"database":"dwh","table":"orders","type":"update","ts":1700000000,
 *  "data":{"id":7,"total":10.00},"old":{"total":9.90}}
 * }</pre>
 *
 * <p>Rows of a snapshot are {@code insert}s: Flink refuses Maxwell's {@code bootstrap-insert}. JSON documents are texts:
 * Flink, which looks for changed columns at any depth of {@code old}, would find keys inside them.
 */
final class MaxwellJson implements RecordFormat {
    private final PerTable<JsonRows> tables =
            new PerTable<>((table, schema) -> new JsonRows(schema, MaxwellJson::value));

    @Override
    public void write(ChangeEvent event, OutputStream out) throws IOException {
        var rows = tables.of(event);
        JsonRows.write(out, json -> {
            json.writeStartObject();
            json.writeStringField("database", event.target().database());
            json.writeStringField("table", event.target().name());
            json.writeStringField("type", type(event));
            json.writeNumberField("ts", Math.floorDiv(event.eventTimeMicros(), 1_000_000));
            json.writeFieldName("data");
            rows.row(json, event.image());
            if (event.before() != null && event.after() != null) {
                json.writeFieldName("old");
                rows.changed(json, event.before(), event.after());
            }
            json.writeEndObject();
        });
    }

    @Override
    public boolean hasTombstones() {
        return false;
    }

    /** An update whose old row is not known is an insert, since Flink refuses an update without {@code old}. */
    private static String type(ChangeEvent event) {
        return switch (event.operation()) {
            case READ, INSERT -> "insert";
            case UPDATE -> event.before() == null ? "insert" : "update";
            case DELETE -> "delete";
            case SCHEMA, TRUNCATE -> throw event.operation().hasNoRow();
        };
    }

    private static void value(JsonGenerator json, ColumnType type, Object value) throws IOException {
        switch (type.kind()) {
            case INTEGER, YEAR -> json.writeNumber((long) value);
            case FLOAT -> json.writeNumber((float) value);
            case DOUBLE -> json.writeNumber((double) value);
            case UNSIGNED_BIGINT -> json.writeNumber((BigInteger) value);
            case DECIMAL -> json.writeNumber(((BigDecimal) value).toPlainString());
            case BITS -> json.writeNumber(SqlText.ofBits(value));
            case DATE -> json.writeString(RowJson.date(value));
            case DATETIME -> json.writeString(SqlText.of(value));
            case TIMESTAMP -> json.writeString(SqlText.of(value));
            case TIME -> json.writeString(RowJson.time((Duration) value));
            case TEXT, ENUM, JSON -> json.writeString((String) value);
            case SET -> members(json, (String) value);
            case BINARY, GEOMETRY -> json.writeBinary((byte[]) value);
        }
    }

    private static void members(JsonGenerator json, String set) throws IOException {
        json.writeStartArray();
        if (!set.isEmpty()) {
            for (var member : set.split(",", -1)) {
                json.writeString(member);
            }
        }
        json.writeEndArray();
    }
}
