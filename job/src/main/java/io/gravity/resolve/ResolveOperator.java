package io.gravity.resolve;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.resolve.ConflictStrategy.ErrorStop.Scope;
import io.gravity.resolve.Resolution.TableRules;
import io.gravity.resolve.Resolution.Verdict;
import io.gravity.types.Attached;
import io.gravity.types.ChangeBytes;
import io.gravity.types.EventTypes;
import io.gravity.types.SharedTables;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.memory.ManagedMemoryUseCase;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MeterView;
import org.apache.flink.runtime.memory.MemoryReservationException;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;
import org.apache.flink.runtime.operators.coordination.OperatorEventGateway;
import org.apache.flink.runtime.operators.coordination.OperatorEventHandler;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes on what each change makes of its row, drops what does not change it, records conflicts, and holds what a
 * conflict has stopped until an operator decides.
 *
 * <p>State per row: {@code row-state}, written with each change that is not a replay, and read from the cache of {@link
 * CachedRowState} where that still has it. Unless {@code row-ttl} is set it has no TTL while the row lives: without it an old
 * change could win, so it grows with the tables. For a removed row it is the tombstone, and a timer clears it when the
 * configured TTL is over; timers are rounded up to {@value #TIMER_GRAIN_MILLIS} ms to share them. {@code
 * stopped-changes}, in order, only while the row, its table or the job is stopped; no TTL, since they are an operator's to
 * decide about. {@code differing-copies}, of ends that showed different rows in their first copies, until a timer of event
 * time says that all binlogs were read up to then. State of all subtasks: {@code stopped-tables}, the names of what is
 * stopped beyond a row, kept by every one, cleared by the release.
 */
final class ResolveOperator extends AbstractStreamOperator<ChangeEvent>
        implements OneInputStreamOperator<ChangeEvent, ChangeEvent>,
                Triggerable<RowKey, VoidNamespace>,
                OperatorEventHandler {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(ResolveOperator.class);
    private static final long TIMER_GRAIN_MILLIS = 60_000;
    private static final String ROW_STATE = "row-state";
    private static final String STOPPED_CHANGES = "stopped-changes";
    /** Stands for every table in {@code stopped-tables}. */
    private static final String WHOLE_JOB = "*";

    /** Beyond the resolution of a binlog's clock, and small differences between clocks. */
    private static final long COPY_MARGIN_MILLIS = 2_000;

    private static final String STOPPED_BEFORE = "stopped before the restart";

    private final ResolveConfig settings;
    private final SharedTables shared;
    private final Map<String, Integer> priorities;
    private final Set<String> ends;
    private final transient OperatorEventGateway coordinator;

    private transient Attached attached;
    private transient Resolution resolution;
    private transient Map<TableId, TableRules> rules;
    private transient ConflictAudit audit;
    private transient CachedRowState rowState;
    private transient ListState<ChangeEvent> stoppedChanges;
    private transient ListState<ChangeEvent> differingCopies;
    private transient ListState<String> stoppedTablesState;
    private transient TreeSet<String> stoppedTables;
    private transient long stoppedRows;
    private transient InternalTimerService<VoidNamespace> timers;
    private transient ConflictMetrics conflicts;
    private transient Counter replays;
    private transient Counter losers;
    private transient Counter replayed;
    private transient Counter corrected;
    private transient Counter loops;
    private transient Counter truncated;
    private transient Sweeper sweeper;

    ResolveOperator(
            ResolveConfig config,
            SharedTables shared,
            Map<String, Integer> priorities,
            Set<String> ends,
            OperatorEventGateway coordinator,
            ProcessingTimeService time) {
        this.settings = config;
        this.shared = shared;
        this.priorities = priorities;
        this.ends = ends;
        this.coordinator = coordinator;
        this.processingTimeService = time;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        stoppedTablesState = context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>("stopped-tables", Types.STRING));
        stoppedTables = new TreeSet<>();
        sweeper = new Sweeper(
                new Rows(), processingTimeService, settings.tombstoneTtl().toMillis(), context.getOperatorStateStore());
        if (context.isRestored()) {
            stoppedTablesState.get().forEach(stoppedTables::add);
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        attached = new Attached();
        resolution = new Resolution(settings, priorities, ends);
        rules = new HashMap<>();
        audit = settings.audit() == null
                ? null
                : new ConflictAudit(
                        settings.audit(), getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks());
        stoppedChanges = getPartitionedState(new ListStateDescriptor<>(STOPPED_CHANGES, EventTypes.CHANGE));
        differingCopies = getPartitionedState(new ListStateDescriptor<>("differing-copies", EventTypes.CHANGE));
        timers = getInternalTimerService("expiry", VoidNamespaceSerializer.INSTANCE, this);
        var group = getMetricGroup();
        rowState = new CachedRowState(
                getKeyedStateBackend(),
                getPartitionedState(new ValueStateDescriptor<>(ROW_STATE, new RowStateSerializer())),
                createCache(),
                group.counter("rowCacheHits"),
                group.counter("rowCacheMisses"));
        replays = group.counter("replaysDropped");
        losers = group.counter("conflictsLost");
        replayed = group.counter("lettersReplayed");
        corrected = group.counter("endsCorrected");
        loops = group.counter("loops");
        truncated = group.counter("truncatedChanges");
        group.gauge("sweepsRows", (Gauge<Integer>) () -> sweeper.isSweeping() ? 1 : 0);
        conflicts = new ConflictMetrics(group, group.meter("conflictsPerSecond", new MeterView(60)));
        group.gauge("stoppedRows", (Gauge<Long>) () -> stoppedRows);
        group.gauge("stoppedTables", (Gauge<Integer>) () -> stoppedTables.size());
        tellAgain();
        sweeper.restore();
    }

    /** Returns a cache of this subtask's share of managed memory; {@code null} where it can't have one, or needs none. */
    private RowCache createCache() {
        var environment = getContainingTask().getEnvironment();
        double share = config.getManagedMemoryFractionOperatorUseCaseOfSlot(
                ManagedMemoryUseCase.OPERATOR,
                environment.getJobConfiguration(),
                environment.getTaskManagerInfo().getConfiguration(),
                environment.getUserCodeClassLoader().asClassLoader());
        long bytes = share == 0 ? 0 : environment.getMemoryManager().computeMemorySize(share);
        if (bytes < RowCache.MIN_BYTES || getKeyedStateBackend() instanceof HeapKeyedStateBackend) {
            return null;
        }
        try {
            environment.getMemoryManager().reserveMemory(this, bytes);
            return new RowCache(bytes);
        } catch (MemoryReservationException e) {
            LOG.warn("no memory for the cache of rows, each is read from the state", e);
            return null;
        }
    }

    @Override
    public void close() throws Exception {
        if (sweeper != null) {
            sweeper.close();
        }
        if (rowState != null) {
            rowState.close();
        }
        getContainingTask().getEnvironment().getMemoryManager().releaseAllMemory(this);
        super.close();
    }

    /** What is known of rows, for a table that its source has emptied. */
    private final class Rows implements Sweeper.Rows {

        /** In RocksDB the keys are those of the moment it begins; on the heap they are taken at once. */
        @Override
        public Stream<RowKey> keys() {
            Stream<RowKey> keys =
                    ResolveOperator.this.<RowKey>getKeyedStateBackend().getKeys(ROW_STATE, VoidNamespace.INSTANCE);
            if (getKeyedStateBackend() instanceof HeapKeyedStateBackend) {
                try (keys) {
                    return keys.toList().stream();
                }
            }
            return keys;
        }

        @Override
        public void remove(RowKey key, ChangeEvent marker) throws Exception {
            setCurrentKey(key);
            var row = RowState.known(rowState.value());
            var head = row == null ? null : row.of(marker.source());
            // An end has lost all rows, whoever wrote them last.
            boolean isEnd = ends.contains(marker.source());
            boolean isTheirs = head != null && !head.deleted();
            boolean isLater = head != null && head.position().compareTo(marker.position()) > 0;
            if (row == null || isLater || !(isTheirs || isEnd)) {
                return;
            }
            var table = rulesOf(marker.target());
            boolean hasSay = table.shared() && table.strategy().needsImages();
            if (hasSay || isEnd || row.standing().source().equals(marker.source())) {
                truncated.inc();
                decide(new StreamRecord<>(Truncations.delete(marker, key)));
            }
        }
    }

    /** The coordinator remembers nothing across a restart, so what is stopped is told to it again. */
    private void tellAgain() throws Exception {
        for (var key : stoppedKeys()) {
            setCurrentKey(key);
            stoppedRows++;
            var row = rowState.value();
            // A row that is held because of its table only is not what an operator has to look at.
            if (row != null && row.stopped()) {
                var first = held().get(0);
                tell(new Stops.Stop(Scope.ROW, first.target(), nameOf(first), STOPPED_BEFORE));
            }
        }
        for (var name : stoppedTables) {
            if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
                tell(
                        name.equals(WHOLE_JOB)
                                ? Stops.Stop.whole(Scope.JOB, Stops.EVERY_TABLE, STOPPED_BEFORE)
                                : Stops.Stop.whole(Scope.TABLE, TableId.parse(name), STOPPED_BEFORE));
            }
        }
    }

    @Override
    public void processElement(StreamRecord<ChangeEvent> record) throws Exception {
        var event = record.getValue();
        if (event.isEcho()) {
            answer(event);
            return;
        }
        if (event.operation() == Operation.TRUNCATE) {
            sweeper.begin(event);
        } else if (event.isMarker()) {
            // All sources' schemas count, and a row that is stopped does not stop its columns.
            output.collect(record);
        } else if (event.version() == 0 && sweeper.covers(event)) {
            truncated.inc();
        } else {
            decide(record);
        }
    }

    private void decide(StreamRecord<ChangeEvent> record) throws Exception {
        var event = record.getValue();
        if (event.version() != 0) {
            // What an earlier stage has recorded about a row is nobody's to decide.
            output.collect(record);
            return;
        }
        var complaint = (String) Attached.value(event, Attached.STOP);
        if (complaint != null) {
            refuse(event, complaint);
            return;
        }
        var row = rowState.value();
        if (resolution.waits(RowState.known(row), event, rulesOf(event.target()))) {
            differingCopies.add(event);
            timers.registerEventTimeTimer(
                    VoidNamespace.INSTANCE, grainOf(event.captureTimeMicros() / 1000 + COPY_MARGIN_MILLIS));
            return;
        }
        judge(event, row);
    }

    private void judge(ChangeEvent event, RowState row) throws Exception {
        boolean waits = isStopped(event.target());
        if ((row != null && row.stopped()) || (waits && !held().isEmpty())) {
            hold(event);
            return;
        }
        var table = rulesOf(event.target());
        var verdict = resolution.judge(RowState.known(row), event, table, now());
        if (verdict.outcome() != Resolution.Outcome.REPLAY && resolution.isLoop(RowState.known(row), event, table)) {
            loops.inc();
        }
        if (verdict.outcome() == Resolution.Outcome.STOPS) {
            // Also in a stopped table: an operator wants to see each row in conflict.
            stop(row, event, table, verdict);
        } else if (waits && verdict.outcome() != Resolution.Outcome.REPLAY) {
            hold(event);
        } else {
            carryOut(verdict, event, table);
        }
    }

    /** A row that is stopped is not written, so nothing written there can be wrong yet. */
    private void answer(ChangeEvent echo) throws Exception {
        var row = rowState.value();
        if (row != null && !row.stopped()) {
            correct(resolution.answer(RowState.known(row), echo, rulesOf(echo.target())));
        }
    }

    private void correct(ChangeEvent correction) {
        if (correction != null) {
            corrected.inc();
            output.collect(new StreamRecord<>(correction));
        }
    }

    /** What quality has found at a row stops its table; it stays attached, so that an operator can drop the row. */
    private void refuse(ChangeEvent event, String complaint) throws Exception {
        var row = rowState.value();
        if (row != null && row.stopped()) {
            hold(event);
        } else {
            stop(row, event, Scope.TABLE, complaint);
        }
    }

    private boolean isStopped(TableId table) {
        return !stoppedTables.isEmpty()
                && (stoppedTables.contains(WHOLE_JOB) || stoppedTables.contains(table.toString()));
    }

    private void carryOut(Verdict verdict, ChangeEvent event, TableRules table) throws Exception {
        switch (verdict.outcome()) {
            case REPLAY -> replays.inc();
            case LOSES -> {
                losers.inc();
                rowState.update(verdict.next());
                correct(resolution.correction(verdict.next(), event, table));
            }
            case WINS -> {
                rowState.update(verdict.next());
                expire(verdict.next());
                output.collect(new StreamRecord<>(verdict.passed()));
                correct(resolution.correction(verdict.next(), event, table));
            }
            case STOPS -> throw new IllegalStateException("a stop was to be carried out like a decision");
        }
        record(verdict.conflict());
    }

    private void expire(RowState row) {
        if (row.expiresAtMillis() != 0) {
            timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, grain(row.expiresAtMillis()));
        }
    }

    private void stop(RowState row, ChangeEvent event, TableRules table, Verdict verdict) throws Exception {
        var scope = table.strategy() instanceof ConflictStrategy.ErrorStop errorStop ? errorStop.scope() : Scope.ROW;
        stop(
                row,
                event,
                scope,
                verdict.problem() != null
                        ? verdict.problem()
                        : verdict.conflict().type().label());
        record(verdict.conflict());
    }

    private void stop(RowState row, ChangeEvent event, Scope scope, String reason) throws Exception {
        var stop = new Stops.Stop(scope, event.target(), nameOf(event), reason);
        LOG.warn("{} is stopped until an operator decides, scope {}: {}", stop.row(), scope, reason);
        rowState.update(RowState.stop(RowState.known(row)));
        hold(event);
        // At once here; the other subtasks hear of it from the coordinator.
        hold(stop);
        tell(stop);
    }

    private void hold(ChangeEvent event) throws Exception {
        if (held().isEmpty()) {
            stoppedRows++;
        }
        stoppedChanges.add(event);
    }

    private List<ChangeEvent> held() throws Exception {
        var held = new ArrayList<ChangeEvent>();
        var stored = stoppedChanges.get();
        if (stored != null) {
            stored.forEach(held::add);
        }
        return held;
    }

    private void hold(Stops.Stop stop) {
        switch (stop.scope()) {
            case ROW -> {}
            case TABLE -> stoppedTables.add(stop.table().toString());
            case JOB -> stoppedTables.add(WHOLE_JOB);
        }
    }

    private void tell(Stops.Stop stop) {
        coordinator.sendEventToCoordinator(new Stops.Stopped(stop));
    }

    private void record(Conflict conflict) {
        if (conflict == null) {
            return;
        }
        conflicts.count(conflict);
        if (audit != null) {
            output.collect(new StreamRecord<>(audit.record(conflict, now())));
        }
    }

    @Override
    public void handleOperatorEvent(OperatorEvent event) {
        try {
            if (event instanceof Stops.Hold order) {
                hold(order.stop());
            } else if (event instanceof Stops.LetGo order) {
                letGo(order);
            } else if (event instanceof Replays.Order order) {
                replay(order);
            } else {
                throw new IllegalArgumentException("unknown order " + event);
            }
        } catch (Exception e) {
            throw new IllegalStateException("the resolve stage could not carry out " + event, e);
        }
    }

    /** Of all subtasks, which hear the same, the one that has the row answers. */
    private void replay(Replays.Order order) throws Exception {
        var task = getRuntimeContext().getTaskInfo();
        ChangeEvent change;
        try {
            change = ChangeBytes.read(order.change());
        } catch (IOException e) {
            LOG.warn("dead letter {} can't be read", order.letter(), e);
            if (task.getIndexOfThisSubtask() == 0) {
                coordinator.sendEventToCoordinator(
                        new Replays.Done(order.run(), order.letter(), Replays.Outcome.UNREADABLE));
            }
            return;
        }
        int owner = KeyGroupRangeAssignment.assignKeyToParallelOperator(
                change.key(), task.getMaxNumberOfParallelSubtasks(), task.getNumberOfParallelSubtasks());
        if (owner == task.getIndexOfThisSubtask()) {
            setCurrentKey(change.key());
            var outcome = replay(change, order.unknownToo());
            coordinator.sendEventToCoordinator(new Replays.Done(order.run(), order.letter(), outcome));
        }
    }

    private Replays.Outcome replay(ChangeEvent change, boolean unknownToo) throws Exception {
        var row = rowState.value();
        if ((row != null && row.stopped()) || isStopped(change.target())) {
            return Replays.Outcome.HELD;
        }
        var outcome = Resolution.recall(row, change);
        // What failed before this stage has not been judged yet.
        boolean first = change.version() == 0;
        if (outcome == Replays.Outcome.UNKNOWN && (unknownToo || first)) {
            return row == null && !first ? passAgain(change) : judgeAgain(row, change);
        }
        return outcome == Replays.Outcome.REPLAYED ? passAgain(change) : outcome;
    }

    private Replays.Outcome passAgain(ChangeEvent change) {
        replayed.inc();
        output.collect(new StreamRecord<>(change.resolved(change.version(), false)));
        return Replays.Outcome.REPLAYED;
    }

    private Replays.Outcome judgeAgain(RowState row, ChangeEvent change) throws Exception {
        var table = rulesOf(change.target());
        var verdict = resolution.judge(row, change, table, now());
        if (verdict.outcome() == Resolution.Outcome.STOPS) {
            return Replays.Outcome.HELD;
        }
        carryOut(verdict, change, table);
        if (verdict.outcome() != Resolution.Outcome.WINS) {
            return Replays.Outcome.SUPERSEDED;
        }
        replayed.inc();
        return Replays.Outcome.REPLAYED;
    }

    /** A row is settled by itself: changes of it that come while its table is stopped are held again. */
    private void letGo(Stops.LetGo order) throws Exception {
        if (order.row() == null && order.table() == null) {
            stoppedTables.clear();
        } else if (order.row() == null) {
            stoppedTables.remove(order.table().toString());
        }
        for (var key : stoppedKeys()) {
            setCurrentKey(key);
            var held = held();
            var first = held.get(0);
            boolean concerned = (order.table() == null || order.table().equals(first.target()))
                    && (order.row() == null || order.row().equals(nameOf(first)));
            if (concerned) {
                settle(held, order.choice());
            }
        }
    }

    private void settle(List<ChangeEvent> held, Choice choice) throws Exception {
        stoppedChanges.clear();
        stoppedRows--;
        var known = RowState.known(rowState.value());
        if (known == null) {
            rowState.clear();
        } else {
            rowState.update(known);
            expire(known);
        }
        for (var each : held) {
            var row = rowState.value();
            if (row != null && row.stopped()) {
                hold(each);
                continue;
            }
            if (choice == Choice.KEEP_OURS && Attached.value(each, Attached.STOP) != null) {
                losers.inc();
                continue;
            }
            var event = attached.strip(each);
            var table = rulesOf(event.target());
            var verdict = resolution.settle(row, event, table, choice, now());
            if (verdict.outcome() == Resolution.Outcome.STOPS) {
                stop(row, event, table, verdict);
            } else {
                carryOut(verdict, event, table);
            }
        }
    }

    /** Returns all rows with stopped changes, at once: their state changes while they are worked off. */
    private List<RowKey> stoppedKeys() throws Exception {
        var keys = new ArrayList<RowKey>();
        try (var stored = this.<RowKey>getKeyedStateBackend().getKeys(STOPPED_CHANGES, VoidNamespace.INSTANCE)) {
            stored.forEach(keys::add);
        }
        return keys;
    }

    private TableRules rulesOf(TableId table) {
        var known = rules.get(table);
        if (known == null) {
            var strategy = settings.strategyOf(table);
            known = new TableRules(strategy, shared.test(table), Resolvers.of(strategy));
            rules.put(table, known);
        }
        return known;
    }

    @Override
    public void onProcessingTime(InternalTimer<RowKey, VoidNamespace> timer) throws Exception {
        var row = rowState.value();
        if (row != null
                && !row.stopped()
                && row.expiresAtMillis() != 0
                && grain(row.expiresAtMillis()) <= timer.getTimestamp()) {
            rowState.clear();
        }
    }

    @Override
    public void onEventTime(InternalTimer<RowKey, VoidNamespace> timer) throws Exception {
        var copies = new ArrayList<ChangeEvent>();
        var stored = differingCopies.get();
        if (stored != null) {
            stored.forEach(copies::add);
        }
        differingCopies.clear();
        for (var copy : copies) {
            judge(copy, rowState.value());
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        stoppedTablesState.update(new ArrayList<>(stoppedTables));
        sweeper.snapshot();
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    /** Returns a row's name as the console has it: the table and the key's values. */
    private static String nameOf(ChangeEvent event) {
        var name = new StringBuilder(event.target().toString());
        char separator = ':';
        for (var value : event.schema().keyOf(event.image())) {
            name.append(separator)
                    .append(
                            value instanceof byte[] bytes
                                    ? java.util.HexFormat.of().formatHex(bytes)
                                    : value);
            separator = ',';
        }
        return name.toString();
    }

    /** Shared by the rows of a second. */
    private static long grainOf(long millis) {
        return (millis / 1000 + 1) * 1000;
    }

    private static long grain(long millis) {
        return (millis / TIMER_GRAIN_MILLIS + 1) * TIMER_GRAIN_MILLIS;
    }
}
