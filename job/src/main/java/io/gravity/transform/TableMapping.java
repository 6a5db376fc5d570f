package io.gravity.transform;

import io.gravity.event.TablePattern;
import io.gravity.types.TableNaming;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives matching source tables another name on the way to the targets, so that shards can meet in one table, and columns
 * that tell where a row comes from.
 *
 * @param source the source it is limited to; {@code null} for all
 * @param naming what it renames, and how
 * @param extraColumns templates of further columns' values by name, as for the table's name
 * @param keyColumns those of them that are part of the key, so that shards with the same ids do not meet in one row
 */
public record TableMapping(String source, TableNaming naming, Map<String, String> extraColumns, List<String> keyColumns)
        implements Serializable {

    public TableMapping {
        extraColumns = Collections.unmodifiableMap(new LinkedHashMap<>(extraColumns));
        keyColumns = List.copyOf(keyColumns);
        if (!extraColumns.keySet().containsAll(keyColumns)) {
            throw new IllegalArgumentException(
                    "key columns are " + keyColumns + ", expected some of " + extraColumns.keySet());
        }
    }

    /** Creates a mapping of names alone. */
    public TableMapping(String source, List<TablePattern> tables, String target) {
        this(source, new TableNaming(tables, null, target), Map.of(), List.of());
    }

    public String target() {
        return naming.target();
    }
}
