package io.gravity.dispatch.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads back with Avro's own decoder and the schema of the record's header, as a reader would. */
class AvroFormatTest {
    private static final GenericData TYPES = new GenericData();

    static {
        TYPES.addLogicalTypeConversion(new Conversions.DecimalConversion());
        TYPES.addLogicalTypeConversion(new TimeConversions.DateConversion());
        TYPES.addLogicalTypeConversion(new TimeConversions.TimestampMicrosConversion());
        TYPES.addLogicalTypeConversion(new TimeConversions.LocalTimestampMicrosConversion());
    }

    private final AvroFormat format = new AvroFormat(Records.REFUSING);

    @Test
    void carriesTheFieldsOfGravityJson() throws IOException {
        var change = decoded(Records.update());
        assertThat(change.getSchema().getFullName()).isEqualTo("dwh.orders.Change");
        assertThat(change.get("op")).hasToString("u");
        assertThat(change.get("source")).hasToString("eu");
        assertThat(change.get("database")).hasToString("shop");
        assertThat(change.get("table")).hasToString("orders");
        assertThat(change.get("target")).hasToString("dwh.orders");
        assertThat(change.get("ts_us")).isEqualTo(Instant.ofEpochSecond(1_700_000_000));
        assertThat(change.get("captured_us")).isEqualTo(Instant.ofEpochMilli(1_700_000_000_004L));
        assertThat(change.get("position")).hasToString("3:1207:0:2");
        assertThat(change.get("version")).isEqualTo(42L);
        assertThat(change.get("late")).isEqualTo(false);
        assertThat(((GenericRecord) change.get("before")).get("total")).isEqualTo(new BigDecimal("9.90"));
        assertThat(((GenericRecord) change.get("after")).get("note")).isNull();
        assertThat(decoded(Records.update().asDelete()).get("after")).isNull();
        assertThat(format.hasTombstones()).isTrue();
    }

    static List<Object[]> values() {
        return List.of(
                new Object[] {ColumnType.of(Kind.INTEGER, "BIGINT"), Long.MIN_VALUE, Long.MIN_VALUE},
                new Object[] {
                    ColumnType.of(Kind.UNSIGNED_BIGINT, "BIGINT UNSIGNED"),
                    new BigInteger("18446744073709551615"),
                    new BigDecimal("18446744073709551615")
                },
                new Object[] {
                    new ColumnType(Kind.DECIMAL, "DECIMAL", 65, 30),
                    new BigDecimal("-1.5").setScale(30),
                    new BigDecimal("-1.5").setScale(30)
                },
                new Object[] {
                    new ColumnType(Kind.DECIMAL, "DECIMAL", 10, 2), new BigDecimal("3"), new BigDecimal("3.00")
                },
                new Object[] {ColumnType.of(Kind.DECIMAL, "DECIMAL"), new BigDecimal("1E+3"), "1000"},
                new Object[] {ColumnType.of(Kind.FLOAT, "FLOAT"), 3.14159f, 3.14159f},
                new Object[] {ColumnType.of(Kind.DOUBLE, "DOUBLE"), -1e300, -1e300},
                new Object[] {ColumnType.of(Kind.BITS, "BIT"), new byte[] {1, 2}, ByteBuffer.wrap(new byte[] {1, 2})},
                new Object[] {ColumnType.of(Kind.DATE, "DATE"), LocalDate.of(1, 2, 3), LocalDate.of(1, 2, 3)},
                new Object[] {ColumnType.of(Kind.TIME, "TIME"), Duration.ofMillis(-500), -500_000L},
                new Object[] {
                    ColumnType.of(Kind.DATETIME, "DATETIME"),
                    LocalDateTime.of(1000, 1, 1, 0, 0, 0, 1000),
                    LocalDateTime.of(1000, 1, 1, 0, 0, 0, 1000)
                },
                new Object[] {
                    ColumnType.of(Kind.TIMESTAMP, "TIMESTAMP"),
                    Instant.ofEpochSecond(-1, 999_999_000),
                    Instant.ofEpochSecond(-1, 999_999_000)
                },
                new Object[] {ColumnType.of(Kind.YEAR, "YEAR"), 1901L, 1901},
                new Object[] {ColumnType.of(Kind.TEXT, "TEXT"), "张三😀", "张三😀"},
                new Object[] {ColumnType.of(Kind.SET, "SET"), "a,b", "a,b"},
                new Object[] {ColumnType.of(Kind.JSON, "JSON"), "{}", "{}"},
                new Object[] {ColumnType.of(Kind.GEOMETRY, "POINT"), new byte[0], ByteBuffer.wrap(new byte[0])},
                new Object[] {ColumnType.of(Kind.TEXT, "TEXT"), null, null});
    }

    @ParameterizedTest
    @MethodSource("values")
    void writesValues(ColumnType type, Object value, Object expected) throws IOException {
        var after = (GenericRecord) decoded(Records.insertOf(type, value)).get("after");
        var found = after.get("v");
        assertThat(found instanceof CharSequence ? found.toString() : found).isEqualTo(expected);
    }

    @Test
    void givesColumnsNamesThatAvroAllows() throws IOException {
        var schema = new TableSchema(
                List.of(
                        new Column("a b", ColumnType.of(Kind.INTEGER, "INT"), false),
                        new Column("a-b", ColumnType.of(Kind.INTEGER, "INT"), false),
                        new Column("1st", ColumnType.of(Kind.INTEGER, "INT"), false)),
                0);
        var after = (GenericRecord) decoded(Records.change(Operation.INSERT, schema, null, Row.of(1L, 2L, 3L)))
                .get("after");
        assertThat(after.getSchema().getFields()).map(Schema.Field::name).containsExactly("a_b", "a_b_", "_1st");
        assertThat(after.getSchema().getField("a_b_").getProp("column")).isEqualTo("a-b");
        assertThat(after.get("a_b_")).isEqualTo(2L);
    }

    @Test
    void letsAReaderOfOlderColumnsGoOn() throws IOException {
        var older = new Schema.Parser().parse(header(Records.update()));
        var wider = new TableSchema(
                List.of(
                        Records.ORDERS.column(0),
                        Records.ORDERS.column(1),
                        new Column("added", ColumnType.of(Kind.INTEGER, "INT"), false)),
                0);
        var event = Records.change(Operation.INSERT, wider, null, Row.of(1L, new BigDecimal("1.00"), 5L));
        var decoder = new BinaryMessageDecoder<GenericRecord>(TYPES, older);
        decoder.addSchema(new Schema.Parser().parse(header(event)));
        var after = (GenericRecord)
                decoder.decode(new RecordEncoder(format).value(event)).get("after");
        assertThat(after.get("id")).isEqualTo(1L);
        assertThat(after.get("note")).isNull();
    }

    @Test
    void refusesADecimalThatWouldLoseDigits() {
        var type = new ColumnType(Kind.DECIMAL, "DECIMAL", 4, 2);
        for (var value : List.of("1.234", "123.00")) {
            assertThatThrownBy(() -> decoded(Records.insertOf(type, new BigDecimal(value))))
                    .isInstanceOf(ArithmeticException.class);
        }
    }

    private GenericRecord decoded(ChangeEvent event) throws IOException {
        var record = new RecordEncoder(format).value(event);
        var schema = new Schema.Parser().parse(header(event));
        return new BinaryMessageDecoder<GenericRecord>(TYPES, schema).decode(record);
    }

    private String header(ChangeEvent event) {
        var headers = format.headers(event);
        assertThat(headers).hasSize(1);
        assertThat(headers.get(0).key()).isEqualTo("avro.schema");
        return new String(headers.get(0).value(), StandardCharsets.UTF_8);
    }
}
