package io.gravity.source;

import io.gravity.event.ChangeEvent;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.connector.base.source.reader.SourceReaderBase;
import org.apache.flink.core.io.InputStatus;

/** One worker of a source: one of them holds the binlog, all of them ask for chunks until none is left. */
final class ChangeReader extends SourceReaderBase<SourceRecords, ChangeEvent, ChangeSplit, ChangeSplitState> {
    private final ChangeEmitter emitter;
    private boolean holdsBinlog;
    private int chunksHeld;
    private boolean saidIdle;

    ChangeReader(TwoReaders readers, ChangeEmitter emitter, SourceReaderContext context) {
        super(readers, emitter, context.getConfiguration(), context);
        this.emitter = emitter;
        emitter.onLost(state ->
                context.sendSourceEventToCoordinator(BinlogLost.of(state.split().start(), state.reached())));
    }

    @Override
    public void start() {
        askForChunk();
    }

    /** Asking says that this worker has none, also none from before a restart. */
    private void askForChunk() {
        if (chunksHeld == 0) {
            context.sendSplitRequest();
        }
    }

    @Override
    public void addSplits(List<ChangeSplit> splits) {
        for (var split : splits) {
            if (split.isBinlog()) {
                holdsBinlog = true;
                // Another one after a lost one begins with another copy.
                emitter.historyIsComplete(false);
            } else {
                chunksHeld++;
            }
        }
        super.addSplits(splits);
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
        return super.pollNext(output);
    }

    @Override
    protected void onSplitFinished(Map<String, ChangeSplitState> finished) {
        for (var state : finished.values()) {
            if (!state.isBinlog()) {
                chunksHeld--;
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
