package io.gravity.dispatch.clickhouse;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.UnaryOperator;

/** The rows of a batch that go into one insert: of one table, read under the same columns, each with its last change. */
record Part(TableId table, TableSchema schema, List<ChangeEvent> rows) {
    private record Key(TableId table, TableSchema schema) {}

    static List<Part> of(List<ChangeEvent> batch, UnaryOperator<TableId> names) {
        var last = new LinkedHashMap<RowKey, ChangeEvent>(batch.size() * 2);
        for (var event : batch) {
            last.put(event.key(), event);
        }
        var parts = new LinkedHashMap<Key, Part>();
        for (var event : last.values()) {
            var table = names.apply(event.target());
            parts.computeIfAbsent(
                            new Key(table, event.schema()),
                            key -> new Part(key.table(), key.schema(), new ArrayList<>()))
                    .rows()
                    .add(event);
        }
        return List.copyOf(parts.values());
    }
}
