package io.gravity.dispatch;

import io.gravity.audit.DeadLetters;
import io.gravity.error.Backoff;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.types.KeyGroupChanges;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.flink.api.common.operators.MailboxExecutor;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The send queue of one target in one subtask: lanes shared out to workers, batches written on I/O threads, failures
 * retried with backoff for ever. What comes faster than the target takes it waits in memory first, for a second or a few
 * batches, then in state ({@link Backlog}); from there it is taken in the order in which it came, in larger batches, and
 * only for a quarter of the task's time, so that catching up does not slow the other targets down. The stream is held back
 * by a target that works at full speed, as by any sink, or when the queue in state is full.
 *
 * <p>State per lane: the backlog; and raw, what is in memory and has not been acknowledged at a checkpoint. Each
 * checkpoint writes the latter anew, so it needs no TTL. Nothing reads it but a restore.
 *
 * <p>What the target refuses for a single row's sake holds nobody else up: the row is found, set aside with its later
 * changes, and tried again as long as another row's change may make it acceptable. Then, or at once if nothing can, it
 * leaves as a dead letter; without a quarantine it is tried for ever. What is wrong with one table (it is missing, its
 * columns are others) stops that table: its changes wait on their own ({@link StoppedTables}), and one of them at a time
 * tries whether the target takes them now. What is wrong with the whole target (it is down, a right is missing) opens its
 * circuit: one batch at a time tries whether it works again, and nothing is lost meanwhile.
 * Rows set aside are in the state as well; a
 * restored one begins anew.
 */
final class DispatchOperator extends AbstractStreamOperator<ChangeEvent>
        implements OneInputStreamOperator<ChangeEvent, ChangeEvent>, BoundedOneInput {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(DispatchOperator.class);
    /** Rows that may wait for longer than this are better off in state: each checkpoint writes memory anew. */
    private static final long MAX_MILLIS_IN_MEMORY = 1000;
    /** Of so many rows that a prompt target takes from state, as many may come after them: so the state gets empty. */
    private static final int ROOM_PER_APPENDED = 5;

    private static final int ROOM_PER_TAKEN = 4;
    private static final int MAX_ROOM = ROOM_PER_APPENDED * 10_000;
    /** Rows taken from state at once, some milliseconds' work. */
    private static final int SLICE = 500;
    /** After such a piece of work the task is left to the others for this many times as long. */
    private static final int REST_FACTOR = 3;

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** A deadlock has passed by the time it is reported; what stays busy is left alone for longer each time. */
    private static final Duration BUSY_PAUSE = Duration.ofMillis(5);

    private static final long CLOSE_SECONDS = 5;

    private final String target;
    private final TargetConfig.Delivery delivery;
    private final TargetWriters writers;
    private final Lanes lanes;
    private final DeadLetters letters;
    private final MailboxExecutor mailbox;
    private final Backoff backoff;
    private final Backoff briefly;
    private final Breaker breaker = new Breaker();

    private transient TargetWriter writer;
    private transient ExecutorService executor;
    private transient Worker[] workers;
    private transient long[] timers;
    /** When each worker's failed batch is to be sent again; {@link Long#MAX_VALUE} if it has none. */
    private transient long[] retries;

    /** When each worker's backlog was last seen with something in it. */
    private transient long[] caughtUp;

    /** For each worker, what may join its backlog while the target works at full speed. */
    private transient int[] room;

    private transient boolean isHoldingBack;
    private transient Backlog backlog;
    private transient StoppedTables stopped;
    private transient long maxBacklogBytes;
    private transient long restsUntilMillis;
    private transient boolean isResting;
    private transient long wakesAtMillis;
    private transient Counter delivered;
    private transient Counter batches;
    private transient Counter failedBatches;
    private transient Counter spilled;
    private transient Map<String, Counter> quarantined;
    private transient RandomGenerator random;
    private transient volatile boolean closed;

    DispatchOperator(
            String target,
            TargetConfig.Delivery delivery,
            TargetWriters writers,
            DeadLetters letters,
            ProcessingTimeService time,
            MailboxExecutor mailbox) {
        this.target = target;
        this.delivery = delivery;
        this.writers = writers;
        this.lanes = new Lanes(delivery.scope());
        this.letters = letters;
        this.mailbox = mailbox;
        this.backoff = new Backoff(delivery.backoff(), delivery.maxBackoff());
        this.briefly = new Backoff(BUSY_PAUSE, delivery.maxBackoff());
        this.processingTimeService = time;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        random = RandomGenerator.getDefault();
        workers = new Worker[delivery.maxInFlight()];
        timers = new long[workers.length];
        retries = new long[workers.length];
        caughtUp = new long[workers.length];
        room = new int[workers.length];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(delivery, letters != null, random);
            timers[i] = Long.MAX_VALUE;
            retries[i] = Long.MAX_VALUE;
        }
        var task = getRuntimeContext().getTaskInfo();
        maxBacklogBytes = Math.max(1, delivery.queue().bytes() / task.getNumberOfParallelSubtasks());
        var range = KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                Lanes.COUNT, task.getNumberOfParallelSubtasks(), task.getIndexOfThisSubtask());
        backlog = new Backlog(
                context.getKeyedStateStore(), range, this::setCurrentKey, workers.length, context.isRestored());
        stopped = new StoppedTables(context.getKeyedStateStore(), range, this::setCurrentKey, context.isRestored());
        if (context.isRestored()) {
            long now = now();
            for (var event : KeyGroupChanges.read(context)) {
                worker(lanes.laneOf(event)).add(event, now);
            }
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        writer = writers.open(getMetricGroup().addGroup("target", target));
        executor = Executors.newFixedThreadPool(workers.length, new ExecutorThreadFactory("dispatch-" + target));
        var group = getMetricGroup().addGroup("target", target);
        delivered = group.counter("deliveredChanges");
        batches = group.counter("deliveredBatches");
        failedBatches = group.counter("failedBatches");
        spilled = group.counter("spilledChanges");
        group.gauge("queuedChanges", (Gauge<Long>) this::rows);
        group.gauge("backlogChanges", (Gauge<Long>) backlog::rows);
        group.gauge("backlogBytes", (Gauge<Long>) this::backlogBytes);
        group.gauge("backlogAgeMillis", (Gauge<Long>) this::backlogAgeMillis);
        group.gauge("circuit", (Gauge<Integer>) () -> circuit().ordinal());
        group.gauge("heldRows", (Gauge<Integer>) this::heldRows);
        group.gauge("stoppedTables", (Gauge<Integer>) stopped::tables);
        group.gauge("stoppedChanges", (Gauge<Long>) stopped::rows);
        quarantined = new HashMap<>();
        for (var code : ErrorCode.values()) {
            if (code.category() == ErrorCode.Category.DATA) {
                quarantined.computeIfAbsent(DeadLetters.reason(code), reason -> group.addGroup("reason", reason)
                        .counter("quarantined"));
            }
        }
        tryStopped();
        sendDue();
    }

    @Override
    public void processElement(StreamRecord<ChangeEvent> record) throws Exception {
        var event = record.getValue();
        if (event.isMarker() && !writer.followsTables()) {
            return;
        }
        int lane = lanes.laneOf(event);
        int index = lane % workers.length;
        var worker = workers[index];
        if (stopped.holds(event) && !hasRoom(event)) {
            return;
        }
        // While it waited for room, the table may have become one like others.
        if (stopped.holds(event) && backlog.isEmpty(index)) {
            stopped.append(lane, event);
            return;
        }
        if (delivery.queue().policy() == TargetConfig.Queue.Policy.BLOCK) {
            while (!backlog.isEmpty(index) || worker.isCrowded()) {
                mailbox.yield();
            }
        } else {
            if (holdsBack(index)) {
                holdBack(index);
            }
            if (!backlog.isEmpty(index) || isSlow(worker)) {
                spill(lane, event);
                return;
            }
        }
        worker.add(event, now());
        if (!worker.isBusy()) {
            sendDue();
        }
    }

    /** State is kept by lane, and the backlog says itself of which: on the way past it no key is needed. */
    @Override
    public void setKeyContextElement(StreamRecord<ChangeEvent> record) {}

    private boolean isSlow(Worker worker) {
        return worker.isCrowded() || isStuck(worker) || !breaker.isClosed();
    }

    /**
     * A target that works at full speed is waited for: the way over the disk would cost it most of that speed. One that
     * comes back from a slower time takes what is there first, a little faster than more comes.
     */
    private boolean holdsBack(int index) {
        var worker = workers[index];
        boolean isFull =
                backlog.isEmpty(index) ? worker.isBusy() && worker.isCrowded() : room[index] < ROOM_PER_APPENDED;
        return isFull && breaker.isClosed() && worker.isPrompt(now());
    }

    private void holdBack(int index) throws Exception {
        var worker = workers[index];
        isHoldingBack = true;
        for (sendDue(); holdsBack(index); sendDue()) {
            if (!backlog.isEmpty(index) && worker.wantsMore()) {
                mailbox.tryYield();
            } else {
                wakeWhenLate(worker);
                mailbox.yield();
            }
        }
        isHoldingBack = false;
    }

    private void wakeWhenLate(Worker worker) {
        long at = worker.lateMillis();
        if (at != wakesAtMillis && at != Long.MAX_VALUE) {
            wakesAtMillis = at;
            var unused = getProcessingTimeService().registerTimer(at, time -> {});
        }
    }

    private boolean isStuck(Worker worker) {
        return worker.isBusy() && now() - worker.busySinceMillis() > MAX_MILLIS_IN_MEMORY;
    }

    private void spill(int lane, ChangeEvent event) throws Exception {
        if (!hasRoom(event)) {
            return;
        }
        backlog.append(lane, event, now());
        int index = lane % workers.length;
        room[index] = Math.max(0, room[index] - ROOM_PER_APPENDED);
        spilled.inc();
        sendDue();
    }

    /** Waits for room in the queue, or gives the change up, and returns whether it still has to go there. */
    private boolean hasRoom(ChangeEvent event) throws Exception {
        if (delivery.queue().policy() == TargetConfig.Queue.Policy.DEAD_LETTER) {
            if (isBacklogFull()) {
                quarantine(
                        event,
                        ErrorCode.QUEUE_FULL,
                        "the queue of target " + target + " is full (" + (backlog.rows() + stopped.rows())
                                + " changes here), as it has taken none or too few for too long");
                return false;
            }
        } else {
            while (isBacklogFull()) {
                mailbox.yield();
            }
        }
        return true;
    }

    private boolean isBacklogFull() {
        return backlog.bytes() + stopped.bytes() >= maxBacklogBytes;
    }

    private Worker worker(int lane) {
        return workers[lane % workers.length];
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    Breaker.State circuit() {
        return breaker.state();
    }

    long backlogBytes() {
        return backlog.bytes();
    }

    /** Returns how many changes the target has not acknowledged. */
    long rows() {
        long rows = backlog.rows() + stopped.rows();
        for (var worker : workers) {
            rows += worker.rows() + worker.held().changes();
        }
        return rows;
    }

    private long backlogAgeMillis() {
        long since = backlog.sinceMillis();
        return since == Long.MAX_VALUE ? 0 : Math.max(0, now() - since);
    }

    private int heldRows() {
        int rows = 0;
        for (var worker : workers) {
            rows += worker.held().rows();
        }
        return rows;
    }

    /** Sends every batch that is due, and sets a timer for the others. */
    private void sendDue() throws Exception {
        if (!breaker.isClosed()) {
            return;
        }
        for (int i = 0; i < workers.length; i++) {
            refill(i);
            var worker = workers[i];
            long now = now();
            if (worker.dueMillis() <= now
                    && !worker.take(now, !backlog.isEmpty(i)).isEmpty()) {
                send(i);
                continue;
            }
            long due = worker.dueMillis();
            if (due < timers[i]) {
                int index = i;
                timers[i] = due;
                var unused = getProcessingTimeService().registerTimer(due, time -> {
                    timers[index] = Long.MAX_VALUE;
                    sendDue();
                });
            }
        }
    }

    /** Takes a slice from state into memory, if there is room for it, and rests after that. */
    private void refill(int index) throws Exception {
        var worker = workers[index];
        if (!worker.wantsMore() || isStuck(worker)) {
            return;
        }
        if (!stopped.isEmpty()) {
            for (int i = 0; i < SLICE && worker.wantsMore() && stopped.drains(index, workers.length); i++) {
                worker.add(stopped.drain(index, workers.length), now());
            }
        }
        if (backlog.isEmpty(index)) {
            return;
        }
        if (now() < restsUntilMillis && !isHoldingBack) {
            wakeAfterRest();
            return;
        }
        long begun = System.nanoTime();
        for (int i = 0; i < SLICE && worker.wantsMore() && !backlog.isEmpty(index); i++) {
            var change = backlog.take(index);
            if (stopped.holds(change)) {
                stopped.append(lanes.laneOf(change), change);
            } else {
                worker.add(change, now());
            }
            room[index] = Math.min(MAX_ROOM, room[index] + ROOM_PER_TAKEN);
        }
        long tookMillis = Math.max(1, (System.nanoTime() - begun) / NANOS_PER_MILLI);
        restsUntilMillis = now() + REST_FACTOR * tookMillis;
        if (!backlog.isEmpty(index)) {
            wakeAfterRest();
        }
    }

    private void wakeAfterRest() {
        if (isResting) {
            return;
        }
        isResting = true;
        var unused = getProcessingTimeService().registerTimer(restsUntilMillis, time -> {
            isResting = false;
            sendDue();
        });
    }

    private void send(int index) {
        var batch = workers[index].underWay();
        executor.execute(() -> {
            Throwable error = null;
            try {
                writer.write(batch);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (Throwable e) {
                error = e;
            }
            if (!closed) {
                report(index, batch.size(), error);
            }
        });
    }

    private void report(int index, int rows, Throwable error) {
        try {
            mailbox.execute(() -> answered(index, rows, error), "dispatch-%s", target);
        } catch (java.util.concurrent.RejectedExecutionException e) {
            LOG.debug("target {}: the task ended before the answer came; the batch is in the checkpoint", target, e);
        }
    }

    private void answered(int index, int rows, Throwable error) throws Exception {
        var worker = workers[index];
        if (error == null) {
            heard(worker.underWay());
            delivered.inc(rows);
            batches.inc();
            worker.delivered(now());
            works();
            return;
        }
        if (!(error instanceof GravityException known)) {
            throw new IllegalStateException("target " + target + ": the writer failed in an unexpected way", error);
        }
        failedBatches.inc();
        if (known instanceof TableStoppedException refusal
                && delivery.queue().policy() != TargetConfig.Queue.Policy.BLOCK) {
            stop(index, refusal);
            works();
            return;
        }
        switch (known.code()) {
            case TARGET_BUSY -> {
                retryAfter(briefly, index, rows, known);
                works();
            }
            default -> {
                if (known.code().category() == ErrorCode.Category.DATA) {
                    if (rows == 1) {
                        heard(worker.underWay());
                    }
                    if (!backlog.isEmpty(index)) {
                        caughtUp[index] = now();
                    }
                    settle(worker.refused(known, now(), caughtUp[index]));
                    works();
                    return;
                }
                boolean hasOpened =
                        known.code().category() == ErrorCode.Category.TARGET_FATAL ? breaker.trip() : breaker.failed();
                retryAfter(backoff, index, rows, known);
                if (hasOpened) {
                    LOG.warn(
                            "target {}: the circuit opens; changes wait here, and one batch at a time tries whether it"
                                    + " works again",
                            target);
                    leaveMemory();
                }
            }
        }
    }

    /** Sets one table's changes aside, and lets all others go on. */
    private void stop(int index, TableStoppedException refusal) throws Exception {
        var table = refusal.table();
        int failures = stopped.refused(table);
        for (int i = 0; i < workers.length; i++) {
            var changes = workers[i].withdraw(table, i == index, now());
            for (int n = changes.size() - 1; n >= 0; n--) {
                stopped.prepend(lanes.laneOf(changes.get(n)), changes.get(n));
            }
        }
        long pause = backoff.millis(failures, random);
        stopped.tryAgainAt(table, now() + pause);
        var unused = getProcessingTimeService().registerTimer(now() + pause, time -> {
            tryStopped();
            sendDue();
        });
        // The pauses grow, and so does what waits; that is worth a line each time.
        LOG.warn(
                "target {}: table {} is stopped, {} change(s) of stopped tables wait; trying again in {} ms: {}",
                target,
                table,
                stopped.rows(),
                pause,
                refusal.getMessage());
    }

    private void tryStopped() throws Exception {
        for (var trial : stopped.takeTrials(now())) {
            worker(lanes.laneOf(trial)).add(trial, now());
        }
    }

    /** What the target has taken may be of a table that was stopped. */
    private void heard(List<ChangeEvent> batch) throws Exception {
        if (stopped.isEmpty()) {
            return;
        }
        for (var table : stopped.answered(batch, now())) {
            LOG.info("target {}: table {} is taken again, {} change(s) wait", target, table, stopped.rows());
        }
        tryStopped();
    }

    /** What waits for long is better off in state, or each checkpoint would write it anew. */
    private void leaveMemory() throws Exception {
        if (delivery.queue().policy() == TargetConfig.Queue.Policy.BLOCK) {
            return;
        }
        for (var worker : workers) {
            var waiting = worker.removeWaiting();
            for (int i = waiting.size() - 1; i >= 0; i--) {
                int lane = lanes.laneOf(waiting.get(i));
                if (stopped.holds(waiting.get(i))) {
                    stopped.prepend(lane, waiting.get(i));
                } else {
                    backlog.prepend(lane, waiting.get(i), now());
                }
            }
            spilled.inc(waiting.size());
        }
    }

    private void retryAfter(Backoff patience, int index, int rows, GravityException error) {
        var worker = workers[index];
        long pause = patience.millis(worker.failed(), random);
        LOG.warn(
                "target {}: batch of {} rows failed {} time(s), trying again in {} ms: {} {}",
                target,
                rows,
                worker.failures(),
                pause,
                error.code(),
                error.getMessage());
        retries[index] = now() + pause;
        var unused = getProcessingTimeService().registerTimer(retries[index], time -> retry(index));
    }

    /** The target has answered, whatever it said: what waits for that may go on. */
    private void works() throws Exception {
        if (breaker.answered()) {
            LOG.info("target {}: works again, {} changes wait", target, rows());
            for (int i = 0; i < workers.length; i++) {
                if (retries[i] != Long.MAX_VALUE) {
                    retries[i] = now();
                    retry(i);
                }
            }
        }
        tryStopped();
        sendDue();
    }

    private void retry(int index) {
        if (retries[index] > now()) {
            return;
        }
        if (breaker.letsTry()) {
            retries[index] = Long.MAX_VALUE;
            send(index);
        } else {
            // Another worker's batch is the probe; if it fails as well, this one is the next.
            retries[index] = now() + backoff.first().toMillis();
            var unused = getProcessingTimeService().registerTimer(retries[index], time -> retry(index));
        }
    }

    private void settle(Refusal refusal) {
        switch (refusal.fate()) {
            case DIVIDED -> {}
            case HELD -> {
                // Between the first refusal and the last hope there is nothing new to say.
                if (refusal.failures() == 1 || refusal.hopeless()) {
                    LOG.warn(
                            "target {}: a row is set aside with its later changes after {} refusal(s), trying again in {} ms: {} {}",
                            target,
                            refusal.failures(),
                            refusal.pauseMillis(),
                            refusal.error().code(),
                            refusal.error().getMessage());
                }
            }
            case QUARANTINED -> {
                var code = refusal.error().code();
                var message = refusal.error().getMessage();
                LOG.info("target {}: a row becomes a dead letter: {} {}", target, code, message);
                quarantine(refusal.change(), code, message);
            }
        }
    }

    private void quarantine(ChangeEvent change, ErrorCode code, String message) {
        quarantined.get(DeadLetters.reason(code)).inc();
        output.collect(new StreamRecord<>(letters.of(change, code, message, now())));
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        var unacknowledged = new ArrayList<ChangeEvent>();
        for (var worker : workers) {
            unacknowledged.addAll(worker.unacknowledged());
        }
        KeyGroupChanges.write(context, unacknowledged, lanes::laneOf);
        backlog.snapshot();
        stopped.snapshot();
    }

    @Override
    protected boolean isUsingCustomRawKeyedState() {
        return true;
    }

    @Override
    public void endInput() throws Exception {
        for (var worker : workers) {
            worker.end();
        }
        sendDue();
        while (rows() > 0) {
            mailbox.yield();
        }
    }

    @Override
    public void close() throws Exception {
        closed = true;
        if (executor != null) {
            executor.shutdownNow();
            if (!executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("target {}: a write did not end within {} s after it was interrupted", target, CLOSE_SECONDS);
            }
        }
        if (writer != null) {
            writer.close();
        }
        super.close();
    }
}
