package io.gravity.dispatch;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** How an error of a target is told, whatever the target: what was being done, to which rows, what came of it, what helps. */
public final class TargetErrors {
    private static final int MAX_VALUE_LENGTH = 64;
    private static final int MAX_MESSAGE_LENGTH = 512;
    private static final int MAX_LINKS = 16;

    /** What an error means: its code, and what will help. */
    public record Answer(ErrorCode code, String remedy) {}

    private TargetErrors() {}

    /**
     * Returns the exception to throw.
     *
     * @param target the target's name
     * @param doing what was being done, e.g. {@code upsert into shop.orders}
     * @param rows the rows concerned, possibly none
     * @param unfolded the error and its causes in words, each {@link #limited}
     */
    public static GravityException failure(
            Answer answer, String target, String doing, List<ChangeEvent> rows, String unfolded, Throwable error) {
        return new GravityException(
                answer.code(),
                "target " + target + ": " + doing + described(rows) + " failed: " + unfolded + ". " + answer.remedy(),
                error);
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
    public static String key(ChangeEvent event) {
        var schema = event.schema();
        var values = schema.keyOf(event.image());
        var text = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            text.append(i == 0 ? "" : ", ")
                    .append(named(schema.column(schema.keyColumn(i)).name(), values[i]));
        }
        return text.toString();
    }

    /** Returns {@code column=value}, the value cut to a length that suits a log. */
    public static String named(String column, Object value) {
        var text = value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value);
        return column + "=" + cut(text, MAX_VALUE_LENGTH);
    }

    /** Returns an error's own words, cut to a length that suits a log. */
    public static String limited(String message) {
        return cut(message, MAX_MESSAGE_LENGTH);
    }

    /** Returns the error and its causes. */
    public static List<Throwable> chain(Throwable error) {
        var chain = new ArrayList<Throwable>();
        for (var link = error; link != null && chain.size() < MAX_LINKS; link = link.getCause()) {
            chain.add(link);
        }
        return chain;
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "...";
    }
}
