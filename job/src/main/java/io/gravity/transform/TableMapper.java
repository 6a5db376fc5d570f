package io.gravity.transform;

import io.gravity.event.TableId;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds a table's name at the targets: the first mapping that matches gives it, else it keeps its own. */
public final class TableMapper implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String source;
    private final List<TableMapping> mappings;
    private transient Map<TableId, TableId> known;

    /** A mapper for the tables of one source. */
    public TableMapper(String source, List<TableMapping> mappings) {
        this.source = source;
        this.mappings = mappings.stream()
                .filter(mapping -> mapping.source() == null || mapping.source().equals(source))
                .toList();
    }

    public TableId target(TableId table) {
        if (mappings.isEmpty()) {
            return table;
        }
        if (known == null) {
            known = new HashMap<>();
        }
        return known.computeIfAbsent(table, this::find);
    }

    private TableId find(TableId table) {
        for (var mapping : mappings) {
            if (mapping.tables().stream().anyMatch(pattern -> pattern.matches(table))) {
                return TableId.parse(mapping.target()
                        .replace("${source}", source)
                        .replace("${database}", table.database())
                        .replace("${table}", table.name()));
            }
        }
        return table;
    }
}
