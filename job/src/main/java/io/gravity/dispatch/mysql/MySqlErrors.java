package io.gravity.dispatch.mysql;

import io.gravity.dispatch.TargetErrors;
import io.gravity.dispatch.TargetErrors.Answer;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
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
    static final int NO_SUCH_DATABASE = 1049;

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
    private static final Answer TOO_LONG =
            new Answer(ErrorCode.VALUE_TOO_LONG, "Widen the target's column, or shorten the value by a rule.");
    private static final Answer NULL = new Answer(
            ErrorCode.VALUE_NULL, "Let the target's column take NULL, or give the value a default by a rule.");
    private static final Answer OUT_OF_RANGE =
            new Answer(ErrorCode.VALUE_OUT_OF_RANGE, "Widen the target's column, or mend the value by a rule.");
    private static final Answer UNIQUE_TAKEN = new Answer(
            ErrorCode.CONSTRAINT_UNIQUE,
            "The row waits for the one that holds the value to change; if that never happens, mend one of the two.");
    private static final Answer PARENT_MISSING = new Answer(
            ErrorCode.CONSTRAINT_PARENT,
            "The row waits for the one it refers to; if that never comes, route the parent's table here as well.");
    private static final Answer CHILD_PRESENT = new Answer(
            ErrorCode.CONSTRAINT_CHILD,
            "The delete waits for the rows that refer to it; if they stay, route the child's table here as well.");
    private static final Answer TOO_BIG =
            new Answer(ErrorCode.VALUE_TOO_LONG, "Raise the server's max_allowed_packet above the size of the row.");
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
        return TargetErrors.failure(answer(error), target, doing, rows, unfolded(error), error);
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

    /** Returns whether a DDL failed because somebody else has done the same meanwhile. */
    static boolean isDone(SQLException error) {
        return switch (error.getErrorCode()) {
            case 1050, 1060, 1054, 1091 -> true;
            default -> false;
        };
    }

    /** Returns whether the server does not know a character set or collation. */
    static boolean isUnknownCharset(SQLException error) {
        return switch (error.getErrorCode()) {
            case 1115, 1253, 1273 -> true;
            default -> false;
        };
    }

    /** Returns whether the table may not be what it was when it was last looked at. */
    static boolean changesTable(Throwable error) {
        for (var link = error; link != null; link = link.getCause()) {
            if (link instanceof SQLException sql) {
                switch (sql.getErrorCode()) {
                    case 1146, 1051, 1049, 1054, 1136, 1110, 1364 -> {
                        return true;
                    }
                    default -> {}
                }
            }
        }
        return false;
    }

    private static Answer byNumber(int number) {
        return switch (number) {
            case 1053, 1077, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1047, 1927, 2002, 2003, 2006, 2013 ->
                UNREACHABLE;
            case 1040, 1203, 1226, 1205, 1213, 1206, 1317, 1969, 3024, 3058, 3101, 3572, 1637, 1180, 1615, 1020 -> BUSY;
            case 1021, 1114, 1026, 1030, 1037, 1038, 1041, 1135 -> FULL;
            case 1290, 1836, 1792, 3100, 1209 -> READ_ONLY;
            case 1153 -> TOO_BIG;
            // 1242 is what our own guard raises, see TableStatements.
            case 1062, 1022, 1242, 1586, 1557, 1761, 1762 -> UNIQUE_TAKEN;
            case 1216, 1452 -> PARENT_MISSING;
            case 1217, 1451 -> CHILD_PRESENT;
            case 1406, 1118 -> TOO_LONG;
            case 1048, 1263 -> NULL;
            case 1264, 1416, 1441, 1690 -> OUT_OF_RANGE;
            case 1265, 1292, 1300, 1366, 1367, 1411, 1526, 1748, 3140, 3156, 3819, 3988, 4025, 1644 -> REFUSED;
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

    private static String unfolded(SQLException error) {
        var texts = new LinkedHashSet<String>();
        for (var link : chain(error)) {
            if (texts.size() < 4 && link.getMessage() != null) {
                texts.add(TargetErrors.limited(firstLine(link.getMessage())) + number(link));
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
