package io.gravity.source;

import io.gravity.event.ChangeEvent;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** What a reader reports: rows by phase and how far it is behind its source. */
final class SourceMetrics {
    private final Counter snapshotRows;
    private final Counter changes;
    private volatile long lagMillis;

    SourceMetrics(MetricGroup group) {
        snapshotRows = group.counter("snapshotRows");
        changes = group.counter("changes");
        // From the source's commit, as its binlog tells it in full seconds, to our reading.
        group.gauge("captureLagMillis", (Gauge<Long>) () -> lagMillis);
    }

    void emitted(ChangeEvent event, long committedMillis, long nowMillis) {
        if (event.isSnapshot()) {
            snapshotRows.inc();
        } else {
            changes.inc();
            lagMillis = Math.max(0, nowMillis - committedMillis);
        }
    }
}
