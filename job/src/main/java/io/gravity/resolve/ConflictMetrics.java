package io.gravity.resolve;

import io.gravity.event.TableId;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Meter;
import org.apache.flink.metrics.MetricGroup;

/** Counts conflicts by class, table and strategy, and their rate. */
final class ConflictMetrics {
    private final MetricGroup group;
    private final Meter rate;
    private final Map<Kind, Counter> counters = new HashMap<>();

    private record Kind(ConflictClass type, TableId table, String strategy) {}

    ConflictMetrics(MetricGroup group, Meter rate) {
        this.group = group;
        this.rate = rate;
    }

    void count(Conflict conflict) {
        rate.markEvent();
        var kind = new Kind(
                conflict.type(), conflict.theirs().target(), conflict.strategy().label());
        counters.computeIfAbsent(kind, this::register).inc();
    }

    private Counter register(Kind kind) {
        return group.addGroup("class", kind.type().label())
                .addGroup("table", kind.table().toString())
                .addGroup("strategy", kind.strategy())
                .counter("conflicts");
    }
}
