package io.gravity.dispatch.kafka;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.types.RowJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The form of a change in Kafka: JSON in UTF-8.
 *
 * <p>Key: the key's columns, e.g. {@code {"id":7}}. Value:
 *
 * <pre>{@code
 * {"op":"u","source":"eu","database":"shop","table":"orders","target":"dwh.orders","ts_us":1700000000000000,
 *  "captured_us":1700000000004000,"position":"3:1207:0:2","version":42,"late":false,
 *  "before":{"id":7,"total":"9.90"},"after":{"id":7,"total":"10.00"}}
 * }</pre>
 *
 * <p>{@code op} is r (snapshot), c, u or d; {@code database} and {@code table} are those at the
 * source; values are those of {@link RowJson}.
 *
 * <p>Not thread-safe: it reuses a buffer.
 */
final class Envelope {
    private static final JsonFactory JSON = new JsonFactory();

    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(1024);

    /** What writes into the generator. */
    private interface Content {
        void writeTo(JsonGenerator json) throws IOException;
    }

    /** Returns the record's key. */
    byte[] key(ChangeEvent event) {
        return bytes(json -> RowJson.key(json, event.schema(), event.image()));
    }

    /** Returns the record's value. */
    byte[] value(ChangeEvent event) {
        return bytes(json -> {
            json.writeStartObject();
            json.writeStringField("op", op(event.operation()));
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

    private byte[] bytes(Content content) {
        buffer.reset();
        try (var json = JSON.createGenerator(buffer)) {
            content.writeTo(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return buffer.toByteArray();
    }

    private static String op(Operation operation) {
        return switch (operation) {
            case READ -> "r";
            case INSERT -> "c";
            case UPDATE -> "u";
            case DELETE -> "d";
        };
    }
}
