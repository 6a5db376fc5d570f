package io.gravity.order;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.types.EventTypes;
import io.gravity.types.SharedTables;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Orders each row's changes by event time, for rows that several sources write; all else passes at once.
 *
 * <p>State per row, only while changes of it are held: {@code held-changes}, and {@code release-time}, the processing
 * time at which the oldest has waited for the maximal delay. Both are cleared when the last change has gone, at the
 * latest after that delay, so they need no TTL. Snapshot rows pass at once: they have no place in time, and their version
 * loses to every change of their source.
 */
public final class OrderFunction extends KeyedProcessFunction<RowKey, ChangeEvent, ChangeEvent> {
    private static final long serialVersionUID = 1L;

    private final OrderConfig config;
    private final SharedTables shared;
    private final Map<String, Integer> priorities;

    private transient EventOrder order;
    private transient ListState<ChangeEvent> held;
    private transient ValueState<Long> releaseTime;
    private transient Counter heldChanges;
    private transient Counter lateChanges;

    /**
     * Creates the stage.
     *
     * @param priorities priority by source name; 1 is the highest
     */
    public OrderFunction(OrderConfig config, SharedTables shared, Map<String, Integer> priorities) {
        this.config = config;
        this.shared = shared;
        this.priorities = Map.copyOf(priorities);
    }

    @Override
    public void open(OpenContext context) {
        order = new EventOrder(priorities);
        held = getRuntimeContext().getListState(new ListStateDescriptor<>("held-changes", EventTypes.CHANGE));
        releaseTime = getRuntimeContext().getState(new ValueStateDescriptor<>("release-time", Types.LONG));
        heldChanges = getRuntimeContext().getMetricGroup().counter("heldChanges");
        lateChanges = getRuntimeContext().getMetricGroup().counter("lateChanges");
    }

    @Override
    public void processElement(ChangeEvent event, Context context, Collector<ChangeEvent> out) throws Exception {
        if (event.isSnapshot() || !waits() || !shared.test(event.target())) {
            out.collect(event);
            return;
        }
        var timers = context.timerService();
        var release = releaseTime.value();
        if (millis(event) <= timers.currentWatermark()) {
            lateChanges.inc();
            if (release == null) {
                out.collect(event.asLate());
                return;
            }
            // It must not overtake what its own source sent before it: all go together.
            held.add(event.asLate());
            emit(list(), out);
            forget(timers, release);
            return;
        }
        held.add(event);
        heldChanges.inc();
        if (release == null) {
            long at = timers.currentProcessingTime() + config.maxDelay().toMillis();
            releaseTime.update(at);
            timers.registerProcessingTimeTimer(at);
            timers.registerEventTimeTimer(millis(event));
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<ChangeEvent> out) throws Exception {
        var release = releaseTime.value();
        if (release == null) {
            return;
        }
        var timers = context.timerService();
        long passed = timers.currentWatermark();
        var waiting = new ArrayList<ChangeEvent>();
        long next = Long.MAX_VALUE;
        boolean over = timers.currentProcessingTime() >= release;
        for (var timed : order.timed(list())) {
            // By the effective time: by its own, a change could overtake an earlier one of its source.
            long at = millis(timed.effectiveMicros());
            if (over || at <= passed) {
                out.collect(timed.event());
            } else {
                waiting.add(timed.event());
                next = Math.min(next, at);
            }
        }
        if (waiting.isEmpty()) {
            forget(timers, release);
        } else {
            held.update(waiting);
            timers.registerEventTimeTimer(next);
        }
    }

    private void forget(org.apache.flink.streaming.api.TimerService timers, long release) {
        held.clear();
        releaseTime.clear();
        timers.deleteProcessingTimeTimer(release);
    }

    private boolean waits() {
        return config.strategy() == OrderConfig.Strategy.BY_ROW
                && !config.maxDelay().isZero();
    }

    private List<ChangeEvent> list() throws Exception {
        var events = new ArrayList<ChangeEvent>();
        held.get().forEach(events::add);
        return events;
    }

    private void emit(List<ChangeEvent> events, Collector<ChangeEvent> out) {
        for (var event : order.sorted(events)) {
            out.collect(event);
        }
    }

    private static long millis(ChangeEvent event) {
        return millis(event.eventTimeMicros());
    }

    private static long millis(long micros) {
        return Math.floorDiv(micros, 1000);
    }
}
