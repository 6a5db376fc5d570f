package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shyiko.mysql.binlog.network.ServerException;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import io.debezium.relational.history.TableChanges;
import io.debezium.relational.history.TableChanges.TableChange;
import io.gravity.event.SourcePosition;
import java.io.IOException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that fail in turn, and what is handed over meanwhile. */
@Timeout(60)
class ContainedReaderTest {
    private static final Schema HEARTBEAT = SchemaBuilder.struct()
            .name("io.debezium.connector.common.Heartbeat")
            .field("ts_ms", Schema.INT64_SCHEMA)
            .build();
    private static final SourceRecords NONE = new SourceRecords(List.of());
    private static final Exception REFUSED = new ConnectException("Connection refused");

    private final Queue<Scripted> script = new ArrayDeque<>();
    private final List<BinlogOffset> begunAt = new ArrayList<>();
    private final ContainedReader reader = new ContainedReader(
            "orders-db", script::remove, new SourceMetrics(new UnregisteredMetricsGroup()), new RowPace(0), () -> null);

    @AfterEach
    void close() throws Exception {
        reader.close();
    }

    @Test
    void aBinlogGoesOnBehindTheLastRecordHandedOver() throws Exception {
        script.add(new Scripted(at(10), at(20), REFUSED));
        script.add(new Scripted(at(30)));
        give(Splits.binlog(4));

        assertThat(positions(next())).containsExactly(10L);
        assertThat(positions(next())).containsExactly(20L);
        assertThat(next()).isSameAs(ContainedReader.SILENT);
        assertThat(positions(next())).containsExactly(30L);
        assertThat(begunAt).extracting(BinlogOffset::getPosition).containsExactly(4L, 20L);
    }

    @Test
    void aChunkBeginsAnew() throws Exception {
        script.add(new Scripted(at(1), REFUSED));
        script.add(new Scripted(at(1), at(2), null));
        give(chunk());

        assertThat(positions(next())).containsExactly(1L);
        assertThat(next()).isSameAs(ContainedReader.SILENT);
        assertThat(positions(next())).containsExactly(1L);
        assertThat(positions(next())).containsExactly(2L);
        assertThat(fetch().finishedSplits()).containsExactly(chunk().splitId());
    }

    @Test
    void aConnectionThatCanNotBeMadeIsTriedAgain() throws Exception {
        script.add(new Scripted().failsToBegin(REFUSED));
        script.add(new Scripted().failsToBegin(REFUSED));
        script.add(new Scripted(at(10)));
        give(Splits.binlog(4));

        assertThat(next()).isSameAs(ContainedReader.SILENT);
        assertThat(next()).isSameAs(ContainedReader.SILENT);
        assertThat(positions(next())).containsExactly(10L);
    }

    @Test
    void anErrorThatIsNotTheDatabasesFailsTheJob() throws Exception {
        script.add(new Scripted(at(10), new IllegalStateException("a bug")));
        give(Splits.binlog(4));
        next();
        assertThatThrownBy(this::next)
                .isInstanceOf(IOException.class)
                .hasMessage("source orders-db: its binlog can't be read")
                .hasRootCauseMessage("a bug");
    }

    @Test
    void aLostBinlogIsFoundTwiceThenAnotherTakesItsPlace() throws Exception {
        var lost = new ServerException("Could not find first log file name", 1236, "HY000");
        script.add(new Scripted(at(10), lost));
        script.add(new Scripted(lost));
        script.add(new Scripted(at(70)));
        give(Splits.binlog(4));

        next();
        assertThat(next()).isSameAs(ContainedReader.SILENT);
        assertThat(next()).isSameAs(ContainedReader.LOST);
        reader.wakeUp();
        assertThat(fetch().nextSplit()).as("nothing more").isNull();
        give(Splits.binlog(60));
        assertThat(positions(next())).containsExactly(70L);
        assertThat(begunAt).extracting(BinlogOffset::getPosition).containsExactly(4L, 10L, 60L);
    }

    @Test
    void aChunkOfATableThatIsGoneIsAtItsEnd() throws Exception {
        script.add(new Scripted(
                at(1), new IOException(new SQLException("Table 'shop.orders' doesn't exist", "42S02", 1146))));
        give(chunk());
        next();
        assertThat(fetch().finishedSplits()).containsExactly(chunk().splitId());
    }

    @Test
    void tablesThatTheSplitDoesNotKnowComeFirstAndOnce() throws Exception {
        var items = new TableId("shop", null, "items");
        var schema = new TableChange(
                TableChanges.TableChangeType.CREATE,
                Table.editor().tableId(items).create());
        script.add(new Scripted(at(10), at(20), REFUSED).finds(schema));
        script.add(new Scripted(at(30)));
        give(Splits.binlog(4));

        var state = new ChangeSplitState(Splits.binlog(4));
        for (var record : next().getSourceRecordList()) {
            state.passed(record);
        }
        assertThat(state.toSplit().split().getTableSchemas()).containsExactly(Map.entry(items, schema));
        assertThat(state.reached()).isEqualTo(new SourcePosition(1, 4, 0, 0));
        assertThat(positions(next())).containsExactly(10L);
        assertThat(positions(next())).containsExactly(20L);
        assertThat(next()).isSameAs(ContainedReader.SILENT);
        assertThat(positions(next())).containsExactly(30L);
        assertThat(begunAt).extracting(BinlogOffset::getPosition).containsExactly(4L, 20L);
    }

    @Test
    void rowsOfChunksComeAtTheirPace() throws Exception {
        try (var slow = new ContainedReader(
                "orders-db",
                script::remove,
                new SourceMetrics(new UnregisteredMetricsGroup()),
                new RowPace(5),
                () -> null)) {
            script.add(new Scripted(at(1), at(2), at(3), null));
            slow.handleSplitsChanges(new SplitsAddition<>(List.of(chunk())));
            long begun = System.nanoTime();
            while (slow.fetch().finishedSplits().isEmpty()) {
                // Three rows, one at a time.
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(550));
        }
    }

    @Test
    void nobodyWaitsForAPauseOrForADatabaseThatHangs() throws Exception {
        for (int i = 0; i < 6; i++) {
            script.add(new Scripted().failsToBegin(REFUSED));
        }
        give(Splits.binlog(4));
        assertThat(next()).isSameAs(ContainedReader.SILENT);
        assertThat(next()).isSameAs(ContainedReader.SILENT);
        assertThat(next()).isSameAs(ContainedReader.SILENT);
        // The pause is now 1.5 s at least.
        assertWakesAtOnce();

        var hanging = new Scripted().hangs();
        script.clear();
        script.add(hanging);
        var fetching = CompletableFuture.runAsync(() -> {
            while (hanging.begun.getCount() > 0) {
                fetchUnchecked();
            }
        });
        hanging.begun.await();
        reader.wakeUp();
        fetching.get(1, TimeUnit.SECONDS);
        assertWakesAtOnce();
        hanging.mayGoOn.countDown();
    }

    /** It would go on reading under the server id of the next one. */
    @Test
    void aConnectionThatHangsIsClosedOnceItAnswers() throws Exception {
        var hanging = new Scripted().hangs();
        script.add(hanging);
        give(Splits.binlog(4));
        var fetching = CompletableFuture.runAsync(this::fetchUnchecked);
        hanging.begun.await();
        reader.wakeUp();
        fetching.get(10, TimeUnit.SECONDS);

        reader.close();
        assertThat(hanging.closed.getCount()).isEqualTo(1);
        hanging.mayGoOn.countDown();
        assertThat(hanging.closed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private void assertWakesAtOnce() throws Exception {
        var fetching = CompletableFuture.runAsync(this::fetchUnchecked);
        long begun = System.nanoTime();
        reader.wakeUp();
        fetching.get(10, TimeUnit.SECONDS);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
    }

    private void fetchUnchecked() {
        try {
            var unused = reader.fetch();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void give(ChangeSplit split) {
        reader.handleSplitsChanges(new SplitsAddition<>(List.of(split)));
    }

    private org.apache.flink.connector.base.source.reader.RecordsWithSplitIds<SourceRecords> fetch()
            throws IOException {
        return reader.fetch();
    }

    /** Returns the next batch, or the sign in place of one; skips fetches that were merely woken up. */
    private SourceRecords next() throws IOException {
        while (true) {
            var fetched = fetch();
            if (fetched.nextSplit() != null) {
                return fetched.nextRecordFromSplit();
            }
        }
    }

    private static List<Long> positions(SourceRecords batch) {
        return batch.getSourceRecordList().stream()
                .map(record -> (Long) record.sourceOffset().get("pos"))
                .toList();
    }

    private static SourceRecords at(long position) {
        var value = new Struct(HEARTBEAT).put("ts_ms", 0L);
        return new SourceRecords(List.of(new SourceRecord(
                Map.of(), Map.of("file", "bin.000001", "pos", position), "heartbeat", HEARTBEAT, value)));
    }

    private static ChangeSplit chunk() {
        return Splits.chunk(new TableId("shop", null, "orders"), 0);
    }

    /** Gives batches, {@code null} for a split's end, and throws exceptions, in turn; then nothing any more. */
    private final class Scripted implements SplitConnection {
        private final Queue<Object> steps = new ArrayDeque<>();
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch closed = new CountDownLatch(1);
        private CountDownLatch mayGoOn = new CountDownLatch(0);
        private Exception beginning;
        private Map<TableId, TableChange> found = Map.of();

        Scripted(Object... steps) {
            for (var step : steps) {
                this.steps.add(step == null ? Collections.EMPTY_LIST : step);
            }
        }

        Scripted failsToBegin(Exception error) {
            beginning = error;
            return this;
        }

        Scripted finds(TableChange schema) {
            found = Map.of(schema.getId(), schema);
            return this;
        }

        @Override
        public Map<TableId, TableChange> foundTables() {
            return found;
        }

        Scripted hangs() {
            mayGoOn = new CountDownLatch(1);
            return this;
        }

        @Override
        public void begin(ChangeSplit split) {
            if (split.isBinlog() && beginning == null) {
                begunAt.add(split.split().asBinlogSplit().getStartingOffset());
            }
            begun.countDown();
            try {
                mayGoOn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            if (beginning != null) {
                throw new RuntimeException(beginning);
            }
        }

        @Override
        public boolean isUp() {
            return true;
        }

        @Override
        public SourceRecords poll() throws IOException {
            var step = steps.poll();
            if (step instanceof IOException failure) {
                throw failure;
            }
            if (step instanceof RuntimeException failure) {
                throw failure;
            }
            if (step instanceof SourceRecords batch) {
                return batch;
            }
            return step == null ? NONE : null;
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }
}
