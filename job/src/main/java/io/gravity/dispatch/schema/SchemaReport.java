package io.gravity.dispatch.schema;

import io.gravity.dispatch.schema.SchemaPolicy.Change;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Counts what is changed at one target's tables: {@code schemaChanges} by kind, and those that the target refused. */
public final class SchemaReport {
    private final Map<Change, Counter> made = new EnumMap<>(Change.class);
    private final Counter refused;

    public SchemaReport(MetricGroup metrics) {
        for (var change : Change.values()) {
            made.put(change, metrics.addGroup("change", change.label()).counter("schemaChanges"));
        }
        this.refused = metrics.counter("refusedSchemaChanges");
    }

    public void made(Change change) {
        made.get(change).inc();
    }

    public void refused() {
        refused.inc();
    }
}
