package io.gravity.dispatch.kafka;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gravity.event.ChangeEvent;
import io.gravity.event.ColumnType;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;

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

    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");
    private static final DateTimeFormatter MICROS = new DateTimeFormatterBuilder()
            .append(SECONDS)
            .appendFraction(ChronoField.NANO_OF_SECOND, 6, 6, true)
            .toFormatter();

    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(1024);

    /** What writes into the generator. */
    private interface Content {
        void writeTo(JsonGenerator json) throws IOException;
    }

    /** Returns the record's key. */
    byte[] key(ChangeEvent event) {
        return bytes(json -> {
            var schema = event.schema();
            var row = event.image();
            json.writeStartObject();
            for (int n = 0; n < schema.keyColumnCount(); n++) {
                column(json, schema, row, schema.keyColumn(n));
            }
            json.writeEndObject();
        });
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
            row(json, "before", event.schema(), event.before());
            row(json, "after", event.schema(), event.after());
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

    private static void row(JsonGenerator json, String name, TableSchema schema, Row row) throws IOException {
        if (row == null) {
            json.writeNullField(name);
            return;
        }
        json.writeObjectFieldStart(name);
        for (int i = 0; i < schema.columnCount(); i++) {
            column(json, schema, row, i);
        }
        json.writeEndObject();
    }

    private static void column(JsonGenerator json, TableSchema schema, Row row, int index) throws IOException {
        var column = schema.column(index);
        json.writeFieldName(column.name());
        var value = row.value(index);
        if (value == null) {
            json.writeNull();
        } else {
            value(json, column.type().kind(), value);
        }
    }

    private static void value(JsonGenerator json, ColumnType.Kind kind, Object value) throws IOException {
        switch (kind) {
            case INTEGER, YEAR -> json.writeNumber((long) value);
            case FLOAT -> json.writeNumber((float) value);
            case DOUBLE -> json.writeNumber((double) value);
            case UNSIGNED_BIGINT -> json.writeString(((BigInteger) value).toString());
            case DECIMAL -> json.writeString(((BigDecimal) value).toPlainString());
            case DATE -> json.writeString(((LocalDate) value).toString());
            case DATETIME -> json.writeString(dateTime((LocalDateTime) value));
            case TIMESTAMP ->
                json.writeString(dateTime(LocalDateTime.ofInstant((Instant) value, ZoneOffset.UTC)) + "Z");
            case TIME -> json.writeString(time((Duration) value));
            case TEXT, ENUM, SET, JSON -> json.writeString((String) value);
            case BITS, BINARY, GEOMETRY -> json.writeBinary((byte[]) value);
        }
    }

    private static String dateTime(LocalDateTime value) {
        return (value.getNano() == 0 ? SECONDS : MICROS).format(value);
    }

    private static String time(Duration value) {
        var span = value.abs();
        var seconds = "%s%02d:%02d:%02d"
                .formatted(value.isNegative() ? "-" : "", span.toHours(), span.toMinutesPart(), span.toSecondsPart());
        return span.toNanosPart() == 0 ? seconds : seconds + ".%06d".formatted(span.toNanosPart() / 1000);
    }
}
