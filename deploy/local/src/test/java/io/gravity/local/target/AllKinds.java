package io.gravity.local.target;

import io.gravity.config.Secret;
import io.gravity.dispatch.TargetConfig;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A table with a column of every kind, rows at the edges of each, and the events that carry them. */
final class AllKinds {
    static final TableId TABLE = new TableId("shop", "all_kinds");

    static final String MYSQL_DDL = """
            CREATE TABLE shop.all_kinds (
              id BIGINT NOT NULL PRIMARY KEY, tiny TINYINT, utiny TINYINT UNSIGNED, small SMALLINT,
              medium MEDIUMINT UNSIGNED, normal INT, unormal INT UNSIGNED, big BIGINT, ubig BIGINT UNSIGNED,
              deci DECIMAL(65,30), money DECIMAL(10,2), flt FLOAT, dbl DOUBLE, bits BIT(5), bits64 BIT(64),
              day DATE, span TIME(6), dt DATETIME(6), dt0 DATETIME, ts TIMESTAMP(6) NULL, yr YEAR,
              txt VARCHAR(200), long_txt LONGTEXT, colour ENUM('red','green','p,q'), flags SET('a','b','c'),
              doc JSON, bin VARBINARY(300), geo GEOMETRY
            ) DEFAULT CHARACTER SET utf8mb4""";

    static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    new Column("id", ColumnType.of(Kind.INTEGER, "BIGINT"), false),
                    column("tiny", Kind.INTEGER, "TINYINT"),
                    column("utiny", Kind.INTEGER, "TINYINT UNSIGNED"),
                    column("small", Kind.INTEGER, "SMALLINT"),
                    column("medium", Kind.INTEGER, "MEDIUMINT UNSIGNED"),
                    column("normal", Kind.INTEGER, "INT"),
                    column("unormal", Kind.INTEGER, "INT UNSIGNED"),
                    column("big", Kind.INTEGER, "BIGINT"),
                    column("ubig", Kind.UNSIGNED_BIGINT, "BIGINT UNSIGNED"),
                    new Column("deci", new ColumnType(Kind.DECIMAL, "DECIMAL", 65, 30), true),
                    new Column("money", new ColumnType(Kind.DECIMAL, "DECIMAL", 10, 2), true),
                    column("flt", Kind.FLOAT, "FLOAT"),
                    column("dbl", Kind.DOUBLE, "DOUBLE"),
                    new Column("bits", new ColumnType(Kind.BITS, "BIT", 5, -1), true),
                    new Column("bits64", new ColumnType(Kind.BITS, "BIT", 64, -1), true),
                    column("day", Kind.DATE, "DATE"),
                    new Column("span", new ColumnType(Kind.TIME, "TIME", 6, -1), true),
                    new Column("dt", new ColumnType(Kind.DATETIME, "DATETIME", 6, -1), true),
                    new Column("dt0", new ColumnType(Kind.DATETIME, "DATETIME", 0, -1), true),
                    new Column("ts", new ColumnType(Kind.TIMESTAMP, "TIMESTAMP", 6, -1), true),
                    column("yr", Kind.YEAR, "YEAR"),
                    new Column("txt", new ColumnType(Kind.TEXT, "VARCHAR", 200, -1), true),
                    column("long_txt", Kind.TEXT, "LONGTEXT"),
                    column("colour", Kind.ENUM, "ENUM"),
                    column("flags", Kind.SET, "SET"),
                    column("doc", Kind.JSON, "JSON"),
                    new Column("bin", new ColumnType(Kind.BINARY, "VARBINARY", 300, -1), true),
                    column("geo", Kind.GEOMETRY, "GEOMETRY")),
            0);

    private static final AtomicLong VERSION = new AtomicLong();

    private AllKinds() {}

    private static Column column(String name, Kind kind, String sqlType) {
        return new Column(name, ColumnType.of(kind, sqlType), true);
    }

    /** Every type's least value, or an odd one. */
    static Row low(long id) {
        return Row.of(
                id,
                -128L,
                0L,
                -32768L,
                0L,
                -2147483648L,
                0L,
                Long.MIN_VALUE,
                BigInteger.ZERO,
                new BigDecimal("-99999999999999999999999999999999999.999999999999999999999999999999"),
                new BigDecimal("-0.01"),
                -3.14159f,
                Double.MIN_NORMAL,
                new byte[] {0},
                new byte[8],
                LocalDate.of(1900, 1, 1),
                Duration.ofHours(-838).minusMinutes(59).minusSeconds(58).minusNanos(999_999_000),
                LocalDateTime.of(1900, 1, 1, 0, 0, 0, 1_000),
                LocalDateTime.of(1900, 1, 1, 0, 0),
                Instant.parse("1970-01-01T00:00:01Z"),
                1901L,
                "",
                "it's \\ a \"test\" `of` \n\r\t\u0000 ? -- 日本語 😀",
                "p,q",
                "",
                "{\"a\": 1}",
                new byte[0],
                HexFormat.of().parseHex("000000000101000000000000000000F03F0000000000000040"));
    }

    /** Every type's greatest value, or an odd one. */
    static Row high(long id) {
        var all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        return Row.of(
                id,
                127L,
                255L,
                32767L,
                16777215L,
                2147483647L,
                4294967295L,
                Long.MAX_VALUE,
                new BigInteger("18446744073709551615"),
                new BigDecimal("99999999999999999999999999999999999.999999999999999999999999999999"),
                new BigDecimal("99999999.99"),
                3.4028235e38f,
                0.1 + 0.2,
                new byte[] {31},
                new byte[] {-1, -1, -1, -1, -1, -1, -1, -2},
                LocalDate.of(2299, 12, 31),
                Duration.ofHours(838).plusMinutes(59).plusSeconds(58).plusNanos(1_000),
                LocalDateTime.of(2299, 12, 31, 23, 59, 59, 999_999_000),
                LocalDateTime.of(2024, 2, 29, 2, 30),
                Instant.parse("2038-01-19T03:14:07.999999Z"),
                2155L,
                "x".repeat(200),
                "ü".repeat(70_000),
                "green",
                "a,c",
                "[]",
                all,
                HexFormat.of().parseHex("E6100000010100000000000000000024400000000000003440"));
    }

    /** All NULL but for the key. */
    static Row nulls(long id) {
        var values = new Object[SCHEMA.columnCount()];
        Arrays.fill(values, null);
        values[0] = id;
        return Row.of(values);
    }

    static ChangeEvent insert(TableId table, TableSchema schema, Row after) {
        return event(table, schema, Operation.INSERT, null, after);
    }

    static ChangeEvent update(TableId table, TableSchema schema, Row before, Row after) {
        return event(table, schema, Operation.UPDATE, before, after);
    }

    static ChangeEvent delete(TableId table, TableSchema schema, Row before) {
        return event(table, schema, Operation.DELETE, before, null);
    }

    /** Each event is newer than those made before it. */
    static ChangeEvent event(TableId table, TableSchema schema, Operation operation, Row before, Row after) {
        long version = VERSION.incrementAndGet();
        return ChangeEvent.captured(
                        "eu",
                        table,
                        table,
                        operation,
                        schema,
                        before,
                        after,
                        1_700_000_000_000_000L,
                        new SourcePosition(3, 1207, 0, version),
                        1_700_000_000_004_000L)
                .resolved(version, false);
    }

    static TargetConfig.Delivery delivery() {
        return new TargetConfig.Delivery(
                List.of(),
                List.of(),
                1000,
                1 << 20,
                Duration.ofMillis(5),
                4,
                Duration.ofMillis(100),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30));
    }

    static Secret secret(String text) {
        return Secret.of(text);
    }
}
