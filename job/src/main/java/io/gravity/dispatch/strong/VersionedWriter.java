package io.gravity.dispatch.strong;

import io.gravity.dispatch.TargetWriter;
import io.gravity.dispatch.TargetWriters;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Writes to a target that has no transactions but keeps each version of a row once, however often it is written. It has
 * no ledger: after a failure the last batches are written again, and readers of the newest versions can't tell.
 */
public record VersionedWriter(TargetWriter writer) implements LedgerWriter {

    /** Returns what opens a writer of such a target. */
    public static LedgerWriters of(TargetWriters writers) {
        return seat -> new VersionedWriter(writers.open());
    }

    @Override
    public Map<Integer, Long> positions(Collection<Integer> lanes) {
        return Map.of();
    }

    @Override
    public void commit(List<LaneBatch> batch) throws InterruptedException {
        var changes = LaneBatch.changes(batch);
        if (!changes.isEmpty()) {
            writer.write(changes);
        }
    }

    @Override
    public boolean followsTables() {
        return writer.followsTables();
    }

    @Override
    public void close() {
        writer.close();
    }
}
