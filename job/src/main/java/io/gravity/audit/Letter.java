package io.gravity.audit;

import com.fasterxml.jackson.databind.JsonNode;
import io.gravity.event.ColumnType.Kind;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A dead letter as it rests, in words.
 *
 * @param values one for each column of {@link DeadLetters#SCHEMA}, {@code null} for none
 */
public record Letter(List<String> values) {

    /** By the time they were written. */
    public static final Comparator<Letter> OLDEST_FIRST =
            Comparator.comparing(Letter::writtenAt).thenComparing(Letter::id);

    public Letter {
        if (values.size() != DeadLetters.SCHEMA.columnCount()) {
            throw new IllegalArgumentException(values.size() + " values, expected " + DeadLetters.SCHEMA.columnCount());
        }
        values = Collections.unmodifiableList(new ArrayList<>(values));
    }

    /** Whether a text, which may be {@code null}, can be a letter's id. */
    public static boolean isId(String text) {
        return text != null && text.matches("[0-9a-f]{32}");
    }

    /**
     * Reads a letter from its columns in JSON; {@code row_key} and {@code row_data} are there as values, or as texts of
     * them.
     *
     * @return empty if this is none
     */
    public static Optional<Letter> of(JsonNode columns) {
        if (columns == null || !isId(columns.path("id").asText(null)) || !columns.has("reason")) {
            return Optional.empty();
        }
        var values = new ArrayList<String>();
        for (var column : DeadLetters.SCHEMA.columns()) {
            var value = columns.path(column.name());
            var text = value.isContainerNode() ? value.toString() : value.asText(null);
            values.add(text != null && column.type().kind() == Kind.DATETIME ? text.replace('T', ' ') : text);
        }
        return Optional.of(new Letter(values));
    }

    /** Returns it without {@code row_data}, and with an empty text in place of the change that it has. */
    public Letter brief() {
        var brief = new ArrayList<>(values);
        brief.set(DeadLetters.SCHEMA.indexOf("row_data"), null);
        int change = DeadLetters.SCHEMA.indexOf(DeadLetters.CHANGE_DATA);
        brief.set(change, values.get(change) == null ? null : "");
        return new Letter(brief);
    }

    public String id() {
        return value("id");
    }

    /** Returns when it was written; a change that is refused again has the same letter, written later. */
    public String writtenAt() {
        return value("detected_at");
    }

    public String value(String column) {
        return values.get(DeadLetters.SCHEMA.indexOf(column));
    }

    /** Whether it holds its change; known also of one that is brief. */
    public boolean hasChange() {
        return value(DeadLetters.CHANGE_DATA) != null;
    }

    /** Returns the change's bytes; empty if it was too large, if an earlier release wrote the letter, or if it is brief. */
    public Optional<byte[]> change() {
        var text = value(DeadLetters.CHANGE_DATA);
        return text == null || text.isEmpty()
                ? Optional.empty()
                : Optional.of(Base64.getDecoder().decode(text));
    }
}
