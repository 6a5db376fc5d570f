package io.gravity.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpressionTest {
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    column("id", Kind.INTEGER, "BIGINT"),
                    column("n", Kind.INTEGER, "INT"),
                    column("big", Kind.UNSIGNED_BIGINT, "BIGINT UNSIGNED"),
                    column("price", Kind.DECIMAL, "DECIMAL"),
                    column("d", Kind.DOUBLE, "DOUBLE"),
                    column("f", Kind.FLOAT, "FLOAT"),
                    column("flag", Kind.BITS, "BIT"),
                    column("name", Kind.TEXT, "VARCHAR"),
                    column("kind", Kind.ENUM, "ENUM"),
                    column("day", Kind.DATE, "DATE"),
                    column("at", Kind.DATETIME, "DATETIME"),
                    column("ts", Kind.TIMESTAMP, "TIMESTAMP"),
                    column("span", Kind.TIME, "TIME"),
                    column("doc", Kind.JSON, "JSON"),
                    column("nothing", Kind.INTEGER, "INT"),
                    column("notext", Kind.TEXT, "VARCHAR")),
            0);

    private static final Row ROW = Row.of(
            7L,
            -5L,
            new BigInteger("18446744073709551615"),
            new BigDecimal("12.50"),
            0.5,
            0.75f,
            new byte[] {1},
            "Ünïcode %x_",
            "b",
            LocalDate.of(2024, 2, 29),
            LocalDateTime.of(2024, 2, 29, 13, 5, 7, 250_000_000),
            Instant.parse("2024-12-31T23:30:00Z"),
            Duration.ofMinutes(-90),
            "{}",
            null,
            null);

    private static Column column(String name, Kind kind, String type) {
        return new Column(name, ColumnType.of(kind, type), true);
    }

    private static Object value(String expression) {
        return Expression.parse(expression).bind(SCHEMA).apply(ROW);
    }

    /** NULL is written as null, a text as it is. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                // Arithmetic: precedence, exactness, MySQL's digits of a quotient, no division by zero.
                "1 + 2 * 3                   | 7",
                "(1 + 2) * 3                 | 9",
                "10 - 3 - 2                  | 5",
                "n - 1                       | -6",
                "-n                          | 5",
                "+n                          | -5",
                "0.1 + 0.2                   | 0.3",
                "price * 3                   | 37.50",
                "price - 12.5                | 0.00",
                "1 / 3                       | 0.3333",
                "2 / 3                       | 0.6667",
                "price / 3                   | 4.166667",
                "7 div 2                     | 3",
                "-7 div 2                    | -3",
                "7 % 3                       | 1",
                "-7 % 3                      | -1",
                "mod(n, 3)                   | -2",
                "5.5 % 2                     | 1.5",
                "1 / 0                       | null",
                "n % 0                       | null",
                "1 div 0                     | null",
                "d / 0                       | null",
                "d + 1                       | 1.5",
                "f * 2                       | 1.5",
                "nothing + 1                 | null",
                "9223372036854775807 + 1     | 9223372036854775808",
                "big + 1                     | 18446744073709551616",
                "9223372036854775807 * 9223372036854775807 | 85070591730234615847396907784232501249",
                "flag + 1                    | 2",
                "(n < 0) + 1                 | 2",
                // Three values of logic.
                "nothing = 1                 | null",
                "nothing = nothing           | null",
                "not nothing = 1             | null",
                "nothing = 1 and n = 0       | false",
                "nothing = 1 and n = -5      | null",
                "n = 0 and nothing = 1       | false",
                "nothing = 1 or n = -5       | true",
                "n = -5 or nothing = 1       | true",
                "nothing = 1 or n = 0        | null",
                "n = 0 or n = 1 and n = -5   | false",
                "nothing = 1 xor n = 0       | null",
                "n = -5 xor id = 7           | false",
                "nothing is null             | true",
                "n is not null               | true",
                "doc is not null             | true",
                "(nothing = 1) is null       | true",
                "(nothing = 1) is true       | false",
                "(nothing = 1) is not true   | true",
                "(n = 0) is false            | true",
                "not n                       | false",
                "not nothing                 | null",
                "n and id                    | true",
                // Membership and ranges.
                "n in (1, -5)                | true",
                "n in (1, null)              | null",
                "n in (-5, null)             | true",
                "n not in (1, 2)             | true",
                "n not in (1, null)          | null",
                "nothing in (1)              | null",
                "nothing not in (1)          | null",
                "price in (12.5, 3)          | true",
                "big in (18446744073709551615) | true",
                "kind in ('a', 'b')          | true",
                "notext in ('a', 'b')        | null",
                "kind in (name, 'b')         | true",
                "n between -5 and -1         | true",
                "n not between 1 and 9       | true",
                "n between nothing and 9     | null",
                "n between nothing and -9    | false",
                "day between '2024-02-29' and '2024-12-31' | true",
                "at between '2024-02-29' and '2024-02-29 23:59:59' | true",
                // Columns with columns, and what types go together.
                "n < id                      | true",
                "n < big                     | true",
                "price = d * 25              | true",
                "day = at                    | false",
                "day < at                    | true",
                "day = date(at)              | true",
                "name = kind                 | false",
                "flag = 1                    | true",
                "flag = true                 | true",
                "flag                        | 1",
                "ts > '2024-12-31 23:00:00Z' | true",
                "span < '-01:00:00'          | true",
                "12 < price                  | true",
                "'2024-02-29' = day          | true",
                // LIKE, REGEXP.
                "name like '%code%'          | true",
                "name like 'Ü__code %'       | true",
                "name like '%!_' escape '!'  | true",
                "name like '%!%x!_' escape '!' | true",
                "name like '%\\%x\\_'        | true",
                "kind like 'B'               | false",
                "kind not like 'a%'          | true",
                "'' like '%'                 | true",
                "'' like '_'                 | false",
                "'abc' like 'a%b%c%'         | true",
                "notext like '%'             | null",
                "name like concat('%', '_')  | true",
                "kind like kind              | true",
                "name regexp '^Ü.*e'         | true",
                "name rlike '[0-9]'          | false",
                "name not regexp '[0-9]'     | true",
                "notext regexp 'x'           | null",
                // Choices.
                "case when n > 0 then 'p' when n < 0 then 'm' else 'z' end | m",
                "case when nothing > 0 then 'p' end | null",
                "case kind when 'a' then 1 when 'b' then 2 end | 2",
                "if(n > 0, 'p', 'm')         | m",
                "coalesce(nothing, null, n)  | -5",
                "ifnull(notext, 'x')         | x",
                "nullif(n, -5)               | null",
                "nullif(n, 1)                | -5",
                "coalesce(day, '2020-01-01') > '2024-01-01' | true",
                // Texts, by characters.
                "lower('ÄB')                 | äb",
                "upper(kind)                 | B",
                "trim('  a b  ')             | a b",
                "trim(leading 'x' from 'xxaxx') | axx",
                "trim(trailing 'x' from 'xxaxx') | xxa",
                "trim(both 'x' from 'xxaxx') | a",
                "length(name)                | 13",
                "char_length(name)           | 11",
                "char_length('😀')           | 1",
                "concat(kind, '-', n, '-', price) | b--5-12.50",
                "concat(kind, notext)        | null",
                "substring('hello', 2)       | ello",
                "substring('hello', 2, 3)    | ell",
                "substring('hello' from 2 for 3) | ell",
                "substring('hello', -3, 2)   | ll",
                "substring('hello', 0)       | ~~",
                "substring('hello', 9)       | ~~",
                "left('hello', 2)            | he",
                "left('hello', 99)           | hello",
                "right('hello', 2)           | lo",
                "right('hello', 99)          | hello",
                "left('hello', -1)           | ~~",
                "replace('a.b.c', '.', '-')  | a-b-c",
                "replace('abc', '', '-')     | abc",
                "'it''s'                     | it's",
                // Numbers.
                "abs(n)                      | 5",
                "abs(-1.5)                   | 1.5",
                "round(2.5)                  | 3",
                "round(-2.5)                 | -3",
                "round(price, 1)             | 12.5",
                "round(12.345, 2)            | 12.35",
                "round(1234, -2)             | 1200",
                "floor(-1.5)                 | -2",
                "floor(price)                | 12",
                "ceil(price)                 | 13",
                "ceil(d)                     | 1.0",
                // Dates, a TIMESTAMP's in UTC.
                "year(day)                   | 2024",
                "month(at)                   | 2",
                "day(ts)                     | 31",
                "hour(ts)                    | 23",
                "year('2020-05-06')          | 2020",
                "date(at)                    | 2024-02-29",
                "year(nothing)               | !column nothing is INT, expected a date or a date and time",
                // Casts.
                "cast('42' as signed)        | 42",
                "cast(' 42.5 ' as decimal(5, 1)) | 42.5",
                "cast('x' as signed)         | null",
                "cast('1e999999999' as decimal(10, 2)) | null",
                "cast(1.5 as signed)         | 2",
                "cast(-1 as unsigned)        | null",
                "cast(123.456 as decimal(5, 2)) | 123.46",
                "cast(1234.5 as decimal(5, 2)) | null",
                "cast(price as char)         | 12.50",
                "cast(at as char)            | 2024-02-29 13:05:07.25",
                "cast(ts as char)            | 2024-12-31 23:30:00",
                "cast(span as char)          | -01:30:00",
                "cast('abc' as char(2))      | ab",
                "cast(at as date)            | 2024-02-29",
                "cast('2024-01-31 10:00:00' as datetime) | 2024-01-31T10:00",
                "cast('2024-02-30' as date)  | null",
                "cast(n as double)           | -5.0",
                // What is refused when it is bound.
                "n = name                    | !column n is INT and column name is VARCHAR: they can't be compared, expected two of one type, e.g. by CAST(... AS CHAR)",
                "ts = at                     | !column ts is TIMESTAMP and column at is DATETIME: they can't be compared, expected two of one type, e.g. by CAST(... AS CHAR)",
                "upper(name) = 1             | !\"upper(name)\" is a text, found 1, expected a text in single quotes, e.g. '1'",
                "n + name                    | !column name is VARCHAR, expected a number",
                "n + 'x'                     | !found 'x', expected a number",
                "upper(n)                    | !column n is INT, expected a text",
                "name and n                  | !column name is VARCHAR, expected a condition, e.g. a comparison",
                "n like '1%'                 | !column n is INT, expected a text",
                "doc = '{}'                  | !column doc is JSON: comparing it is not supported yet, expected a column of numbers, texts, dates or times",
                "coalesce(n, 'x')            | !column n is INT, found 'x', expected a number without quotes, e.g. 10",
                "lower(nmae)                 | !the table has no column nmae, expected one of id, n, big, price, d, f, flag, name, kind, day, at, ts, span, doc, nothing, notext. Did you mean name?"
            })
    void computes(String expression, String expected) {
        if (expected != null && expected.startsWith("!")) {
            assertThatThrownBy(() -> value(expression))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(expected.substring(1));
            return;
        }
        var found = value(expression);
        assertThat(found instanceof BigDecimal number ? number.toPlainString() : String.valueOf(found))
                .isEqualTo(expected);
    }

    @Property(tries = 300)
    void agreesWithJavaOnLongs(@ForAll int a, @ForAll int b) {
        assertThat(value(a + " + " + b)).isEqualTo((long) a + b);
        assertThat(value("(" + a + ") - (" + b + ")")).isEqualTo((long) a - b);
        assertThat(value(a + " * " + b)).isEqualTo((long) a * b);
        if (b != 0) {
            assertThat(value(a + " % " + b)).isEqualTo((long) a % b);
            assertThat(value(a + " div " + b)).isEqualTo((long) a / b);
        }
    }

    @Property(tries = 300)
    void likeAgreesWithTheRegularExpressionOfTheSameMeaning(
            @ForAll @StringLength(max = 8) @CharRange(from = 'a', to = 'b') String text,
            @ForAll @StringLength(max = 6) @CharRange(from = 'a', to = 'd') String letters) {
        var pattern = letters.replace('c', '%').replace('d', '_');
        var same = letters.replace("c", ".*").replace("d", ".");
        assertThat(value("'" + text + "' like '" + pattern + "'")).isEqualTo(text.matches(same));
    }

    @Test
    void survivesJavaSerialization() throws Exception {
        var expression = Expression.parse("case when a in (1, 2.5) then lower(b) else 'x' end");
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(expression);
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(expression);
        }
        assertThat(expression.columns()).containsExactly("a", "b");
    }
}
