package io.gravity.source;

import io.debezium.relational.TableId;
import io.gravity.event.ChangeEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.connector.base.source.reader.SourceReaderBase;
import org.apache.flink.core.io.InputStatus;

/** One worker of a source: one of them holds the binlog, all of them ask for chunks until none is left. */
final class ChangeReader extends SourceReaderBase<SourceRecords, ChangeEvent, ChangeSplit, ChangeSplitState> {
    private final ChangeEmitter emitter;
    private final Predicate<TableId> configured;
    private boolean holdsBinlog;
    private final List<ChangeSplit> chunksHeld = new ArrayList<>();
    /** Chunks that were given since the last poll. */
    private final List<String> chunksGiven = new ArrayList<>();

    private boolean saidIdle;

    /**
     * Creates a worker.
     *
     * @param configured tables that are read; one that was read before a restart need not be
     */
    ChangeReader(
            TwoReaders readers, ChangeEmitter emitter, SourceReaderContext context, Predicate<TableId> configured) {
        super(readers, emitter, context.getConfiguration(), context);
        this.emitter = emitter;
        this.configured = configured;
        emitter.onLost(state ->
                context.sendSourceEventToCoordinator(BinlogLost.of(state.split().start(), state.reached())));
    }

    @Override
    public void start() {
        if (!chunksHeld.isEmpty()) {
            context.sendSourceEventToCoordinator(ChunksHeld.of(chunksHeld));
        }
        askForChunk();
    }

    /** Asking says that this worker has none, also none from before a restart. */
    private void askForChunk() {
        if (chunksHeld.isEmpty()) {
            context.sendSplitRequest();
        }
    }

    @Override
    public void addSplits(List<ChangeSplit> splits) {
        var read = new ArrayList<ChangeSplit>();
        for (var split : splits) {
            if (split.isBinlog()) {
                holdsBinlog = true;
                // Another one after a lost one begins with another copy.
                emitter.historyIsComplete(false);
                read.add(split.withTables(configured));
            } else if (configured.test(split.split().asSnapshotSplit().getTableId())) {
                chunksHeld.add(split);
                chunksGiven.add(split.splitId());
                read.add(split);
            }
        }
        super.addSplits(read);
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        if (event instanceof HistoryComplete) {
            emitter.historyIsComplete(true);
        } else {
            super.handleSourceEvents(event);
        }
    }

    @Override
    public InputStatus pollNext(ReaderOutput<ChangeEvent> output) throws Exception {
        if (!holdsBinlog && !saidIdle) {
            // Only the binlog tells the time; a worker without it must not hold the others' back.
            output.markIdle();
            saidIdle = true;
        }
        // Flink waits for the time of each split it has given, also of those that are read after others, or not at all
        // while the server is down.
        chunksGiven.forEach(chunk -> output.createOutputForSplit(chunk).markIdle());
        chunksGiven.clear();
        return super.pollNext(output);
    }

    @Override
    protected void onSplitFinished(Map<String, ChangeSplitState> finished) {
        for (var state : finished.values()) {
            if (!state.isBinlog()) {
                chunksHeld.removeIf(
                        chunk -> chunk.splitId().equals(state.split().splitId()));
                askForChunk();
            }
        }
    }

    @Override
    protected ChangeSplitState initializedState(ChangeSplit split) {
        return new ChangeSplitState(split);
    }

    @Override
    protected ChangeSplit toSplitType(String splitId, ChangeSplitState state) {
        return state.toSplit();
    }
}
