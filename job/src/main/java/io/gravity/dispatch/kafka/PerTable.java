package io.gravity.dispatch.kafka;

import io.gravity.event.ChangeEvent;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/** What is prepared once for each version of a target table's columns. Thread-safe. */
final class PerTable<T> {
    private static final int MAX_KNOWN = 10_000;

    private final BiFunction<TableId, TableSchema, T> prepare;
    private final ConcurrentHashMap<Version, T> known = new ConcurrentHashMap<>();

    private record Version(TableId table, TableSchema schema) {}

    PerTable(BiFunction<TableId, TableSchema, T> prepare) {
        this.prepare = prepare;
    }

    T of(ChangeEvent event) {
        var version = new Version(event.target(), event.schema());
        var found = known.get(version);
        if (found != null) {
            return found;
        }
        if (known.size() >= MAX_KNOWN) {
            known.clear();
        }
        return known.computeIfAbsent(version, key -> prepare.apply(key.table(), key.schema()));
    }
}
