package io.gravity.dispatch.schema;

import io.gravity.dispatch.schema.History.Feeder;
import io.gravity.event.ChangeEvent;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How rows of one schema are written to a table as long as it does not change. Thread-safe.
 *
 * @param layout what the target made of it
 * @param feeders the sources' tables whose rows have been compared; {@code null} if it does not matter whose they are
 * @param until for rows of columns of old, up to which position of their source they are that; empty for those of now
 */
public record Known<L>(L layout, Set<Feeder> feeders, Map<Feeder, SourcePosition> until) {

    /** Returns what holds for rows of whatever source. */
    public static <L> Known<L> always(L layout) {
        return new Known<>(layout, null, Map.of());
    }

    /** Returns what holds for rows of these sources' tables. */
    public static <L> Known<L> of(L layout, TableSchema schema, List<ChangeEvent> rows, History history) {
        Set<Feeder> feeders = ConcurrentHashMap.newKeySet();
        rows.forEach(row -> feeders.add(Feeder.of(row)));
        Map<Feeder, SourcePosition> until = new ConcurrentHashMap<>();
        if (history.isOutdated(schema)) {
            feeders.forEach(feeder -> until.put(feeder, history.newestPosition(feeder)));
        }
        return new Known<>(layout, feeders, until);
    }

    /** Returns the same for the rows that an earlier one was for as well, which nothing has changed for since. */
    public Known<L> with(Known<L> earlier) {
        if (feeders != null
                && earlier.feeders() != null
                && until.isEmpty()
                && earlier.until().isEmpty()) {
            feeders.addAll(earlier.feeders());
        }
        return this;
    }

    /** Returns whether all rows are such as have been compared. */
    @SuppressWarnings("ReferenceEquality") // rows of one source's table share its name
    public boolean covers(List<ChangeEvent> rows) {
        if (feeders == null) {
            return true;
        }
        TableId table = null;
        for (var row : rows) {
            if (row.table() != table || !until.isEmpty()) {
                table = row.table();
                var feeder = Feeder.of(row);
                var last = until.get(feeder);
                if (!feeders.contains(feeder) || (last != null && row.position().compareTo(last) > 0)) {
                    return false;
                }
            }
        }
        return true;
    }
}
