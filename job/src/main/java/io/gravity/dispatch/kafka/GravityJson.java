package io.gravity.dispatch.kafka;

import io.gravity.event.ChangeEvent;
import io.gravity.types.RowJson;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Gravity's own form, with all it knows of a change:
 *
 * <pre>{@code
 * {"op":"u","source":"eu","database":"shop","table":"orders","target":"dwh.orders","ts_us":1700000000000000,
 *  "captured_us":1700000000004000,"position":"3:1207:0:2","version":42,"late":false,
 *  "before":{"id":7,"total":"9.90"},"after":{"id":7,"total":"10.00"}}
 * }</pre>
 *
 * <p>{@code op} is r (snapshot), c, u or d; {@code database} and {@code table} are those at the
 * source; values are those of {@link RowJson}.
 */
final class GravityJson implements RecordFormat {

    @Override
    public void write(ChangeEvent event, OutputStream out) throws IOException {
        JsonRows.write(out, json -> {
            json.writeStartObject();
            json.writeStringField("op", op(event));
            json.writeStringField("source", event.source());
            json.writeStringField("database", event.table().database());
            json.writeStringField("table", event.table().name());
            json.writeStringField("target", event.target().toString());
            json.writeNumberField("ts_us", event.eventTimeMicros());
            json.writeNumberField("captured_us", event.captureTimeMicros());
            json.writeStringField("position", event.position().toString());
            json.writeNumberField("version", event.version());
            json.writeBooleanField("late", event.late());
            json.writeFieldName("before");
            RowJson.row(json, event.schema(), event.before());
            json.writeFieldName("after");
            RowJson.row(json, event.schema(), event.after());
            json.writeEndObject();
        });
    }

    @Override
    public boolean hasTombstones() {
        return true;
    }

    /** Returns the operation's letter, which is Debezium's as well. */
    static String op(ChangeEvent event) {
        return switch (event.operation()) {
            case READ -> "r";
            case INSERT -> "c";
            case UPDATE -> "u";
            case DELETE -> "d";
            case SCHEMA, TRUNCATE -> throw event.operation().hasNoRow();
        };
    }
}
