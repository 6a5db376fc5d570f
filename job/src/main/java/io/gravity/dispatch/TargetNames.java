package io.gravity.dispatch;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.TableId;
import io.gravity.types.TableNaming;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where a target keeps its tables. A renaming only: rows are told apart before they get here, so two tables must not
 * become one. Thread-safe.
 */
public final class TargetNames {
    private final String name;
    private final String database;
    private final List<TableNaming> mappings;
    private final ConcurrentHashMap<TableId, TableId> known = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<TableId, TableId> takenBy = new ConcurrentHashMap<>();

    /**
     * Creates the names of a target.
     *
     * @param name the target's name, for errors
     * @param database of the tables that no mapping speaks for; {@code null}: the one they have
     */
    public TargetNames(String name, String database, List<TableNaming> mappings) {
        this.name = name;
        this.database = database;
        this.mappings = List.copyOf(mappings);
    }

    /**
     * Returns the table's name at the target.
     *
     * @throws GravityException if another table has that name already
     */
    public TableId of(TableId table) {
        var found = known.get(table);
        return found != null ? found : settled(table);
    }

    private TableId settled(TableId table) {
        var renamed = find(table);
        var other = takenBy.putIfAbsent(renamed, table);
        if (other != null && !other.equals(table)) {
            throw new GravityException(
                    ErrorCode.TARGET_MISCONFIGURED,
                    "target " + name + ": " + table + " and " + other + " would both be written to " + renamed
                            + ", where their rows would overwrite each other unresolved. Give them different names in"
                            + " the target's table-mapping, or let them meet before they are compared:"
                            + " in the table-mapping of the whole job.");
        }
        known.put(table, renamed);
        return renamed;
    }

    private TableId find(TableId table) {
        for (var mapping : mappings) {
            var templates = mapping.templates("", table);
            if (templates.isPresent()) {
                return TableId.parse(templates.get().apply(mapping.target()));
            }
        }
        return database == null ? table : new TableId(database, table.name());
    }
}
