package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ChangeEvent;
import io.gravity.event.SourcePosition;
import io.gravity.source.SourceConfig.Timing;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The time a source tells when it has nothing to say. */
class ChangeEmitterTest {
    private static final ChangeSplit BINLOG = new ChangeSplit(
            new MySqlBinlogSplit(
                    "binlog-split",
                    BinlogOffset.ofBinlogFilePosition("mysql-bin.000012", 4),
                    BinlogOffset.ofNonStopping(),
                    List.of(),
                    new HashMap<>(),
                    1),
            SourcePosition.NONE,
            0);

    private final List<Long> watermarks = new ArrayList<>();
    private int idle;

    /** What is committed now is stamped with the full second of the source's clock; the allowance is 500 ms. */
    @ParameterizedTest
    @CsvSource({"10600,0,9999", "10400,0,8999", "10600,300,9699", "10600,-300,9299", "10900,-300,10299"})
    void aSourceThatHasCaughtUpTellsTheLastSecondOfItsOwnClock(long nowMillis, long offsetMillis, long expected)
            throws Exception {
        var offset = Duration.ofMillis(offsetMillis);
        var emitter = new ChangeEmitter(
                new ChangeConverter("eu", new Timing(List.of(), offset), ZoneOffset.UTC),
                new SourceMetrics(new UnregisteredMetricsGroup()),
                InstantSource.fixed(Instant.ofEpochMilli(nowMillis)),
                offset,
                null);

        emitter.emitRecord(new SourceRecords(List.of()), new Output(), new ChangeSplitState(BINLOG));

        assertThat(watermarks).containsExactly(expected);
        assertThat(idle).isZero();
        long stampedNow = Math.floorDiv(nowMillis + offsetMillis, 1000) * 1000 - offsetMillis;
        assertThat(expected).isLessThan(stampedNow);
    }

    /** The others need not wait for what can't be read; what it has to say once it is back counts again. */
    @Test
    void aSourceThatCanNotBeReadIsIdleUntilItIsBack() throws Exception {
        var emitter = emitter(10_600);
        var state = new ChangeSplitState(BINLOG);
        emitter.emitRecord(ContainedReader.SILENT, new Output(), state);
        assertThat(idle).isEqualTo(1);
        assertThat(watermarks).isEmpty();

        emitter.emitRecord(new SourceRecords(List.of()), new Output(), state);
        assertThat(watermarks).containsExactly(9999L);
        assertThat(idle).isEqualTo(1);
    }

    @Test
    void aLostBinlogIsToldOnceAllOfItIsEmitted() throws Exception {
        var emitter = emitter(10_600);
        var told = new ArrayList<ChangeSplitState>();
        emitter.onLost(told::add);
        var state = new ChangeSplitState(BINLOG);
        emitter.emitRecord(ContainedReader.LOST, new Output(), state);
        assertThat(told).containsExactly(state);
        assertThat(state.reached()).isEqualTo(new SourcePosition(12, 4, 0, 0));
        assertThat(idle).isEqualTo(1);
    }

    private static ChangeEmitter emitter(long nowMillis) {
        return new ChangeEmitter(
                new ChangeConverter("eu", Timing.binlog(), ZoneOffset.UTC),
                new SourceMetrics(new UnregisteredMetricsGroup()),
                InstantSource.fixed(Instant.ofEpochMilli(nowMillis)),
                Duration.ZERO,
                null);
    }

    private final class Output implements SourceOutput<ChangeEvent> {
        @Override
        public void collect(ChangeEvent event) {
            throw new AssertionError(event);
        }

        @Override
        public void collect(ChangeEvent event, long timestamp) {
            throw new AssertionError(event);
        }

        @Override
        public void emitWatermark(Watermark watermark) {
            watermarks.add(watermark.getTimestamp());
        }

        @Override
        public void markIdle() {
            idle++;
        }

        @Override
        public void markActive() {}
    }
}
