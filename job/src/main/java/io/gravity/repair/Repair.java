package io.gravity.repair;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Row;
import io.gravity.types.RowJson;

/**
 * One thing that was mended.
 *
 * @param field the column; {@code null} if it is the whole row that stands or falls
 * @param before the value as it came; {@code null} for NULL
 * @param after the value as it goes on
 * @param rule the strategy or function that decided
 */
public record Repair(String field, Object before, Object after, String rule) {

    /** Returns the value before as text, of a row as JSON; {@code null} for NULL. */
    public String textBefore(ChangeEvent change) {
        return text(change, before);
    }

    /** Returns the value after as text. */
    public String textAfter(ChangeEvent change) {
        return text(change, after);
    }

    private String text(ChangeEvent change, Object value) {
        if (value == null) {
            return null;
        }
        if (field == null) {
            return RowJson.text(change.schema(), (Row) value);
        }
        var kind = change.schema().column(change.schema().indexOf(field)).type().kind();
        return value instanceof String text
                ? text
                : RowJson.text(json -> RowJson.value(json, kind, value)).replaceAll("^\"|\"$", "");
    }
}
