package io.gravity.dispatch.strong;

import io.gravity.audit.DeadLetters;
import io.gravity.dispatch.Lanes;
import io.gravity.dispatch.TargetConfig;
import io.gravity.error.Backoff;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.types.EventTypes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;
import org.apache.flink.util.function.ThrowingRunnable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The send queue of one target in one subtask that applies each change exactly once: changes wait in state for the
 * checkpoint that holds them, then go out in batches, each a transaction with its entries in the target's ledger. One
 * batch at a time is under way, on an I/O thread.
 *
 * <p>State per lane: {@code changes}, by their numbers, written as they come and cleared once the target has confirmed
 * them; {@code positions}, written at a checkpoint, never cleared, as numbers go on for as long as the lane exists (128
 * entries in all). For the operator: {@code ledger} and {@code parallelism}, one entry each. None has a TTL: what the
 * target lacks must not expire. It grows without limit while the target is down, on disk with RocksDB.
 *
 * <p>A change that the target refuses for its own sake is found by smaller batches. It stops its lane, no other, as long
 * as another row's change may make it acceptable; then it leaves as a dead letter, and the lane goes on after the
 * checkpoint that holds the letter. Without a quarantine it is tried for ever.
 */
final class StrongDispatchOperator extends AbstractStreamOperator<ChangeEvent>
        implements OneInputStreamOperator<ChangeEvent, ChangeEvent>, BoundedOneInput {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(StrongDispatchOperator.class);
    private static final Duration BUSY_PAUSE = Duration.ofMillis(5);
    private static final Duration FIRST_HELD_PAUSE = Duration.ofMillis(5);
    private static final Duration MAX_HELD_PAUSE = Duration.ofSeconds(1);
    private static final long CLOSE_SECONDS = 5;

    private final String target;
    private final TargetConfig.Delivery delivery;
    private final LedgerWriters writers;
    private final Lanes numbers;
    private final DeadLetters letters;
    private final MailboxExecutor mailbox;
    private final Backoff backoff;
    private final Backoff briefly;
    private final Backoff healing;

    private transient MapState<Long, ChangeEvent> changes;
    private transient ValueState<LanePositions> positions;
    private transient LedgerWriters.Seat seat;
    private transient Lane[] lanes;
    private transient TreeMap<Long, LanePositions[]> checkpoints;
    private transient LedgerWriter writer;
    private transient ScheduledExecutorService executor;
    private transient RandomGenerator random;
    private transient Counter delivered;
    private transient Counter batches;
    private transient Counter retries;
    private transient Map<String, Counter> quarantined;

    private transient boolean isUnderWay;
    private transient boolean isInDoubt;
    private transient boolean isEnding;
    private transient long pausedUntil;
    private transient long wakesAt;
    private transient int failures;
    private transient int turn;
    private transient int maxChanges;
    private transient int suspects;
    private transient volatile boolean closed;

    StrongDispatchOperator(
            String target,
            TargetConfig.Delivery delivery,
            LedgerWriters writers,
            DeadLetters letters,
            ProcessingTimeService time,
            MailboxExecutor mailbox) {
        this.target = target;
        this.delivery = delivery;
        this.writers = writers;
        this.numbers = new Lanes(delivery.scope());
        this.letters = letters;
        this.mailbox = mailbox;
        this.backoff = new Backoff(delivery.backoff(), delivery.maxBackoff());
        this.briefly = new Backoff(BUSY_PAUSE, longerThan(BUSY_PAUSE, delivery.maxBackoff()));
        this.healing = new Backoff(
                FIRST_HELD_PAUSE,
                MAX_HELD_PAUSE.compareTo(delivery.maxBackoff()) < 0
                        ? MAX_HELD_PAUSE
                        : longerThan(FIRST_HELD_PAUSE, delivery.maxBackoff()));
        this.processingTimeService = time;
    }

    private static Duration longerThan(Duration least, Duration wanted) {
        return wanted.compareTo(least) < 0 ? least : wanted;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        changes = context.getKeyedStateStore()
                .getMapState(new MapStateDescriptor<>("changes", Types.LONG, EventTypes.CHANGE));
        positions = context.getKeyedStateStore()
                .getState(new ValueStateDescriptor<>("positions", TypeInformation.of(LanePositions.class)));
        takeSeat(context);
        checkpoints = new TreeMap<>();
        random = RandomGenerator.getDefault();
        maxChanges = delivery.batchSize();
        wakesAt = Long.MAX_VALUE;
        var groups = KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                Lanes.COUNT, seat.parallelism(), seat.subtask());
        lanes = new Lane[groups.getNumberOfKeyGroups()];
        for (int i = 0; i < lanes.length; i++) {
            int number = groups.getStartKeyGroup() + i;
            setCurrentKey(Lanes.keyOf(number));
            var restored = positions.value();
            lanes[i] = restored == null ? new Lane(number) : new Lane(number, restored);
        }
    }

    /** The ledger's name is that of the job that began it, and outlives it in the state. */
    private void takeSeat(StateInitializationContext context) throws Exception {
        var names =
                context.getOperatorStateStore().getUnionListState(new ListStateDescriptor<>("ledger", Types.STRING));
        var sizes =
                context.getOperatorStateStore().getUnionListState(new ListStateDescriptor<>("parallelism", Types.INT));
        var info = getRuntimeContext().getTaskInfo();
        int subtask = info.getIndexOfThisSubtask();
        int parallelism = info.getNumberOfParallelSubtasks();
        var restored = firstOf(names);
        var name = restored != null
                ? restored
                : getRuntimeContext().getJobInfo().getJobId().toHexString() + "-" + target;
        var former = firstOf(sizes);
        seat = new LedgerWriters.Seat(name, subtask, parallelism, former == null ? 0 : former);
        boolean speaksForAll = subtask == 0;
        names.update(speaksForAll ? List.of(name) : List.of());
        sizes.update(speaksForAll ? List.of(parallelism) : List.of());
    }

    private static <T> T firstOf(ListState<T> state) throws Exception {
        var all = state.get().iterator();
        return all.hasNext() ? all.next() : null;
    }

    @Override
    public void open() throws Exception {
        super.open();
        writer = writers.open(seat);
        executor = Executors.newSingleThreadScheduledExecutor(new ExecutorThreadFactory("dispatch-" + target));
        var group = getMetricGroup().addGroup("target", target);
        delivered = group.counter("deliveredChanges");
        batches = group.counter("deliveredBatches");
        retries = group.counter("failedBatches");
        group.gauge("queuedChanges", (Gauge<Long>)
                () -> Arrays.stream(lanes).mapToLong(Lane::size).sum());
        group.gauge("heldLanes", (Gauge<Long>)
                () -> Arrays.stream(lanes).filter(Lane::isHeld).count());
        quarantined = new HashMap<>();
        for (var code : ErrorCode.values()) {
            if (code.category() == ErrorCode.Category.DATA) {
                quarantined.computeIfAbsent(DeadLetters.reason(code), reason -> group.addGroup("reason", reason)
                        .counter("quarantined"));
            }
        }
        isInDoubt = true;
        sendDue();
    }

    @Override
    public void processElement(StreamRecord<ChangeEvent> record) throws Exception {
        var event = record.getValue();
        if (event.isMarker() && !writer.followsTables()) {
            return;
        }
        changes.put(lane(numbers.laneOf(event)).append(), event);
    }

    private Lane lane(int number) {
        return lanes[number - lanes[0].number()];
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        long checkpoint = context.getCheckpointId();
        var kept = new LanePositions[lanes.length];
        for (int i = 0; i < lanes.length; i++) {
            kept[i] = lanes[i].snapshot(checkpoint);
            if (!lanes[i].isUntouched()) {
                setCurrentKey(Lanes.keyOf(lanes[i].number()));
                positions.update(kept[i]);
            }
        }
        checkpoints.put(checkpoint, kept);
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) throws Exception {
        super.notifyCheckpointComplete(checkpoint);
        var kept = checkpoints.get(checkpoint);
        checkpoints.headMap(checkpoint, true).clear();
        if (kept == null) {
            return;
        }
        for (int i = 0; i < lanes.length; i++) {
            lanes[i].completed(checkpoint, kept[i]);
        }
        sendDue();
        while (isEnding && hasWork()) {
            mailbox.yield();
        }
    }

    @Override
    public void notifyCheckpointAborted(long checkpoint) throws Exception {
        super.notifyCheckpointAborted(checkpoint);
        checkpoints.remove(checkpoint);
    }

    private boolean hasWork() {
        return isUnderWay || isInDoubt || Arrays.stream(lanes).anyMatch(Lane::isReady);
    }

    /** Sends what is due, or sets a timer. */
    private void sendDue() throws Exception {
        if (isUnderWay) {
            return;
        }
        long now = getProcessingTimeService().getCurrentProcessingTime();
        if (now < pausedUntil) {
            wakeAt(pausedUntil);
        } else if (isInDoubt) {
            var asked = Arrays.stream(lanes).map(Lane::number).toList();
            onIoThread(() -> writer.positions(asked), this::learned);
        } else {
            var batch = nextBatch(now);
            if (!batch.isEmpty()) {
                commit(batch);
            }
        }
    }

    private void wakeAt(long millis) {
        if (isEnding) {
            // Flink's timers are over by then.
            long now = getProcessingTimeService().getCurrentProcessingTime();
            var unused =
                    executor.schedule(() -> report(this::sendDue), Math.max(1, millis - now), TimeUnit.MILLISECONDS);
        } else if (millis < wakesAt) {
            wakesAt = millis;
            var unused = getProcessingTimeService().registerTimer(millis, time -> {
                wakesAt = Long.MAX_VALUE;
                sendDue();
            });
        }
    }

    /** Returns changes of all lanes that are ready, in turn; or those of one that is tried again, on its own. */
    private List<LaneBatch> nextBatch(long now) throws Exception {
        var batch = new ArrayList<LaneBatch>();
        var room = new Room(maxChanges, delivery.batchBytes());
        for (int i = 0; i < lanes.length && !room.isFull(); i++) {
            var lane = lanes[(turn + i) % lanes.length];
            if (!lane.isReady()) {
                continue;
            }
            if (!lane.isHeld()) {
                batch.add(nextOf(lane, room));
            } else if (lane.againAtMillis() > now) {
                wakeAt(lane.againAtMillis());
            } else if (batch.isEmpty()) {
                return List.of(nextOf(lane, room));
            }
        }
        return batch;
    }

    private static final class Room {
        private int changes;
        private long bytes;

        Room(int changes, long bytes) {
            this.changes = changes;
            this.bytes = bytes;
        }

        boolean isFull() {
            return changes <= 0 || bytes <= 0;
        }
    }

    private LaneBatch nextOf(Lane lane, Room room) throws Exception {
        var own = new ArrayList<ChangeEvent>();
        long to = lane.first();
        if (!lane.isLedgerAhead()) {
            setCurrentKey(Lanes.keyOf(lane.number()));
            for (; to < lane.committable() && !room.isFull(); to++) {
                var change = changes.get(to);
                // What was given up is not there any more.
                if (change != null) {
                    own.add(change);
                    room.changes--;
                    room.bytes -= change.estimatedBytes();
                }
            }
        }
        return new LaneBatch(lane.number(), lane.ledger(), to, own);
    }

    private void commit(List<LaneBatch> batch) {
        onIoThread(
                () -> {
                    writer.commit(batch);
                    return batch;
                },
                this::committed,
                error -> refused(batch, error));
    }

    /** Hears an answer in the task's thread. */
    @FunctionalInterface
    private interface Answer<T> {
        void hear(T answer) throws Exception;
    }

    private <T> void onIoThread(Callable<T> call, Answer<T> then) {
        onIoThread(call, then, error -> {
            throw new IllegalStateException("target " + target + ": no row was sent, but one was refused", error);
        });
    }

    private <T> void onIoThread(Callable<T> call, Answer<T> then, Answer<GravityException> refused) {
        isUnderWay = true;
        executor.execute(() -> {
            T answer = null;
            Throwable error = null;
            try {
                answer = call.call();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (Throwable e) {
                error = e;
            }
            var heard = answer;
            var failure = error;
            if (!closed) {
                report(() -> answered(heard, failure, then, refused));
            }
        });
    }

    private void report(ThrowingRunnable<Exception> answer) {
        try {
            mailbox.execute(answer, "dispatch-%s", target);
        } catch (RejectedExecutionException e) {
            LOG.debug("target {}: the task ended before the answer came; the ledger will tell", target, e);
        }
    }

    private <T> void answered(T answer, Throwable error, Answer<T> then, Answer<GravityException> refused)
            throws Exception {
        isUnderWay = false;
        if (error == null) {
            failures = 0;
            then.hear(answer);
        } else if (!(error instanceof GravityException known)) {
            throw new IllegalStateException("target " + target + ": the writer failed in an unexpected way", error);
        } else {
            retries.inc();
            if (known.code().category() == ErrorCode.Category.DATA) {
                refused.hear(known);
            } else {
                pause(known);
            }
        }
        sendDue();
    }

    private void pause(GravityException error) {
        isInDoubt = true;
        var patience = error.code() == ErrorCode.TARGET_BUSY ? briefly : backoff;
        long millis = patience.millis(++failures, random);
        pausedUntil = getProcessingTimeService().getCurrentProcessingTime() + millis;
        LOG.warn(
                "target {}: failed {} time(s), trying again in {} ms: {} {}",
                target,
                failures,
                millis,
                error.code(),
                error.getMessage());
    }

    private void learned(Map<Integer, Long> ledger) throws Exception {
        isInDoubt = false;
        for (var lane : lanes) {
            lane.learn(ledger.getOrDefault(lane.number(), LaneBatch.NONE));
            if (lane.isLedgerAhead()) {
                LOG.warn(
                        "target {}: lane {} was applied up to {}, the state restored knows {} changes: it is older than"
                                + " the target. What came after it is applied again.",
                        target,
                        lane.number(),
                        lane.ledger(),
                        lane.committable());
            } else if (lane.isLedgerBehind()) {
                LOG.warn(
                        "target {}: lane {} was applied up to {} once, the target's ledger says {}. Was the target"
                                + " restored from a backup? Rows it has lost have to be copied anew.",
                        target,
                        lane.number(),
                        lane.first(),
                        lane.ledger());
            }
            forget(lane, lane.applied());
        }
    }

    private void committed(List<LaneBatch> batch) throws Exception {
        int rows = 0;
        for (var one : batch) {
            var lane = lane(one.lane());
            lane.learn(one.to());
            forget(lane, one.to());
            rows += one.changes().size();
        }
        delivered.inc(rows);
        batches.inc();
        turn = (turn + 1) % lanes.length;
        suspects -= rows;
        if (suspects <= 0) {
            maxChanges = delivery.batchSize();
        }
    }

    private void forget(Lane lane, long to) throws Exception {
        setCurrentKey(Lanes.keyOf(lane.number()));
        for (long number = lane.first(); number < to; number++) {
            changes.remove(number);
        }
        lane.advance(to);
    }

    /** Sends less of the same, until the one change is alone that is at fault. */
    private void refused(List<LaneBatch> batch, GravityException error) throws Exception {
        var all = LaneBatch.changes(batch);
        if (all.size() > 1) {
            suspects = all.size();
            maxChanges = all.size() / 2;
            return;
        }
        suspects = 0;
        maxChanges = delivery.batchSize();
        for (var one : batch) {
            if (!one.changes().isEmpty()) {
                settle(lane(one.lane()), one, error);
            }
        }
    }

    private void settle(Lane lane, LaneBatch batch, GravityException error) throws Exception {
        long now = getProcessingTimeService().getCurrentProcessingTime();
        var change = batch.changes().get(0);
        int refusals = lane.refused(now);
        boolean mayHeal = error.code().mayHeal()
                && now - lane.heldSinceMillis() < delivery.holdLimit().toMillis();
        if (letters != null && !mayHeal) {
            quarantined.get(DeadLetters.reason(error.code())).inc();
            LOG.info("target {}: a row becomes a dead letter: {} {}", target, error.code(), error.getMessage());
            output.collect(new StreamRecord<>(letters.of(change, error.code(), error.getMessage(), now)));
            setCurrentKey(Lanes.keyOf(lane.number()));
            for (long number = lane.first(); number < batch.to(); number++) {
                changes.remove(number);
            }
            lane.gaveUp();
            return;
        }
        long pause = mayHeal
                ? healing.millis(refusals, random)
                : delivery.maxBackoff().toMillis();
        lane.tryAgainAt(now + Math.max(1, pause));
        if (refusals == 1) {
            LOG.warn(
                    "target {}: a row holds up lane {}, trying again in {} ms: {} {}",
                    target,
                    lane.number(),
                    pause,
                    error.code(),
                    error.getMessage());
        }
    }

    @Override
    public void endInput() {
        // The last checkpoint is still to come, and brings what is left to the target.
        isEnding = true;
    }

    @Override
    public void close() throws Exception {
        closed = true;
        if (executor != null) {
            executor.shutdownNow();
            if (!executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("target {}: a call did not end within {} s after it was interrupted", target, CLOSE_SECONDS);
            }
        }
        if (writer != null) {
            writer.close();
        }
        super.close();
    }
}
