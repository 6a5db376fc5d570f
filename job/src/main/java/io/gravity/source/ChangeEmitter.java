package io.gravity.source;

import io.gravity.event.ChangeEvent;
import io.gravity.event.SourcePosition;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.mysql.source.utils.RecordUtils;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;
import org.apache.flink.connector.base.source.reader.RecordEmitter;

/**
 * Emits a batch of the connector's records, keeps the split's state, and tells the time.
 *
 * <p>The binlog's clock ticks in seconds. While changes come, the watermark follows it: it goes on steadily, which a
 * column that says when changes were made need not, so a change whose column tells an older time is late. An empty batch says that the
 * reader has caught up; then the watermark follows the clock, minus the allowance, down to the last full second, since
 * an idle source emits nothing and would hold the others back. Chunks have no time of their own and are marked idle, and
 * so is a binlog that can't be read: when it is back, it counts again, and those of its changes that the others have
 * overtaken are late.
 */
final class ChangeEmitter implements RecordEmitter<SourceRecords, ChangeEvent, ChangeSplitState> {
    /** How far behind the clock a change of a caught-up source can arrive without being late. */
    static final long ALLOWANCE_MILLIS = 500;

    private final ChangeConverter converter;
    private final SourceMetrics metrics;
    private final InstantSource clock;
    private final long clockOffsetMillis;
    private long watermark = Long.MIN_VALUE;
    private final SourceConfig.Origin origin;
    /** A place in the transaction that is read now, if Gravity wrote it; else {@code null}. */
    private SourcePosition own;

    private TableMarkers tables;
    private boolean historyComplete;
    private Consumer<ChangeSplitState> lost = state -> {};

    /**
     * Creates an emitter.
     *
     * @param clockOffset how far the source's clock is ahead of {@code clock}
     * @param origin whose transactions are not changes; {@code null}: all of them are
     */
    ChangeEmitter(
            ChangeConverter converter,
            SourceMetrics metrics,
            InstantSource clock,
            Duration clockOffset,
            SourceConfig.Origin origin) {
        this.origin = origin;
        this.converter = converter;
        this.metrics = metrics;
        this.clock = clock;
        this.clockOffsetMillis = clockOffset.toMillis();
    }

    @Override
    public void emitRecord(SourceRecords batch, SourceOutput<ChangeEvent> output, ChangeSplitState state)
            throws Exception {
        if (batch == ContainedReader.SILENT || batch == ContainedReader.LOST) {
            output.markIdle();
            if (batch == ContainedReader.LOST) {
                lost.accept(state);
            }
            return;
        }
        converter.readUnder(state);
        long nowMillis = clock.millis();
        boolean empty = true;
        long newest = Long.MIN_VALUE;
        for (var records = batch.iterator(); records.hasNext(); ) {
            var record = records.next();
            empty = false;
            if (RecordUtils.isSchemaChangeEvent(record) && OriginRows.isTheirs(RecordUtils.getTableId(record))) {
                state.passed(record);
                continue;
            }
            if (tables != null && RecordUtils.isSchemaChangeEvent(record)) {
                tables.pass(record, state, nowMillis * 1000)
                        .ifPresent(marker -> output.collect(marker, Math.floorDiv(marker.eventTimeMicros(), 1000)));
                continue;
            }
            if (record.keySchema() == null && tables != null && state.isBinlog()) {
                tables.refuse(record, metrics);
            } else if (RecordUtils.isDataChangeRecord(record)) {
                if (isOwn(record, state)) {
                    looped(record, state, nowMillis, output);
                } else {
                    var event = converter.convert(record, state.split(), nowMillis * 1000);
                    if (historyComplete) {
                        event = event.withCompleteHistory();
                    }
                    output.collect(event, Math.floorDiv(event.eventTimeMicros(), 1000));
                    metrics.emitted(event, converter.committedMillis(), nowMillis);
                }
                newest = Math.max(newest, converter.committedMillis());
            }
            state.passed(record);
        }
        if (!state.isBinlog()) {
            output.markIdle();
        } else if (empty) {
            // The last full second is one of the source's clock, which stamps what comes next.
            long sourceMillis = nowMillis - ALLOWANCE_MILLIS + clockOffsetMillis;
            advance(Math.floorDiv(sourceMillis, 1000) * 1000 - 1 - clockOffsetMillis, output);
        } else if (newest > Long.MIN_VALUE) {
            advance(newest - 1, output);
        }
    }

    /** Says who makes of statements about tables what flows with the rows. */
    void follow(TableMarkers newTables) {
        tables = newTables;
    }

    /** Returns whether Gravity wrote the row, or it only tells whose transaction begins. */
    private boolean isOwn(SourceRecord record, ChangeSplitState state) {
        if (origin == null || !state.isBinlog()) {
            return false;
        }
        if (OriginRows.isOne(record)) {
            boolean isOurs = origin.name().equals(OriginRows.origin(record));
            own = isOurs ? converter.position(record.sourceOffset()) : null;
            return true;
        }
        return own != null && own.isOneTransaction(converter.position(record.sourceOffset()));
    }

    /** What Gravity has written is no change; but where it writes, it has to know what its writing met. */
    private void looped(SourceRecord record, ChangeSplitState state, long nowMillis, SourceOutput<ChangeEvent> output) {
        if (OriginRows.isOne(record)) {
            converter.pass(record);
            return;
        }
        metrics.looped();
        if (origin.isTarget()) {
            var event =
                    converter.convert(record, state.split(), nowMillis * 1000).asEcho();
            output.collect(event, Math.floorDiv(event.eventTimeMicros(), 1000));
        } else {
            converter.pass(record);
        }
    }

    /** Whether from now on a row unknown downstream was never there. */
    void historyIsComplete(boolean complete) {
        historyComplete = complete;
    }

    /** Says whom to tell that the binlog is lost, in the task's thread, once all that was read of it is emitted. */
    void onLost(Consumer<ChangeSplitState> listener) {
        lost = listener;
    }

    private void advance(long to, SourceOutput<ChangeEvent> output) {
        if (to > watermark) {
            watermark = to;
            output.emitWatermark(new Watermark(to));
        }
    }
}
