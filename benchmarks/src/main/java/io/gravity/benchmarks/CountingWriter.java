package io.gravity.benchmarks;

import io.gravity.dispatch.TargetWriter;
import io.gravity.dispatch.TargetWriters;
import io.gravity.event.ChangeEvent;
import java.util.List;

/** Counts what another writer, or none, has delivered. */
record CountingWriter(TargetWriter inner) implements TargetWriter {

    static TargetWriters discarding() {
        return () -> new CountingWriter(null);
    }

    static TargetWriters around(TargetWriters inner) {
        return () -> new CountingWriter(inner.open());
    }

    @Override
    public void write(List<ChangeEvent> batch) throws InterruptedException {
        if (inner != null) {
            inner.write(batch);
        }
        Meter.INSTANCE.add(batch.size());
    }

    @Override
    public void check() throws InterruptedException {
        if (inner != null) {
            inner.check();
        }
    }

    @Override
    public void close() {
        if (inner != null) {
            inner.close();
        }
    }
}
