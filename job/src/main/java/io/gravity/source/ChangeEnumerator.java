package io.gravity.source;

import io.debezium.relational.TableId;
import io.gravity.error.Backoff;
import io.gravity.event.SourcePosition;
import io.gravity.types.SourceRequests;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.split.FinishedSnapshotSplitInfo;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.util.FlinkRuntimeException;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands out the binlog and the chunks of one source. Runs in the coordinator's thread; whatever talks to the database
 * runs beside it, so that a slow or dead server holds up no checkpoint.
 *
 * <p>The beginning is a strict sequence: record the binlog's position; wait until a checkpoint with it is complete; only
 * then hand out the first split. So every failure restores the same position, and no delete between two attempts at a
 * snapshot can be missed.
 *
 * <p>If the binlog is lost and its source is configured so, the same sequence runs once more from the newest position.
 * The worker with the lost split keeps it until the new one takes its place, so that every checkpoint in between restores
 * to the same finding; therefore only that worker may have the new one.
 *
 * <p>Database work that fails is done again without end. Only what is wrong with a source when a fresh job looks at it
 * for the first time fails the job.
 */
final class ChangeEnumerator implements SplitEnumerator<ChangeSplit, ReadingState> {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeEnumerator.class);
    private static final String BINLOG_SPLIT = "binlog-split";
    /**
     * The connector filters changes of tables for which the split says where their snapshot ended, and compares by GTID
     * without the row, which would drop rows of an event read in part. A table that does not exist fills the list, so
     * that nothing real is filtered.
     */
    private static final FinishedSnapshotSplitInfo NO_FILTER =
            new FinishedSnapshotSplitInfo(new TableId("", null, ""), "none", null, null, BinlogOffset.ofEarliest());

    private static final Backoff PAUSES = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));
    /** Each of them takes its place in every checkpoint, with the table's schema. */
    private static final int MOST_CHUNKS_WAITING = 64;
    /** A worker that has read what it was given closes its connection and opens another one for what comes next. */
    private static final int CHUNKS_AT_ONCE = 8;
    /** One in so many failures is logged, the first one always. */
    private static final int FAILURES_PER_LOG_LINE = 20;

    private final SplitEnumeratorContext<ChangeSplit> context;
    private final SourceConfig source;
    private final MySqlSourceConfig connector;
    private final Discovery discovery;
    private final ScheduledExecutorService retries;
    private final boolean mayFailJob;

    private ReadingState.Start start;
    private boolean startIsDurable;
    private long startCheckpoint = Long.MAX_VALUE;
    /** The first checkpoint taken after the last chunk had been read: once it is complete, its rows have passed. */
    private long copiedCheckpoint = Long.MAX_VALUE;

    private boolean historyComplete;
    private boolean historyTold;
    /** Whether this beginning took the place of one whose binlog was lost. */
    private boolean replaced;

    private boolean replacing;
    /** The worker that waits for another binlog; {@code null} if none does. */
    private Integer lostBy;
    /** Database work for an earlier beginning is not done again, and its result not looked at. */
    private int beginnings;

    private final Deque<ChangeSplit> binlog = new ArrayDeque<>();
    private final Deque<ChangeSplit> chunks = new ArrayDeque<>();
    private final Set<Integer> askingForChunk = new LinkedHashSet<>();

    /** What is left to cut; the first one is being cut. */
    private final Deque<TableCopy> copies = new ArrayDeque<>();
    /** Tables that have been copied or are going to be; {@code null} if an earlier release did not note them. */
    private Set<TableId> tables;

    /** Whether what is configured has been compared with what was copied before. */
    private boolean tablesKnown;

    private final ChunkCutter cutter;
    private boolean cutting;
    /** The chunks that each worker reads, as far as is known after a restart. */
    private final Map<Integer, List<ChangeSplit>> reading = new HashMap<>();

    private final CopyProgress progress = new CopyProgress(System::nanoTime);
    private long totalChunks;
    private final Random random = new Random();
    private volatile SourceState state = SourceState.WAITING;
    private Counter retried;
    private volatile boolean closed;

    /** Looks at the server for tables. */
    interface Discovery {
        SourceInspection.Tables tables(Set<TableId> known) throws Exception;
    }

    /**
     * Creates an enumerator.
     *
     * @param mayFailJob whether what is found to be wrong at first sight fails the job
     */
    ChangeEnumerator(
            SplitEnumeratorContext<ChangeSplit> context,
            SourceConfig source,
            MySqlSourceConfig connector,
            Discovery discovery,
            ReadingState restored,
            boolean mayFailJob) {
        this.context = context;
        this.source = source;
        this.connector = connector;
        this.discovery = discovery;
        this.retries = Executors.newSingleThreadScheduledExecutor(
                new ExecutorThreadFactory("source-" + source.name() + "-retry"));
        this.start = restored.start();
        this.startIsDurable = start != null;
        this.replaced = restored.replaced();
        this.mayFailJob = mayFailJob;
        for (var split : restored.unassigned()) {
            (split.isBinlog() ? binlog : chunks).add(split);
        }
        copies.addAll(restored.copies());
        tables = restored.tables() == null ? null : new LinkedHashSet<>(restored.tables());
        cutter = new ChunkCutter(source, connector);
        progress.onlyTheseAreCut(copies);
        chunks.forEach(progress::found);
    }

    @Override
    public void start() {
        context.metricGroup().gauge("chunksWaiting", chunks::size);
        context.metricGroup().gauge("tablesWaiting", copies::size);
        context.metricGroup().gauge("chunksTotal", () -> totalChunks);
        context.metricGroup().gauge("chunksDone", progress::chunksDone);
        context.metricGroup().gauge("snapshotRowsLeft", progress::rowsLeft);
        context.metricGroup().gauge("snapshotSecondsLeft", () -> progress.secondsLeft());
        context.metricGroup().gauge("state", (Gauge<Integer>) () -> state.ordinal());
        retried = context.metricGroup().counter("retries");
        if (start == null) {
            attempt(() -> SourceInspection.begin(source, connector), this::begun);
        } else {
            var known = tables == null ? Set.<TableId>of() : Set.copyOf(tables);
            attempt(() -> discovery.tables(known), this::compareTables);
        }
    }

    /** Copies the tables that were configured since the last start, and forgets those that are not any more. */
    private void compareTables(SourceInspection.Tables found) {
        if (tables == null) {
            tables = new LinkedHashSet<>(found.all());
        }
        for (var table : found.all()) {
            if (tables.add(table) && source.startup().mode() == SourceConfig.Startup.Mode.INITIAL) {
                LOG.info("source {}: table {} is new and is copied from here on", source.name(), table);
                copies.add(TableCopy.first(
                        table, found.mark().position(), found.mark().timeMicros()));
            }
        }
        for (var table : List.copyOf(tables)) {
            if (!connector.getTableFilter().test(table)) {
                forget(table);
            }
        }
        tablesKnown = true;
        progress.onlyTheseAreCut(copies);
        assign();
        cutNext();
    }

    private void forget(TableId table) {
        LOG.info("source {}: table {} is no longer configured and is forgotten", source.name(), table);
        tables.remove(table);
        copies.removeIf(copy -> copy.table().equals(table));
        chunks.removeIf(chunk -> chunk.split().asSnapshotSplit().getTableId().equals(table));
        progress.forget(table);
    }

    /** Runs a piece of database work beside the coordinator, and again with backoff for as long as it fails. */
    private <T> void attempt(Callable<T> work, Consumer<T> then) {
        attempt(work, then, beginnings, 0);
    }

    private <T> void attempt(Callable<T> work, Consumer<T> then, int beginning, int failures) {
        if (closed || beginning != beginnings) {
            return;
        }
        context.callAsync(work, (result, error) -> {
            if (closed || beginning != beginnings) {
                LOG.debug("source {}: this is no longer of use", source.name(), error);
            } else if (error == null) {
                if (failures > 0) {
                    LOG.info("source {}: answers again, after {} attempts", source.name(), failures);
                }
                state = SourceState.WAITING;
                then.accept(result);
            } else if (SourceInspection.isFinal(error) && mayFailJob && failures == 0) {
                throw new FlinkRuntimeException(error.getMessage(), error);
            } else {
                again(work, then, failures + 1, error);
            }
        });
    }

    private <T> void again(Callable<T> work, Consumer<T> then, int failures, Throwable error) {
        state = SourceState.UNREACHABLE;
        retried.inc();
        long pauseMillis = PAUSES.millis(failures, random);
        if (failures % FAILURES_PER_LOG_LINE == 1) {
            LOG.warn(
                    "source {}: {}; trying again in {} ms and then without end, failure {} in a row",
                    source.name(),
                    error.toString(),
                    pauseMillis,
                    failures,
                    error);
        }
        int beginning = beginnings;
        var unused = retries.schedule(
                () -> context.runInCoordinatorThread(() -> attempt(work, then, beginning, failures)),
                pauseMillis,
                TimeUnit.MILLISECONDS);
    }

    private void begun(SourceInspection.Beginning beginning) {
        start = new ReadingState.Start(beginning.offset().getOffset(), beginning.timeMicros());
        tables = new LinkedHashSet<>(beginning.schemas().keySet());
        tablesKnown = true;
        binlog.add(split(new MySqlBinlogSplit(
                BINLOG_SPLIT,
                beginning.offset(),
                BinlogOffset.ofNonStopping(),
                List.of(NO_FILTER),
                beginning.schemas(),
                1)));
        if (source.startup().mode() == SourceConfig.Startup.Mode.INITIAL) {
            var position = SourceInspection.position(start.offset());
            tables.forEach(table -> copies.add(TableCopy.first(table, position, start.timeMicros())));
            progress.onlyTheseAreCut(copies);
        }
        LOG.info(
                "source {}: begins at {}, {} tables to snapshot; waits for a checkpoint to hold that",
                source.name(),
                beginning.offset(),
                copies.size());
        cutNext();
    }

    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
        if (event instanceof BinlogLost lost) {
            lose(subtask, lost);
        } else if (event instanceof SourceRequests.Asked asked) {
            answer(asked);
        } else if (event instanceof ChunksHeld holding) {
            var held = holding.chunks().stream().map(ChunksHeld.Chunk::split).toList();
            held.forEach(progress::found);
            reading.put(subtask, held);
        }
    }

    private void answer(SourceRequests.Asked asked) {
        if (asked.request() instanceof Resnapshots.Begin begin) {
            copyAgain(begin, asked);
        } else {
            asked.answer(new Resnapshots.Answer(progress.all(), null));
        }
    }

    /** Checks the request beside the coordinator, once; whoever waits for the answer can ask again. */
    private void copyAgain(Resnapshots.Begin begin, SourceRequests.Asked asked) {
        var table = new TableId(begin.database(), null, begin.table());
        if (start == null || replacing || state == SourceState.BINLOG_LOST) {
            asked.answer(Resnapshots.Answer.refused("source " + source.name()
                    + " has not begun to read, or has lost its binlog; nothing can be copied before it reads"));
        } else if (!connector.getTableFilter().test(table)) {
            asked.answer(Resnapshots.Answer.refused("source " + source.name() + " of the running job does not read "
                    + begin.database() + "." + begin.table()));
        } else if (!progress.knows(begin.run())) {
            int beginning = beginnings;
            context.callAsync(() -> cutter.mark(begin), (mark, error) -> {
                if (error != null) {
                    asked.answer(Resnapshots.Answer.refused(
                            "source " + source.name() + " refuses: " + Trouble.firstMessage(error)));
                } else if (closed || beginning != beginnings) {
                    asked.answer(Resnapshots.Answer.refused(
                            "source " + source.name() + " has just begun anew, with a copy of all of its tables"));
                } else {
                    copyAgain(begin, mark);
                    asked.answer(new Resnapshots.Answer(progress.all(), null));
                }
            });
        } else {
            asked.answer(new Resnapshots.Answer(progress.all(), null));
        }
    }

    private void copyAgain(Resnapshots.Begin begin, ChunkCutter.Mark mark) {
        LOG.info(
                "source {}: {}.{} is copied once more, at {}{}",
                source.name(),
                begin.database(),
                begin.table(),
                mark.at().offset(),
                begin.where() == null ? "" : ", where " + begin.where());
        // Before what is copied for the first time: somebody waits for it.
        var copy = TableCopy.again(
                begin, mark.isSmall(), mark.at().position(), mark.at().timeMicros());
        copies.addFirst(copy);
        progress.begun(copy);
        cutNext();
    }

    private void lose(int subtask, BinlogLost lost) {
        lostBy = subtask;
        boolean isNews = lost.start().position().equals(SourceInspection.position(start.offset()));
        if (!isNews) {
            assign();
        } else if (source.onBinlogLost() == SourceConfig.OnBinlogLost.STOP) {
            state = SourceState.BINLOG_LOST;
        } else if (!replacing) {
            LOG.warn("source {}: its binlog is lost; all of its tables are copied anew", source.name());
            replacing = true;
            beginnings++;
            attempt(this::beginAnew, beginning -> replace(lost.reached().position(), beginning));
        }
    }

    private SourceInspection.Beginning beginAnew() throws Exception {
        cutter.close();
        return SourceInspection.begin(source, connector);
    }

    private void replace(SourcePosition reached, SourceInspection.Beginning beginning) {
        var position = SourceInspection.position(beginning.offset().getOffset());
        if (position.compareTo(reached) < 0) {
            state = SourceState.BINLOG_LOST;
            LOG.error(
                    "source {}: its binlog begins anew, at {}, which is before {}, where it was read last. Rows copied now"
                            + " would lose against those from before. Add the server as a source of another name",
                    source.name(),
                    position,
                    reached);
            return;
        }
        binlog.clear();
        chunks.clear();
        copies.clear();
        progress.clear();
        cutting = false;
        startIsDurable = false;
        startCheckpoint = Long.MAX_VALUE;
        historyComplete = false;
        historyTold = false;
        copiedCheckpoint = Long.MAX_VALUE;
        replacing = false;
        replaced = true;
        begun(beginning);
    }

    private ChangeSplit split(org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit split) {
        return new ChangeSplit(split, SourceInspection.position(start.offset()), start.timeMicros());
    }

    /** Cuts one chunk after the other beside the coordinator, but not many more than are read. */
    private void cutNext() {
        var copy = copies.peek();
        if (cutting || !tablesKnown || copy == null || chunks.size() >= MOST_CHUNKS_WAITING) {
            return;
        }
        cutting = true;
        attempt(() -> cutter.next(copy), this::cut);
    }

    /** A chunk and what is left behind it become visible together. */
    private void cut(ChunkCutter.Cut cut) {
        cutting = false;
        // Another copy may have been put before it meanwhile, or its table forgotten: then it is cut once more.
        if (cut.copy().equals(copies.peek())) {
            copies.remove();
            if (cut.rest() != null) {
                copies.addFirst(cut.rest());
            }
            if (cut.chunk() != null) {
                chunks.add(cut.chunk());
                totalChunks++;
            }
            progress.cut(cut);
            assign();
        }
        cutNext();
    }

    @Override
    public void handleSplitRequest(int subtask, String host) {
        reading.getOrDefault(subtask, List.of()).forEach(progress::done);
        reading.remove(subtask);
        askingForChunk.add(subtask);
        assign();
    }

    @Override
    public void addReader(int subtask) {
        if (lostBy != null && lostBy == subtask) {
            // It has been restarted, and will find out again.
            lostBy = null;
        }
        if (historyComplete) {
            tellComplete(subtask);
        }
        assign();
    }

    @Override
    public void addSplitsBack(List<ChangeSplit> splits, int subtask) {
        askingForChunk.remove(subtask);
        reading.remove(subtask);
        copiedCheckpoint = Long.MAX_VALUE;
        for (var split : splits) {
            (split.isBinlog() ? binlog : chunks).addFirst(split);
            progress.found(split);
        }
        assign();
    }

    private void assign() {
        if (!startIsDurable) {
            return;
        }
        var readers = context.registeredReaders().keySet();
        var binlogReader = replaced ? lostBy : readers.stream().findFirst().orElse(null);
        if (!binlog.isEmpty() && binlogReader != null && readers.contains(binlogReader)) {
            context.assignSplit(binlog.poll(), binlogReader);
            lostBy = null;
        }
        for (var asking = askingForChunk.iterator(); asking.hasNext() && tablesKnown && !chunks.isEmpty(); ) {
            int subtask = asking.next();
            if (readers.contains(subtask)) {
                var assigned = new ArrayList<ChangeSplit>();
                int share = Math.min(CHUNKS_AT_ONCE, chunks.size() / context.currentParallelism());
                for (int i = Math.max(1, share); i > 0; i--) {
                    assigned.add(chunks.remove());
                }
                reading.put(subtask, assigned);
                context.assignSplits(new SplitsAssignment<>(Map.of(subtask, assigned)));
            }
            asking.remove();
        }
        cutNext();
    }

    @Override
    public ReadingState snapshotState(long checkpointId) {
        if (start != null && startCheckpoint == Long.MAX_VALUE) {
            startCheckpoint = checkpointId;
        }
        if (copiedCheckpoint == Long.MAX_VALUE && isCopied()) {
            copiedCheckpoint = checkpointId;
        }
        // Not as soon as the checkpoint is complete: if it is the savepoint of a job that stops, workers have ended
        // by then, and what does not reach one fails the job.
        if (historyComplete && !historyTold) {
            historyTold = true;
            context.registeredReaders().keySet().forEach(this::tellComplete);
        }
        var unassigned = new ArrayList<>(binlog);
        unassigned.addAll(chunks);
        return new ReadingState(
                start, unassigned, List.copyOf(copies), tables == null ? null : Set.copyOf(tables), replaced);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
        if (!startIsDurable && checkpointId >= startCheckpoint) {
            startIsDurable = true;
            assign();
        }
        if (!historyComplete && checkpointId >= copiedCheckpoint) {
            historyComplete = true;
            LOG.info("source {}: the first copy is complete", source.name());
        }
    }

    private void tellComplete(int subtask) {
        context.sendEventToSourceReader(subtask, new HistoryComplete());
    }

    /** Returns whether every chunk of every table has been read: every worker has asked for one, and there is none. */
    private boolean isCopied() {
        return startIsDurable
                && tablesKnown
                && source.startup().mode() == SourceConfig.Startup.Mode.INITIAL
                && copies.isEmpty()
                && chunks.isEmpty()
                && askingForChunk.size() == context.currentParallelism();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        retries.shutdownNow();
        try {
            cutter.close();
        } catch (SQLException e) {
            LOG.warn("source {}: closing the connection that cuts chunks failed", source.name(), e);
        }
    }
}
