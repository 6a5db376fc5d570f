package io.gravity.resolve;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.resolve.Truncations.Truncation;
import io.gravity.types.EventTypes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * Turns a table that its source has emptied into deletes of its rows, a slice at a time, so that changes and checkpoints
 * come in between.
 *
 * <p>State of all subtasks: {@code truncations}, the latest of each source and table until it has been swept and the time
 * to live of tombstones is over. A pass that a restart interrupts begins anew: a row that is gone is not removed twice.
 */
final class Sweeper {
    private static final int KEYS_PER_SLICE = 2_000;

    private final Rows rows;
    private final ProcessingTimeService time;
    private final long keptMillis;
    private final ListState<Tuple3<ChangeEvent, Long, Boolean>> state;
    private final Truncations truncations = new Truncations();

    private List<Truncation> swept = List.of();
    private Stream<RowKey> stream;
    private Iterator<RowKey> keys;
    private boolean isScheduled;

    /** The rows that are known. */
    interface Rows {
        /** Returns the keys of all rows of this subtask, also while rows change; to be closed. */
        Stream<RowKey> keys();

        /** Removes a row if its source's last word on it is not later than the marker. */
        void remove(RowKey key, ChangeEvent marker) throws Exception;
    }

    Sweeper(Rows rows, ProcessingTimeService time, long keptMillis, OperatorStateStore store) throws Exception {
        this.rows = rows;
        this.time = time;
        this.keptMillis = keptMillis;
        this.state = store.getUnionListState(
                new ListStateDescriptor<>("truncations", Types.TUPLE(EventTypes.CHANGE, Types.LONG, Types.BOOLEAN)));
    }

    /** Takes up what a restart has interrupted; to be called once rows can be read. */
    void restore() throws Exception {
        for (var kept : state.get()) {
            truncations.add(new Truncation(kept.f0, kept.f1, kept.f2));
        }
        schedule();
    }

    void snapshot() throws Exception {
        truncations.expire(time.getCurrentProcessingTime());
        var kept = new ArrayList<Tuple3<ChangeEvent, Long, Boolean>>();
        for (var truncation : truncations.all()) {
            kept.add(Tuple3.of(truncation.marker(), truncation.expiresAtMillis(), truncation.swept()));
        }
        state.update(kept);
    }

    /** Begins to remove what a table's source wrote before the marker, unless that is known. */
    void begin(ChangeEvent marker) {
        if (truncations.isNew(marker)) {
            truncations.add(new Truncation(marker, time.getCurrentProcessingTime() + keptMillis, false));
            schedule();
        }
    }

    /** Returns whether a change comes too late: its source has emptied the table since. */
    boolean covers(ChangeEvent event) {
        return truncations.cover(event);
    }

    boolean isSweeping() {
        return isScheduled;
    }

    void close() {
        if (stream != null) {
            stream.close();
            stream = null;
        }
    }

    private void schedule() {
        if (isScheduled || (keys == null && truncations.waiting().isEmpty())) {
            return;
        }
        isScheduled = true;
        var unused = time.registerTimer(time.getCurrentProcessingTime() + 1, now -> slice());
    }

    private void slice() throws Exception {
        isScheduled = false;
        if (keys == null) {
            swept = truncations.waiting();
            stream = rows.keys();
            keys = stream.iterator();
        }
        for (int i = 0; i < KEYS_PER_SLICE && keys.hasNext(); i++) {
            var key = keys.next();
            for (var truncation : swept) {
                if (Truncations.isOf(truncation.marker().target(), key)) {
                    rows.remove(key, truncation.marker());
                }
            }
        }
        if (!keys.hasNext()) {
            close();
            keys = null;
            truncations.swept(swept);
            swept = List.of();
        }
        schedule();
    }
}
