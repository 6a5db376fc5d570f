package io.gravity.source;

import com.github.shyiko.mysql.binlog.event.deserialization.EventDataDeserializationException;
import com.github.shyiko.mysql.binlog.network.AuthenticationException;
import com.github.shyiko.mysql.binlog.network.ServerException;
import io.debezium.text.ParsingException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.errors.DataException;

/** What an error of a source's reader means, by its causes. */
enum Trouble {
    /** The database can't be reached, or could not answer: it is tried again. */
    UNREACHABLE("the database can't be read"),
    /** The database does not let us in: it is tried again, for an operator can mend it meanwhile. */
    REFUSED("the database refuses; check user, password and grants"),
    /** A table's rows are not what its statements said: it is tried again, for its table can be excluded meanwhile. */
    NOT_FOLLOWED(
            "rows of a table don't fit the columns that it has by the statements before them; exclude the table, or"
                    + " begin with another name for this source"),
    /** The server has no binlog from the saved position on. */
    BINLOG_LOST("the server no longer has the binlog from the saved position on"),
    /** A fault of ours, or data that can't be understood: trying again would hide it. */
    UNEXPECTED("unexpected");

    private static final int MASTER_FATAL_ERROR_READING_BINLOG = 1236;
    private static final int UNKNOWN_TARGET_BINLOG = 1373;
    private static final int NO_SUCH_TABLE = 1146;
    /** Access denied: to a database, a user, a table, a column, for lack of a privilege, to a host, without password. */
    private static final Set<Integer> DENIALS = Set.of(1044, 1045, 1142, 1143, 1227, 1130, 1698);

    private final String meaning;

    Trouble(String meaning) {
        this.meaning = meaning;
    }

    /** Returns what is wrong, in words. */
    String meaning() {
        return meaning;
    }

    static Trouble of(Throwable error) {
        if (anyCause(error, Trouble::isLost)) {
            return BINLOG_LOST;
        }
        if (anyCause(error, Trouble::isDenied)) {
            return REFUSED;
        }
        if (anyCause(error, Trouble::isNotFollowed)) {
            return NOT_FOLLOWED;
        }
        return anyCause(error, Trouble::isUnreachable) ? UNREACHABLE : UNEXPECTED;
    }

    /** Returns what the server or the driver said first of all. */
    static String firstMessage(Throwable error) {
        var first = error;
        while (first.getCause() != null && first.getCause() != first) {
            first = first.getCause();
        }
        return String.valueOf(first.getMessage());
    }

    /** Returns whether a table that was to be read does not exist any more. */
    static boolean isTableGone(Throwable error) {
        return anyCause(error, cause -> cause instanceof SQLException sql && sql.getErrorCode() == NO_SUCH_TABLE);
    }

    private static boolean anyCause(Throwable error, Predicate<Throwable> test) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (var cause = error; cause != null && seen.add(cause); cause = cause.getCause()) {
            if (test.test(cause)) {
                return true;
            }
        }
        return false;
    }

    /** The server uses one error number for all that ends a replica, also for what passes. */
    private static boolean isLost(Throwable cause) {
        var message = String.valueOf(cause.getMessage());
        if (cause instanceof ServerException server) {
            return server.getErrorCode() == UNKNOWN_TARGET_BINLOG
                    || (server.getErrorCode() == MASTER_FATAL_ERROR_READING_BINLOG
                            && !message.contains("same server_uuid/server_id")
                            && !message.contains("max_allowed_packet"));
        }
        // The connector's own finding, in two classes.
        return cause instanceof RuntimeException
                && message.contains("no longer")
                && message.contains("available on the server");
    }

    private static boolean isNotFollowed(Throwable cause) {
        var message = String.valueOf(cause.getMessage());
        return cause instanceof ParsingException
                // A value of another type than the column's.
                || cause instanceof DataException
                || (cause instanceof RuntimeException
                        && (message.contains("whose schema isn't known to this connector")
                                || message.contains("internal schema representation is probably out of sync")));
    }

    private static boolean isDenied(Throwable cause) {
        return cause instanceof AuthenticationException
                || (cause instanceof ServerException server && DENIALS.contains(server.getErrorCode()))
                || (cause instanceof SQLException sql && DENIALS.contains(sql.getErrorCode()));
    }

    /** An IOException can also be a broken event or broken JSON; those have classes of their own. */
    private static boolean isUnreachable(Throwable cause) {
        return !(cause instanceof EventDataDeserializationException)
                && (cause instanceof SQLException
                        || cause instanceof ServerException
                        || cause instanceof EOFException
                        || cause instanceof InterruptedIOException
                        || cause instanceof TimeoutException
                        || cause.getClass() == IOException.class
                        || isOf(cause, "java.net.")
                        || isOf(cause, "javax.net.ssl.")
                        || isOf(cause, "java.nio.channels.")
                        || isOf(cause, "com.mysql.cj.exceptions."));
    }

    private static boolean isOf(Throwable cause, String packages) {
        return cause.getClass().getName().startsWith(packages);
    }
}
