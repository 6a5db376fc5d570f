package io.gravity.local.types;

import java.util.ArrayList;
import java.util.List;

/**
 * The contract of types as a list: each column a source can declare, with values at the edges of its type and odd ones,
 * and what each becomes. Every column also holds NULL, which is NULL everywhere.
 */
final class TypeContract {

    /** On which servers a column can be declared. */
    enum Only {
        ANY,
        MYSQL,
        MARIADB
    }

    /**
     * A value.
     *
     * @param sql as it is written into the source, in a session of UTC that takes any date
     * @param text what it is, in plain words; {@code null}: what the source answers to HEX
     * @param inCalendar the nearest date of the calendar; {@code null} if it is one
     * @param nearest the nearest value that ClickHouse has; {@code null} if it has this one
     */
    record Value(String sql, String text, String inCalendar, String nearest) {}

    /**
     * A column.
     *
     * @param declaration of the column, NULL allowed
     */
    record Column(Form form, String declaration, Only only, List<Value> values) {

        Column on(Only server) {
            return new Column(form, declaration, server, values);
        }

        /** The same with one more value. */
        Column with(String sql, String text) {
            return with(new Value(sql, text, null, null));
        }

        /** The same with a date of the calendar that ClickHouse can't hold. */
        Column beyond(String text, String nearest) {
            return with(new Value(literal(text), text, null, nearest));
        }

        /** The same with a date that no calendar has. */
        Column invalid(String text, String inCalendar, String nearest) {
            return with(new Value(literal(text), text, inCalendar, nearest));
        }

        private Column with(Value value) {
            var more = new ArrayList<>(values);
            more.add(value);
            return new Column(form, declaration, only, more);
        }
    }

    private TypeContract() {}

    static List<Column> columns() {
        var all = new ArrayList<Column>();
        all.add(numbers(Form.INTEGER, "TINYINT", "-128", "127", "0", "-1"));
        all.add(numbers(Form.INTEGER, "TINYINT UNSIGNED", "0", "255", "128"));
        all.add(numbers(Form.INTEGER, "BOOL", "0", "1", "-128", "127"));
        all.add(numbers(Form.INTEGER, "SMALLINT", "-32768", "32767", "0"));
        all.add(numbers(Form.INTEGER, "SMALLINT UNSIGNED", "0", "65535", "32768"));
        all.add(numbers(Form.INTEGER, "MEDIUMINT", "-8388608", "8388607", "0"));
        all.add(numbers(Form.INTEGER, "MEDIUMINT UNSIGNED", "0", "16777215", "8388608"));
        all.add(numbers(Form.INTEGER, "INT", "-2147483648", "2147483647", "0"));
        all.add(numbers(Form.INTEGER, "INT UNSIGNED", "0", "4294967295", "2147483648"));
        all.add(numbers(Form.INTEGER, "INT(6) UNSIGNED ZEROFILL", "0", "42", "4294967295"));
        all.add(numbers(Form.INTEGER, "INT DEFAULT 7", "0", "7", "8"));
        all.add(numbers(Form.INTEGER, "BIGINT", "-9223372036854775808", "9223372036854775807", "0"));
        all.add(numbers(
                Form.UNSIGNED_BIGINT,
                "BIGINT UNSIGNED",
                "0",
                "18446744073709551615",
                "9223372036854775808",
                "9223372036854775807"));
        all.add(numbers(Form.DECIMAL, "DECIMAL(10,2)", "-99999999.99", "99999999.99", "0.00", "-0.01", "9.90"));
        all.add(numbers(Form.DECIMAL, "DECIMAL(10,2) UNSIGNED", "99999999.99", "0.00"));
        all.add(numbers(Form.DECIMAL, "DECIMAL(65,0)", "9".repeat(65), "-" + "9".repeat(65), "0"));
        all.add(numbers(
                Form.DECIMAL,
                "DECIMAL(65,30)",
                "9".repeat(35) + "." + "9".repeat(30),
                "-" + "9".repeat(35) + "." + "9".repeat(30),
                "0." + "0".repeat(29) + "1",
                "0." + "0".repeat(30)));
        all.add(numbers(Form.DECIMAL, "DECIMAL(30,30)", "0." + "9".repeat(30), "-0." + "9".repeat(30)));
        all.add(numbers(
                Form.FLOAT,
                "FLOAT",
                "3.4028235e38",
                "-3.4028235e38",
                "1.1754944e-38",
                "3.1415927",
                "0.1",
                "16777216",
                "123456790",
                "0"));
        all.add(numbers(Form.FLOAT, "FLOAT(7,4)", "123.4567", "-999.9999", "0"));
        all.add(numbers(
                Form.DOUBLE,
                "DOUBLE",
                "1.7976931348623157e308",
                "-1.7976931348623157e308",
                "2.2250738585072014e-308",
                "0.1",
                "0.30000000000000004",
                "123456789012345680",
                "0"));
        all.add(numbers(Form.DOUBLE, "DOUBLE(12,3)", "123456789.125", "-0.5"));
        all.add(bytes(Form.BIT, "BIT(1)", "00", "01"));
        all.add(bytes(Form.BIT, "BIT(5)", "00", "1F", "0A"));
        all.add(bytes(Form.BIT, "BIT(20)", "000000", "0FFFFF", "010203"));
        all.add(bytes(Form.BIT, "BIT(64)", "0000000000000000", "FFFFFFFFFFFFFFFE", "8000000000000001"));
        all.add(texts(Form.DATE, "DATE", "2024-02-29", "1900-01-01", "2299-12-31", "1970-01-01", "1969-12-31")
                .beyond("0001-01-01", "1900-01-01")
                .beyond("1000-01-01", "1900-01-01")
                .beyond("9999-12-31", "2299-12-31")
                .invalid("0000-00-00", "0000-01-01", "1900-01-01")
                .invalid("2024-00-00", "2024-01-01", "2024-01-01")
                .invalid("2024-02-00", "2024-02-01", "2024-02-01")
                .invalid("2023-02-31", "2023-02-28", "2023-02-28"));
        all.add(texts(Form.TIME, "TIME", "838:59:59", "-838:59:59", "00:00:00", "-00:00:01", "-00:01:00", "23:59:59"));
        all.add(texts(Form.TIME, "TIME(1)", "-00:00:00.500000", "12:34:56.700000", "-100:00:00.100000"));
        all.add(texts(Form.TIME, "TIME(3)", "-00:00:00.001000", "838:59:58.999000", "-838:59:58.999000", "-01:00:00"));
        all.add(texts(
                Form.TIME,
                "TIME(6)",
                "-00:00:00.000001",
                "838:59:58.999999",
                "-838:59:58.999999",
                "-00:01:00",
                "00:00:00"));
        all.add(texts(Form.DATETIME, "DATETIME", "1900-01-01 00:00:00", "2299-12-31 23:59:59", "2024-03-10 02:30:00")
                .beyond("0001-01-01 00:00:00", "1900-01-01 00:00:00")
                .beyond("0099-12-31 23:59:59", "1900-01-01 00:00:00")
                .beyond("9999-12-31 23:59:59", "2299-12-31 23:59:59")
                .invalid("0000-00-00 00:00:00", "0000-01-01 00:00:00", "1900-01-01 00:00:00")
                .invalid("2024-00-00 12:30:00", "2024-01-01 12:30:00", "2024-01-01 12:30:00"));
        all.add(texts(Form.DATETIME, "DATETIME(3)", "2024-02-29 23:59:59.123000", "1969-12-31 23:59:59.999000"));
        all.add(texts(
                        Form.DATETIME,
                        "DATETIME(6)",
                        "2024-02-29 23:59:59.123456",
                        "1969-12-31 23:59:59.999999",
                        "1986-05-04 00:30:00")
                .beyond("1000-01-01 00:00:00.000001", "1900-01-01 00:00:00")
                .invalid("0000-00-00 00:00:00", "0000-01-01 00:00:00", "1900-01-01 00:00:00"));
        all.add(texts(
                        Form.TIMESTAMP,
                        "TIMESTAMP NULL",
                        "1970-01-01 00:00:01",
                        "2038-01-19 03:14:07",
                        // One wall clock in New York, and one that there is none of in its zone.
                        "2024-11-03 05:30:00",
                        "2024-11-03 06:30:00",
                        "2024-03-10 02:30:00")
                .invalid("0000-00-00 00:00:00", "0000-01-01 00:00:00", "1970-01-01 00:00:00"));
        all.add(texts(
                Form.TIMESTAMP,
                "TIMESTAMP(6) NULL",
                "1970-01-01 00:00:01.000001",
                "2038-01-19 03:14:07.999999",
                "1986-05-03 16:30:00"));
        all.add(texts(Form.TIMESTAMP, "TIMESTAMP(2) NULL", "2024-02-29 23:59:59.120000"));
        all.add(numbers(Form.YEAR, "YEAR", "1901", "2155", "1970", "2000").with("0", "0"));
        for (var length : List.of("CHAR(20)", "VARCHAR(200)", "TEXT", "LONGTEXT")) {
            all.add(texts(
                    Form.TEXT, length + " CHARACTER SET utf8mb4", "", "plain", "naïve 😀 日本語", "%_'\"\\`\n\r\t/"));
        }
        all.add(texts(Form.TEXT, "VARCHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "", "a  ", " ", "A", "ß"));
        all.add(texts(Form.TEXT, "VARCHAR(50) CHARACTER SET utf8mb3", "", "naïve 日本語"));
        all.add(texts(Form.TEXT, "VARCHAR(50) CHARACTER SET latin1", "", "naïve €"));
        all.add(texts(Form.TEXT, "VARCHAR(50) CHARACTER SET ascii", "", "plain"));
        all.add(texts(Form.TEXT, "VARCHAR(50) CHARACTER SET gbk", "", "汉字 abc 镕"));
        all.add(texts(Form.TEXT, "VARCHAR(50) CHARACTER SET big5", "", "漢字 abc"));
        all.add(texts(Form.TEXT, "VARCHAR(50) CHARACTER SET sjis", "", "日本語 ｱｲｳ"));
        all.add(texts(Form.TEXT, "VARCHAR(50) CHARACTER SET ujis", "", "日本語"));
        all.add(texts(Form.TEXT, "VARCHAR(50) CHARACTER SET euckr", "", "한국어"));
        all.add(texts(Form.TEXT, "VARCHAR(50) CHARACTER SET cp1251", "", "Привет"));
        all.add(texts(Form.TEXT, "VARCHAR(50) CHARACTER SET koi8r", "", "Привет"));
        all.add(texts(Form.TEXT, "VARCHAR(50) CHARACTER SET latin2", "", "Zażółć"));
        all.add(texts(Form.TEXT, "VARCHAR(50) CHARACTER SET ucs2", "", "naïve 日本語"));
        all.add(texts(Form.TEXT, "VARCHAR(50) CHARACTER SET utf16", "", "日本語 😀"));
        all.add(texts(Form.TEXT, "VARCHAR(50) CHARACTER SET utf16le", "", "日本語 😀"));
        all.add(texts(Form.TEXT, "VARCHAR(50) CHARACTER SET utf32", "", "日本語 😀"));
        all.add(texts(
                Form.TEXT, "ENUM('a','p,q','it''s','',' x','naïve 日本')", "a", "p,q", "it's", "", " x", "naïve 日本"));
        all.add(texts(Form.TEXT, "ENUM('a','ä') CHARACTER SET latin1", "a", "ä"));
        all.add(texts(Form.SET, "SET('x','y','z')", "", "x", "x,z", "x,y,z"));
        all.add(texts(Form.SET, "SET(" + members() + ")", "", "m01", "m64", "m01,m32,m33,m64"));
        all.add(bytes(Form.BINARY, "BINARY(5)", "0000000000", "FF00000000", "2020202020", "6162630000"));
        all.add(bytes(Form.BINARY, "VARBINARY(300)", "", "00", "00FF0000", "20", "C328"));
        all.add(bytes(Form.BINARY, "BLOB", "", allBytes(), "0D0A00"));
        all.add(bytes(Form.BINARY, "LONGBLOB", "", "00".repeat(70_000)));
        all.add(texts(
                Form.JSON,
                "JSON",
                "{}",
                "[]",
                "null",
                "true",
                "\"text\"",
                "{\"a\": 1, \"b\": [1, 2.5, \"x\", null, false]}",
                "[0, -1, 32767, 2147483647, 9223372036854775807, 18446744073709551615]",
                "[1.0, 0.1, 1e20, 1e15, 1e-16, 0.000000000000001, -1.25e300, 123456789012345.0]",
                "\"naïve 😀 \\\" \\\\ \\n \\u0001 /\""));
        all.add(new Column(Form.JSON, "JSON COMMENT 'of other types'", Only.MYSQL, List.of())
                .with("CAST(CAST('-100:00:01.5' AS TIME(6)) AS JSON)", "\"-100:00:01.500000\"")
                .with("CAST(CAST('2024-02-29 01:02:03.5' AS DATETIME(6)) AS JSON)", "\"2024-02-29 01:02:03.500000\"")
                .with("CAST(CAST('2024-02-29' AS DATE) AS JSON)", "\"2024-02-29\"")
                .with("CAST(CAST(12.5 AS DECIMAL(10,1)) AS JSON)", "12.5"));
        for (var type : List.of("POINT", "GEOMETRY")) {
            all.add(shapes(type, "POINT(1 2)", "POINT(-180.5 90)"));
        }
        all.add(shapes("LINESTRING", "LINESTRING(0 0,1 1,2 2)"));
        all.add(shapes("POLYGON", "POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,2 1,2 2,1 2,1 1))"));
        all.add(shapes("MULTIPOINT", "MULTIPOINT(1 1,2 2)"));
        all.add(shapes("MULTILINESTRING", "MULTILINESTRING((0 0,1 1),(2 2,3 3))"));
        all.add(shapes("MULTIPOLYGON", "MULTIPOLYGON(((0 0,4 0,4 4,0 4,0 0)))"));
        all.add(shapes("GEOMETRYCOLLECTION", "GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))"));
        return List.copyOf(all);
    }

    private static Column numbers(Form form, String declaration, String... numbers) {
        var column = new Column(form, declaration, Only.ANY, List.of());
        for (var number : numbers) {
            column = column.with(number, number);
        }
        return column;
    }

    private static Column texts(Form form, String declaration, String... texts) {
        var column = new Column(form, declaration, Only.ANY, List.of());
        for (var text : texts) {
            column = column.with(literal(text), text);
        }
        return column;
    }

    private static Column bytes(Form form, String declaration, String... hex) {
        var column = new Column(form, declaration, Only.ANY, List.of());
        for (var one : hex) {
            column = column.with("x'" + one + "'", one);
        }
        return column;
    }

    private static Column shapes(String type, String... texts) {
        var column = new Column(Form.GEOMETRY, type, Only.ANY, List.of());
        for (var text : texts) {
            column = column.with("ST_GeomFromText('" + text + "')", null)
                    .with("ST_GeomFromText('" + text + "', 3857)", null);
        }
        return column;
    }

    private static String literal(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    private static String members() {
        var members = new StringBuilder();
        for (int i = 1; i <= 64; i++) {
            members.append(i == 1 ? "" : ",").append("'m%02d'".formatted(i));
        }
        return members.toString();
    }

    private static String allBytes() {
        var hex = new StringBuilder();
        for (int i = 0; i < 256; i++) {
            hex.append("%02X".formatted(i));
        }
        return hex.toString();
    }
}
