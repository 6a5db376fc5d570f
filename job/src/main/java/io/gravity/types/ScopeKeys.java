package io.gravity.types;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.java.functions.KeySelector;

/** Gives what a stream that is in order within a scope is keyed by. Not thread-safe. */
public final class ScopeKeys implements KeySelector<ChangeEvent, RowKey> {
    private static final long serialVersionUID = 1L;
    private static final RowKey ALL = RowKey.ofBytes(new byte[0]);

    private final OrderScope scope;
    private transient Map<TableId, RowKey> tables;

    public ScopeKeys(OrderScope scope) {
        this.scope = scope;
    }

    @Override
    public RowKey getKey(ChangeEvent event) {
        return switch (scope) {
            case ROW -> event.key();
            case TABLE -> keyOf(event.target());
            case ALL -> ALL;
        };
    }

    /** A table's key is that of a row without key columns, made once since it is asked for with each change. */
    private RowKey keyOf(TableId table) {
        if (tables == null) {
            tables = new HashMap<>();
        }
        var known = tables.get(table);
        if (known == null) {
            known = RowKey.of(table);
            tables.put(table, known);
        }
        return known;
    }
}
