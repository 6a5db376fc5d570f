package io.gravity.dispatch.mysql;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Sorts what the driver throws into what the dispatcher should do about it.
 *
 * <p>The server's error number decides, then the class of the SQL state. Sources: MySQL 8.4 "Server Error Message
 * Reference", MariaDB "Error Codes".
 */
final class MySqlErrors {
    private static final int MAX_VALUE_LENGTH = 64;
    private static final int MAX_MESSAGE_LENGTH = 512;

    /** An answer to an error: its code and what will help. */
    record Answer(ErrorCode code, String remedy) {}

    private static final Answer UNREACHABLE = new Answer(
            ErrorCode.TARGET_UNREACHABLE, "Check that the server runs and can be reached; writing is retried.");
    private static final Answer BUSY =
            new Answer(ErrorCode.TARGET_BUSY, "It should pass by itself; writing is retried.");
    private static final Answer FULL =
            new Answer(ErrorCode.TARGET_BUSY, "Give the server room (disk, table or memory); writing is retried.");
    private static final Answer READ_ONLY = new Answer(
            ErrorCode.TARGET_BUSY,
            "Make the server writable (read_only, super_read_only), or point the target to the primary; writing is retried.");
    private static final Answer REFUSED =
            new Answer(ErrorCode.TARGET_REFUSED_ROW, "Mend the row, or widen the target's column or constraint.");
    private static final Answer TOO_BIG = new Answer(
            ErrorCode.TARGET_REFUSED_ROW, "Raise the server's max_allowed_packet above the size of the row.");
    private static final Answer UNKNOWN = new Answer(
            ErrorCode.TARGET_MISCONFIGURED, "Look the error up in the server's manual; it has no known meaning here.");

    private MySqlErrors() {}

    /**
     * Returns the exception to throw.
     *
     * @param target the target's name
     * @param doing what was being done, e.g. {@code upsert into shop.orders}
     * @param rows the rows concerned, possibly none
     */
    static GravityException triaged(SQLException error, String target, String doing, List<ChangeEvent> rows) {
        var answer = answer(error);
        return new GravityException(
                answer.code(),
                "target " + target + ": " + doing + described(rows) + " failed: " + unfolded(error) + ". "
                        + answer.remedy(),
                error);
    }

    /** Returns what to do about the first error of the chain that is understood. */
    static Answer answer(SQLException error) {
        Answer byState = null;
        for (var link : chain(error)) {
            if (link.getClass().getSimpleName().equals("PacketTooBigException")) {
                return TOO_BIG;
            }
            if (link instanceof SQLException sql) {
                var byNumber = byNumber(sql.getErrorCode());
                if (byNumber != null) {
                    return byNumber;
                }
                byState = byState != null ? byState : byState(sql.getSQLState());
            } else if (link instanceof IOException && byState == null) {
                byState = UNREACHABLE;
            }
        }
        return byState != null ? byState : UNKNOWN;
    }

    private static Answer byNumber(int number) {
        return switch (number) {
            case 1053, 1077, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1047, 1927, 2002, 2003, 2006, 2013 ->
                UNREACHABLE;
            case 1040, 1203, 1226, 1205, 1213, 1206, 1317, 1969, 3024, 3058, 3101, 3572, 1637, 1180, 1615, 1020 -> BUSY;
            case 1021, 1114, 1026, 1030, 1037, 1038, 1041, 1135 -> FULL;
            case 1290, 1836, 1792, 3100, 1209 -> READ_ONLY;
            case 1153 -> TOO_BIG;
            case 1048,
                    1062,
                    1022,
                    1216,
                    1217,
                    1264,
                    1265,
                    1292,
                    1300,
                    1366,
                    1367,
                    1406,
                    1411,
                    1416,
                    1451,
                    1452,
                    1526,
                    1557,
                    1586,
                    1690,
                    1748,
                    1761,
                    1762,
                    3140,
                    3156,
                    3819,
                    3988,
                    4025,
                    1118,
                    1644 -> REFUSED;
            case 1049 ->
                misconfigured(
                        "Create the database (CREATE DATABASE ...), or name another one in the target's database.");
            case 1146, 1051 ->
                misconfigured(
                        "Create the table (CREATE TABLE ...) with the columns of its source, or route it elsewhere.");
            case 1054, 1136, 1110 ->
                misconfigured("Add the missing column (ALTER TABLE ... ADD COLUMN ...) as the source has it.");
            case 1364 ->
                misconfigured(
                        "Give the target's own column a default (ALTER TABLE ... ALTER COLUMN ... SET DEFAULT ...).");
            case 3105, 1906 ->
                misconfigured("Make the generated column a plain one in the target; the source sends its value.");
            case 1044, 1142, 1143, 1227, 1370 ->
                misconfigured(
                        "Grant the target's user SELECT, INSERT, UPDATE and DELETE on the database (GRANT ... ON ...).");
            case 1045, 1698, 1251, 1524 ->
                misconfigured("Correct the target's username or password, or the user's authentication plugin.");
            case 1129, 1130 ->
                misconfigured("Allow the user from this host (CREATE USER ...@...), or unblock it (FLUSH HOSTS).");
            case 1820, 1862, 3118, 4151 -> misconfigured("Unlock the target's user, or renew its password.");
            case 1231, 1193, 1298 -> misconfigured("Correct the session settings in the target's jdbc properties.");
            default -> null;
        };
    }

    private static Answer byState(String state) {
        if (state == null || state.length() < 2) {
            return null;
        }
        return switch (state.substring(0, 2)) {
            case "08" -> UNREACHABLE;
            case "40", "70" -> BUSY;
            case "21", "22", "23", "44", "45" -> REFUSED;
            case "28" -> misconfigured("Correct the target's username or password.");
            case "42" -> misconfigured("Compare the target's table and the user's grants with the source.");
            default -> null;
        };
    }

    private static Answer misconfigured(String remedy) {
        return new Answer(ErrorCode.TARGET_MISCONFIGURED, remedy);
    }

    /** Returns {@code " (1 row, key id=7)"}, or the number and first key of several. */
    private static String described(List<ChangeEvent> rows) {
        return switch (rows.size()) {
            case 0 -> "";
            case 1 -> " (1 row, key " + key(rows.get(0)) + ")";
            default -> " (" + rows.size() + " rows, the first with key " + key(rows.get(0)) + ")";
        };
    }

    /** Returns the key's columns and values, each value cut to a length that suits a log. */
    static String key(ChangeEvent event) {
        var schema = event.schema();
        var values = schema.keyOf(event.image());
        var text = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            var value = values[i] instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(values[i]);
            text.append(i == 0 ? "" : ", ")
                    .append(schema.column(schema.keyColumn(i)).name())
                    .append('=')
                    .append(cut(value, MAX_VALUE_LENGTH));
        }
        return text.toString();
    }

    private static String unfolded(SQLException error) {
        var texts = new LinkedHashSet<String>();
        for (var link : chain(error)) {
            if (texts.size() < 4 && link.getMessage() != null) {
                texts.add(cut(firstLine(link.getMessage()), MAX_MESSAGE_LENGTH) + number(link));
            }
        }
        return texts.isEmpty() ? error.getClass().getSimpleName() : String.join("; ", texts);
    }

    private static String number(Throwable link) {
        return link instanceof SQLException sql && sql.getErrorCode() != 0
                ? " [" + sql.getErrorCode() + " " + sql.getSQLState() + "]"
                : "";
    }

    private static String firstLine(String message) {
        return message.strip().lines().findFirst().orElse("");
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "...";
    }

    /** Returns the error, its causes and those chained by {@link SQLException#getNextException()}. */
    private static Set<Throwable> chain(SQLException error) {
        var seen = new LinkedHashSet<Throwable>();
        var open = new ArrayList<Throwable>(List.of(error));
        while (!open.isEmpty() && seen.size() < 32) {
            var link = open.remove(0);
            if (seen.add(link)) {
                if (link instanceof SQLException sql && sql.getNextException() != null) {
                    open.add(sql.getNextException());
                }
                if (link.getCause() != null) {
                    open.add(link.getCause());
                }
            }
        }
        return seen;
    }
}
