package io.gravity.dispatch.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MySqlTypeTest {

    private static MySqlType type(String text) {
        return MySqlType.parsed(text, null, null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tinyint            | smallint           | SMALLINT
            int                | int unsigned       | BIGINT
            tinyint unsigned   | tinyint            | SMALLINT
            bigint             | bigint unsigned    | DECIMAL(20,0)
            mediumint unsigned | smallint           | INT
            decimal(10,2)      | decimal(8,4)       | DECIMAL(12,4)
            decimal(5,2)       | int                | DECIMAL(12,2)
            float              | double             | DOUBLE
            double             | int                | DOUBLE
            bit(3)             | bit(9)             | BIT(9)
            date               | datetime(3)        | DATETIME(3)
            datetime           | datetime(6)        | DATETIME(6)
            time               | time(2)            | TIME(2)
            char(3)            | char(5)            | CHAR(5)
            char(9)            | varchar(5)         | VARCHAR(9)
            varchar(20)        | varchar(300)       | VARCHAR(300)
            varchar(20)        | text               | TEXT
            varchar(16000)     | tinytext           | VARCHAR(16000)
            tinytext           | mediumtext         | MEDIUMTEXT
            enum('a','b')      | enum('b','c')      | ENUM('a','b','c')
            set('a','b')       | set('b','it''s')   | SET('a','b','it''s')
            enum('a','bcd')    | varchar(2)         | TINYTEXT
            enum('a','b')      | varchar(20)        | VARCHAR(20)
            json               | longtext           | LONGTEXT
            json               | varchar(20)        | LONGTEXT
            binary(3)          | binary(5)          | BINARY(5)
            varbinary(3)       | binary(5)          | VARBINARY(5)
            varbinary(30)      | blob               | BLOB
            point              | polygon            | GEOMETRY
            year               | int                | INT
            year               | tinyint            | SMALLINT
            int                | varchar(20)        | none
            date               | varchar(20)        | none
            timestamp          | datetime           | none
            decimal(65,30)     | decimal(65,0)      | none
            double             | decimal(10,2)      | none
            double             | bigint             | none
            blob               | text               | none
            """)
    void joins(String one, String other, String expected) {
        assertThat(type(one).join(type(other)).map(MySqlType::text).orElse("none"))
                .isEqualTo(expected);
        assertThat(type(other).join(type(one)).map(MySqlType::text).orElse("none"))
                .as("the other way round")
                .hasSameSizeAs(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            varchar(11)  | int            | true
            varchar(10)  | int            | false
            varchar(10)  | date           | true
            char(11)     | int            | false
            int          | varchar(20)    | false
            varchar(20)  | varchar(21)    | false
            bigint       | int unsigned   | true
            int unsigned | tinyint        | false
            longtext     | json           | true
            json         | longtext       | true
            text         | varchar(16000) | true
            tinytext     | varchar(255)   | false
            varbinary(5) | binary(5)      | true
            binary(5)    | varbinary(5)   | false
            datetime     | timestamp      | true
            geometry     | point          | true
            tinyint(1)   | tinyint        | true
            """)
    void tellsWhatAColumnTakes(String column, String values, boolean expected) {
        assertThat(type(column).holds(type(values))).isEqualTo(expected);
    }

    @Property
    void aJoinTakesBothAndIsTheSameTwice(@ForAll @From("types") String one, @ForAll @From("types") String other) {
        var left = type(one);
        var right = type(other);
        var joined = left.join(right);
        assertThat(right.join(left).isPresent()).isEqualTo(joined.isPresent());
        joined.ifPresent(both -> {
            assertThat(both.holds(left)).as("%s holds %s", both.text(), one).isTrue();
            assertThat(both.holds(right)).as("%s holds %s", both.text(), other).isTrue();
            assertThat(both.join(left)).contains(both);
            assertThat(both.join(right)).contains(both);
            assertThat(MySqlType.parsed(both.text(), null, null)).isEqualTo(both);
        });
    }

    @Provide
    Arbitrary<String> types() {
        return Arbitraries.of(
                "tinyint(4)",
                "tinyint unsigned",
                "smallint",
                "mediumint",
                "int(11)",
                "int unsigned",
                "bigint",
                "bigint(20) unsigned",
                "decimal(10,2)",
                "decimal(10,2) unsigned",
                "decimal(30,10)",
                "float",
                "double",
                "double unsigned",
                "bit(1)",
                "bit(64)",
                "date",
                "datetime",
                "datetime(6)",
                "timestamp(3)",
                "time(1)",
                "year(4)",
                "char(10)",
                "varchar(10)",
                "varchar(300)",
                "varchar(15000)",
                "tinytext",
                "text",
                "mediumtext",
                "longtext",
                "binary(16)",
                "varbinary(16)",
                "varbinary(15000)",
                "tinyblob",
                "blob",
                "longblob",
                "enum('a','b''c')",
                "enum('x')",
                "set('a','b')",
                "set('c')",
                "json",
                "geometry",
                "point",
                "multipolygon");
    }

    @Test
    void carriesTheCharacterSetThatTakesBoth() {
        var latin = MySqlType.parsed("varchar(10)", "latin1", "latin1_swedish_ci");
        var utf8 = MySqlType.parsed("varchar(10)", "utf8mb4", "utf8mb4_bin");
        assertThat(latin.holds(utf8)).isFalse();
        assertThat(utf8.holds(latin)).isTrue();
        assertThat(latin.join(utf8)).contains(utf8);
        assertThat(latin.join(MySqlType.parsed("varchar(20)", "gbk", null))
                        .orElseThrow()
                        .text())
                .isEqualTo("VARCHAR(20) CHARACTER SET utf8mb4");
    }
}
