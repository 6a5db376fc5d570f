package io.gravity.source;

import io.debezium.connector.mysql.MySqlPartition;
import io.debezium.relational.TableId;
import io.debezium.relational.history.TableChanges.TableChange;
import io.gravity.error.Backoff;
import io.gravity.event.SourcePosition;
import java.io.IOException;
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
import org.apache.flink.cdc.connectors.mysql.schema.MySqlSchema;
import org.apache.flink.cdc.connectors.mysql.source.assigners.AssignerStatus;
import org.apache.flink.cdc.connectors.mysql.source.assigners.MySqlChunkSplitter;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.ChunkSplitterState;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.SnapshotPendingSplitsState;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.split.FinishedSnapshotSplitInfo;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSnapshotSplit;
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
    /** One in so many failures is logged, the first one always. */
    private static final int FAILURES_PER_LOG_LINE = 20;

    private final SplitEnumeratorContext<ChangeSplit> context;
    private final SourceConfig source;
    private final MySqlSourceConfig connector;
    private final ScheduledExecutorService retries;
    private final boolean mayFailJob;

    private ReadingState.Start start;
    private boolean startIsDurable;
    private long startCheckpoint = Long.MAX_VALUE;
    /** The first checkpoint taken after the last chunk had been read: once it is complete, its rows have passed. */
    private long copiedCheckpoint = Long.MAX_VALUE;

    private boolean historyComplete;
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

    private final Deque<TableId> unsplit = new ArrayDeque<>();
    private final Map<TableId, TableChange> schemas = new HashMap<>();
    private ChunkSplitterState splitting = ChunkSplitterState.NO_SPLITTING_TABLE_STATE;
    private boolean tableIdCaseSensitive;
    private MySqlChunkSplitter splitter;
    private long totalChunks;
    private final Random random = new Random();
    private volatile SourceState state = SourceState.WAITING;
    private Counter retried;
    private volatile boolean closed;

    /**
     * Creates an enumerator.
     *
     * @param mayFailJob whether what is found to be wrong at first sight fails the job
     */
    ChangeEnumerator(
            SplitEnumeratorContext<ChangeSplit> context,
            SourceConfig source,
            MySqlSourceConfig connector,
            ReadingState restored,
            boolean mayFailJob) {
        this.context = context;
        this.source = source;
        this.connector = connector;
        this.retries = Executors.newSingleThreadScheduledExecutor(
                new ExecutorThreadFactory("source-" + source.name() + "-retry"));
        this.start = restored.start();
        this.startIsDurable = start != null;
        this.replaced = restored.replaced();
        this.mayFailJob = mayFailJob;
        for (var split : restored.unassigned()) {
            (split.isBinlog() ? binlog : chunks).add(split);
        }
        if (restored.snapshot() != null) {
            unsplit.addAll(restored.snapshot().getRemainingTables());
            schemas.putAll(restored.snapshot().getTableSchemas());
            splitting = restored.snapshot().getChunkSplitterState();
            tableIdCaseSensitive = restored.snapshot().isTableIdCaseSensitive();
        }
    }

    @Override
    public void start() {
        context.metricGroup().gauge("chunksWaiting", chunks::size);
        context.metricGroup().gauge("tablesWaiting", unsplit::size);
        context.metricGroup().gauge("chunksTotal", () -> totalChunks);
        context.metricGroup().gauge("state", (Gauge<Integer>) () -> state.ordinal());
        retried = context.metricGroup().counter("retries");
        if (start == null) {
            attempt(() -> SourceInspection.begin(source, connector), this::begun);
        } else {
            splitNext();
        }
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
        tableIdCaseSensitive = beginning.tableIdCaseSensitive();
        schemas.putAll(beginning.schemas());
        binlog.add(split(new MySqlBinlogSplit(
                BINLOG_SPLIT,
                beginning.offset(),
                BinlogOffset.ofNonStopping(),
                List.of(NO_FILTER),
                beginning.schemas(),
                1)));
        if (source.startup().mode() == SourceConfig.Startup.Mode.INITIAL) {
            unsplit.addAll(beginning.schemas().keySet());
        }
        LOG.info(
                "source {}: begins at {}, {} tables to snapshot; waits for a checkpoint to hold that",
                source.name(),
                beginning.offset(),
                unsplit.size());
        splitNext();
    }

    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
        if (event instanceof BinlogLost lost) {
            lose(subtask, lost);
        }
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
        if (splitter != null) {
            var earlier = splitter;
            splitter = null;
            earlier.close();
        }
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
        unsplit.clear();
        schemas.clear();
        splitting = ChunkSplitterState.NO_SPLITTING_TABLE_STATE;
        startIsDurable = false;
        startCheckpoint = Long.MAX_VALUE;
        historyComplete = false;
        copiedCheckpoint = Long.MAX_VALUE;
        replacing = false;
        replaced = true;
        begun(beginning);
    }

    private ChangeSplit split(org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit split) {
        return new ChangeSplit(split, SourceInspection.position(start.offset()), start.timeMicros());
    }

    /** Cuts tables into chunks one step at a time; a step's result and the splitter's state become visible together. */
    private void splitNext() {
        var table = splitting.getCurrentSplittingTableId() != null
                ? splitting.getCurrentSplittingTableId()
                : unsplit.peek();
        if (table == null) {
            return;
        }
        attempt(() -> splitStep(table), this::splitDone);
    }

    private record Step(TableId table, List<MySqlSnapshotSplit> chunks, ChunkSplitterState state, boolean tableDone) {}

    private Step splitStep(TableId table) throws Exception {
        if (splitter == null) {
            var fresh = new MySqlChunkSplitter(new MySqlSchema(connector, tableIdCaseSensitive), connector, splitting);
            fresh.open();
            splitter = fresh;
        }
        try {
            var split = splitter.splitChunks(
                    new MySqlPartition(connector.getMySqlConnectorConfig().getLogicalName()), table);
            boolean more = splitter.hasNextChunk();
            return new Step(
                    table,
                    split,
                    more ? splitter.snapshotState(0) : ChunkSplitterState.NO_SPLITTING_TABLE_STATE,
                    !more);
        } catch (Exception e) {
            var broken = splitter;
            splitter = null;
            try {
                broken.close();
            } catch (Exception suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private void splitDone(Step step) {
        for (var chunk : step.chunks()) {
            chunks.add(split(chunk));
        }
        totalChunks += step.chunks().size();
        splitting = step.state();
        if (step.tableDone()) {
            unsplit.remove(step.table());
        }
        assign();
        splitNext();
    }

    @Override
    public void handleSplitRequest(int subtask, String host) {
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
        copiedCheckpoint = Long.MAX_VALUE;
        for (var split : splits) {
            (split.isBinlog() ? binlog : chunks).addFirst(split);
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
        for (var asking = askingForChunk.iterator(); asking.hasNext() && !chunks.isEmpty(); ) {
            int subtask = asking.next();
            if (readers.contains(subtask)) {
                context.assignSplit(chunks.poll(), subtask);
            }
            asking.remove();
        }
    }

    @Override
    public ReadingState snapshotState(long checkpointId) {
        if (start != null && startCheckpoint == Long.MAX_VALUE) {
            startCheckpoint = checkpointId;
        }
        if (copiedCheckpoint == Long.MAX_VALUE && isCopied()) {
            copiedCheckpoint = checkpointId;
        }
        var unassigned = new ArrayList<>(binlog);
        unassigned.addAll(chunks);
        var snapshot = unsplit.isEmpty()
                ? null
                : new SnapshotPendingSplitsState(
                        List.of(),
                        List.of(),
                        Map.of(),
                        schemas,
                        Map.of(),
                        AssignerStatus.INITIAL_ASSIGNING,
                        List.copyOf(unsplit),
                        tableIdCaseSensitive,
                        true,
                        splitting);
        return new ReadingState(start, unassigned, snapshot, replaced);
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
            context.registeredReaders().keySet().forEach(this::tellComplete);
        }
    }

    private void tellComplete(int subtask) {
        context.sendEventToSourceReader(subtask, new HistoryComplete());
    }

    /** Returns whether every chunk of every table has been read: every worker has asked for one, and there is none. */
    private boolean isCopied() {
        return startIsDurable
                && source.startup().mode() == SourceConfig.Startup.Mode.INITIAL
                && unsplit.isEmpty()
                && chunks.isEmpty()
                && askingForChunk.size() == context.currentParallelism();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        retries.shutdownNow();
        if (splitter != null) {
            try {
                splitter.close();
            } catch (Exception e) {
                LOG.warn("source {}: closing the chunk splitter failed", source.name(), e);
            }
        }
    }
}
