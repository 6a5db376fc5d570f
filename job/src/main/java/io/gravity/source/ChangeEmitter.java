package io.gravity.source;

import io.debezium.relational.history.HistoryRecord;
import io.gravity.event.ChangeEvent;
import java.time.Duration;
import java.time.InstantSource;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.mysql.source.utils.RecordUtils;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.header.Header;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;
import org.apache.flink.cdc.debezium.history.FlinkJsonTableChangeSerializer;
import org.apache.flink.connector.base.source.reader.RecordEmitter;

/**
 * Emits a batch of the connector's records, keeps the split's state, and tells the time.
 *
 * <p>The binlog's clock ticks in seconds. While changes come, the watermark follows it: it goes on steadily, which a
 * column that says when changes were made need not, so a change whose column tells an older time is late. An empty batch says that the
 * reader has caught up; then the watermark follows the clock, minus the allowance, down to the last full second, since
 * an idle source emits nothing and would hold the others back. Chunks have no time of their own and are marked idle.
 */
final class ChangeEmitter implements RecordEmitter<SourceRecords, ChangeEvent, ChangeSplitState> {
    /** How far behind the clock a change of a caught-up source can arrive without being late. */
    static final long ALLOWANCE_MILLIS = 500;

    private static final FlinkJsonTableChangeSerializer TABLE_CHANGES = new FlinkJsonTableChangeSerializer();

    private final ChangeConverter converter;
    private final SourceMetrics metrics;
    private final InstantSource clock;
    private final long clockOffsetMillis;
    private long watermark = Long.MIN_VALUE;
    private boolean historyComplete;

    /**
     * Creates an emitter.
     *
     * @param clockOffset how far the source's clock is ahead of {@code clock}
     */
    ChangeEmitter(ChangeConverter converter, SourceMetrics metrics, InstantSource clock, Duration clockOffset) {
        this.converter = converter;
        this.metrics = metrics;
        this.clock = clock;
        this.clockOffsetMillis = clockOffset.toMillis();
    }

    @Override
    public void emitRecord(SourceRecords batch, SourceOutput<ChangeEvent> output, ChangeSplitState state)
            throws Exception {
        long nowMillis = clock.millis();
        boolean empty = true;
        long newest = Long.MIN_VALUE;
        for (var records = batch.iterator(); records.hasNext(); ) {
            var record = records.next();
            empty = false;
            if (RecordUtils.isDataChangeRecord(record)) {
                var event = converter.convert(record, state.split(), nowMillis * 1000);
                if (historyComplete) {
                    event = event.withCompleteHistory();
                }
                newest = Math.max(newest, converter.committedMillis());
                output.collect(event, Math.floorDiv(event.eventTimeMicros(), 1000));
                metrics.emitted(event, converter.committedMillis(), nowMillis);
                if (!isFirstHalfOfKeyChange(record)) {
                    state.passed(record);
                }
            } else if (state.isBinlog() && RecordUtils.isSchemaChangeEvent(record)) {
                noteSchema(record, state);
                state.passed(record);
            } else if (state.isBinlog() && RecordUtils.isHeartbeatEvent(record)) {
                state.passed(record);
            }
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

    /** From now on a row unknown downstream was never there. */
    void historyIsComplete() {
        historyComplete = true;
    }

    private void advance(long to, SourceOutput<ChangeEvent> output) {
        if (to > watermark) {
            watermark = to;
            output.emitWatermark(new Watermark(to));
        }
    }

    private static void noteSchema(SourceRecord record, ChangeSplitState state) throws Exception {
        var changes = RecordUtils.getHistoryRecord(record).document().getArray(HistoryRecord.Fields.TABLE_CHANGES);
        for (var change : TABLE_CHANGES.deserialize(changes, true)) {
            state.changed(change);
        }
    }

    /**
     * A change of primary key comes as a delete and an insert of the same offset. Resuming after the delete would skip
     * the insert, so the delete alone does not move the offset.
     */
    private static boolean isFirstHalfOfKeyChange(SourceRecord record) {
        for (Header header : record.headers()) {
            if ("__debezium.newkey".equals(header.key())) {
                return true;
            }
        }
        return false;
    }
}
