package io.gravity.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import io.gravity.route.ModuloSharding.Shard;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardingTest {
    private static final List<String> FOUR = List.of("t0", "t1", "t2", "t3");
    private static final ModuloSharding MODULO = new ModuloSharding(
            "k", 4, List.of(new Shard(List.of(0, 1), "users-1"), new Shard(List.of(2, 3), "users-2")), null);

    private static TableSchema schema(Kind... kinds) {
        var columns = new ArrayList<Column>();
        for (int i = 0; i < kinds.length; i++) {
            columns.add(new Column(i == 0 ? "k" : "k" + i, ColumnType.of(kinds[i], kinds[i].name()), true));
        }
        return new TableSchema(columns, 0);
    }

    private static String hash(Kind kind, Object value) {
        return new HashSharding(List.of("k"), FOUR).bind(schema(kind)).apply(Row.of(value));
    }

    private static String range(RangeSharding sharding, Kind kind, Object value) {
        return sharding.bind(schema(kind)).apply(Row.of(value));
    }

    private static RangeSharding ranges(String fallback, String... ranges) {
        var read = new ArrayList<ShardRange>();
        for (int i = 0; i < ranges.length; i++) {
            read.add(ShardRange.parse(ranges[i], "r" + i));
        }
        return new RangeSharding("k", read, fallback);
    }

    /** What {@code SELECT CRC32(key) % 4} says; targets hold rows by it, so it never changes. */
    @ParameterizedTest
    @CsvSource({
        "0, t1",
        "1, t3",
        "2, t1",
        "3, t3",
        "42, t0",
        "1000, t3",
        "-1, t2",
        "9223372036854775807, t2",
    })
    void theHashIsThatOfMySql(long key, String target) {
        assertThat(hash(Kind.INTEGER, key)).isEqualTo(target);
    }

    @Test
    void oneValueHasOneHashWhateverItsType() {
        for (long key = 0; key < 500; key++) {
            var shard = hash(Kind.INTEGER, key);
            assertThat(hash(Kind.UNSIGNED_BIGINT, BigInteger.valueOf(key))).isEqualTo(shard);
            assertThat(hash(Kind.DECIMAL, new BigDecimal(key + ".00"))).isEqualTo(shard);
            assertThat(hash(Kind.TEXT, "" + key)).isEqualTo(shard);
            assertThat(hash(Kind.BITS, BigInteger.valueOf(key).toByteArray())).isEqualTo(shard);
        }
        assertThat(hash(Kind.DECIMAL, new BigDecimal("0.00"))).isEqualTo(hash(Kind.INTEGER, 0L));
    }

    @ParameterizedTest
    @CsvSource({"2", "3", "4", "5", "7", "16"})
    void theHashSpreadsNumbersEvenly(int shards) {
        var targets = IntStream.range(0, shards).mapToObj(i -> "t" + i).toList();
        var place = new HashSharding(List.of("k"), targets).bind(schema(Kind.INTEGER));
        var counts = new HashMap<String, Integer>();
        for (long key = 1; key <= 20_000; key++) {
            counts.merge(place.apply(Row.of(key)), 1, Integer::sum);
        }
        assertThat(counts).hasSize(shards);
        assertThat(counts.values()).allSatisfy(count -> assertThat((double) count * shards / 20_000)
                .isBetween(0.9, 1.1));
    }

    @Test
    void severalColumnsHaveCommasBetweenAndNullIsNothing() {
        var place = new HashSharding(List.of("k", "k1"), FOUR).bind(schema(Kind.INTEGER, Kind.TEXT));
        assertThat(place.apply(Row.of(7L, "eu"))).isEqualTo(hash(Kind.TEXT, "7,eu"));
        assertThat(place.apply(Row.of(null, "eu"))).isEqualTo(hash(Kind.TEXT, ",eu"));
        assertThat(hash(Kind.INTEGER, null)).isEqualTo("t0").isEqualTo(hash(Kind.TEXT, ""));
        assertThat(hash(Kind.DATETIME, LocalDateTime.of(2024, 1, 31, 10, 0)))
                .isEqualTo(hash(Kind.TEXT, "2024-01-31 10:00:00"));
        assertThat(hash(Kind.DATE, LocalDate.of(2024, 1, 31))).isEqualTo(hash(Kind.TEXT, "2024-01-31"));
    }

    @ParameterizedTest
    @CsvSource({"0, users-1", "1, users-1", "2, users-2", "3, users-2", "4, users-1", "-1, users-2", "-3, users-1"})
    void theRemainderDecides(long key, String target) {
        assertThat(MODULO.bind(schema(Kind.INTEGER)).apply(Row.of(key))).isEqualTo(target);
        if (key >= 0) {
            assertThat(MODULO.bind(schema(Kind.UNSIGNED_BIGINT)).apply(Row.of(BigInteger.valueOf(key))))
                    .isEqualTo(target);
        }
    }

    @Test
    void aRemainderOfNothingHasNoPlaceUnlessThereIsADefault() {
        assertThat(MODULO.bind(schema(Kind.INTEGER)).apply(Row.of((Object) null)))
                .isNull();
        var withDefault = new ModuloSharding("k", 4, MODULO.shards(), "rest");
        assertThat(withDefault.bind(schema(Kind.INTEGER)).apply(Row.of((Object) null)))
                .isEqualTo("rest");
        assertThat(withDefault.targets()).containsExactly("users-1", "users-2", "rest");
    }

    @Test
    void aRangeHasBothItsEndsTheLastAsAWhole() {
        var years = ranges(null, "2024-01-01 to 2024-12-31", "2023-01-01 to 2023-12-31");
        assertThat(range(years, Kind.DATE, LocalDate.of(2023, 1, 1))).isEqualTo("r1");
        assertThat(range(years, Kind.DATE, LocalDate.of(2023, 12, 31))).isEqualTo("r1");
        assertThat(range(years, Kind.DATETIME, LocalDateTime.of(2023, 12, 31, 23, 59, 59, 999_999_000)))
                .isEqualTo("r1");
        assertThat(range(years, Kind.DATETIME, LocalDateTime.of(2024, 1, 1, 0, 0)))
                .isEqualTo("r0");
        assertThat(range(years, Kind.TIMESTAMP, Instant.parse("2024-12-31T23:59:59.5Z")))
                .isEqualTo("r0");
        assertThat(range(years, Kind.DATE, LocalDate.of(2025, 1, 1))).isNull();
        assertThat(range(years, Kind.DATE, LocalDate.of(2022, 12, 31))).isNull();
        assertThat(range(years, Kind.DATE, null)).isNull();

        var numbers = ranges("rest", "0 to 9999", "10000 to 19999");
        assertThat(range(numbers, Kind.INTEGER, 0L)).isEqualTo("r0");
        assertThat(range(numbers, Kind.INTEGER, 9999L)).isEqualTo("r0");
        assertThat(range(numbers, Kind.DECIMAL, new BigDecimal("9999.99"))).isEqualTo("r0");
        assertThat(range(numbers, Kind.DOUBLE, 10000.0)).isEqualTo("r1");
        assertThat(range(numbers, Kind.UNSIGNED_BIGINT, new BigInteger("18446744073709551615")))
                .isEqualTo("rest");
        assertThat(range(numbers, Kind.INTEGER, -1L)).isEqualTo("rest");
        assertThat(range(numbers, Kind.INTEGER, null)).isEqualTo("rest");

        var seconds = ranges(null, "2024-01-01 00:00:00 to 2024-01-01 11:59:59");
        assertThat(range(seconds, Kind.DATETIME, LocalDateTime.of(2024, 1, 1, 11, 59, 59, 999_000_000)))
                .isEqualTo("r0");
        assertThat(range(seconds, Kind.DATETIME, LocalDateTime.of(2024, 1, 1, 12, 0)))
                .isNull();
    }

    @Property(tries = 500)
    void everyKeyHasExactlyOneTarget(@ForAll long key, @ForAll @IntRange(min = 2, max = 9) int shards) {
        var names = IntStream.range(0, shards).mapToObj(i -> "t" + i).toList();
        var row = Row.of(key);
        var schema = schema(Kind.INTEGER);
        assertThat(names)
                .containsOnlyOnce(
                        new HashSharding(List.of("k"), names).bind(schema).apply(row));
        var remainders = IntStream.range(0, shards)
                .mapToObj(i -> new Shard(List.of(i), "t" + i))
                .toList();
        assertThat(new ModuloSharding("k", shards, remainders, null)
                        .bind(schema)
                        .apply(row))
                .isEqualTo("t" + Math.floorMod(key, shards));
        var at = new RangeSharding(
                        "k",
                        List.of(
                                ShardRange.parse(Long.MIN_VALUE + " to -1", "t0"),
                                ShardRange.parse("0 to 999", "t1"),
                                ShardRange.parse("1000 to " + Long.MAX_VALUE, "t2")),
                        null)
                .bind(schema)
                .apply(row);
        assertThat(at).isEqualTo(key < 0 ? "t0" : key < 1000 ? "t1" : "t2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2023-01-01 | found \"2023-01-01\", expected a range with both its ends, e.g. \"0 to 9999\"",
                "a to b | found \"a to b\", expected a range with both its ends",
                "9 to 1 | found \"9 to 1\", expected the smaller end first",
                "1 to 2023-01-01 | found \"1 to 2023-01-01\", a number and a date, expected",
                "2023-02-30 to 2023-03-01 | found \"2023-02-30 to 2023-03-01\", in which 2023-02-30 is no date, expected"
            })
    void saysWhatARangeIs(String text, String message) {
        assertThatThrownBy(() -> ShardRange.parse(text, "t"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void refusesKeysThatCannotDecide() {
        assertThatThrownBy(() -> hash(Kind.DOUBLE, 1.0))
                .hasMessage(
                        "column k is DOUBLE, expected a key of whole numbers, decimals, texts, dates or times, whose"
                                + " values have one text each");
        assertThatThrownBy(() -> MODULO.bind(schema(Kind.TEXT)))
                .hasMessage("column k is TEXT, expected a key of whole numbers");
        assertThatThrownBy(() -> range(ranges(null, "0 to 1"), Kind.DATE, null))
                .hasMessage("column k is DATE, expected a key of numbers, as the ranges are");
        assertThatThrownBy(() -> range(ranges(null, "2023-01-01 to 2023-01-02"), Kind.INTEGER, null))
                .hasMessage("column k is INTEGER, expected a key of dates or dates with times, as the ranges are");
        assertThatThrownBy(() -> new HashSharding(List.of("x"), FOUR).bind(schema(Kind.INTEGER)))
                .hasMessageStartingWith("the table has no column x, expected one of k.");
    }
}
