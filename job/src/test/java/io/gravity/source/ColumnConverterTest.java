package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.InvalidDate;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Decimal;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Field;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ColumnConverterTest {

    static Stream<Arguments> columns() {
        return Stream.of(
                column("TINYINT", plain(Schema.Type.INT16), (short) -128, Kind.INTEGER, -128L),
                column("INT UNSIGNED", plain(Schema.Type.INT64), 4_294_967_295L, Kind.INTEGER, 4_294_967_295L),
                column("BIGINT", plain(Schema.Type.INT64), Long.MIN_VALUE, Kind.INTEGER, Long.MIN_VALUE),
                column("TINYINT", plain(Schema.Type.BOOLEAN), true, Kind.INTEGER, 1L),
                column(
                        "BIGINT UNSIGNED",
                        Decimal.builder(0),
                        new BigDecimal("18446744073709551615"),
                        Kind.UNSIGNED_BIGINT,
                        new BigInteger("18446744073709551615")),
                column(
                        "DECIMAL",
                        Decimal.builder(30),
                        new BigDecimal("-0.000000000000000000000000000001"),
                        Kind.DECIMAL,
                        new BigDecimal("-0.000000000000000000000000000001")),
                column("FLOAT", plain(Schema.Type.FLOAT64), 1.5, Kind.FLOAT, 1.5f),
                column("FLOAT", plain(Schema.Type.FLOAT32), 1.5f, Kind.FLOAT, 1.5f),
                column("DOUBLE", plain(Schema.Type.FLOAT64), -0.1, Kind.DOUBLE, -0.1),
                column("YEAR", named(Schema.Type.INT32, "io.debezium.time.Year"), 2155, Kind.YEAR, 2155L),
                column(
                        "DATE",
                        named(Schema.Type.INT64, ExactValues.DATE),
                        Temporals.parsedDate("1969-12-31"),
                        Kind.DATE,
                        LocalDate.of(1969, 12, 31)),
                column(
                        "DATE",
                        named(Schema.Type.INT64, ExactValues.DATE),
                        Temporals.parsedDate("2024-00-00"),
                        Kind.DATE,
                        new InvalidDate(2024, 0, 0, LocalTime.MIDNIGHT)),
                column(
                        "TIME",
                        named(Schema.Type.INT64, ExactValues.TIME),
                        -3_020_399_999_999L,
                        Kind.TIME,
                        Duration.ofHours(-838).minusMinutes(59).minusSeconds(59).minusNanos(999_999_000)),
                column(
                        "DATETIME",
                        named(Schema.Type.INT64, ExactValues.DATETIME),
                        Temporals.parsedDate("0001-01-01 23:59:59.999999"),
                        Kind.DATETIME,
                        LocalDateTime.of(1, 1, 1, 23, 59, 59, 999_999_000)),
                column(
                        "TIMESTAMP",
                        named(Schema.Type.INT64, ExactValues.TIMESTAMP),
                        1_709_208_000_123_456L,
                        Kind.TIMESTAMP,
                        Instant.parse("2024-02-29T12:00:00.123456Z")),
                column(
                        "TIMESTAMP",
                        named(Schema.Type.INT64, ExactValues.TIMESTAMP),
                        0L,
                        Kind.TIMESTAMP,
                        InvalidDate.ZERO),
                column("VARCHAR", plain(Schema.Type.STRING), "\uD83D\uDE80", Kind.TEXT, "\uD83D\uDE80"),
                column("JSON", named(Schema.Type.STRING, "io.debezium.data.Json"), "{}", Kind.JSON, "{}"),
                column("ENUM", named(Schema.Type.STRING, "io.debezium.data.Enum"), "a", Kind.ENUM, "a"),
                column("ENUM", named(Schema.Type.STRING, "io.debezium.data.Enum"), "p\\,q", Kind.ENUM, "p,q"),
                column("SET", named(Schema.Type.STRING, "io.debezium.data.EnumSet"), "a,b", Kind.SET, "a,b"),
                column("BLOB", plain(Schema.Type.BYTES), ByteBuffer.wrap(new byte[] {1, 2}), Kind.BINARY, bytes(1, 2)),
                column("BLOB", plain(Schema.Type.BYTES), bytes(1, 2), Kind.BINARY, bytes(1, 2)));
    }

    @ParameterizedTest
    @MethodSource("columns")
    void givesEachKindItsClass(String sqlType, SchemaBuilder schema, Object delivered, Kind kind, Object expected) {
        var converter = ColumnConverter.of(field(schema, sqlType, null, null));
        assertThat(converter.type().kind()).isEqualTo(kind);
        assertThat(converter.type().sqlType()).isEqualTo(sqlType);
        assertThat(converter.convert().apply(delivered)).isEqualTo(expected).hasSameClassAs(expected);
    }

    @Test
    void readsABufferWithoutMovingIt() {
        var buffer = ByteBuffer.wrap(new byte[] {9, 1, 2}).position(1);
        var converter = ColumnConverter.of(field(plain(Schema.Type.BYTES), "BLOB", null, null));
        converter.convert().apply(buffer);
        assertThat(converter.convert().apply(buffer)).isEqualTo(bytes(1, 2));
    }

    @Test
    void putsTheMostSignificantByteOfBitsFirst() {
        var converter = ColumnConverter.of(field(named(Schema.Type.BYTES, "io.debezium.data.Bits"), "BIT", 20, null));
        assertThat(converter.type()).isEqualTo(new ColumnType(Kind.BITS, "BIT", 20, -1));
        assertThat(converter.convert().apply(bytes(0x01, 0x02, 0x03))).isEqualTo(bytes(0x03, 0x02, 0x01));
        assertThat(converter.convert().apply(bytes(0x01))).isEqualTo(bytes(0, 0, 0x01));
    }

    @Test
    void aSingleBitIsOneByte() {
        var converter = ColumnConverter.of(field(plain(Schema.Type.BOOLEAN), "BIT", 1, null));
        assertThat(converter.type().kind()).isEqualTo(Kind.BITS);
        assertThat(converter.convert().apply(true)).isEqualTo(bytes(1));
        assertThat(converter.convert().apply(false)).isEqualTo(bytes(0));
    }

    @Test
    void writesAGeometryInTheServersOwnForm() {
        var schema = SchemaBuilder.struct()
                .name("io.debezium.data.geometry.Geometry")
                .field("wkb", Schema.BYTES_SCHEMA)
                .field("srid", Schema.OPTIONAL_INT32_SCHEMA);
        var converter = ColumnConverter.of(field(schema, "POINT", null, null));
        var struct = new Struct(schema.build()).put("wkb", bytes(7, 8)).put("srid", 4326);
        assertThat(converter.type().kind()).isEqualTo(Kind.GEOMETRY);
        assertThat(converter.convert().apply(struct)).isEqualTo(bytes(0xe6, 0x10, 0, 0, 7, 8));
        assertThat(converter.convert().apply(new Struct(schema.build()).put("wkb", bytes(7))))
                .isEqualTo(bytes(0, 0, 0, 0, 7));
    }

    @Test
    void keepsLengthAndScaleOfTheSource() {
        assertThat(ColumnConverter.of(field(Decimal.builder(2), "decimal", 10, 2))
                        .type())
                .isEqualTo(new ColumnType(Kind.DECIMAL, "DECIMAL", 10, 2));
    }

    @Test
    void refusesATypeItDoesNotKnowAndSaysWhatToDo() {
        var field = field(SchemaBuilder.array(Schema.STRING_SCHEMA), "VECTOR", null, null);
        assertThatThrownBy(() -> ColumnConverter.of(field))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the connector delivers VECTOR as ARRAY, which Gravity does not know;"
                        + " exclude the table or report the type");
    }

    private static Arguments column(
            String sqlType, SchemaBuilder schema, Object delivered, Kind kind, Object expected) {
        return Arguments.of(sqlType, schema, delivered, kind, expected);
    }

    private static SchemaBuilder plain(Schema.Type type) {
        return new SchemaBuilder(type);
    }

    private static SchemaBuilder named(Schema.Type type, String name) {
        return new SchemaBuilder(type).name(name);
    }

    private static Field field(SchemaBuilder schema, String sqlType, Integer length, Integer scale) {
        Map<String, String> parameters = new HashMap<>();
        parameters.put("__debezium.source.column.type", sqlType);
        if (length != null) {
            parameters.put("__debezium.source.column.length", length.toString());
        }
        if (scale != null) {
            parameters.put("__debezium.source.column.scale", scale.toString());
        }
        return new Field("c", 0, schema.parameters(parameters).optional().build());
    }

    private static byte[] bytes(int... values) {
        var bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
