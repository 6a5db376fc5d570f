package io.gravity.dispatch.clickhouse;

import com.clickhouse.client.api.ClientMisconfigurationException;
import com.clickhouse.client.api.ServerException;
import io.gravity.dispatch.TargetErrors;
import io.gravity.dispatch.TargetErrors.Answer;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Sorts what the ClickHouse client throws into what the dispatcher should do about it. The server's error code decides
 * (source: ClickHouse's {@code ErrorCodes.cpp}); what is not the server's answer is the way to it.
 */
final class ClickHouseErrors {
    private static final Answer UNREACHABLE = new Answer(
            ErrorCode.TARGET_UNREACHABLE, "Check that the server runs and can be reached; writing is retried.");
    private static final Answer BUSY =
            new Answer(ErrorCode.TARGET_BUSY, "It should pass by itself; writing is retried.");
    private static final Answer TOO_MANY_PARTS = new Answer(
            ErrorCode.TARGET_BUSY,
            "Merges are behind: raise the target's batch-size and batch-timeout if it lasts; writing is retried.");
    private static final Answer FULL =
            new Answer(ErrorCode.TARGET_BUSY, "Give the server room (disk, memory or quota); writing is retried.");
    private static final Answer GONE = new Answer(
            ErrorCode.TARGET_BUSY, "The table is looked at anew, and created if missing, when writing is retried.");
    private static final Answer REFUSED =
            new Answer(ErrorCode.TARGET_REFUSED_ROW, "Mend the row, or change the target's column or constraint.");
    private static final Answer TOO_LONG =
            new Answer(ErrorCode.VALUE_TOO_LONG, "Widen the target's column, or shorten the value by a rule.");
    private static final Answer NULL = new Answer(
            ErrorCode.VALUE_NULL, "Make the target's column Nullable, or give the value a default by a rule.");
    private static final Answer OUT_OF_RANGE =
            new Answer(ErrorCode.VALUE_OUT_OF_RANGE, "Widen the target's column, or mend the value by a rule.");
    private static final Answer WRONG_LOGIN =
            new Answer(ErrorCode.TARGET_MISCONFIGURED, "Correct the target's username or password.");
    private static final Answer NOT_ALLOWED = new Answer(
            ErrorCode.TARGET_MISCONFIGURED,
            "Grant the target's user SHOW, INSERT, CREATE DATABASE and CREATE TABLE on the database, or create the table beforehand.");
    private static final Answer WRONG_SETTING =
            new Answer(ErrorCode.TARGET_MISCONFIGURED, "Correct the target's settings.");
    private static final Answer UNKNOWN = new Answer(
            ErrorCode.TARGET_MISCONFIGURED, "Look the code up in ClickHouse's manual; it has no known meaning here.");

    private ClickHouseErrors() {}

    /**
     * Returns the exception to throw.
     *
     * @param target the target's name
     * @param doing what was being done, e.g. {@code insert into shop.orders}
     * @param rows the rows concerned, possibly none
     */
    static GravityException triaged(Throwable error, String target, String doing, List<ChangeEvent> rows) {
        return TargetErrors.failure(answer(error), target, doing, rows, unfolded(error), error);
    }

    /** Returns what to do about the error. */
    static Answer answer(Throwable error) {
        for (var link : TargetErrors.chain(error)) {
            if (link instanceof ServerException server) {
                return byCode(server.getCode(), server.getTransportProtocolCode());
            }
            if (link instanceof ClientMisconfigurationException) {
                return WRONG_SETTING;
            }
        }
        return UNREACHABLE;
    }

    /** Returns whether the table may not be what it was when it was last looked at. */
    static boolean changesTable(Throwable error) {
        for (var link : TargetErrors.chain(error)) {
            if (link instanceof ServerException server) {
                return switch (server.getCode()) {
                    case 8, 10, 16, 33, 44, 47, 53, 60, 81, 117, 218 -> true;
                    default -> false;
                };
            }
        }
        return false;
    }

    /** Returns whether a DDL failed because somebody else has done the same meanwhile. */
    static boolean isDone(Throwable error) {
        for (var link : TargetErrors.chain(error)) {
            if (link instanceof ServerException server) {
                return switch (server.getCode()) {
                    case 10, 15, 16, 44, 57 -> true;
                    default -> false;
                };
            }
        }
        return false;
    }

    private static Answer byCode(int code, int httpStatus) {
        return switch (code) {
            case 159, 160, 202, 203, 225, 236, 242, 285, 286, 319, 341, 394, 425, 439, 473, 667, 745, 999 -> BUSY;
            case 198, 209, 210, 279 -> UNREACHABLE;
            case 252 -> TOO_MANY_PARTS;
            case 201, 241, 243, 173 -> FULL;
            // Types or names no longer those of the header: somebody altered the table since it was looked at.
            case 8, 10, 16, 33, 44, 47, 53, 60, 81, 117, 218 -> GONE;
            case 131 -> TOO_LONG;
            case 349 -> NULL;
            case 69, 321, 407 -> OUT_OF_RANGE;
            case 6, 26, 27, 38, 41, 70, 72, 190, 395, 469 -> REFUSED;
            case 192, 193, 194, 195, 516 -> WRONG_LOGIN;
            case 164, 497, 291, 392 -> NOT_ALLOWED;
            case 115, 452, 36 -> WRONG_SETTING;
            default ->
                httpStatus == 502 || httpStatus == 503 || httpStatus == 504 || httpStatus == 429 ? BUSY : UNKNOWN;
        };
    }

    private static String unfolded(Throwable error) {
        var texts = new LinkedHashSet<String>();
        for (var link : TargetErrors.chain(error)) {
            if (link instanceof ServerException server) {
                return TargetErrors.limited(String.valueOf(server.getMessage()).strip()) + " [" + server.getCode()
                        + "]";
            }
            if (texts.size() < 4 && link.getMessage() != null) {
                texts.add(link.getClass().getSimpleName() + ": " + TargetErrors.limited(link.getMessage()));
            }
        }
        return texts.isEmpty() ? error.getClass().getSimpleName() : String.join("; ", texts);
    }
}
