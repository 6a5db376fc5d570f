package io.gravity.audit;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which letters are asked for.
 *
 * @param ids only these; empty for any
 * @param reason only of this reason; {@code null} for any, as with the others
 * @param target only of this target
 * @param table only of this table, {@code database.table} after mapping
 */
public record LetterFilter(List<String> ids, String reason, String target, String table) {

    public LetterFilter {
        ids = List.copyOf(ids);
    }

    /** Whether every letter is asked for. */
    public boolean isEmpty() {
        return ids.isEmpty() && columns().isEmpty();
    }

    /** Returns the values that single columns must have. */
    public Map<String, String> columns() {
        var columns = new LinkedHashMap<String, String>();
        columns.put("reason", reason);
        columns.put("target", target);
        columns.put("table_name", table);
        columns.values().removeIf(value -> value == null);
        return columns;
    }

    /** Returns the letters asked for, the oldest first. */
    public List<Letter> choose(Collection<Letter> letters, int limit) {
        return letters.stream()
                .filter(letter -> ids.isEmpty() || ids.contains(letter.id()))
                .filter(letter -> columns().entrySet().stream()
                        .allMatch(wanted -> wanted.getValue().equals(letter.value(wanted.getKey()))))
                .sorted(Letter.OLDEST_FIRST)
                .limit(limit)
                .toList();
    }
}
