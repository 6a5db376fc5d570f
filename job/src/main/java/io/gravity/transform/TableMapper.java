package io.gravity.transform;

import io.gravity.event.TableId;
import java.io.Serializable;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds what a table becomes at the targets: the first mapping that matches tells, else it stays as it is. */
public final class TableMapper implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String source;
    private final List<TableMapping> mappings;
    private transient Map<TableId, MappedTable> known;

    /** A mapper for the tables of one source. */
    public TableMapper(String source, List<TableMapping> mappings) {
        this.source = source;
        this.mappings = mappings.stream()
                .filter(mapping -> mapping.source() == null || mapping.source().equals(source))
                .toList();
    }

    /** Returns the table's name at the targets. */
    public TableId target(TableId table) {
        return mappings.isEmpty() ? table : mapped(table).target();
    }

    MappedTable mapped(TableId table) {
        if (known == null) {
            known = new HashMap<>();
        }
        return known.computeIfAbsent(table, this::find);
    }

    private MappedTable find(TableId table) {
        for (var mapping : mappings) {
            var templates = mapping.naming().templates(source, table);
            if (templates.isPresent()) {
                var extra = new LinkedHashMap<String, String>();
                mapping.extraColumns()
                        .forEach((column, template) ->
                                extra.put(column, templates.get().apply(template)));
                var target = TableId.parse(templates.get().apply(mapping.target()));
                return new MappedTable(target, extra, mapping.keyColumns());
            }
        }
        return new MappedTable(table, Map.of(), List.of());
    }
}
