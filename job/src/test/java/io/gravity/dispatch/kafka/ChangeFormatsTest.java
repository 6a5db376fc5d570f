package io.gravity.dispatch.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The forms of other change capture tools, as they document them and as Flink 1.20 reads them: {@code debezium-json},
 * {@code canal-json}, {@code maxwell-json} with their default options.
 */
class ChangeFormatsTest {
    private final RecordFormat debezium = new DebeziumJson();
    private final RecordFormat canal = new CanalJson();
    private final RecordFormat maxwell = new MaxwellJson();

    @Test
    void writesAnUpdateAsDebeziumDoes() {
        assertThat(Records.value(debezium, Records.update())).isEqualTo("""
                        {"before":{"id":7,"total":"9.90","note":null},"after":{"id":7,"total":"10.00","note":null},\
                        "source":{"version":"1","connector":"mysql","name":"eu","ts_ms":1700000000000,\
                        "snapshot":"false","db":"shop","table":"orders","file":"000003","pos":1207,"row":2},\
                        "op":"u","ts_ms":1700000000004}""");
    }

    @Test
    void writesAnUpdateAsCanalDoes() {
        assertThat(Records.value(canal, Records.update())).isEqualTo("""
                        {"id":42,"database":"dwh","table":"orders","pkNames":["id"],"isDdl":false,"type":"UPDATE",\
                        "es":1700000000000,"ts":1700000000004,"sql":"","sqlType":{"id":4,"total":3,"note":12},\
                        "mysqlType":{"id":"int","total":"decimal(10,2)","note":"varchar(20)"},\
                        "data":[{"id":"7","total":"10.00","note":null}],"old":[{"total":"9.90"}]}""");
    }

    @Test
    void writesAnUpdateAsMaxwellDoes() {
        assertThat(Records.value(maxwell, Records.update())).isEqualTo("""
                        {"database":"dwh","table":"orders","type":"update","ts":1700000000,\
                        "data":{"id":7,"total":10.00,"note":null},"old":{"total":9.90}}""");
    }

    @Test
    void writesInsertsAndDeletes() {
        var insert = Records.change(Operation.INSERT, Records.ORDERS, null, Records.NEW);
        assertThat(Records.value(debezium, insert))
                .startsWith("{\"before\":null,\"after\":{\"id\":7,")
                .contains("\"op\":\"c\"");
        assertThat(Records.value(canal, insert)).contains("\"type\":\"INSERT\"").endsWith("}],\"old\":null}");
        assertThat(Records.value(maxwell, insert))
                .contains("\"type\":\"insert\"")
                .doesNotContain("old");

        var delete = Records.change(Operation.DELETE, Records.ORDERS, Records.OLD, null);
        assertThat(Records.value(debezium, delete))
                .startsWith("{\"before\":{\"id\":7,")
                .contains("\"after\":null", "\"op\":\"d\"");
        assertThat(Records.value(canal, delete))
                .contains("\"type\":\"DELETE\"", "\"data\":[{\"id\":\"7\",\"total\":\"9.90\"")
                .endsWith("\"old\":null}");
        assertThat(Records.value(maxwell, delete))
                .contains("\"type\":\"delete\"", "\"data\":{\"id\":7,\"total\":9.90")
                .doesNotContain("old");
    }

    @Test
    void writesRowsOfASnapshotSoThatFlinkTakesThem() {
        var read = Records.change(Operation.READ, Records.ORDERS, null, Records.NEW);
        assertThat(Records.value(debezium, read)).contains("\"op\":\"r\"", "\"snapshot\":\"true\"");
        assertThat(Records.value(canal, read)).contains("\"type\":\"INSERT\"");
        assertThat(Records.value(maxwell, read)).contains("\"type\":\"insert\"");
    }

    @Test
    void writesAnUpdateWithoutItsOldRowAsAnInsertSinceFlinkRefusesItOtherwise() {
        var update = Records.change(Operation.UPDATE, Records.ORDERS, null, Records.NEW);
        assertThat(Records.value(debezium, update)).contains("\"op\":\"c\"");
        assertThat(Records.value(canal, update)).contains("\"type\":\"INSERT\"").endsWith("\"old\":null}");
        assertThat(Records.value(maxwell, update))
                .contains("\"type\":\"insert\"")
                .doesNotContain("old");
    }

    @Test
    void namesAColumnThatWasNullAmongTheOldOnes() {
        var filled =
                Records.change(Operation.UPDATE, Records.ORDERS, Records.OLD, Records.OLD.with(2, "paid \"twice\"\n"));
        assertThat(Records.value(canal, filled))
                .endsWith("\"note\":\"paid \\\"twice\\\"\\n\"}],\"old\":[{\"note\":null}]}");
        assertThat(Records.value(maxwell, filled)).endsWith("\"old\":{\"note\":null}}");

        var same = Records.change(Operation.UPDATE, Records.ORDERS, Records.OLD, Records.OLD);
        assertThat(Records.value(canal, same)).endsWith("\"old\":[{}]}");
        assertThat(Records.value(maxwell, same)).endsWith("\"old\":{}}");
    }

    @Test
    void comparesBinaryValuesByTheirBytes() {
        var schema = new TableSchema(
                List.of(
                        new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false),
                        new Column("bin", ColumnType.of(Kind.BINARY, "BLOB"), true)),
                0);
        var same =
                Records.change(Operation.UPDATE, schema, Row.of(1L, new byte[] {1, 2}), Row.of(1L, new byte[] {1, 2}));
        assertThat(Records.value(maxwell, same)).endsWith("\"old\":{}}");
    }

    @Test
    void followsEachTableAsItsColumnsChange() {
        var wider = new TableSchema(
                List.of(Records.ORDERS.column(0), new Column("größe \"x\"", ColumnType.of(Kind.TEXT, "TEXT"), true)),
                0);
        assertThat(Records.value(canal, Records.update())).contains("\"note\"");
        assertThat(Records.value(canal, Records.change(Operation.INSERT, wider, null, Row.of(1L, "XL"))))
                .contains("\"mysqlType\":{\"id\":\"int\",\"größe \\\"x\\\"\":\"text\"}")
                .contains("\"data\":[{\"id\":\"1\",\"größe \\\"x\\\"\":\"XL\"}]");
    }

    @Test
    void sendsTombstonesWhereTheToolsDo() {
        assertThat(debezium.hasTombstones()).isTrue();
        assertThat(canal.hasTombstones()).isFalse();
        assertThat(maxwell.hasTombstones()).isFalse();
    }

    static List<Object[]> types() {
        return List.of(
                new Object[] {type(Kind.INTEGER, "TINYINT UNSIGNED"), -6, "tinyint unsigned"},
                new Object[] {type(Kind.INTEGER, "SMALLINT"), 5, "smallint"},
                new Object[] {type(Kind.INTEGER, "MEDIUMINT"), 4, "mediumint"},
                new Object[] {new ColumnType(Kind.UNSIGNED_BIGINT, "BIGINT UNSIGNED", 20, -1), -5, "bigint(20) unsigned"
                },
                new Object[] {type(Kind.TEXT, "LONGTEXT"), 2005, "longtext"},
                new Object[] {new ColumnType(Kind.TEXT, "CHAR", 2, -1), 1, "char(2)"},
                new Object[] {new ColumnType(Kind.DATETIME, "DATETIME", 6, -1), 93, "datetime(6)"},
                new Object[] {type(Kind.BINARY, "BLOB"), 2004, "blob"},
                new Object[] {new ColumnType(Kind.BITS, "BIT", 5, -1), -7, "bit(5)"},
                new Object[] {type(Kind.JSON, "JSON"), 12, "json"});
    }

    @ParameterizedTest
    @MethodSource("types")
    void namesTypesAsCanalDoes(ColumnType type, int sqlType, String mySqlType) {
        assertThat(Records.value(canal, Records.insertOf(type, null)))
                .contains("\"sqlType\":{\"v\":" + sqlType + "}", "\"mysqlType\":{\"v\":\"" + mySqlType + "\"}");
    }

    /** Type, value, then its form in debezium-json, maxwell-json, canal-json. */
    static List<Object[]> values() {
        return List.of(
                new Object[] {
                    type(Kind.INTEGER, "BIGINT"),
                    Long.MIN_VALUE,
                    "-9223372036854775808",
                    null,
                    quoted("-9223372036854775808")
                },
                new Object[] {
                    type(Kind.UNSIGNED_BIGINT, "BIGINT UNSIGNED"),
                    new BigInteger("18446744073709551615"),
                    quoted("18446744073709551615"),
                    "18446744073709551615",
                    quoted("18446744073709551615")
                },
                new Object[] {
                    type(Kind.DECIMAL, "DECIMAL"), new BigDecimal("1E+3"), quoted("1000"), "1000", quoted("1000")
                },
                new Object[] {
                    type(Kind.DECIMAL, "DECIMAL"),
                    new BigDecimal("-0.000000000000000000000000000001"),
                    quoted("-0.000000000000000000000000000001"),
                    "-0.000000000000000000000000000001",
                    quoted("-0.000000000000000000000000000001")
                },
                new Object[] {type(Kind.FLOAT, "FLOAT"), 3.14159f, "3.14159", null, quoted("3.14159")},
                new Object[] {type(Kind.DOUBLE, "DOUBLE"), -1e300, "-1.0E300", null, quoted("-1.0E300")},
                new Object[] {new ColumnType(Kind.BITS, "BIT", 1, -1), new byte[] {1}, "true", "1", quoted("1")},
                new Object[] {
                    new ColumnType(Kind.BITS, "BIT", 9, -1), new byte[] {1, 2}, quoted("AgE="), "258", quoted("258")
                },
                new Object[] {
                    new ColumnType(Kind.BITS, "BIT", 64, -1),
                    new byte[] {-1, -1, -1, -1, -1, -1, -1, -1},
                    quoted("//////////8="),
                    "18446744073709551615",
                    quoted("18446744073709551615")
                },
                new Object[] {type(Kind.DATE, "DATE"), LocalDate.of(1, 2, 3), quoted("0001-02-03"), null, null},
                new Object[] {type(Kind.TIME, "TIME"), Duration.ofMillis(-500), quoted("-00:00:00.500000"), null, null},
                new Object[] {type(Kind.TIME, "TIME"), Duration.ofHours(838), quoted("838:00:00"), null, null},
                new Object[] {
                    type(Kind.DATETIME, "DATETIME"),
                    LocalDateTime.of(2024, 2, 29, 0, 0),
                    quoted("2024-02-29 00:00:00"),
                    null,
                    null
                },
                new Object[] {
                    type(Kind.TIMESTAMP, "TIMESTAMP"),
                    Instant.ofEpochSecond(1, 1000),
                    quoted("1970-01-01 00:00:01.000001Z"),
                    quoted("1970-01-01 00:00:01.000001"),
                    quoted("1970-01-01 00:00:01.000001")
                },
                new Object[] {type(Kind.YEAR, "YEAR"), 1901L, "1901", null, quoted("1901")},
                new Object[] {type(Kind.TEXT, "TEXT"), "张三😀\u0000", quoted("张三\\uD83D\\uDE00\\u0000"), null, null},
                new Object[] {type(Kind.ENUM, "ENUM"), "p,q", quoted("p,q"), null, null},
                new Object[] {type(Kind.SET, "SET"), "a,c", quoted("a,c"), "[\"a\",\"c\"]", quoted("a,c")},
                new Object[] {type(Kind.SET, "SET"), "", quoted(""), "[]", quoted("")},
                new Object[] {type(Kind.JSON, "JSON"), "{\"a\":1}", quoted("{\\\"a\\\":1}"), null, null},
                new Object[] {type(Kind.BINARY, "BLOB"), new byte[] {-1}, quoted("/w=="), null, null},
                new Object[] {
                    type(Kind.GEOMETRY, "GEOMETRY"),
                    new byte[] {(byte) 0xE6, 0x10, 0, 0, 1, 2},
                    "{\"wkb\":\"AQI=\",\"srid\":4326}",
                    quoted("5hAAAAEC"),
                    quoted("5hAAAAEC")
                },
                new Object[] {type(Kind.TEXT, "TEXT"), null, "null", null, null});
    }

    @ParameterizedTest
    @MethodSource("values")
    void writesValues(ColumnType type, Object value, String inDebezium, String inMaxwell, String inCanal) {
        var event = Records.insertOf(type, value);
        assertThat(Records.value(debezium, event)).contains("\"after\":{\"v\":" + inDebezium + "}");
        assertThat(Records.value(maxwell, event))
                .endsWith("\"data\":{\"v\":" + (inMaxwell == null ? inDebezium : inMaxwell) + "}}");
        assertThat(Records.value(canal, event))
                .contains("\"data\":[{\"v\":" + (inCanal == null ? inDebezium : inCanal) + "}]");
    }

    private static ColumnType type(Kind kind, String name) {
        return ColumnType.of(kind, name);
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }
}
