package io.gravity.repair;

import io.gravity.event.ChangeEvent;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is remembered of a row to mend later changes of it.
 *
 * @param history by field
 * @param members the row as each reader that brought it last had it, while a duplicate of it may come
 * @param expiresAtMillis the watermark at which all of it may be forgotten
 */
record RowPast(Map<String, FieldHistory> history, List<ChangeEvent> members, long expiresAtMillis) {
    static final RowPast NOTHING = new RowPast(Map.of(), List.of(), Long.MIN_VALUE);

    RowPast {
        history = Collections.unmodifiableMap(new TreeMap<>(history));
        members = List.copyOf(members);
    }

    boolean isEmpty() {
        return history.isEmpty() && members.isEmpty();
    }

    FieldHistory of(String field) {
        return history.getOrDefault(field, FieldHistory.EMPTY);
    }

    RowPast withHistory(Map<String, FieldHistory> newHistory) {
        return new RowPast(newHistory, members, expiresAtMillis);
    }

    RowPast withMembers(List<ChangeEvent> newMembers) {
        return new RowPast(history, newMembers, expiresAtMillis);
    }

    RowPast keptUntil(long millis) {
        return new RowPast(history, members, Math.max(expiresAtMillis, millis));
    }
}
