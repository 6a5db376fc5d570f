package io.gravity.types;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gravity.event.ColumnType;
import io.gravity.event.InvalidDate;
import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.io.IOException;
import java.io.StringWriter;
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
 * The form of a row's values in JSON:
 *
 * <ul>
 *   <li>integers up to BIGINT and YEAR: number; FLOAT and DOUBLE: number
 *   <li>BIGINT UNSIGNED and DECIMAL: string, as many readers keep only 53 bits of a number
 *   <li>DATE {@code "2024-02-29"}; DATETIME {@code "2024-02-29T23:59:59.123456"}; TIMESTAMP the same with {@code Z}, in
 *       UTC; TIME {@code "-838:59:59.000001"}; fractions only if not zero, then six digits
 *   <li>text, ENUM, SET and JSON: string
 *   <li>BINARY, BLOB, BIT (most significant byte first) and GEOMETRY (SRID, then WKB): string in Base64
 * </ul>
 */
public final class RowJson {
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");
    private static final DateTimeFormatter MICROS = new DateTimeFormatterBuilder()
            .append(SECONDS)
            .appendFraction(ChronoField.NANO_OF_SECOND, 6, 6, true)
            .toFormatter();

    private static final JsonFactory JSON = new JsonFactory();

    private RowJson() {}

    /** Returns a row as text; {@code null} for none. */
    public static String text(TableSchema schema, Row row) {
        return row == null ? null : text(json -> row(json, schema, row));
    }

    /** Returns a row's key as text, e.g. {@code {"id":7}}. */
    public static String keyText(TableSchema schema, Row row) {
        return text(json -> key(json, schema, row));
    }

    /** Returns as text what is written into the generator. */
    public static String text(Content content) {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            content.writeTo(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** What writes into a generator. */
    @FunctionalInterface
    public interface Content {
        void writeTo(JsonGenerator json) throws IOException;
    }

    /** Writes the key's columns of a row as an object. */
    public static void key(JsonGenerator json, TableSchema schema, Row row) throws IOException {
        json.writeStartObject();
        for (int n = 0; n < schema.keyColumnCount(); n++) {
            column(json, schema, row, schema.keyColumn(n));
        }
        json.writeEndObject();
    }

    /** Writes all columns of a row as an object; {@code null} for no row. */
    public static void row(JsonGenerator json, TableSchema schema, Row row) throws IOException {
        if (row == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
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

    /** Writes a value, never {@code null}. */
    public static void value(JsonGenerator json, ColumnType.Kind kind, Object value) throws IOException {
        switch (kind) {
            case INTEGER, YEAR -> json.writeNumber((long) value);
            case FLOAT -> json.writeNumber((float) value);
            case DOUBLE -> json.writeNumber((double) value);
            case UNSIGNED_BIGINT -> json.writeString(((BigInteger) value).toString());
            case DECIMAL -> json.writeString(((BigDecimal) value).toPlainString());
            case DATE -> json.writeString(date(value));
            case DATETIME -> json.writeString(dateTime(value));
            case TIMESTAMP -> json.writeString(dateTime(value) + "Z");
            case TIME -> json.writeString(time((Duration) value));
            case TEXT, ENUM, SET, JSON -> json.writeString((String) value);
            case BITS, BINARY, GEOMETRY -> json.writeBinary((byte[]) value);
        }
    }

    /** Returns a day as text, e.g. {@code 2024-02-29}, or {@code 2024-00-00}. */
    public static String date(Object value) {
        return value instanceof InvalidDate invalid ? invalid.date() : ((LocalDate) value).toString();
    }

    private static String dateTime(Object value) {
        if (value instanceof InvalidDate invalid) {
            return invalid.date() + "T" + invalid.clock();
        }
        var time = value instanceof Instant moment
                ? LocalDateTime.ofInstant(moment, ZoneOffset.UTC)
                : (LocalDateTime) value;
        return (time.getNano() == 0 ? SECONDS : MICROS).format(time);
    }

    /** Returns a span as text, e.g. {@code -838:59:59.000001}. */
    public static String time(Duration value) {
        var span = value.abs();
        var seconds = "%s%02d:%02d:%02d"
                .formatted(value.isNegative() ? "-" : "", span.toHours(), span.toMinutesPart(), span.toSecondsPart());
        return span.toNanosPart() == 0 ? seconds : seconds + ".%06d".formatted(span.toNanosPart() / 1000);
    }
}
