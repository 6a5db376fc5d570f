package io.gravity.repair;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.quality.Reference;
import io.gravity.repair.FillStrategy.Related;
import io.gravity.types.Attached;
import io.gravity.types.EventTypes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Attaches a parent's values to children that lack them, and to those whose parent must be there that it is not; the
 * repair stage decides what comes of it. A child of a parent that is not known yet waits, and later changes of its row
 * behind it.
 *
 * <p>State per parent's key: {@code parent}, the last versions of the values asked for, written by the parents' own
 * changes. It has no TTL while the parent lives, for a child may come at any time; of a removed one a tombstone stays for
 * {@value #TOMBSTONE_HOURS} hours by the clock. {@code waiting-changes}, changes of children in the order they came, and
 * {@code waiting-rows}, the latest time by the clock until which changes of a row wait; both cleared when the parent comes
 * or that time is over. Timers are rounded up to {@value #TIMER_GRAIN_MILLIS} ms to share them.
 */
public final class LookupFunction extends KeyedProcessFunction<RowKey, ChangeEvent, ChangeEvent> {
    static final long TOMBSTONE_HOURS = 24;

    private static final long serialVersionUID = 1L;
    private static final long TIMER_GRAIN_MILLIS = 100;

    private static final Asked NOTHING = new Asked(List.of(), null);

    private final LookupGroup group;

    private transient Attached attached;
    private transient String unseen;
    private transient Set<String> columns;
    private transient ValueState<Parent> parent;
    private transient ListState<ChangeEvent> waiting;
    private transient MapState<RowKey, Long> waitingRows;
    private transient Counter found;
    private transient Counter missed;
    private transient Counter waited;

    public LookupFunction(LookupGroup group) {
        this.group = group;
    }

    @Override
    public void open(OpenContext context) {
        attached = new Attached();
        unseen = Reference.unseen(group.sourceTable(), group.keyFields());
        columns = new TreeSet<>();
        group.fields().forEach(field -> columns.add(field.sourceField()));
        var runtime = getRuntimeContext();
        parent = runtime.getState(new ValueStateDescriptor<>("parent", ParentSerializer.INSTANCE));
        waiting = runtime.getListState(new ListStateDescriptor<>("waiting-changes", EventTypes.CHANGE));
        waitingRows = runtime.getMapState(new MapStateDescriptor<>("waiting-rows", EventTypes.ROW_KEY, Types.LONG));
        var metrics = runtime.getMetricGroup().addGroup("lookup", group.name());
        found = metrics.counter("lookupsFound");
        missed = metrics.counter("lookupsMissed");
        waited = metrics.counter("lookupsWaited");
    }

    @Override
    public void processElement(ChangeEvent event, Context context, Collector<ChangeEvent> out) throws Exception {
        if (event.version() != 0 || event.isMarker()) {
            out.collect(event);
        } else if (group.isParent(event.target())) {
            learn(event, context);
            out.collect(event);
            letGo(Long.MIN_VALUE, out);
        } else if (group.keyOf(event) == null) {
            out.collect(event);
        } else {
            child(event, context, out);
        }
    }

    private void learn(ChangeEvent event, Context context) throws Exception {
        var known = parent.value();
        long clearAt = context.timerService().currentProcessingTime()
                + Duration.ofHours(TOMBSTONE_HOURS).toMillis();
        var next = (known == null ? Parent.UNKNOWN : known).after(event, columns, clearAt);
        if (next.equals(known)) {
            return;
        }
        parent.update(next);
        if (next.clearAtMillis() != 0) {
            context.timerService().registerProcessingTimeTimer(grain(next.clearAtMillis()));
        }
    }

    private void child(ChangeEvent event, Context context, Collector<ChangeEvent> out) throws Exception {
        var asked = event.isDelete() ? NOTHING : asked(event);
        var known = asked.isNothing() ? null : parent.value();
        if ((known == null || known.isRemoved()) && waitingRows.contains(event.key())) {
            // What comes behind a change that waits must not overtake it.
            waiting.add(event);
            return;
        }
        var wait = asked.wait(event, known);
        if (wait.isZero()) {
            out.collect(answered(event, asked, known));
        } else {
            waited.inc();
            hold(event, wait, context);
        }
    }

    /**
     * What a child wants to know of its parent.
     *
     * @param fields values
     * @param forPresence for how long it may wait to hear that it is there; {@code null} if it need not
     */
    private record Asked(List<Related.Field> fields, Duration forPresence) {
        boolean isNothing() {
            return fields.isEmpty() && forPresence == null;
        }

        /** Returns for how long the change may wait for what is not known; zero if nothing is missing. */
        Duration wait(ChangeEvent event, Parent known) {
            var longest = Duration.ZERO;
            if (known == null) {
                for (var field : fields) {
                    longest = field.maxWait().compareTo(longest) > 0 ? field.maxWait() : longest;
                }
            }
            boolean isUnseen = forPresence != null && (known == null || !known.isThereFor(event));
            return isUnseen && forPresence.compareTo(longest) > 0 ? forPresence : longest;
        }
    }

    private Asked asked(ChangeEvent event) {
        return new Asked(group.askedBy(event), group.maxWait(event.target()));
    }

    private void hold(ChangeEvent event, Duration wait, Context context) throws Exception {
        var until = waitingRows.get(event.key());
        if (until == null) {
            until = context.timerService().currentProcessingTime() + wait.toMillis();
            waitingRows.put(event.key(), until);
            context.timerService().registerProcessingTimeTimer(grain(until));
        }
        waiting.add(event);
    }

    /** All changes of a row go on when the first of them has waited long enough, or those before one that still has to. */
    private void letGo(long nowMillis, Collector<ChangeEvent> out) throws Exception {
        if (waitingRows.isEmpty()) {
            return;
        }
        var known = parent.value();
        var left = new ArrayList<ChangeEvent>();
        var rows = new HashSet<RowKey>();
        for (var event : waiting.get()) {
            var asked = event.isDelete() ? NOTHING : asked(event);
            boolean isOver = grain(waitingRows.get(event.key())) <= nowMillis;
            if (!isOver
                    && (rows.contains(event.key()) || !asked.wait(event, known).isZero())) {
                rows.add(event.key());
                left.add(event);
            } else {
                out.collect(answered(event, asked, known));
            }
        }
        if (left.isEmpty()) {
            waiting.clear();
            waitingRows.clear(); // An empty map is an entry too, on the heap.
            return;
        }
        waiting.update(left);
        var gone = new ArrayList<RowKey>();
        waitingRows.keys().forEach(row -> {
            if (!rows.contains(row)) {
                gone.add(row);
            }
        });
        for (var row : gone) {
            waitingRows.remove(row);
        }
    }

    private ChangeEvent answered(ChangeEvent event, Asked asked, Parent known) {
        var next = event;
        var values = known == null || asked.fields().isEmpty() ? null : known.seenBy(event);
        for (var field : asked.fields()) {
            var value = values == null ? null : values.get(field.sourceField());
            (value == null ? missed : found).inc();
            next = value == null ? next : attached.with(next, field.field(), value);
        }
        if (asked.forPresence() != null) {
            boolean isThere = known != null && known.isThereFor(event);
            (isThere ? found : missed).inc();
            next = isThere ? next : attached.with(next, unseen, 1L);
        }
        return next;
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<ChangeEvent> out) throws Exception {
        letGo(timestamp, out);
        var known = parent.value();
        if (known != null && known.isRemoved() && grain(known.clearAtMillis()) <= timestamp) {
            parent.clear();
        }
    }

    List<Long> counts() {
        return List.of(found.getCount(), missed.getCount(), waited.getCount());
    }

    private static long grain(long millis) {
        return (millis / TIMER_GRAIN_MILLIS + 1) * TIMER_GRAIN_MILLIS;
    }
}
