package io.gravity.transform;

import static java.util.Objects.requireNonNull;

import io.gravity.event.TablePattern;
import java.io.Serializable;
import java.util.List;

/**
 * Gives matching source tables another name on the way to the targets, so that shards can meet in one table.
 *
 * @param source the source it is limited to; {@code null} for all
 * @param tables what it renames
 * @param target the new name as {@code database.table}; may hold {@code ${source}}, {@code ${database}}, {@code ${table}}
 */
public record TableMapping(String source, List<TablePattern> tables, String target) implements Serializable {

    public TableMapping {
        requireNonNull(target, "target");
        tables = List.copyOf(tables);
    }
}
