package io.gravity.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {

    private static TableSchema schema(Kind kind) {
        return new TableSchema(
                List.of(
                        new Column("id", ColumnType.of(Kind.INTEGER, "BIGINT"), false),
                        new Column("v", ColumnType.of(kind, kind == Kind.TEXT ? "VARCHAR" : kind.name()), true)),
                0);
    }

    private static boolean holds(String condition, Kind kind, Object value) {
        return Condition.parse(condition).bind(schema(kind)).test(Row.of(1L, value));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "v = 10   | false,true,false",
                "v != 10  | true,false,true",
                "v <> 10  | true,false,true",
                "v < 10   | true,false,false",
                "v <= 10  | true,true,false",
                "v > 10   | false,false,true",
                "v >= 10  | false,true,true",
                "10 < v   | false,false,true",
                "10 >= v  | true,true,false",
                "v in (9, 11) | true,false,true",
                "v in (10)    | false,true,false",
                "v > 9.5  | false,true,true",
                "`v` = 10 | false,true,false",
                "V = +10  | false,true,false"
            })
    void comparesIntegers(String condition, String expected) {
        assertThat(holds(condition, Kind.INTEGER, 9L) + "," + holds(condition, Kind.INTEGER, 10L) + ","
                        + holds(condition, Kind.INTEGER, 11L))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v = 1", "v != 1", "v < 1", "v > 1", "v <= 1", "v >= 1", "v in (1, 2)"})
    void letsNoNullPass(String condition) {
        assertThat(holds(condition, Kind.INTEGER, null)).isFalse();
    }

    @Property(tries = 300)
    void agreesWithJavaOnLongs(@ForAll long value, @ForAll long literal) {
        assertThat(holds("v < " + literal, Kind.INTEGER, value)).isEqualTo(value < literal);
        assertThat(holds("v = " + literal, Kind.INTEGER, value)).isEqualTo(value == literal);
        assertThat(holds("v >= " + literal, Kind.UNSIGNED_BIGINT, BigInteger.valueOf(value)))
                .isEqualTo(value >= literal);
        assertThat(holds("v > " + literal, Kind.DECIMAL, BigDecimal.valueOf(value)))
                .isEqualTo(value > literal);
    }

    @Test
    void comparesNumbersOfAllTypes() {
        assertThat(holds("v = 18446744073709551615", Kind.UNSIGNED_BIGINT, new BigInteger("18446744073709551615")))
                .isTrue();
        assertThat(holds("v > 18446744073709551614", Kind.INTEGER, Long.MAX_VALUE))
                .isFalse();
        assertThat(holds("v = 10", Kind.DECIMAL, new BigDecimal("10.00"))).isTrue();
        assertThat(holds("v = 0.1", Kind.DECIMAL, new BigDecimal("0.10"))).isTrue();
        assertThat(holds("v = 0.1", Kind.DOUBLE, 0.1)).isTrue();
        assertThat(holds("v = 0", Kind.DOUBLE, -0.0)).isTrue();
        assertThat(holds("v > 0.5", Kind.FLOAT, 0.75f)).isTrue();
        assertThat(holds("v = 0.1", Kind.FLOAT, 0.1f)).isFalse();
        assertThat(holds("v = -1e3", Kind.DOUBLE, -1000.0)).isTrue();
        assertThat(holds("v >= 2024", Kind.YEAR, 2024L)).isTrue();
        assertThat(holds("v = true", Kind.INTEGER, 1L)).isTrue();
        assertThat(holds("v = FALSE", Kind.INTEGER, 0L)).isTrue();
    }

    @Test
    void comparesTextsExactly() {
        assertThat(holds("v = 'ERROR'", Kind.TEXT, "ERROR")).isTrue();
        assertThat(holds("v = 'ERROR'", Kind.TEXT, "error")).isFalse();
        assertThat(holds("v = 'it''s'", Kind.TEXT, "it's")).isTrue();
        assertThat(holds("v in ('US', 'EU')", Kind.ENUM, "EU")).isTrue();
        assertThat(holds("v in ('US', 'EU')", Kind.ENUM, "CN")).isFalse();
        assertThat(holds("v = '错误'", Kind.TEXT, "错误")).isTrue();
        assertThat(holds("v = ''", Kind.TEXT, "")).isTrue();
        assertThat(holds("v < 'b'", Kind.TEXT, "a")).isTrue();
    }

    @Test
    void comparesDatesAndTimes() {
        assertThat(holds("v = '2026-01-31'", Kind.DATE, LocalDate.of(2026, 1, 31)))
                .isTrue();
        assertThat(holds("v < DATE '2026-02-01'", Kind.DATE, LocalDate.of(2026, 1, 31)))
                .isTrue();
        var noon = LocalDateTime.of(2026, 1, 31, 12, 0);
        assertThat(holds("v = '2026-01-31 12:00:00'", Kind.DATETIME, noon)).isTrue();
        assertThat(holds("v = '2026-01-31T12:00'", Kind.DATETIME, noon)).isTrue();
        assertThat(holds("v > '2026-01-31'", Kind.DATETIME, noon)).isTrue();
        var instant = Instant.parse("2026-01-31T12:00:00Z");
        assertThat(holds("v = '2026-01-31T12:00:00Z'", Kind.TIMESTAMP, instant)).isTrue();
        assertThat(holds("v = '2026-01-31 20:00:00+08:00'", Kind.TIMESTAMP, instant))
                .isTrue();
        assertThat(holds("v = '-100:00:00.5'", Kind.TIME, Duration.ofHours(-100).minusMillis(500)))
                .isTrue();
        assertThat(holds("v > '10:30:00'", Kind.TIME, Duration.ofHours(11))).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "v = '10'   | INTEGER  | column v is INTEGER, found '10', expected a number without quotes, e.g. 10",
                "v = 10     | TEXT     | column v is VARCHAR, found 10, expected a text in single quotes, e.g. '10'",
                "v = 'x'    | DATE     | column v is DATE, found 'x', expected a date, e.g. '2026-01-31'",
                "v = 5      | DATETIME | column v is DATETIME, found 5, expected a date and time, e.g. '2026-01-31 10:30:00'",
                "v = '2026-01-31 10:00:00' | TIMESTAMP | column v is TIMESTAMP, found '2026-01-31 10:00:00', expected a date and time with its offset from UTC, e.g. '2026-01-31 10:30:00Z' or '2026-01-31 10:30:00+08:00'",
                "v = '1h'   | TIME     | column v is TIME, found '1h', expected a time, e.g. '10:30:00' or '-01:00:00.5'",
                "v = '{}'   | JSON     | column v is JSON: comparing it is not supported yet, expected a column of numbers, texts, dates or times",
                "w = 1      | INTEGER  | the table has no column w, expected one of id, v. Did you mean v?",
                "other = 1  | INTEGER  | the table has no column other, expected one of id, v."
            })
    void saysWhyItCannotBeBound(String condition, Kind kind, String message) {
        assertThatThrownBy(() -> Condition.parse(condition).bind(schema(kind)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static final String EXPECTED =
            ", expected an SQL expression on the columns of a row, e.g. amount > 10000 and region in ('US', 'EU')";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "t.a = 1         | the table in t.a",
                "a in (select 1) | \"(SELECT 1)\"",
                "a ilike 'x'     | \"a ILIKE 'x'\"",
                "a like binary 'x' | \"a LIKE BINARY 'x'\"",
                "a & 1 = 1       | \"a & 1\"",
                "a = 0x1F        | \"0x1F\"",
                "a = N'x'        | \"N'x'\"",
                "count(*) > 1    | \"*\"",
                "exists (select 1) | \"EXISTS (SELECT 1)\"",
                "a = current_date | \"current_date\"",
                "a > interval 1 day | \"INTERVAL 1 day\""
            })
    void refusesWhatHasNoPlaceInAConditionByName(String condition, String part) {
        assertThatThrownBy(() -> Condition.parse(condition))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("found \"" + condition + "\", of which " + part + " is not supported" + EXPECTED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "now() > a          | found the function now, expected one of abs, ceil, ceiling,",
                "lowr(a) = 'x'      | Did you mean lower?",
                "left(a) = 'x'      | found \"left(a)\" with 1 argument, expected 2",
                "substring(a) = 'x' | found \"substring(a)\" with 1 argument, expected 2 to 3",
                "coalesce() = 1     | found \"coalesce()\" with 0 arguments, expected 1 or more",
                "if(a, 1) = 1       | found \"if(a, 1)\" with 2 arguments, expected 3",
                "~a || b~             | ~found \"a || b\", expected OR, or CONCAT for texts~",
                "a && b             | found \"a && b\", expected AND",
                "a regexp '(x'      | found REGEXP '(x', expected a regular expression of RE2: error parsing regexp: missing closing )",
                "a regexp b         | found REGEXP b, expected a regular expression in single quotes",
                "a like 'x' escape '!!' | found ESCAPE '!!', expected one character in single quotes, e.g. ESCAPE '!'",
                "cast(a as blob) = 1 | expected CHAR, SIGNED, UNSIGNED, DECIMAL, DOUBLE, DATE or DATETIME after AS",
                "cast(a as signed(3)) = 1 | expected a size such as CHAR(10) or DECIMAL(10, 2)",
                "a > 1e99           | found \"1e99\", expected a number of 65 digits at most",
                "a <=> 1            | which can't be read at \"<=\" in column 3",
                "a = b c            | which can't be read at \"c\" in column 7",
                "a and              | which can't be read at",
                "a in ()            | found \"a IN ()\", expected one value or more",
                "a between 1        | which can't be read: it ends too early",
                "case when a end    | which can't be read at"
            })
    void saysWhatIsWrongInAnExpression(String condition, String message) {
        assertThatThrownBy(() -> Condition.parse(condition))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void saysWhereItCannotBeRead() {
        assertThatThrownBy(() -> Condition.parse("a = = 1"))
                .hasMessage("found \"a = = 1\", which can't be read at \"=\" in column 3" + EXPECTED);
        assertThatThrownBy(() -> Condition.parse("a ="))
                .hasMessage("found \"a =\", which can't be read at \"=\" in column 3" + EXPECTED);
        assertThatThrownBy(() -> Condition.parse("")).hasMessage("found \"\"" + EXPECTED);
        assertThatThrownBy(() -> Condition.parse("a = 'x"))
                .hasMessageStartingWith("found \"a = 'x\", which can't be read");
    }

    @Property(tries = 300)
    void answersAnyTextWithAConditionOrAMessage(@ForAll("garbage") String text) {
        try {
            assertThat(Condition.parse(text)).isNotNull();
        } catch (IllegalArgumentException e) {
            // What can be read and means nothing is quoted in part: of "lower( )" it is "lower()".
            assertThat(e).hasMessageStartingWith("found ");
        }
    }

    @Provide
    Arbitrary<String> garbage() {
        return Arbitraries.of(
                        "a",
                        "b.c",
                        "1",
                        "-1.5",
                        "'x'",
                        "\"q\"",
                        "`a`",
                        "=",
                        "<>",
                        "<",
                        "(",
                        ")",
                        "in",
                        "not",
                        "null",
                        "and",
                        ",",
                        "--",
                        "/*",
                        "true",
                        "date",
                        "'",
                        ";",
                        "?",
                        ":x",
                        "@y",
                        "\n",
                        "case",
                        "[",
                        "]",
                        "~",
                        "interval",
                        "like",
                        "between",
                        "is",
                        "+",
                        "*",
                        "lower(",
                        "cast(",
                        "as",
                        "when",
                        "end")
                .list()
                .ofMaxSize(6)
                .map(tokens -> String.join(" ", tokens));
    }

    @Test
    void explainsDoubleQuotesAndNull() {
        assertThatThrownBy(() -> Condition.parse("a = \"X\""))
                .hasMessage("found \"a = \"X\"\", expected the text in single quotes: 'X'");
        assertThatThrownBy(() -> Condition.parse("a = null"))
                .hasMessage("found \"a = null\", which no row meets, as nothing equals NULL,"
                        + " expected IS NULL or IS NOT NULL");
    }

    @Test
    void keepsItsTextAndNamesItsColumns() {
        var condition = Condition.parse("amount >  10 and (`Region` = 'x' or amount is null)");
        assertThat(condition).hasToString("amount >  10 and (`Region` = 'x' or amount is null)");
        assertThat(condition.columns()).containsExactly("amount", "Region");
        assertThat(condition).isEqualTo(Condition.parse(condition.toString()));
    }

    @Test
    void readsManyParenthesesInShortTimeOrRefusesThem() {
        var eight = "(".repeat(8) + "v = 1" + ")".repeat(8);
        assertThat(holds(eight, Kind.INTEGER, 1L)).isTrue();
        assertThatThrownBy(() -> Condition.parse("(".repeat(16) + "v = 1" + ")".repeat(16)))
                .hasMessage("found an expression of 37 characters and 16 parentheses within each other,"
                        + " expected 10000 and 15 at most; a CASE counts as 2");
    }

    @ParameterizedTest
    @Timeout(20)
    @ValueSource(
            strings = {"( ", "cast( ", "lower( ", "case ", "case when ", "cast( case ", "cast( case lower( ", "a in ( "
            })
    void answersAtOnceWhatIsNestedAndWrong(String part) {
        for (int times = 1; times < 40; times++) {
            answersAnyTextWithAConditionOrAMessage(part.repeat(times));
        }
    }

    @Test
    void countsCasesThatStandWithinEachOtherOnly() {
        var one = "case when v = 1 then 1 else 0 end";
        assertThat(holds(String.join(" + ", Collections.nCopies(20, one)) + " = 20", Kind.INTEGER, 1L))
                .isTrue();
        var within = one;
        for (int i = 0; i < 5; i++) {
            within = "case when v = 2 then 2 else " + within + " end";
        }
        assertThat(holds(within + " = 1", Kind.INTEGER, 1L)).isTrue();
    }

    @Test
    void aValueOfAnotherClassThanTheColumnsIsUnknown() {
        assertThat(holds("v > 1", Kind.INTEGER, "no number")).isFalse();
        assertThat(holds("not v > 1", Kind.INTEGER, "no number")).isFalse();
    }
}
