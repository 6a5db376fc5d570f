package io.gravity.dispatch.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnMappingTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INTEGER|TINYINT|-1|-1|Int8",
                "INTEGER|SMALLINT UNSIGNED|-1|-1|UInt16",
                "INTEGER|MEDIUMINT|-1|-1|Int32",
                "INTEGER|INT UNSIGNED ZEROFILL|10|-1|UInt32",
                "INTEGER|BIGINT|-1|-1|Int64",
                "UNSIGNED_BIGINT|BIGINT UNSIGNED|-1|-1|UInt64",
                "DECIMAL|DECIMAL|65|30|Decimal(65, 30)",
                "DECIMAL|DECIMAL|-1|-1|String",
                "DATETIME|DATETIME|3|-1|DateTime64(3, 'UTC')",
                "TIMESTAMP|TIMESTAMP|-1|-1|DateTime64(6, 'UTC')",
                "DATE|DATE|-1|-1|Date32",
                "TIME|TIME|-1|-1|String",
                "YEAR|YEAR|-1|-1|UInt16",
                "BITS|BIT|9|-1|UInt64",
                "GEOMETRY|POINT|-1|-1|String"
            })
    void choosesATypeThatHoldsAllValues(Kind kind, String sqlType, int length, int scale, String expected) {
        var type = new ColumnType(kind, sqlType, length, scale);
        assertThat(ColumnMapping.typeOf(new Column("c", type, false))).isEqualTo(expected);
        assertThat(ColumnMapping.typeOf(new Column("c", type, true))).isEqualTo("Nullable(" + expected + ")");
        assertThat(ColumnMapping.into(expected, new Column("c", type, false))).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INTEGER|INT|Int64|true",
                "INTEGER|INT UNSIGNED|Int64|true",
                "INTEGER|INT UNSIGNED|Int32|false",
                "INTEGER|INT|UInt64|false",
                "INTEGER|INT|Nullable(Int32)|true",
                "TEXT|VARCHAR|LowCardinality(String)|true",
                "TEXT|VARCHAR|FixedString(3)|false",
                "FLOAT|FLOAT|Float64|true",
                "DOUBLE|DOUBLE|Float32|false",
                "DATE|DATE|Date|false",
                "DATETIME|DATETIME|DateTime64(6, 'UTC')|true",
                "DATETIME|DATETIME|DateTime64(6)|false",
                "DATETIME|DATETIME|DateTime|false",
                "TIMESTAMP|TIMESTAMP|DateTime64(6, 'Europe/Berlin')|true"
            })
    void takesAnExistingTypeOnlyIfItHoldsAllValues(Kind kind, String sqlType, String actual, boolean fits) {
        var column = new Column("c", ColumnType.of(kind, sqlType), false);
        assertThat(ColumnMapping.into(actual, column).isPresent()).isEqualTo(fits);
    }

    @Test
    void asksForNullableWhereTheSourceIs() {
        assertThat(ColumnMapping.into("Int32", new Column("c", ColumnType.of(Kind.INTEGER, "INT"), true)))
                .isEmpty();
    }

    @Test
    void writesLeastSignificantByteFirst() {
        assertThat(hex(Kind.INTEGER, "INT", -2L)).isEqualTo("feffffff");
        assertThat(hex(Kind.UNSIGNED_BIGINT, "BIGINT UNSIGNED", new BigInteger("18446744073709551615")))
                .isEqualTo("ffffffffffffffff");
        assertThat(hex(Kind.BITS, "BIT", new byte[] {1, 2})).isEqualTo("0201000000000000");
        assertThat(hex(Kind.FLOAT, "FLOAT", 1f)).isEqualTo("0000803f");
        assertThat(hex(Kind.DATE, "DATE", LocalDate.of(1969, 12, 31))).isEqualTo("ffffffff");
        assertThat(hex(Kind.TIMESTAMP, "TIMESTAMP", Instant.ofEpochSecond(0, 1000)))
                .isEqualTo("0100000000000000");
        assertThat(new String(written(Kind.TIME, "TIME", Duration.ofMillis(-500)), StandardCharsets.UTF_8))
                .isEqualTo("\u0010-00:00:00.500000");
    }

    @Test
    void refusesWhatWouldBeClamped() {
        assertThatThrownBy(() -> written(Kind.DATE, "DATE", LocalDate.of(1899, 12, 31)))
                .hasMessageContaining("found 1899-12-31, expected 1900-01-01 to 2299-12-31");
        assertThatThrownBy(() -> written(Kind.DATETIME, "DATETIME", LocalDateTime.of(2300, 1, 1, 0, 0)))
                .hasMessageContaining("found 2300-01-01T00:00");
        assertThatThrownBy(() -> written(Kind.INTEGER, "TINYINT", 128L)).hasMessage("found 128, expected -128 to 127");
        assertThatThrownBy(() -> written(Kind.INTEGER, "INT", null)).hasMessageContaining("found NULL");
    }

    @Property
    void decimalsKeepTheirDigits(
            @ForAll @Scale(6) @BigRange(min = "-99999999999999999999.999999", max = "99999999999999999999.999999")
                    BigDecimal number) {
        var value = number.setScale(6);
        var column = new Column("c", new ColumnType(Kind.DECIMAL, "DECIMAL", 26, 6), false);
        var out = new RowBuffer(1);
        ColumnMapping.into("Decimal(26, 6)", column).orElseThrow().write(out, value);
        var bytes = out.toByteArray();
        assertThat(bytes).hasSize(16);
        for (int i = 0; i < 8; i++) {
            byte low = bytes[i];
            bytes[i] = bytes[15 - i];
            bytes[15 - i] = low;
        }
        assertThat(new BigDecimal(new BigInteger(bytes), 6)).isEqualTo(value);
    }

    private static String hex(Kind kind, String sqlType, Object value) {
        return HexFormat.of().formatHex(written(kind, sqlType, value));
    }

    private static byte[] written(Kind kind, String sqlType, Object value) {
        var column = new Column("c", ColumnType.of(kind, sqlType), false);
        var out = new RowBuffer(1);
        ColumnMapping.into(ColumnMapping.typeOf(column), column).orElseThrow().write(out, value);
        return Arrays.copyOf(out.toByteArray(), out.size());
    }
}
