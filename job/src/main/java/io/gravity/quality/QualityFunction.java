package io.gravity.quality;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds changes of one row that came before, from whatever source: of the same kind, with equal key fields, and no
 * further apart by event time than the window. A delete is none, and the row begins anew behind it.
 *
 * <p>State per row: {@code passed-changes}, an entry for each change that passed as the first of its like, by the hash of
 * what it has in common with them. Written when it passes, cleared by a delete of the row, or by a timer of event time
 * when the watermark is past the change and the window. For that a change counts as no earlier than the watermark, or it
 * would be forgotten at once, and as no later than the clock, or a wrong clock would keep it for ever. Timers are rounded
 * up to {@value #TIMER_GRAIN_MILLIS} ms to share them. A {@link SeenFilter} spares most changes the look into it; after a
 * restart only once all that was in it before is gone.
 */
public final class QualityFunction extends KeyedProcessFunction<RowKey, ChangeEvent, ChangeEvent>
        implements CheckpointedFunction {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(QualityFunction.class);
    private static final long TIMER_GRAIN_MILLIS = 60_000;
    private static final long LOG_INTERVAL_MILLIS = 60_000;

    /** How far the clocks of machines that run this task one after the other may be apart. */
    private static final long CLOCKS_APART_MILLIS = 3_600_000;

    private final DuplicateConfig config;

    private transient boolean isRestored;
    private transient SeenFilter seen;
    /** The watermark from which on the filter knows of all that is in state. */
    private transient long seenFromMillis;

    private transient KeyFields keyFields;
    private transient MapState<Tuple2<Long, Long>, Original> passed;
    private transient Map<TableId, Watch> watches;
    private transient int keyGroups;

    /** What is known of one table. */
    private static final class Watch {
        private final boolean watched;
        private Counter duplicates;
        private long quietUntilMillis;

        Watch(boolean watched) {
            this.watched = watched;
        }
    }

    public QualityFunction(QualityConfig config) {
        this.config = config.duplicates();
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {
        isRestored = context.isRestored();
    }

    /** State is Flink's; what the filter knows is made anew. */
    @Override
    public void snapshotState(FunctionSnapshotContext context) {}

    @Override
    public void open(OpenContext context) {
        seen = new SeenFilter();
        seenFromMillis = isRestored ? Long.MAX_VALUE : Long.MIN_VALUE;
        keyFields = new KeyFields(config);
        watches = new HashMap<>();
        keyGroups = getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks();
        passed = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(
                        "passed-changes",
                        getRuntimeContext().createSerializer(Types.TUPLE(Types.LONG, Types.LONG)),
                        OriginalSerializer.INSTANCE));
    }

    @Override
    public void processElement(ChangeEvent event, Context context, Collector<ChangeEvent> out) throws Exception {
        var watch = watchOf(event.target());
        if (!watch.watched || event.isEcho() || event.isMarker()) {
            out.collect(event);
            return;
        }
        if (event.isDelete()) {
            passed.clear();
            out.collect(event);
            return;
        }
        var hash = keyFields.hash(event);
        var original = isSurelyNew(hash, event, context) ? null : passed.get(hash);
        if (original != null && isWithinWindow(event, original)) {
            if (isRepeat(event, original)) {
                // The same change again, after a restart: resolve drops those, and counts them as such.
                out.collect(event);
            } else {
                answer(event, original, watch, context, out);
            }
            return;
        }
        if (original == null || original.timeMicros() < event.eventTimeMicros()) {
            remember(hash, event, context);
        }
        out.collect(event);
    }

    private boolean isSurelyNew(Tuple2<Long, Long> hash, ChangeEvent event, Context context) {
        var time = context.timerService();
        if (seenFromMillis == Long.MAX_VALUE) {
            seenFromMillis =
                    grain(time.currentProcessingTime() + config.window().toMillis() + CLOCKS_APART_MILLIS);
        }
        return time.currentWatermark() >= seenFromMillis
                && !seen.mayHold(event.target().hashCode(), hash);
    }

    private boolean isWithinWindow(ChangeEvent event, Original original) {
        return Math.abs(event.eventTimeMicros() - original.timeMicros())
                <= config.window().toMillis() * 1000;
    }

    private static boolean isRepeat(ChangeEvent event, Original original) {
        return event.source().equals(original.source()) && event.position().equals(original.position());
    }

    private void answer(
            ChangeEvent event, Original original, Watch watch, Context context, Collector<ChangeEvent> out) {
        if (watch.duplicates == null) {
            watch.duplicates = getRuntimeContext()
                    .getMetricGroup()
                    .addGroup("table", event.target().toString())
                    .counter("duplicates");
        }
        watch.duplicates.inc();
        long now = context.timerService().currentProcessingTime();
        switch (config.action()) {
            case SKIP -> {}
            case ALERT -> {
                alert(event, original, watch, now);
                out.collect(event);
            }
            case STORE -> out.collect(DuplicateRecord.of(event, original, now, keyGroups));
        }
    }

    private static void alert(ChangeEvent event, Original original, Watch watch, long nowMillis) {
        if (nowMillis >= watch.quietUntilMillis) {
            watch.quietUntilMillis = nowMillis + LOG_INTERVAL_MILLIS;
            LOG.warn(
                    "{} has duplicates, {} so far here. The last one: {} of source {} at {} is like the one of source {}"
                            + " at {}. It passes; the next message about this table comes in a minute at the earliest.",
                    event.target(),
                    watch.duplicates.getCount(),
                    event.operation(),
                    event.source(),
                    event.position(),
                    original.source(),
                    original.position());
        }
    }

    private void remember(Tuple2<Long, Long> hash, ChangeEvent event, Context context) throws Exception {
        var time = context.timerService();
        long from = Math.max(time.currentWatermark(), Math.floorDiv(event.eventTimeMicros(), 1000L));
        long expiresAt =
                Math.min(time.currentProcessingTime(), from) + config.window().toMillis();
        passed.put(hash, new Original(event.eventTimeMicros(), expiresAt, event.source(), event.position()));
        long goneAt = grain(expiresAt);
        time.registerEventTimeTimer(goneAt);
        seen.add(event.target().hashCode(), hash, goneAt, time.currentWatermark());
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<ChangeEvent> out) throws Exception {
        boolean isEmpty = true;
        for (var entries = passed.iterator(); entries.hasNext(); ) {
            if (grain(entries.next().getValue().expiresAtMillis()) <= timestamp) {
                entries.remove();
            } else {
                isEmpty = false;
            }
        }
        if (isEmpty) {
            passed.clear(); // An empty map is an entry too, on the heap.
        }
    }

    long duplicates(TableId table) {
        var watch = watches.get(table);
        return watch == null || watch.duplicates == null ? 0 : watch.duplicates.getCount();
    }

    private Watch watchOf(TableId table) {
        var known = watches.get(table);
        if (known == null) {
            known = new Watch(config.watches(table));
            watches.put(table, known);
        }
        return known;
    }

    private static long grain(long millis) {
        return (millis / TIMER_GRAIN_MILLIS + 1) * TIMER_GRAIN_MILLIS;
    }
}
