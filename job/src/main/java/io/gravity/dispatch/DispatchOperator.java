package io.gravity.dispatch;

import io.gravity.audit.DeadLetters;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.types.KeyGroupChanges;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
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
 * retried with backoff for ever, back-pressure when the memory's share is full.
 *
 * <p>State per lane, raw: what the target has not yet acknowledged at a checkpoint. Each checkpoint writes it anew, so it
 * is as large as the queue and needs no TTL. Nothing reads it but a restore.
 *
 * <p>What the target refuses for a single row's sake holds nobody else up: the row is found, set aside with its later
 * changes, and tried again as long as another row's change may make it acceptable. Then, or at once if nothing can, it
 * leaves as a dead letter; without a quarantine it is tried for ever. What is wrong with the whole target (it is down, a
 * table is missing) holds this target back, visibly, rather than losing rows. Rows set aside are in the state as well; a
 * restored one begins anew.
 */
final class DispatchOperator extends AbstractStreamOperator<ChangeEvent>
        implements OneInputStreamOperator<ChangeEvent, ChangeEvent>, BoundedOneInput {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(DispatchOperator.class);
    /** Batches' worth of rows that may wait per worker before the stream is held back. */
    private static final int QUEUED_BATCHES = 2;

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

    private transient TargetWriter writer;
    private transient ExecutorService executor;
    private transient Worker[] workers;
    private transient long[] timers;
    private transient Counter delivered;
    private transient Counter batches;
    private transient Counter retries;
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
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(delivery, letters != null, random);
            timers[i] = Long.MAX_VALUE;
        }
        if (context.isRestored()) {
            long now = getProcessingTimeService().getCurrentProcessingTime();
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
        retries = group.counter("failedBatches");
        group.gauge("queuedChanges", (Gauge<Integer>) this::rows);
        group.gauge("heldRows", (Gauge<Integer>) this::heldRows);
        quarantined = new HashMap<>();
        for (var code : ErrorCode.values()) {
            if (code.category() == ErrorCode.Category.DATA) {
                quarantined.computeIfAbsent(DeadLetters.reason(code), reason -> group.addGroup("reason", reason)
                        .counter("quarantined"));
            }
        }
        sendDue();
    }

    @Override
    public void processElement(StreamRecord<ChangeEvent> record) throws Exception {
        var event = record.getValue();
        var worker = worker(lanes.laneOf(event));
        while (isCrowded(worker)) {
            mailbox.yield();
        }
        worker.add(event, getProcessingTimeService().getCurrentProcessingTime());
        sendDue();
    }

    private Worker worker(int lane) {
        return workers[lane % workers.length];
    }

    private boolean isCrowded(Worker worker) {
        return worker.held().isFull()
                || (worker.isBusy()
                        && (worker.rows() >= (QUEUED_BATCHES + 1) * delivery.batchSize()
                                || worker.bytes() >= (QUEUED_BATCHES + 1) * delivery.batchBytes()));
    }

    private int rows() {
        int rows = 0;
        for (var worker : workers) {
            rows += worker.rows() + worker.held().changes();
        }
        return rows;
    }

    private int heldRows() {
        int rows = 0;
        for (var worker : workers) {
            rows += worker.held().rows();
        }
        return rows;
    }

    /** Sends every batch that is due, and sets a timer for the others. */
    private void sendDue() {
        long now = getProcessingTimeService().getCurrentProcessingTime();
        for (int i = 0; i < workers.length; i++) {
            var worker = workers[i];
            if (worker.dueMillis() <= now && !worker.take(now).isEmpty()) {
                send(worker);
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

    private void send(Worker worker) {
        var batch = worker.underWay();
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
                report(worker, batch.size(), error);
            }
        });
    }

    private void report(Worker worker, int rows, Throwable error) {
        try {
            mailbox.execute(() -> answered(worker, rows, error), "dispatch-%s", target);
        } catch (java.util.concurrent.RejectedExecutionException e) {
            LOG.debug("target {}: the task ended before the answer came; the batch is in the checkpoint", target, e);
        }
    }

    private void answered(Worker worker, int rows, Throwable error) {
        long now = getProcessingTimeService().getCurrentProcessingTime();
        if (error == null) {
            delivered.inc(rows);
            batches.inc();
            worker.delivered(now);
            sendDue();
            return;
        }
        if (!(error instanceof GravityException known)) {
            throw new IllegalStateException("target " + target + ": the writer failed in an unexpected way", error);
        }
        retries.inc();
        if (known.code().category() == ErrorCode.Category.DATA) {
            settle(worker.refused(known, now), now);
            sendDue();
            return;
        }
        var patience = known.code() == ErrorCode.TARGET_BUSY ? briefly : backoff;
        long pause = patience.millis(worker.failed(), random);
        LOG.warn(
                "target {}: batch of {} rows failed {} time(s), trying again in {} ms: {} {}",
                target,
                rows,
                worker.failures(),
                pause,
                known.code(),
                known.getMessage());
        var unused = getProcessingTimeService().registerTimer(now + pause, time -> send(worker));
    }

    private void settle(Refusal refusal, long now) {
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
                quarantined.get(DeadLetters.reason(code)).inc();
                LOG.info("target {}: a row becomes a dead letter: {} {}", target, code, message);
                output.collect(new StreamRecord<>(letters.of(refusal.change(), code, message, now)));
            }
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        var unacknowledged = new ArrayList<ChangeEvent>();
        for (var worker : workers) {
            unacknowledged.addAll(worker.unacknowledged());
        }
        KeyGroupChanges.write(context, unacknowledged, lanes::laneOf);
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
        for (var worker : workers) {
            while (!worker.isEmpty()) {
                mailbox.yield();
            }
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
