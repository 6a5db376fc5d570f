package io.gravity.order;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.types.EventTypes;
import io.gravity.types.KeyGroupChanges;
import io.gravity.types.OrderScope;
import io.gravity.types.ScopeKeys;
import io.gravity.types.SharedTables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Puts changes in order within a scope, on a stream keyed by {@link ScopeKeys} of that scope: each row's before they are
 * resolved, a table's or all of them in front of a target that asks for it.
 *
 * <p>What is held is in memory, for milliseconds; a checkpoint writes it as raw keyed state, anew each time, and only a
 * restore reads it. Then it waits anew, since nobody knows how long the job was down. Beside it stands
 * {@code emitted-times}, operator state: the latest event time that has left each table, so that the promise holds across
 * a restart; one entry per table, for ever. One processing-time timer is pending while something is held.
 */
public final class OrderOperator extends AbstractStreamOperator<ChangeEvent>
        implements OneInputStreamOperator<ChangeEvent, ChangeEvent> {
    private static final long serialVersionUID = 1L;

    private final OrderScope scope;
    private final OrderConfig settings;
    private final SharedTables shared;
    private final HashMap<String, Integer> priorities;

    private transient ReorderBuffer buffer;
    private transient ScopeKeys keys;
    private transient List<ChangeEvent> restored;
    private transient ListState<Tuple2<RowKey, Long>> emittedTimes;
    private transient StreamRecord<ChangeEvent> reused;
    private transient Counter lateChanges;
    private transient Counter releasedEarly;
    private transient boolean timerIsPending;

    /**
     * Creates the operator.
     *
     * @param shared tables whose changes are put in order; those of others pass at once
     * @param priorities priority by source name; 1 is the highest
     */
    public OrderOperator(OrderScope scope, OrderConfig settings, SharedTables shared, Map<String, Integer> priorities) {
        this.scope = scope;
        this.settings = settings;
        this.shared = shared;
        this.priorities = new HashMap<>(priorities);
        this.chainingStrategy = ChainingStrategy.ALWAYS;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        keys = new ScopeKeys(scope);
        buffer = new ReorderBuffer(scope, settings, priorities, new Downstream());
        emittedTimes = context.getOperatorStateStore()
                .getUnionListState(
                        new ListStateDescriptor<>("emitted-times", Types.TUPLE(EventTypes.ROW_KEY, Types.LONG)));
        restored = List.of();
        if (context.isRestored()) {
            restored = KeyGroupChanges.read(context);
            for (var emitted : emittedTimes.get()) {
                if (isOurs(emitted.f0)) {
                    buffer.restoreEmitted(emitted.f0, emitted.f1);
                }
            }
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        reused = new StreamRecord<>(null);
        var group = getMetricGroup();
        lateChanges = group.counter("lateChanges");
        releasedEarly = group.counter("releasedEarly");
        group.gauge("heldChanges", (Gauge<Integer>) buffer::size);
        group.gauge("heldBytes", (Gauge<Long>) buffer::bytes);
        group.gauge("longestWaitMillis", (Gauge<Long>) () -> Math.max(0, nowMillis() - buffer.oldestSinceMillis()));
        for (var event : restored) {
            buffer.add(event, nowMillis());
        }
        restored = List.of();
        awaitDue();
    }

    @Override
    public void processElement(StreamRecord<ChangeEvent> record) {
        var event = record.getValue();
        // Rows carry the columns they were read under, and a marker is the only one of its key.
        if ((event.isMarker() && scope == OrderScope.ROW) || !shared.test(event.target())) {
            output.collect(record);
            return;
        }
        buffer.add(event, nowMillis());
        awaitDue();
    }

    @Override
    public void processWatermark(Watermark watermark) throws Exception {
        buffer.advance(watermark.getTimestamp());
        super.processWatermark(watermark);
    }

    private void awaitDue() {
        long due = buffer.nextDueMillis();
        if (timerIsPending || due == Long.MAX_VALUE) {
            return;
        }
        timerIsPending = true;
        var unused = getProcessingTimeService().registerTimer(due, time -> {
            timerIsPending = false;
            buffer.expire(nowMillis());
            awaitDue();
        });
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        KeyGroupChanges.write(context, buffer.held(), event -> keyGroup(keys.getKey(event)));
        var times = new ArrayList<Tuple2<RowKey, Long>>();
        buffer.emitted().forEach((key, micros) -> times.add(Tuple2.of(key, micros)));
        emittedTimes.update(times);
    }

    @Override
    protected boolean isUsingCustomRawKeyedState() {
        return true;
    }

    /** Nothing is kept by Flink's current key, so it need not be set for each change. */
    @Override
    public boolean hasKeyContext1() {
        return false;
    }

    private int keyGroup(RowKey key) {
        return KeyGroupRangeAssignment.assignToKeyGroup(
                key, getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks());
    }

    private boolean isOurs(RowKey key) {
        var task = getRuntimeContext().getTaskInfo();
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        key, task.getMaxNumberOfParallelSubtasks(), task.getNumberOfParallelSubtasks())
                == task.getIndexOfThisSubtask();
    }

    private long nowMillis() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    /** Flink's output, and the counters. */
    private final class Downstream implements ReorderBuffer.Exit {
        @Override
        public void emit(ChangeEvent event) {
            output.collect(reused.replace(event, event.eventTimeMicros() / 1000));
        }

        @Override
        public void late() {
            lateChanges.inc();
        }

        @Override
        public void early() {
            releasedEarly.inc();
        }
    }
}
