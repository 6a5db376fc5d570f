package io.gravity.dispatch.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GravityJsonTest {
    private final RecordFormat format = new GravityJson();

    @Test
    void hasTheDocumentedForm() {
        var schema = new TableSchema(
                List.of(
                        new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false),
                        new Column("total", new ColumnType(Kind.DECIMAL, "DECIMAL", 10, 2), true)),
                0);
        var event = Records.change(
                Operation.UPDATE, schema, Row.of(7L, new BigDecimal("9.90")), Row.of(7L, new BigDecimal("10.00")));
        assertThat(Records.key(event)).isEqualTo("{\"id\":7}");
        assertThat(Records.value(format, event))
                .isEqualTo("{\"op\":\"u\",\"source\":\"eu\",\"database\":\"shop\",\"table\":\"orders\","
                        + "\"target\":\"dwh.orders\",\"ts_us\":1700000000000000,\"captured_us\":1700000000004000,"
                        + "\"position\":\"3:1207:0:2\",\"version\":42,\"late\":false,"
                        + "\"before\":{\"id\":7,\"total\":\"9.90\"},\"after\":{\"id\":7,\"total\":\"10.00\"}}");
        assertThat(Records.value(format, event.asDelete()))
                .contains("\"op\":\"d\"")
                .endsWith("\"after\":null}");
        assertThat(format.hasTombstones()).isTrue();
    }

    static List<Object[]> values() {
        return List.of(
                new Object[] {Kind.INTEGER, Long.MIN_VALUE, "-9223372036854775808"},
                new Object[] {Kind.UNSIGNED_BIGINT, new BigInteger("18446744073709551615"), "\"18446744073709551615\""},
                new Object[] {Kind.DECIMAL, new BigDecimal("1E+3"), "\"1000\""},
                new Object[] {Kind.FLOAT, 3.14159f, "3.14159"},
                new Object[] {Kind.DOUBLE, 1e300, "1.0E300"},
                new Object[] {Kind.BITS, new byte[] {1, 2}, "\"AQI=\""},
                new Object[] {Kind.DATE, LocalDate.of(1, 2, 3), "\"0001-02-03\""},
                new Object[] {Kind.TIME, Duration.ofMillis(-500), "\"-00:00:00.500000\""},
                new Object[] {Kind.TIME, Duration.ofHours(838), "\"838:00:00\""},
                new Object[] {Kind.DATETIME, LocalDateTime.of(2024, 2, 29, 0, 0), "\"2024-02-29T00:00:00\""},
                new Object[] {Kind.TIMESTAMP, Instant.ofEpochSecond(1, 1000), "\"1970-01-01T00:00:01.000001Z\""},
                new Object[] {Kind.YEAR, 1901L, "1901"},
                new Object[] {Kind.TEXT, "a\"b\n😀ü", "\"a\\\"b\\n\\uD83D\\uDE00ü\""},
                new Object[] {Kind.JSON, "{\"a\":1}", "\"{\\\"a\\\":1}\""},
                new Object[] {Kind.BINARY, new byte[] {-1}, "\"/w==\""},
                new Object[] {Kind.TEXT, null, "null"});
    }

    @ParameterizedTest
    @MethodSource("values")
    void writesValues(Kind kind, Object value, String expected) {
        var event = Records.insertOf(ColumnType.of(kind, kind.name()), value);
        assertThat(Records.key(event)).isEqualTo("{\"v\":" + expected + "}");
        assertThat(Records.value(format, event)).endsWith("\"after\":{\"v\":" + expected + "}}");
    }
}
