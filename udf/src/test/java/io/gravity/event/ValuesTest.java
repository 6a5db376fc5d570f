package io.gravity.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ValuesTest {

    @Property
    void readsWhatItWrote(@ForAll("values") List<Object> values) throws IOException {
        assertThat(roundTrip(values.toArray())).isEqualTo(Row.of(values.toArray()));
    }

    @Property
    void equalValuesHaveEqualBytes(@ForAll("values") List<Object> values) throws IOException {
        assertThat(bytes(values.toArray())).isEqualTo(bytes(values.toArray()));
    }

    @Provide
    Arbitrary<List<Object>> values() {
        return anyValue().injectNull(0.1).list().ofMaxSize(12);
    }

    static Arbitrary<Object> anyValue() {
        return Arbitraries.oneOf(
                Arbitraries.longs().asGeneric(),
                text().asGeneric(),
                Arbitraries.bigDecimals()
                        .between(BigDecimal.TEN.pow(65).negate(), BigDecimal.TEN.pow(65))
                        .ofScale(30)
                        .asGeneric(),
                Arbitraries.bigIntegers()
                        .between(BigInteger.ZERO, BigInteger.TWO.pow(64).subtract(BigInteger.ONE))
                        .asGeneric(),
                Arbitraries.doubles().asGeneric(),
                Arbitraries.floats().asGeneric(),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(40).asGeneric(),
                Arbitraries.longs()
                        .between(-719_528, 2_932_896)
                        .map(LocalDate::ofEpochDay)
                        .asGeneric(),
                Arbitraries.integers()
                        .between(0, 9999)
                        .map(year -> new InvalidDate(year, year % 13, 0, LocalTime.ofSecondOfDay(year * 8L))),
                Arbitraries.longs().between(-838 * 3600L, 838 * 3600L).map(s -> Duration.ofSeconds(s, 999_999_000)),
                Arbitraries.longs().between(0, Integer.MAX_VALUE).map(s -> Instant.ofEpochSecond(s, 1000)));
    }

    private static Arbitrary<String> text() {
        return Arbitraries.integers()
                .between(0, Character.MAX_CODE_POINT)
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                .list()
                .ofMaxSize(30)
                .map(points -> points.stream()
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString());
    }

    static Stream<Object> extremes() {
        return Stream.of(
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                -1L,
                4_294_967_295L,
                new BigInteger("18446744073709551615"),
                new BigDecimal("-" + "9".repeat(65)),
                new BigDecimal("0." + "0".repeat(29) + "1"),
                new BigDecimal("1E+40"),
                new BigDecimal("1.10"),
                "",
                "\u0000",
                "\uD83D\uDE80 four bytes \uD83E\uDD80",
                "ß ÿ 漢字",
                new byte[0],
                new byte[] {(byte) 0xff, 0, (byte) 0x80},
                Duration.ofHours(838).plusMinutes(59).plusSeconds(59).plusNanos(999_999_000),
                Duration.ofHours(-838).minusMinutes(59).minusSeconds(59).minusNanos(1000),
                Duration.ofNanos(-1000),
                LocalDate.of(1, 1, 1),
                LocalDate.of(9999, 12, 31),
                LocalDateTime.of(1000, 1, 1, 0, 0),
                LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_000),
                Instant.EPOCH,
                Instant.ofEpochSecond(-1, 999_999_999),
                Double.NaN,
                -0.0,
                Double.MIN_VALUE,
                Float.NEGATIVE_INFINITY,
                Float.MAX_VALUE);
    }

    @ParameterizedTest
    @MethodSource("extremes")
    void keepsExtremeValuesAndTheirClass(Object value) throws IOException {
        var read = roundTrip(value);
        assertThat(read).isEqualTo(Row.of(value));
        assertThat(read.value(0)).hasSameClassAs(value);
    }

    @Test
    void keepsNull() throws IOException {
        assertThat(roundTrip(null, null)).isEqualTo(Row.of(null, null));
    }

    @Test
    void keepsSixteenMegabytesOfText() throws IOException {
        var text = "0123456789abcdeß".repeat(1 << 20);
        assertThat(roundTrip(text).value(0)).isEqualTo(text);
    }

    @Test
    void decimalsOfAnotherScaleAreOtherValues() throws IOException {
        assertThat(bytes(new BigDecimal("1.0"))).isNotEqualTo(bytes(new BigDecimal("1.00")));
    }

    @Test
    void refusesAClassThatNoKindNames() {
        assertThatThrownBy(() -> bytes(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a row can't hold a java.lang.Integer");
    }

    @Test
    void saysWhatToDoAboutAnUnknownTag() {
        assertThatThrownBy(() -> Values.read(input(new byte[] {99})))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("unknown value tag 99")
                .hasMessageContaining("Restore with the release that wrote it");
    }

    @Property
    void numbersOfAnySizeComeBack(@ForAll long number) throws IOException {
        var buffer = new ByteArrayOutputStream();
        Values.writeVarLong(new DataOutputStream(buffer), number);
        assertThat(buffer.size()).isBetween(1, 10);
        assertThat(Values.readVarLong(input(buffer.toByteArray()))).isEqualTo(number);
    }

    @Test
    void refusesANumberOfMoreThanTenBytes() {
        var endless = new byte[11];
        java.util.Arrays.fill(endless, (byte) 0xff);
        assertThatThrownBy(() -> Values.readVarLong(input(endless)))
                .isInstanceOf(IOException.class)
                .hasMessage("a number of more than ten bytes: the stream is damaged");
    }

    private static Row roundTrip(Object... values) throws IOException {
        var in = input(bytes(values));
        var read = new Object[values.length];
        for (int i = 0; i < read.length; i++) {
            read[i] = Values.read(in);
        }
        assertThat(in.read()).as("bytes left").isEqualTo(-1);
        return Row.of(read);
    }

    private static byte[] bytes(Object... values) throws IOException {
        var buffer = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(buffer)) {
            for (var value : values) {
                Values.write(out, value);
            }
        }
        return buffer.toByteArray();
    }

    private static DataInputStream input(byte[] bytes) {
        return new DataInputStream(new ByteArrayInputStream(bytes));
    }
}
