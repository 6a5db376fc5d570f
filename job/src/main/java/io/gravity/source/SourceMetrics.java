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
    private final Counter looped;
    private final Counter refused;
    private volatile long lagMillis;
    private volatile BinlogRetention retention = new BinlogRetention(0, 0, BinlogRetention.NEVER, false, false);
    private volatile SourceState binlog = SourceState.WAITING;
    private volatile SourceState chunks = SourceState.WAITING;

    SourceMetrics(MetricGroup group) {
        snapshotRows = group.counter("snapshotRows");
        changes = group.counter("changes");
        looped = group.counter("loopedChanges");
        refused = group.counter("refusedChanges");
        // Two threads read from the database.
        retries = group.counter("retries", new ThreadSafeSimpleCounter());
        group.gauge("state", (Gauge<Integer>) () -> Math.max(binlog.ordinal(), chunks.ordinal()));
        group.gauge("binlogBytesBehind", (Gauge<Long>) () -> retention.bytesBehind());
        group.gauge("binlogFilesBefore", (Gauge<Long>) () -> retention.filesBefore());
        group.gauge("binlogSecondsLeft", (Gauge<Long>) () -> retention.secondsLeft());
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

    /** Counts a row that Gravity itself has written there. */
    void looped() {
        looped.inc();
    }

    /** Notes the state of what reads the binlog, or of what reads chunks; called by those. */
    void state(boolean ofBinlog, SourceState state) {
        if (ofBinlog) {
            binlog = state;
        } else {
            chunks = state;
        }
    }

    /** Notes how far the server is from removing the binlog that is read. */
    void retention(BinlogRetention found) {
        retention = found;
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
