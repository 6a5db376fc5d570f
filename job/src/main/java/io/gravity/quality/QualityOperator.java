package io.gravity.quality;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.types.KeyGroupLocal;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds changes of one row that came before, from whatever source: of the same kind, with equal key fields, and no
 * further apart by event time than the window. A delete is none, and the row begins anew behind it.
 *
 * <p>State per key group: {@code passed-blocks}, the changes that passed as the first of their like, and the deletes, in
 * blocks ({@link PassedChanges}). A block is written when it is full or at a checkpoint, and cleared when the watermark is
 * past its changes and the window. For that a change counts as no earlier than the watermark, or it would be forgotten at
 * once, and as no later than the clock, or a wrong clock would keep it for ever.
 */
public final class QualityOperator extends AbstractStreamOperator<ChangeEvent>
        implements OneInputStreamOperator<ChangeEvent, ChangeEvent> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(QualityOperator.class);
    private static final long LOG_INTERVAL_MILLIS = 60_000;
    private static final long FORGET_INTERVAL_MILLIS = 1_000;

    private final DuplicateConfig settings;

    private transient KeyFields keyFields;
    private transient PassedChanges passed;
    private transient Map<TableId, Watch> watches;
    private transient int keyGroups;
    private transient long watermark;
    private transient long forgottenAt;
    private transient long quietUntilMillis;

    /** What is known of one table. */
    private static final class Watch {
        private final boolean watched;
        private Counter duplicates;
        private long quietUntilMillis;

        Watch(boolean watched) {
            this.watched = watched;
        }
    }

    public QualityOperator(QualityConfig config) {
        this.settings = config.duplicates();
        this.chainingStrategy = ChainingStrategy.ALWAYS;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        var task = getRuntimeContext().getTaskInfo();
        keyGroups = task.getMaxNumberOfParallelSubtasks();
        var range = KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                keyGroups, task.getNumberOfParallelSubtasks(), task.getIndexOfThisSubtask());
        var keys = keysOf(range);
        passed = new PassedChanges(
                context.getKeyedStateStore()
                        .getMapState(new MapStateDescriptor<>(
                                "passed-blocks", Types.LONG, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)),
                range,
                group -> setCurrentKey(keys[group - range.getStartKeyGroup()]));
        if (context.isRestored()) {
            passed.restore();
        }
    }

    /** Returns a key for each group's state. They are part of savepoints, so they never change. */
    private RowKey[] keysOf(KeyGroupRange range) {
        var keys = new RowKey[range.getNumberOfKeyGroups()];
        for (int group : range) {
            keys[group - range.getStartKeyGroup()] = RowKey.of(
                    DuplicateRecord.TABLE, KeyGroupLocal.id("passed", DuplicateRecord.TABLE, group, keyGroups));
        }
        return keys;
    }

    @Override
    public void open() throws Exception {
        super.open();
        keyFields = new KeyFields(settings);
        watches = new HashMap<>();
        watermark = Long.MIN_VALUE;
        forgottenAt = Long.MIN_VALUE;
        getMetricGroup().gauge("rememberedChanges", (Gauge<Long>) passed::size);
        getMetricGroup().gauge("forgottenEarly", (Gauge<Long>) passed::forgottenEarly);
    }

    /** State is kept by key group, and read for few changes only. */
    @Override
    public boolean hasKeyContext1() {
        return false;
    }

    @Override
    public void processElement(StreamRecord<ChangeEvent> record) throws Exception {
        var event = record.getValue();
        var watch = watchOf(event.target());
        if (!watch.watched || event.isEcho() || event.isMarker()) {
            output.collect(record);
            return;
        }
        int group = KeyGroupRangeAssignment.assignToKeyGroup(event.key(), keyGroups);
        if (event.isDelete()) {
            remember(group, keyFields.likenessOfDelete(event), event);
            output.collect(record);
            return;
        }
        var likeness = keyFields.likeness(event);
        var original = original(group, likeness, event);
        if (original != null && isWithinWindow(event, original)) {
            if (isRepeat(event, original)) {
                // The same change again, after a restart: resolve drops those, and counts them as such.
                output.collect(record);
            } else {
                answer(record, original, watch);
            }
            return;
        }
        if (original == null || original.timeMicros() < event.eventTimeMicros()) {
            remember(group, likeness, event);
        }
        output.collect(record);
    }

    /** Returns the last one like the event since its row was deleted. */
    private Original original(int group, Likeness likeness, ChangeEvent event) throws Exception {
        var original = passed.last(group, likeness);
        if (original == null) {
            return null;
        }
        var delete = passed.last(group, keyFields.likenessOfDelete(event));
        return delete == null || delete.number() < original.number() ? original : null;
    }

    private boolean isWithinWindow(ChangeEvent event, Original original) {
        return Math.abs(event.eventTimeMicros() - original.timeMicros())
                <= settings.window().toMillis() * 1000;
    }

    private static boolean isRepeat(ChangeEvent event, Original original) {
        return event.source().equals(original.source()) && event.position().equals(original.position());
    }

    private void answer(StreamRecord<ChangeEvent> record, Original original, Watch watch) {
        var event = record.getValue();
        if (watch.duplicates == null) {
            watch.duplicates = getMetricGroup()
                    .addGroup("table", event.target().toString())
                    .counter("duplicates");
        }
        watch.duplicates.inc();
        long now = now();
        switch (settings.action()) {
            case SKIP -> {}
            case ALERT -> {
                alert(event, original, watch, now);
                output.collect(record);
            }
            case STORE -> output.collect(record.replace(DuplicateRecord.of(event, original, now, keyGroups)));
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

    private void remember(int group, Likeness likeness, ChangeEvent event) throws Exception {
        long from = Math.max(watermark, Math.floorDiv(event.eventTimeMicros(), 1000L));
        long goneAt = Math.min(now(), from) + settings.window().toMillis();
        passed.add(group, likeness, event.eventTimeMicros(), event.source(), event.position(), goneAt);
        if (passed.forgottenEarly() > 0 && now() >= quietUntilMillis) {
            quietUntilMillis = now() + LOG_INTERVAL_MILLIS;
            LOG.warn(
                    "{} changes of the duplicates' window were forgotten early, {} are remembered: the task manager's heap"
                            + " has no room for more. Duplicates of those pass. Give it more heap, run with more"
                            + " parallelism, or choose a shorter window",
                    passed.forgottenEarly(),
                    passed.size());
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        watermark = mark.getTimestamp();
        if (watermark >= forgottenAt + FORGET_INTERVAL_MILLIS && passed.forget(watermark)) {
            forgottenAt = watermark;
        }
        super.processWatermark(mark);
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        passed.flush();
    }

    long duplicates(TableId table) {
        var watch = watches.get(table);
        return watch == null || watch.duplicates == null ? 0 : watch.duplicates.getCount();
    }

    long remembered() {
        return passed.size();
    }

    private Watch watchOf(TableId table) {
        var known = watches.get(table);
        if (known == null) {
            known = new Watch(settings.watches(table));
            watches.put(table, known);
        }
        return known;
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }
}
