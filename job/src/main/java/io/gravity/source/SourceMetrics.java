package io.gravity.source;

import io.gravity.event.ChangeEvent;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;

/** What a reader reports: its state, rows by phase, and how far it is behind its source. */
final class SourceMetrics {
    private final Counter snapshotRows;
    private final Counter changes;
    private final Counter retries;
    private final Counter refused;
    private volatile long lagMillis;
    private volatile SourceState binlog = SourceState.WAITING;
    private volatile SourceState chunks = SourceState.WAITING;

    SourceMetrics(MetricGroup group) {
        snapshotRows = group.counter("snapshotRows");
        changes = group.counter("changes");
        refused = group.counter("refusedChanges");
        // Two threads read from the database.
        retries = group.counter("retries", new ThreadSafeSimpleCounter());
        group.gauge("state", (Gauge<Integer>) () -> Math.max(binlog.ordinal(), chunks.ordinal()));
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

    /** Notes the state of what reads the binlog, or of what reads chunks; called by those. */
    void state(boolean ofBinlog, SourceState state) {
        if (ofBinlog) {
            binlog = state;
        } else {
            chunks = state;
        }
    }

    /** Counts a change that is left out. */
    void refused() {
        refused.inc();
    }

    /** Counts an attempt that failed and is followed by another one. */
    void retried() {
        retries.inc();
    }
}
