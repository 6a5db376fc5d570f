package io.gravity.dispatch.kafka;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import io.gravity.event.ColumnType;
import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import io.gravity.types.RowJson;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** Writes the rows of one table as JSON objects; the columns' names are encoded once. */
final class JsonRows {
    private static final JsonFactory JSON = new JsonFactory();

    private final TableSchema schema;
    private final ValueWriter values;
    private final SerializableString[] names;

    /** Writes a value, never {@code null}, of a column of the type. */
    interface ValueWriter {
        void write(JsonGenerator json, ColumnType type, Object value) throws IOException;
    }

    JsonRows(TableSchema schema, ValueWriter values) {
        this.schema = schema;
        this.values = values;
        this.names = schema.columns().stream()
                .map(column -> new SerializedString(column.name()))
                .toArray(SerializableString[]::new);
    }

    /** Writes one JSON document as UTF-8. */
    static void write(OutputStream out, RowJson.Content content) throws IOException {
        try (var json = JSON.createGenerator(out)) {
            content.writeTo(json);
        }
    }

    /** Writes all columns of a row; {@code null} for no row. */
    void row(JsonGenerator json, Row row) throws IOException {
        if (row == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        for (int i = 0; i < names.length; i++) {
            column(json, row, i);
        }
        json.writeEndObject();
    }

    /** Writes the old values of the columns that have another value now; none if the old row is not known. */
    void changed(JsonGenerator json, Row before, Row after) throws IOException {
        json.writeStartObject();
        for (int i = 0; before != null && i < names.length; i++) {
            if (!Objects.deepEquals(before.value(i), after.value(i))) {
                column(json, before, i);
            }
        }
        json.writeEndObject();
    }

    private void column(JsonGenerator json, Row row, int index) throws IOException {
        json.writeFieldName(names[index]);
        var value = row.value(index);
        if (value == null) {
            json.writeNull();
        } else {
            values.write(json, schema.column(index).type(), value);
        }
    }
}
