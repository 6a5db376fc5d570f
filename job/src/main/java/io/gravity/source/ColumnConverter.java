package io.gravity.source;

import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.function.Function;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Field;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;

/** How one column of a connector's record becomes a value of {@link Kind}'s class. Chosen once per schema. */
record ColumnConverter(ColumnType type, Function<Object, Object> convert) {

    private static final String SOURCE_TYPE = "__debezium.source.column.type";
    private static final String SOURCE_LENGTH = "__debezium.source.column.length";
    private static final String SOURCE_SCALE = "__debezium.source.column.scale";

    static ColumnConverter of(Field field) {
        var schema = field.schema();
        var parameters = schema.parameters();
        var sqlType = parameters == null || parameters.get(SOURCE_TYPE) == null
                ? schema.type().name()
                : parameters.get(SOURCE_TYPE).toUpperCase(Locale.ROOT);
        int length = number(schema, SOURCE_LENGTH);
        int scale = number(schema, SOURCE_SCALE);
        var kind = kind(schema, sqlType);
        return new ColumnConverter(new ColumnType(kind, sqlType, length, scale), conversion(kind, length));
    }

    private static int number(Schema schema, String parameter) {
        var text = schema.parameters() == null ? null : schema.parameters().get(parameter);
        return text == null ? -1 : Integer.parseInt(text);
    }

    private static Kind kind(Schema schema, String sqlType) {
        var name = schema.name() == null ? "" : schema.name();
        return switch (name) {
            case "org.apache.kafka.connect.data.Decimal",
                    "org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Decimal" ->
                sqlType.startsWith("BIGINT") || sqlType.startsWith("SERIAL") ? Kind.UNSIGNED_BIGINT : Kind.DECIMAL;
            case ExactValues.DATE -> Kind.DATE;
            case ExactValues.DATETIME -> Kind.DATETIME;
            case ExactValues.TIMESTAMP -> Kind.TIMESTAMP;
            case ExactValues.TIME -> Kind.TIME;
            case "io.debezium.time.Year" -> Kind.YEAR;
            case "io.debezium.data.Bits" -> Kind.BITS;
            case "io.debezium.data.Json" -> Kind.JSON;
            case "io.debezium.data.Enum" -> Kind.ENUM;
            case "io.debezium.data.EnumSet" -> Kind.SET;
            default -> name.startsWith("io.debezium.data.geometry") ? Kind.GEOMETRY : plainKind(schema, sqlType);
        };
    }

    private static Kind plainKind(Schema schema, String sqlType) {
        return switch (schema.type()) {
            case INT8, INT16, INT32, INT64 -> Kind.INTEGER;
            case FLOAT32 -> Kind.FLOAT;
            case FLOAT64 -> sqlType.startsWith("FLOAT") ? Kind.FLOAT : Kind.DOUBLE;
            case BOOLEAN -> sqlType.startsWith("BIT") ? Kind.BITS : Kind.INTEGER;
            case BYTES -> Kind.BINARY;
            case STRING -> Kind.TEXT;
            default ->
                throw new IllegalArgumentException("the connector delivers " + sqlType + " as " + schema.type()
                        + ", which Gravity does not know; exclude the table or report the type");
        };
    }

    private static Function<Object, Object> conversion(Kind kind, int length) {
        return switch (kind) {
            case INTEGER -> value -> value instanceof Boolean b ? (Object) (b ? 1L : 0L) : ((Number) value).longValue();
            case YEAR -> value -> ((Number) value).longValue();
            case UNSIGNED_BIGINT -> value -> value instanceof BigDecimal d ? d.toBigInteger() : (BigInteger) value;
            case FLOAT -> value -> ((Number) value).floatValue();
            case DOUBLE -> value -> ((Number) value).doubleValue();
            case BITS -> value -> bits(value, length);
            case DATE -> value -> Temporals.date((Long) value);
            case TIME -> value -> Temporals.time((Long) value);
            case DATETIME -> value -> Temporals.dateTime((Long) value);
            case TIMESTAMP -> value -> Temporals.timestamp((Long) value);
            case BINARY -> ColumnConverter::bytes;
            case GEOMETRY -> value -> geometry((Struct) value);
            case ENUM -> value -> member((String) value);
            case DECIMAL, TEXT, SET, JSON -> Function.identity();
        };
    }

    /** The connector, which lists an ENUM's members with commas between, has a backslash before commas in members. */
    private static String member(String escaped) {
        return escaped.indexOf(',') < 0 ? escaped : escaped.replace("\\,", ",");
    }

    private static byte[] bytes(Object value) {
        if (value instanceof ByteBuffer buffer) {
            var copy = new byte[buffer.remaining()];
            buffer.duplicate().get(copy);
            return copy;
        }
        return (byte[]) value;
    }

    /** The connector delivers bits with the least significant byte first, and BIT(1) as a boolean. */
    private static byte[] bits(Object value, int length) {
        if (value instanceof Boolean b) {
            return new byte[] {(byte) (b ? 1 : 0)};
        }
        var little = bytes(value);
        var big = new byte[length > 0 ? (length + 7) / 8 : little.length];
        for (int i = 0; i < little.length && i < big.length; i++) {
            big[big.length - 1 - i] = little[i];
        }
        return big;
    }

    private static byte[] geometry(Struct value) {
        var wkb = bytes(value.get("wkb"));
        var srid = value.getInt32("srid");
        int id = srid == null ? 0 : srid;
        var stored = new byte[4 + wkb.length];
        for (int i = 0; i < 4; i++) {
            stored[i] = (byte) (id >>> (8 * i));
        }
        System.arraycopy(wkb, 0, stored, 4, wkb.length);
        return stored;
    }
}
