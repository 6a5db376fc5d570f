package io.gravity.resolve;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.event.Values;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which source has emptied which target table, and up to which position. What its source wrote before is dropped if it
 * comes later, and what is there already becomes deletes: in one pass over all rows for all that wait for one. Pure.
 */
final class Truncations {

    /**
     * One of them.
     *
     * @param marker the latest of its source and table
     * @param expiresAtMillis the processing time from which on it may be forgotten
     * @param swept whether the rows that were there are gone
     */
    record Truncation(ChangeEvent marker, long expiresAtMillis, boolean swept) {

        boolean covers(ChangeEvent event) {
            return event.position().compareTo(marker.position()) <= 0;
        }
    }

    private final Map<TableId, Map<String, Truncation>> byTable = new HashMap<>();

    /** Notes one, also again; the later one of a source and table counts, and it has to be swept if any copy says so. */
    void add(Truncation truncation) {
        var marker = truncation.marker();
        byTable.computeIfAbsent(marker.target(), table -> new HashMap<>())
                .merge(marker.source(), truncation, Truncations::later);
    }

    private static Truncation later(Truncation one, Truncation other) {
        int order = one.marker().position().compareTo(other.marker().position());
        if (order != 0) {
            return order > 0 ? one : other;
        }
        return new Truncation(
                one.marker(), Math.max(one.expiresAtMillis(), other.expiresAtMillis()), one.swept() && other.swept());
    }

    /** Returns whether the marker is new: none of its source and table is as late. */
    boolean isNew(ChangeEvent marker) {
        var known = of(marker);
        return known == null || !known.covers(marker);
    }

    /** Returns whether a change was made before its source emptied the table. */
    boolean cover(ChangeEvent event) {
        var known = of(event);
        return known != null && known.covers(event);
    }

    private Truncation of(ChangeEvent event) {
        var ofTable = byTable.isEmpty() ? null : byTable.get(event.target());
        return ofTable == null ? null : ofTable.get(event.source());
    }

    /** Returns those whose rows are still there. */
    List<Truncation> waiting() {
        return all().stream().filter(truncation -> !truncation.swept()).toList();
    }

    /** Notes that the rows of these are gone. */
    void swept(Collection<Truncation> done) {
        for (var truncation : done) {
            byTable.get(truncation.marker().target())
                    .replace(
                            truncation.marker().source(),
                            truncation,
                            new Truncation(truncation.marker(), truncation.expiresAtMillis(), true));
        }
    }

    List<Truncation> all() {
        var all = new ArrayList<Truncation>();
        byTable.values().forEach(ofTable -> all.addAll(ofTable.values()));
        return all;
    }

    /** Forgets those that nothing can come before any more. */
    void expire(long nowMillis) {
        byTable.values().forEach(ofTable -> ofTable.values()
                .removeIf(truncation -> truncation.swept() && truncation.expiresAtMillis() <= nowMillis));
        byTable.values().removeIf(Map::isEmpty);
    }

    /** Returns whether the key is one of a row of the table. */
    static boolean isOf(TableId table, RowKey key) {
        var prefix = RowKey.of(table).bytes();
        var bytes = key.bytes();
        return bytes.length > prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** Returns the removal of a row by its source; of the row before, only the key is known. */
    static ChangeEvent delete(ChangeEvent marker, RowKey key) {
        var schema = marker.schema();
        var values = new Object[schema.columnCount()];
        int skipped = RowKey.of(marker.target()).bytes().length;
        var bytes = new ByteArrayInputStream(key.bytes(), skipped, key.bytes().length - skipped);
        try (var in = new DataInputStream(bytes)) {
            for (int i = 0; i < schema.keyColumnCount(); i++) {
                values[schema.keyColumn(i)] = Values.read(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a key of " + marker.target() + " has fewer columns than now", e);
        }
        return marker.mappedTo(marker.target(), key).standing(Operation.DELETE, schema, Row.of(values), null);
    }
}
