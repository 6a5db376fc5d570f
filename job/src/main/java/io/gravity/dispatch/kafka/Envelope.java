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
 * <p>{@code op} is r (snapshot), c, u or d; {@code database} and {@code table} are those at the source. Values:
 *
 * <ul>
 *   <li>integers up to BIGINT and YEAR: number; FLOAT and DOUBLE: number
 *   <li>BIGINT UNSIGNED and DECIMAL: string, as many readers keep only 53 bits of a number
 *   <li>DATE {@code "2024-02-29"}; DATETIME {@code "2024-02-29T23:59:59.123456"}; TIMESTAMP the same with {@code Z}, in
 *       UTC; TIME {@code "-838:59:59.000001"}; fractions only if not zero, then six digits
 *   <li>text, ENUM, SET and JSON: string
 *   <li>BINARY, BLOB, BIT (most significant byte first) and GEOMETRY (SRID, then WKB): string in Base64
 * </ul>
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
