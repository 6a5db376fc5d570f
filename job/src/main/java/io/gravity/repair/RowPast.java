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
 * @param historyExpiresAt the watermark in milliseconds at which the history may be forgotten
 * @param members the row as each reader that brought it last had it, while a duplicate of it may come
 * @param membersExpireAt the watermark in milliseconds at which the members may be forgotten
 */
record RowPast(
        Map<String, FieldHistory> history, long historyExpiresAt, List<ChangeEvent> members, long membersExpireAt) {
    static final RowPast NOTHING = new RowPast(Map.of(), Long.MIN_VALUE, List.of(), Long.MIN_VALUE);

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

    RowPast with(String field, FieldHistory known) {
        var fields = new TreeMap<>(history);
        fields.put(field, known);
        return new RowPast(fields, historyExpiresAt, members, membersExpireAt);
    }

    RowPast withMembers(List<ChangeEvent> newMembers) {
        return new RowPast(history, historyExpiresAt, newMembers, membersExpireAt);
    }

    /** Returns the same, to be kept until these times at least. */
    RowPast kept(long historyUntil, long membersUntil) {
        return new RowPast(
                history, Math.max(historyExpiresAt, historyUntil), members, Math.max(membersExpireAt, membersUntil));
    }

    /** Returns when the first part of it expires; {@link Long#MAX_VALUE} for nothing. */
    long nextExpiry() {
        return Math.min(
                history.isEmpty() ? Long.MAX_VALUE : historyExpiresAt,
                members.isEmpty() ? Long.MAX_VALUE : membersExpireAt);
    }

    /** Returns what is left at this time. */
    RowPast at(long millis) {
        return new RowPast(
                historyExpiresAt <= millis ? Map.of() : history,
                historyExpiresAt,
                membersExpireAt <= millis ? List.of() : members,
                membersExpireAt);
    }
}
