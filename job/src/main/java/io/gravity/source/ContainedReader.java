package io.gravity.source;

import io.gravity.error.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlRecords;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.flink.util.FlinkRuntimeException;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads splits one after the other on a fetcher's thread, whatever happens to the database. The fetcher manager gives one
 * instance the binlog and another the chunks, so the two run beside each other.
 *
 * <p>A connection that fails is replaced after a pause, without end: the job does not notice. A binlog goes on behind the
 * last record handed over, as that is emitted before whatever comes after it; a chunk begins anew. Errors that are not the
 * database's pass on and fail the job. Connecting and closing happen beside this thread, since a database that hangs holds
 * up both, and whoever wakes or closes this reader must not wait for that.
 */
final class ContainedReader implements SplitReader<SourceRecords, ChangeSplit> {
    /** Instead of records: none come for now, as the database can't be read. */
    static final SourceRecords SILENT = new SourceRecords(List.of());
    /** Instead of records: none come until another split takes the place of the binlog's, which is lost. */
    static final SourceRecords LOST = new SourceRecords(List.of());

    private static final Logger LOG = LoggerFactory.getLogger(ContainedReader.class);
    private static final Backoff PAUSES = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));
    /** A connection that lived as long as this has put an end to earlier failures. */
    private static final Duration LASTING = Duration.ofSeconds(30);
    /** How long an idle binlog reader stays silent before it says that it has caught up. */
    private static final Duration IDLE_TICK = Duration.ofMillis(20);

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);
    /** One in so many failures is logged, the first one always. */
    private static final int FAILURES_PER_LOG_LINE = 20;
    /** A server that is just starting may say so too soon; then it does not say it twice. */
    private static final int FINDINGS_TO_BELIEVE = 2;

    private final String source;
    private final Supplier<SplitConnection> connections;
    private final SourceMetrics metrics;
    private final Supplier<RetentionWatch> watches;
    private final Random random = new Random();
    private final ExecutorService beside;
    private final Semaphore wakeUps = new Semaphore(0);
    private final Queue<ChangeSplit> waiting = new ArrayDeque<>();

    private ChangeSplitState current;
    private SplitConnection connection;
    private RetentionWatch watch;
    private CompletableFuture<Void> beginning;
    private boolean isUp;
    private long upSinceNanos;
    private int failures;
    private int lostFindings;
    private boolean isLost;
    private long resumeNanos;

    /**
     * Creates a reader.
     *
     * @param connections each call makes a new one, not connected yet
     * @param watches makes what looks after a binlog's retention; {@code null} from it for nothing
     */
    ContainedReader(
            String source,
            Supplier<SplitConnection> connections,
            SourceMetrics metrics,
            Supplier<RetentionWatch> watches) {
        this.watches = watches;
        this.source = source;
        this.connections = connections;
        this.metrics = metrics;
        this.beside = Executors.newCachedThreadPool(new ExecutorThreadFactory("source-" + source + "-connection"));
    }

    @Override
    public RecordsWithSplitIds<SourceRecords> fetch() throws IOException {
        try {
            return step();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("source " + source + ": interrupted while reading", e);
        }
    }

    private MySqlRecords step() throws IOException, InterruptedException {
        if (current == null || isLost) {
            var next = waiting.poll();
            if (next == null) {
                if (isLost) {
                    awaitWakeUp(Long.MAX_VALUE);
                }
                return nothing();
            }
            current = new ChangeSplitState(next);
            watch();
            isLost = false;
            lostFindings = 0;
        }
        if (failures > 0 && connection == null && awaitWakeUp(resumeNanos - System.nanoTime())) {
            return nothing();
        }
        try {
            return isBegun() ? read() : nothing();
        } catch (IOException | RuntimeException e) {
            return contain(e);
        }
    }

    /** Begins the split unless that is done or under way; returns false if something woke us before it was done. */
    private boolean isBegun() throws InterruptedException {
        if (beginning == null) {
            if (connection == null) {
                connection = connections.get();
            }
            var fresh = connection;
            var split = current.toSplit();
            isUp = false;
            beginning = CompletableFuture.runAsync(() -> fresh.begin(split), beside);
            var unused = beginning.whenComplete((done, error) -> wakeUp());
        }
        if (!beginning.isDone()) {
            awaitWakeUp(Long.MAX_VALUE);
            if (!beginning.isDone()) {
                return false;
            }
        }
        try {
            beginning.get();
            return true;
        } catch (ExecutionException e) {
            throw new FlinkRuntimeException(name() + " could not be begun", e.getCause());
        }
    }

    /** Waits inside the fetcher for a batch that holds something, since each batch handed over wakes the task. */
    private MySqlRecords read() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + IDLE_TICK.toNanos();
        while (true) {
            var batch = connection.poll();
            if (batch == null) {
                return finished();
            }
            boolean empty = !batch.iterator().hasNext();
            if (!isUp && (!empty || connection.isUp())) {
                up();
            }
            if (!empty) {
                return handOver(batch);
            }
            if (wakeUps.tryAcquire()) {
                return nothing();
            }
            if (isUp && current.isBinlog() && System.nanoTime() - deadline >= 0) {
                return records(batch);
            }
        }
    }

    private void watch() {
        if (current.isBinlog() && watch == null) {
            watch = watches.get();
        }
        if (watch != null) {
            watch.reached(current.mark());
        }
    }

    private MySqlRecords handOver(SourceRecords batch) throws IOException {
        for (var records = batch.iterator(); records.hasNext(); ) {
            current.passed(records.next());
        }
        if (watch != null) {
            watch.reached(current.mark());
        }
        return records(batch);
    }

    private MySqlRecords finished() {
        var finished = MySqlRecords.forFinishedSplit(current.split().splitId());
        boolean isBinlog = current.isBinlog();
        current = null;
        beginning = null;
        failures = 0;
        if (waiting.isEmpty()) {
            metrics.state(isBinlog, SourceState.WAITING);
            var unused = discard();
        }
        return finished;
    }

    private void up() {
        isUp = true;
        upSinceNanos = System.nanoTime();
        metrics.state(current.isBinlog(), current.isBinlog() ? SourceState.STREAMING : SourceState.SNAPSHOT);
        lostFindings = 0;
        if (failures > 0) {
            LOG.info("source {}: {} is read again, after {} attempts", source, name(), failures);
        }
    }

    private MySqlRecords contain(Exception error) throws IOException {
        var trouble = Trouble.of(error);
        if (trouble == Trouble.UNEXPECTED) {
            throw new IOException("source " + source + ": " + name() + " can't be read", error);
        }
        if (isUp && System.nanoTime() - upSinceNanos > LASTING.toNanos()) {
            failures = 0;
        }
        var unused = discard();
        failures++;
        lostFindings = trouble == Trouble.BINLOG_LOST ? lostFindings + 1 : 0;
        if (current.isBinlog() && lostFindings >= FINDINGS_TO_BELIEVE) {
            return lose(error);
        }
        long pauseMillis = PAUSES.millis(failures, random);
        resumeNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauseMillis);
        metrics.state(current.isBinlog(), SourceState.UNREACHABLE);
        metrics.retried();
        if (failures % FAILURES_PER_LOG_LINE == 1) {
            LOG.warn(
                    "source {}: {}, while reading {}; trying again in {} ms and then without end, failure {} in a row",
                    source,
                    trouble.meaning(),
                    name(),
                    pauseMillis,
                    failures,
                    error);
        }
        return records(SILENT);
    }

    private MySqlRecords lose(Exception error) {
        isLost = true;
        failures = 0;
        metrics.state(true, SourceState.BINLOG_LOST);
        LOG.error(
                "source {}: {}; its changes no longer come, those of other sources do. With on-binlog-lost: resnapshot all"
                        + " of its tables are copied anew; otherwise add it under another name, and next time keep binlogs"
                        + " for longer",
                source,
                Trouble.BINLOG_LOST.meaning(),
                error);
        return records(LOST);
    }

    /** Closes the connection beside this thread, once it has begun what it was told to. */
    private CompletableFuture<Void> discard() {
        if (connection == null) {
            return CompletableFuture.completedFuture(null);
        }
        var broken = connection;
        var begun = beginning == null ? CompletableFuture.completedFuture(null) : beginning;
        connection = null;
        beginning = null;
        isUp = false;
        return begun.handle((done, error) -> done).thenRunAsync(broken::close, beside);
    }

    /** Returns whether somebody woke us; returns at once with false if there is nothing to wait for. */
    private boolean awaitWakeUp(long nanos) throws InterruptedException {
        boolean woken = wakeUps.tryAcquire(nanos, TimeUnit.NANOSECONDS);
        wakeUps.drainPermits();
        return woken;
    }

    private String name() {
        return current.isBinlog() ? "its binlog" : "chunk " + current.split().splitId();
    }

    private MySqlRecords records(SourceRecords batch) {
        return MySqlRecords.forUnfinishedRecords(
                current.split().splitId(), Collections.singletonList(batch).iterator());
    }

    private static MySqlRecords nothing() {
        return new MySqlRecords(null, Collections.emptyIterator(), Collections.emptySet());
    }

    @Override
    public void handleSplitsChanges(SplitsChange<ChangeSplit> change) {
        waiting.addAll(change.splits());
    }

    @Override
    public void wakeUp() {
        wakeUps.release();
    }

    @Override
    public void close() throws IOException {
        if (watch != null) {
            watch.close();
        }
        var closing = discard();
        var unused = closing.whenComplete((done, error) -> beside.shutdown());
        try {
            closing.get(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.info("source {}: closing its connection takes long and goes on beside", source);
        } catch (ExecutionException | CompletionException e) {
            LOG.warn("source {}: closing its connection failed", source, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
