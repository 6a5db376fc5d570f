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
                offset);

        emitter.emitRecord(new SourceRecords(List.of()), new Output(), new ChangeSplitState(BINLOG));

        assertThat(watermarks).containsExactly(expected);
        long stampedNow = Math.floorDiv(nowMillis + offsetMillis, 1000) * 1000 - offsetMillis;
        assertThat(expected).isLessThan(stampedNow);
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
            throw new AssertionError("the binlog is never idle");
        }

        @Override
        public void markActive() {}
    }
}
