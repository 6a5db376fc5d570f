package io.gravity.dispatch.kafka;

import io.gravity.dispatch.UnfitRule;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.Encoder;

/**
 * A table's changes in Avro: the schema, and how a row is written under it.
 *
 * <p>Each column may be null, whatever the table says: then columns can come and go and an old reader's schema still
 * fits, for one byte per value.
 */
final class AvroTable {
    private static final byte[] SINGLE_OBJECT = {(byte) 0xC3, 0x01};
    private static final int UNSIGNED_BIGINT_DIGITS = 20;

    private final byte[] prefix;
    private final byte[] schemaText;
    private final ValueWriter[] columns;
    private final TableSchema schema;
    private final UnfitRule unfit;

    /** Writes a value, never {@code null}. */
    private interface ValueWriter {
        void write(Encoder out, Object value) throws IOException;
    }

    private record Type(Schema schema, ValueWriter writer) {}

    AvroTable(TableId table, TableSchema schema, UnfitRule unfit) {
        this.schema = schema;
        this.unfit = unfit;
        var namespace = name(table.database()) + "." + name(table.name());
        var types = schema.columns().stream().map(AvroTable::type).toList();
        var change = changeSchema(namespace, rowSchema(namespace, schema, types));
        this.columns = types.stream().map(Type::writer).toArray(ValueWriter[]::new);
        this.schemaText = change.toString().getBytes(StandardCharsets.UTF_8);
        this.prefix = ByteBuffer.allocate(SINGLE_OBJECT.length + Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(SINGLE_OBJECT)
                .putLong(SchemaNormalization.parsingFingerprint64(change))
                .array();
    }

    /** Returns what stands before each value: the mark of Avro's single-object encoding, and the schema's fingerprint. */
    byte[] prefix() {
        return prefix;
    }

    /** Returns the schema as JSON in UTF-8. */
    byte[] schemaText() {
        return schemaText;
    }

    /** Writes a row; {@code null} for no row. */
    void row(Encoder out, Row row) throws IOException {
        if (row == null) {
            out.writeIndex(0);
            return;
        }
        out.writeIndex(1);
        for (int i = 0; i < columns.length; i++) {
            var value = unfit.inCalendar(schema.column(i).type().kind(), row.value(i));
            out.writeIndex(value == null ? 0 : 1);
            if (value == null) {
                out.writeNull();
            } else {
                columns[i].write(out, value);
            }
        }
    }

    private static Schema changeSchema(String namespace, Schema row) {
        return Schema.createRecord(
                "Change",
                null,
                namespace,
                false,
                List.of(
                        field("op", Schema.create(Schema.Type.STRING)),
                        field("source", Schema.create(Schema.Type.STRING)),
                        field("database", Schema.create(Schema.Type.STRING)),
                        field("table", Schema.create(Schema.Type.STRING)),
                        field("target", Schema.create(Schema.Type.STRING)),
                        field("ts_us", timestamp()),
                        field("captured_us", timestamp()),
                        field("position", Schema.create(Schema.Type.STRING)),
                        field("version", Schema.create(Schema.Type.LONG)),
                        field("late", Schema.create(Schema.Type.BOOLEAN)),
                        nullable("before", row),
                        nullable("after", row)));
    }

    private static Schema rowSchema(String namespace, TableSchema schema, List<Type> types) {
        var taken = new HashSet<String>();
        var fields = new ArrayList<Schema.Field>();
        for (int i = 0; i < schema.columnCount(); i++) {
            var column = schema.column(i).name();
            var name = name(column);
            while (!taken.add(name)) {
                name += "_";
            }
            var field = nullable(name, types.get(i).schema());
            if (!name.equals(column)) {
                field.addProp("column", column);
            }
            fields.add(field);
        }
        return Schema.createRecord("Row", null, namespace, false, fields);
    }

    private static Schema.Field field(String name, Schema schema) {
        return new Schema.Field(name, schema);
    }

    private static Schema.Field nullable(String name, Schema schema) {
        var union = Schema.createUnion(Schema.create(Schema.Type.NULL), schema);
        return new Schema.Field(name, union, null, JsonProperties.NULL_VALUE);
    }

    /** Returns a name as Avro allows it: ASCII letters, digits and {@code _}, no digit first. */
    private static String name(String text) {
        var legal = text.replaceAll("[^A-Za-z0-9_]", "_");
        return legal.isEmpty() || Character.isDigit(legal.charAt(0)) ? "_" + legal : legal;
    }

    private static Schema timestamp() {
        return LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
    }

    private static Type type(Column column) {
        var type = column.type();
        return switch (type.kind()) {
            case INTEGER -> new Type(Schema.create(Schema.Type.LONG), (out, value) -> out.writeLong((long) value));
            case YEAR ->
                new Type(Schema.create(Schema.Type.INT), (out, value) -> out.writeInt(Math.toIntExact((long) value)));
            case FLOAT -> new Type(Schema.create(Schema.Type.FLOAT), (out, value) -> out.writeFloat((float) value));
            case DOUBLE -> new Type(Schema.create(Schema.Type.DOUBLE), (out, value) -> out.writeDouble((double) value));
            case UNSIGNED_BIGINT ->
                new Type(
                        decimal(UNSIGNED_BIGINT_DIGITS, 0),
                        (out, value) -> out.writeBytes(((BigInteger) value).toByteArray()));
            case DECIMAL -> decimal(type);
            case DATE ->
                new Type(
                        LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT)),
                        (out, value) -> out.writeInt(Math.toIntExact(((LocalDate) value).toEpochDay())));
            // A span of up to 838 hours, so no time of day.
            case TIME ->
                new Type(Schema.create(Schema.Type.LONG), (out, value) -> out.writeLong(micros((Duration) value)));
            case DATETIME ->
                new Type(
                        LogicalTypes.localTimestampMicros().addToSchema(Schema.create(Schema.Type.LONG)),
                        (out, value) -> out.writeLong(micros(((LocalDateTime) value).toInstant(ZoneOffset.UTC))));
            case TIMESTAMP -> new Type(timestamp(), (out, value) -> out.writeLong(micros((Instant) value)));
            case TEXT, ENUM, SET, JSON ->
                new Type(Schema.create(Schema.Type.STRING), (out, value) -> out.writeString((String) value));
            case BITS, BINARY, GEOMETRY ->
                new Type(Schema.create(Schema.Type.BYTES), (out, value) -> out.writeBytes((byte[]) value));
        };
    }

    /** A DECIMAL whose precision nobody told is a text. */
    private static Type decimal(ColumnType type) {
        if (type.length() < 1) {
            return new Type(
                    Schema.create(Schema.Type.STRING),
                    (out, value) -> out.writeString(((BigDecimal) value).toPlainString()));
        }
        int scale = Math.max(0, type.scale());
        return new Type(
                decimal(type.length(), scale),
                (out, value) -> out.writeBytes(unscaled((BigDecimal) value, type.length(), scale)));
    }

    private static Schema decimal(int precision, int scale) {
        return LogicalTypes.decimal(precision, scale).addToSchema(Schema.create(Schema.Type.BYTES));
    }

    private static byte[] unscaled(BigDecimal value, int precision, int scale) {
        var scaled = value.setScale(scale, RoundingMode.UNNECESSARY);
        if (scaled.precision() > precision) {
            throw new ArithmeticException(value.toPlainString() + " has more than " + precision + " digits");
        }
        return scaled.unscaledValue().toByteArray();
    }

    private static long micros(Instant value) {
        return Math.addExact(Math.multiplyExact(value.getEpochSecond(), 1_000_000L), value.getNano() / 1000);
    }

    private static long micros(Duration value) {
        return Math.addExact(Math.multiplyExact(value.getSeconds(), 1_000_000L), value.getNano() / 1000);
    }
}
