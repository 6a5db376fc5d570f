package io.gravity.dispatch.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WiderTypesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Int8              | Int32              | Int32
            UInt8             | Int8               | Int16
            UInt32            | Int8               | Int64
            UInt64            | Int8               | Decimal(20, 0)
            Decimal(10, 2)    | Decimal(8, 4)      | Decimal(12, 4)
            Decimal(5, 2)     | Int32              | Decimal(12, 2)
            Float32           | Float64            | Float64
            Float64           | Int32              | Float64
            DateTime64(0, 'UTC') | DateTime64(6, 'UTC') | DateTime64(6, 'UTC')
            Date32            | DateTime64(3, 'UTC') | DateTime64(3, 'UTC')
            Int32             | String             | none
            Date32            | String             | none
            Float64           | Int64              | none
            """)
    void joins(String one, String other, String expected) {
        assertThat(WiderTypes.join(one, other).orElse("none")).isEqualTo(expected);
        assertThat(WiderTypes.join(other, one).orElse("none")).isEqualTo(expected);
    }

    @Property
    void whatIsJoinedTakesBoth(@ForAll @From("columns") Column one, @ForAll @From("columns") Column other) {
        var dialect = ClickHouseDialect.INSTANCE;
        dialect.join(dialect.of(one), dialect.of(other)).ifPresent(type -> {
            assertThat(dialect.holds(type, one)).as("%s holds %s", type, one).isTrue();
            assertThat(dialect.holds(type, other))
                    .as("%s holds %s", type, other)
                    .isTrue();
            assertThat(dialect.widens(dialect.of(one), type))
                    .as("%s to %s", one, type)
                    .isTrue();
        });
    }

    @Provide
    Arbitrary<Column> columns() {
        return Arbitraries.of(
                        new ColumnType(Kind.INTEGER, "TINYINT", -1, -1),
                        new ColumnType(Kind.INTEGER, "TINYINT UNSIGNED", -1, -1),
                        new ColumnType(Kind.INTEGER, "INT", -1, -1),
                        new ColumnType(Kind.INTEGER, "INT UNSIGNED", -1, -1),
                        new ColumnType(Kind.INTEGER, "BIGINT", -1, -1),
                        new ColumnType(Kind.UNSIGNED_BIGINT, "BIGINT UNSIGNED", -1, -1),
                        new ColumnType(Kind.DECIMAL, "DECIMAL", 10, 2),
                        new ColumnType(Kind.DECIMAL, "DECIMAL", 65, 30),
                        new ColumnType(Kind.FLOAT, "FLOAT", -1, -1),
                        new ColumnType(Kind.DOUBLE, "DOUBLE", -1, -1),
                        new ColumnType(Kind.DATE, "DATE", -1, -1),
                        new ColumnType(Kind.DATETIME, "DATETIME", 3, -1),
                        new ColumnType(Kind.TIMESTAMP, "TIMESTAMP", 6, -1),
                        new ColumnType(Kind.TIME, "TIME", 0, -1),
                        new ColumnType(Kind.YEAR, "YEAR", -1, -1),
                        new ColumnType(Kind.TEXT, "VARCHAR", 20, -1),
                        new ColumnType(Kind.ENUM, "ENUM", -1, -1),
                        new ColumnType(Kind.BINARY, "BLOB", -1, -1))
                .map(type -> new Column("c", type, false));
    }

    @ParameterizedTest
    @CsvSource({"INTEGER, INT, -5", "UNSIGNED_BIGINT, BIGINT UNSIGNED, 18446744073709551615", "DATE, DATE, 2024-02-29"})
    void writesTextOfWhatWasAnotherType(Kind kind, String type, String value) {
        var mapping = ColumnMapping.into("String", new Column("c", ColumnType.of(kind, type), false))
                .orElseThrow();
        var out = new RowBuffer(64);
        mapping.write(
                out,
                switch (kind) {
                    case INTEGER -> Long.valueOf(value);
                    case UNSIGNED_BIGINT -> new BigInteger(value);
                    default -> LocalDate.parse(value);
                });
        var expected = new RowBuffer(64);
        expected.writeString(value);
        assertThat(out.toByteArray()).isEqualTo(expected.toByteArray());
    }

    @ParameterizedTest
    @CsvSource({"2024-02-29T01:02:03, 2024-02-29 01:02:03", "2024-02-29T01:02:03.000100, 2024-02-29 01:02:03.0001"})
    void writesAWallClockAsText(LocalDateTime value, String text) {
        var column = new Column("c", ColumnType.of(Kind.DATETIME, "DATETIME"), false);
        var out = new RowBuffer(64);
        ColumnMapping.into("String", column).orElseThrow().write(out, value);
        var expected = new RowBuffer(64);
        expected.writeString(text);
        assertThat(out.toByteArray()).isEqualTo(expected.toByteArray());
    }
}
