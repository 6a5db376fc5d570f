package io.gravity.source;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Iterator;
import java.util.Queue;
import org.apache.flink.cdc.connectors.mysql.debezium.DebeziumUtils;
import org.apache.flink.cdc.connectors.mysql.debezium.reader.BinlogSplitReader;
import org.apache.flink.cdc.connectors.mysql.debezium.reader.DebeziumReader;
import org.apache.flink.cdc.connectors.mysql.debezium.reader.SnapshotSplitReader;
import org.apache.flink.cdc.connectors.mysql.debezium.task.context.StatefulTaskContext;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlRecords;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.mysql.source.utils.hooks.SnapshotPhaseHooks;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;

/**
 * Reads splits one after the other through the connector, on a fetcher's thread. The fetcher manager gives one instance
 * the binlog and another the chunks, so the two run beside each other.
 */
final class ConnectorSplitReader implements SplitReader<SourceRecords, ChangeSplit> {
    /** How long an idle binlog reader stays silent before it says that it has caught up. */
    private static final long IDLE_TICK_NANOS = 20_000_000;

    private final MySqlSourceConfig config;
    private final int subtask;
    private final Queue<ChangeSplit> waiting = new ArrayDeque<>();
    private DebeziumReader<SourceRecords, MySqlSplit> reader;
    private ChangeSplit current;
    private BinlogWatch watch;
    private volatile boolean awake;

    ConnectorSplitReader(MySqlSourceConfig config, int subtask) {
        this.config = config;
        this.subtask = subtask;
    }

    @Override
    public RecordsWithSplitIds<SourceRecords> fetch() throws IOException {
        if (current == null) {
            var next = waiting.poll();
            if (next == null) {
                return new MySqlRecords(null, Collections.emptyIterator(), Collections.emptySet());
            }
            begin(next);
        }
        try {
            return poll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading split " + current.splitId(), e);
        }
    }

    private void begin(ChangeSplit next) {
        if (reader == null) {
            reader = next.isBinlog()
                    ? watchedBinlog()
                    : new SnapshotSplitReader(config, subtask, SnapshotPhaseHooks.empty());
        }
        reader.submitSplit(next.split());
        current = next;
    }

    private BinlogSplitReader watchedBinlog() {
        var client = DebeziumUtils.createBinaryClient(config.getDbzConfiguration());
        watch = BinlogWatch.on(client, config.getHostname() + ":" + config.getPort());
        return new BinlogSplitReader(
                new StatefulTaskContext(config, client, DebeziumUtils.createMySqlConnection(config)), subtask);
    }

    /** Waits inside the fetcher for a batch that holds something, since each batch handed over wakes the task. */
    private MySqlRecords poll() throws InterruptedException, IOException {
        long deadline = System.nanoTime() + IDLE_TICK_NANOS;
        while (true) {
            Iterator<SourceRecords> batches = reader.pollSplitRecords();
            if (batches == null) {
                var finished = MySqlRecords.forFinishedSplit(current.splitId());
                current = null;
                if (waiting.isEmpty()) {
                    close();
                }
                return finished;
            }
            if (batches.hasNext()) {
                var batch = batches.next();
                boolean empty = !batch.iterator().hasNext();
                if (empty && current.isBinlog()) {
                    watch.check();
                }
                boolean tick = current.isBinlog() && System.nanoTime() >= deadline;
                if (!empty || tick || awake) {
                    awake = false;
                    return MySqlRecords.forUnfinishedRecords(
                            current.splitId(), Collections.singletonList(batch).iterator());
                }
            }
        }
    }

    @Override
    public void handleSplitsChanges(SplitsChange<ChangeSplit> change) {
        waiting.addAll(change.splits());
    }

    @Override
    public void wakeUp() {
        awake = true;
    }

    @Override
    public void close() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
