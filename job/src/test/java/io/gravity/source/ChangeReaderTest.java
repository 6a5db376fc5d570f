package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.relational.TableId;
import io.gravity.event.ChangeEvent;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker whose server never answers. */
@Timeout(60)
class ChangeReaderTest {
    private static final TableId ORDERS = new TableId("shop", null, "orders");

    @Test
    void chunksThatAreNotReadHoldNobodyBack() throws Exception {
        var config = new Configuration();
        var emitter = new ChangeEmitter(
                null,
                new SourceMetrics(UnregisteredMetricsGroup.createOperatorMetricGroup()),
                InstantSource.system(),
                Duration.ZERO,
                null);
        var output = new Output();
        try (var reader =
                new ChangeReader(new TwoReaders(Mute::new, config), emitter, new Context(config), ORDERS::equals)) {
            reader.start();
            reader.addSplits(List.of(Splits.binlog(4), Splits.chunk(ORDERS, 0), Splits.chunk(ORDERS, 1)));
            output.giveOutputs("binlog-split", ORDERS + ":0", ORDERS + ":1");
            reader.pollNext(output);

            assertThat(output.isIdle)
                    .containsExactlyInAnyOrderEntriesOf(
                            Map.of("binlog-split", false, ORDERS + ":0", true, ORDERS + ":1", true));
        }
    }

    private static final class Mute implements SplitReader<SourceRecords, ChangeSplit> {
        private final Semaphore wakeUps = new Semaphore(0);

        @Override
        public RecordsWithSplitIds<SourceRecords> fetch() {
            wakeUps.acquireUninterruptibly();
            return new RecordsBySplits.Builder<SourceRecords>().build();
        }

        @Override
        public void handleSplitsChanges(SplitsChange<ChangeSplit> change) {}

        @Override
        public void wakeUp() {
            wakeUps.release();
        }

        @Override
        public void close() {}
    }

    /** As Flink's, which makes the splits' outputs when they are given, and takes them for active. */
    private static class Output implements ReaderOutput<ChangeEvent> {
        private final Map<String, Boolean> isIdle = new HashMap<>();

        void giveOutputs(String... splits) {
            for (var split : splits) {
                isIdle.put(split, false);
            }
        }

        @Override
        public SourceOutput<ChangeEvent> createOutputForSplit(String split) {
            isIdle.putIfAbsent(split, false);
            return new Output() {
                @Override
                public void markIdle() {
                    Output.this.isIdle.put(split, true);
                }
            };
        }

        @Override
        public void releaseOutputForSplit(String split) {
            isIdle.remove(split);
        }

        @Override
        public void collect(ChangeEvent event) {}

        @Override
        public void collect(ChangeEvent event, long timestamp) {}

        @Override
        public void emitWatermark(Watermark watermark) {}

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}
    }

    private record Context(Configuration config) implements SourceReaderContext {
        @Override
        public SourceReaderMetricGroup metricGroup() {
            return UnregisteredMetricsGroup.createSourceReaderMetricGroup();
        }

        @Override
        public Configuration getConfiguration() {
            return config;
        }

        @Override
        public String getLocalHostName() {
            return "here";
        }

        @Override
        public int getIndexOfSubtask() {
            return 0;
        }

        @Override
        public void sendSplitRequest() {}

        @Override
        public void sendSourceEventToCoordinator(SourceEvent event) {}

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            return SimpleUserCodeClassLoader.create(ChangeReaderTest.class.getClassLoader());
        }
    }
}
