package io.gravity.resolve;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Lets the winning change of each row pass and drops the rest, counted.
 *
 * <p>State per row: {@code row-version}, written with each change. It has no TTL while the row lives: without it an old
 * change could win, so it grows with the tables. For a removed row it is the tombstone, and a timer clears it when the
 * configured TTL is over; timers are rounded up to {@value #TIMER_GRAIN_MILLIS} ms to share them.
 */
public final class ResolveFunction extends KeyedProcessFunction<RowKey, ChangeEvent, ChangeEvent> {
    private static final long serialVersionUID = 1L;
    private static final long TIMER_GRAIN_MILLIS = 60_000;

    private final ResolveConfig config;
    private final Map<String, Integer> priorities;

    private transient VersionRule rule;
    private transient ValueState<RowVersion> rowVersion;
    private transient Counter replays;
    private transient Counter losers;

    public ResolveFunction(ResolveConfig config, Map<String, Integer> priorities) {
        this.config = config;
        this.priorities = Map.copyOf(priorities);
    }

    @Override
    public void open(OpenContext context) {
        rule = new VersionRule(config, priorities);
        rowVersion =
                getRuntimeContext().getState(new ValueStateDescriptor<>("row-version", RowVersionSerializer.INSTANCE));
        replays = getRuntimeContext().getMetricGroup().counter("replaysDropped");
        losers = getRuntimeContext().getMetricGroup().counter("conflictsLost");
    }

    @Override
    public void processElement(ChangeEvent event, Context context, Collector<ChangeEvent> out) throws Exception {
        var row = rowVersion.value();
        var verdict = rule.judge(row, event, context.timerService().currentProcessingTime());
        switch (verdict.outcome()) {
            case REPLAY -> replays.inc();
            case LOSES -> {
                losers.inc();
                rowVersion.update(verdict.next());
            }
            case WINS -> {
                rowVersion.update(verdict.next());
                if (event.isDelete()) {
                    context.timerService()
                            .registerProcessingTimeTimer(grain(verdict.next().expiresAtMillis()));
                }
                out.collect(event.resolved(verdict.next().version(), row == null));
            }
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<ChangeEvent> out) throws Exception {
        var row = rowVersion.value();
        if (row != null && row.deleted() && grain(row.expiresAtMillis()) <= timestamp) {
            rowVersion.clear();
        }
    }

    private static long grain(long millis) {
        return (millis / TIMER_GRAIN_MILLIS + 1) * TIMER_GRAIN_MILLIS;
    }
}
