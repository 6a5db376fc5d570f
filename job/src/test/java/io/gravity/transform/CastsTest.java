package io.gravity.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CastsTest {
    private static final LocalDateTime NOON = LocalDateTime.of(2026, 1, 31, 12, 0);

    static Stream<Arguments> casts() {
        return Stream.of(
                Arguments.of("42", "int", 42L),
                Arguments.of(" -128 ", "tinyint", -128L),
                Arguments.of(new BigDecimal("7.00"), "bigint", 7L),
                Arguments.of("1e3", "int", 1000L),
                Arguments.of(true, "tinyint", 1L),
                Arguments.of(5.0, "smallint", 5L),
                Arguments.of("18446744073709551615", "bigint unsigned", new BigInteger("18446744073709551615")),
                Arguments.of("1.005", "decimal(5,2)", new BigDecimal("1.01")),
                Arguments.of(-2.5, "decimal(3,0)", new BigDecimal("-3")),
                Arguments.of(3L, "decimal(3,2)", new BigDecimal("3.00")),
                Arguments.of("2.5", "double", 2.5),
                Arguments.of(7L, "float", 7.0f),
                Arguments.of(new BigDecimal("1.50"), "varchar(4)", "1.50"),
                Arguments.of(NOON, "text", "2026-01-31 12:00:00"),
                Arguments.of("\ud83d\ude80\ud83d\ude80", "varchar(2)", "\ud83d\ude80\ud83d\ude80"),
                Arguments.of(NOON, "date", LocalDate.of(2026, 1, 31)),
                Arguments.of("2026-01-31", "date", LocalDate.of(2026, 1, 31)),
                Arguments.of("2026-01-31 12:00:00", "datetime", NOON),
                Arguments.of("2026-01-31T20:00:00+08:00", "datetime", NOON),
                Arguments.of(LocalDate.of(2026, 1, 31), "datetime", NOON.minusHours(12)),
                Arguments.of(NOON, "timestamp", Instant.parse("2026-01-31T12:00:00Z")),
                Arguments.of(Instant.parse("2026-01-31T12:00:00Z"), "datetime", NOON));
    }

    @ParameterizedTest
    @MethodSource("casts")
    void gives(Object value, String type, Object expected) {
        assertThat(Casts.cast(value, SqlTypes.parse(type).orElseThrow())).isEqualTo(expected);
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("x", "int"),
                Arguments.of("", "int"),
                Arguments.of("1.5", "int"),
                Arguments.of("128", "tinyint"),
                Arguments.of("-1", "bigint unsigned"),
                Arguments.of("9223372036854775808", "bigint"),
                Arguments.of("1000", "decimal(5,2)"),
                Arguments.of("NaN", "double"),
                Arguments.of("1e999999999", "decimal(5,2)"),
                Arguments.of("1e400", "double"),
                Arguments.of("1e39", "float"),
                Arguments.of(Double.POSITIVE_INFINITY, "bigint"),
                Arguments.of("abc", "varchar(2)"),
                Arguments.of(new byte[3], "text"),
                Arguments.of("31.01.2026", "date"),
                Arguments.of(5L, "date"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refuses(Object value, String type) {
        assertThatThrownBy(() -> Casts.cast(value, SqlTypes.parse(type).orElseThrow()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected " + type);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INT | int",
                "bigint unsigned | bigint unsigned",
                "DECIMAL(10, 2) | decimal(10,2)",
                "decimal(10) | decimal(10,0)",
                "varchar( 40 ) | varchar(40)",
                "datetime | datetime",
            })
    void readsTypes(String text, String expected) {
        assertThat(SqlTypes.text(SqlTypes.parse(text).orElseThrow())).isEqualTo(expected);
        assertThat(SqlTypes.parse(expected)).isEqualTo(SqlTypes.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"varchar", "decimal", "decimal(66,2)", "decimal(5,6)", "int(11)", "blob", "string", ""})
    void refusesOtherTypes(String text) {
        assertThat(List.of(text))
                .allSatisfy(one -> assertThat(SqlTypes.parse(one)).isEmpty());
    }
}
