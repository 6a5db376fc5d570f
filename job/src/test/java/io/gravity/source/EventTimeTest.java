package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.debezium.relational.Table;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.event.TableSchema;
import io.gravity.source.SourceConfig.TimeColumn;
import io.gravity.source.SourceConfig.Timing;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventTimeTest {
    private static final TableId ORDERS = TableId.parse("shop.orders");
    private static final long BINLOG = micros("2026-01-01T00:00:05Z");

    @Test
    void withoutAColumnTheBinlogTells() {
        var time = EventTime.of(Timing.binlog(), ZoneOffset.UTC, "eu", ORDERS, schema(Kind.TEXT, "VARCHAR"));
        assertThat(time.micros(BINLOG, null, Row.of(1L, "x"))).isEqualTo(BINLOG);
    }

    @Test
    void aDatetimeIsReadInTheSourcesZone() {
        var at = LocalDateTime.parse("2026-01-01T08:00:00.123456");
        var time = EventTime.of(
                timing("orders"), ZoneId.of("Asia/Shanghai"), "eu", ORDERS, schema(Kind.DATETIME, "DATETIME"));
        assertThat(time.micros(BINLOG, null, Row.of(1L, at))).isEqualTo(micros("2026-01-01T00:00:00.123456Z"));
    }

    @Test
    void aTimestampKeepsItsMicroseconds() {
        var at = Instant.parse("2025-12-31T23:59:59.999999Z");
        assertThat(timestamp().micros(BINLOG, null, Row.of(1L, at))).isEqualTo(micros("2025-12-31T23:59:59.999999Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "1767225600, 2026-01-01T00:00:00Z",
        "1767225600123, 2026-01-01T00:00:00.123Z",
        "1767225600123456, 2026-01-01T00:00:00.123456Z",
        "1767225600123456789, 2026-01-01T00:00:00.123456Z",
        "99999999999, 5138-11-16T09:46:39Z",
        "100000000000, 1973-03-03T09:46:40Z",
        "0, 2026-01-01T00:00:05Z",
        "-1, 2026-01-01T00:00:05Z"
    })
    void aNumbersUnitIsToldByItsSize(long number, String expected) {
        var bigint = EventTime.of(timing("orders"), ZoneOffset.UTC, "eu", ORDERS, schema(Kind.INTEGER, "BIGINT"));
        var unsigned = EventTime.of(
                timing("orders"), ZoneOffset.UTC, "eu", ORDERS, schema(Kind.UNSIGNED_BIGINT, "BIGINT UNSIGNED"));
        assertThat(bigint.micros(BINLOG, null, Row.of(1L, number))).isEqualTo(micros(expected));
        assertThat(unsigned.micros(BINLOG, null, Row.of(1L, BigInteger.valueOf(number))))
                .isEqualTo(micros(expected));
    }

    @Test
    void withoutAValueTheBinlogTells() {
        assertThat(timestamp().micros(BINLOG, null, Row.of(1L, null))).isEqualTo(BINLOG);
    }

    @Test
    void anUpdateIsMadeWhenTheNewRowSays() {
        var before = Instant.parse("2026-01-01T00:00:00Z");
        var after = Instant.parse("2026-01-01T00:00:05.5Z");
        assertThat(timestamp().micros(BINLOG, Row.of(1L, before), Row.of(1L, after)))
                .isEqualTo(micros("2026-01-01T00:00:05.5Z"));
    }

    @Test
    void aDeleteIsNoEarlierThanTheRowItRemoves() {
        var old = Instant.parse("2025-01-01T00:00:00Z");
        var sameSecond = Instant.parse("2026-01-01T00:00:05.7Z");
        assertThat(timestamp().micros(BINLOG, Row.of(1L, old), null)).isEqualTo(BINLOG);
        assertThat(timestamp().micros(BINLOG, Row.of(1L, sameSecond), null))
                .isEqualTo(micros("2026-01-01T00:00:05.7Z"));
    }

    @Test
    void theClocksOffsetIsTakenOffWhateverTells() {
        var timing = new Timing(timing("orders").columns(), Duration.ofMillis(1500));
        var time = EventTime.of(timing, ZoneOffset.UTC, "eu", ORDERS, schema(Kind.TIMESTAMP, "TIMESTAMP"));
        assertThat(time.micros(BINLOG, null, Row.of(1L, null))).isEqualTo(BINLOG - 1_500_000);
        assertThat(time.micros(BINLOG, null, Row.of(1L, Instant.parse("2026-01-01T00:00:00Z"))))
                .isEqualTo(micros("2025-12-31T23:59:58.5Z"));
    }

    @Test
    void theFirstPatternThatMatchesCounts() {
        var timing = new Timing(
                List.of(
                        new TimeColumn(new TablePattern("shop.*"), "CHANGED"),
                        new TimeColumn(new TablePattern("*"), "missing")),
                Duration.ZERO);
        var time = EventTime.of(timing, ZoneOffset.UTC, "eu", ORDERS, schema(Kind.TIMESTAMP, "TIMESTAMP"));
        assertThat(time.micros(BINLOG, null, Row.of(1L, Instant.EPOCH))).isZero();
    }

    @Test
    void refusesAColumnThatIsMissingOrNoTime() {
        assertThatThrownBy(() ->
                        EventTime.of(timing("orders"), ZoneOffset.UTC, "eu", ORDERS, schema(Kind.TEXT, "VARCHAR")))
                .isInstanceOfSatisfying(
                        GravityException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_UNUSABLE))
                .hasMessage("source eu, table shop.orders, column changed: found VARCHAR, expected DATETIME, TIMESTAMP,"
                        + " INT or BIGINT for event-time. Name another column");
        var other = new Timing(List.of(new TimeColumn(new TablePattern("*"), "at")), Duration.ZERO);
        assertThatThrownBy(() -> EventTime.of(other, ZoneOffset.UTC, "eu", ORDERS, schema(Kind.DATETIME, "DATETIME")))
                .isInstanceOf(GravityException.class)
                .hasMessage("source eu, table shop.orders has no column at, which event-time names for *."
                        + " Add the column, or correct event-time");
    }

    @Test
    void findsAllProblemsBeforeTheFirstRowMoves() {
        var timing = new Timing(
                Stream.of("orders", "stock", "log", "none")
                        .map(table -> new TimeColumn(new TablePattern(table), "changed"))
                        .toList(),
                Duration.ZERO);
        assertThat(EventTime.problems(
                        timing,
                        List.of(
                                table("orders", "Changed", "BIGINT UNSIGNED"),
                                table("stock", "changed", "DATE"),
                                table("log", "at", "DATETIME"),
                                table("others", "at", "DATETIME"))))
                .containsExactly(
                        "table shop.stock, column changed: found DATE, expected DATETIME, TIMESTAMP, INT or BIGINT for"
                                + " event-time. Name another column",
                        "table shop.log has no column changed, which event-time names for log."
                                + " Add the column, or correct event-time",
                        "event-time names tables none, but there is none, or an earlier entry speaks for them."
                                + " Correct or remove the entry");
    }

    private static EventTime timestamp() {
        return EventTime.of(timing("orders"), ZoneOffset.UTC, "eu", ORDERS, schema(Kind.TIMESTAMP, "TIMESTAMP"));
    }

    private static Timing timing(String tables) {
        return new Timing(List.of(new TimeColumn(new TablePattern(tables), "changed")), Duration.ZERO);
    }

    private static TableSchema schema(Kind kind, String sqlType) {
        return new TableSchema(
                List.of(
                        new Column("id", ColumnType.of(Kind.INTEGER, "BIGINT"), false),
                        new Column("changed", ColumnType.of(kind, sqlType), true)),
                0);
    }

    private static Table table(String name, String column, String type) {
        return Table.editor()
                .tableId(new io.debezium.relational.TableId("shop", null, name))
                .addColumn(io.debezium.relational.Column.editor()
                        .name(column)
                        .type(type)
                        .create())
                .create();
    }

    private static long micros(String instant) {
        var parsed = Instant.parse(instant);
        return parsed.getEpochSecond() * 1_000_000 + parsed.getNano() / 1000;
    }
}
