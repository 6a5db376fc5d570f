package io.gravity.source;

import io.debezium.connector.mysql.MySqlConnection;
import io.gravity.source.BinlogRetention.LogFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.cdc.connectors.mysql.debezium.DebeziumUtils;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then how far the server is from removing the binlog that is to be read next, and says so in metrics and,
 * once it becomes near, in the log. On a thread of its own: a job that is held back reads nothing, and then it matters most.
 */
final class RetentionWatch implements AutoCloseable {
    static final Duration INTERVAL = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(RetentionWatch.class);
    private static final Duration FIRST = Duration.ofSeconds(2);

    private final String source;
    private final MySqlSourceConfig connector;
    private final SourceMetrics metrics;
    private final ScheduledExecutorService clock;
    private volatile ChangeSplitState.Mark reached;
    private boolean isWarned;

    private RetentionWatch(String source, MySqlSourceConfig connector, SourceMetrics metrics) {
        this.source = source;
        this.connector = connector;
        this.metrics = metrics;
        this.clock = Executors.newSingleThreadScheduledExecutor(
                new ExecutorThreadFactory("source-" + source + "-retention"));
    }

    static RetentionWatch start(String source, MySqlSourceConfig connector, SourceMetrics metrics) {
        var watch = new RetentionWatch(source, connector, metrics);
        var unused = watch.clock.scheduleWithFixedDelay(
                watch::look, FIRST.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        return watch;
    }

    /** Tells how far the binlog has been read. */
    void reached(ChangeSplitState.Mark mark) {
        reached = mark;
    }

    private void look() {
        var mark = reached;
        if (mark == null) {
            return;
        }
        try {
            var offset = mark.offset();
            var found = ask(offset);
            metrics.retention(found);
            warn(found, offset);
        } catch (Exception e) {
            // Whoever reads the binlog says that the server can't be reached.
            LOG.debug("source {}: its server does not tell which binlogs it has", source, e);
        }
    }

    private BinlogRetention ask(BinlogOffset offset) throws Exception {
        try (MySqlConnection jdbc = DebeziumUtils.createMySqlConnection(connector)) {
            jdbc.connect();
            List<LogFile> files = jdbc.queryAndMap("SHOW BINARY LOGS", rows -> {
                var all = new ArrayList<LogFile>();
                while (rows.next()) {
                    all.add(new LogFile(rows.getString(1), rows.getLong(2)));
                }
                return all;
            });
            Map<String, String> variables = jdbc.queryAndMap(
                    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('binlog_expire_logs_seconds', 'expire_logs_days',"
                            + " 'binlog_expire_logs_auto_purge')",
                    rows -> {
                        var all = new HashMap<String, String>();
                        while (rows.next()) {
                            all.put(rows.getString(1), rows.getString(2));
                        }
                        return all;
                    });
            long nowSeconds = jdbc.queryAndMap("SELECT UNIX_TIMESTAMP()", rows -> rows.next() ? rows.getLong(1) : 0);
            long writtenSeconds = offset.getTimestampSec();
            return BinlogRetention.of(
                    files,
                    variables,
                    offset.getFilename(),
                    offset.getPosition(),
                    writtenSeconds > 0 ? nowSeconds - writtenSeconds : -1);
        }
    }

    private void warn(BinlogRetention found, BinlogOffset offset) {
        boolean isNews = found.isNear() && !isWarned;
        isWarned = found.isNear();
        if (!isNews) {
            return;
        }
        if (found.isGone()) {
            LOG.warn(
                    "source {}: the server has removed {}, which is being read; what is left of it and comes after may be"
                            + " lost. Keep binlogs for longer (binlog_expire_logs_seconds)",
                    source,
                    offset.getFilename());
        } else {
            LOG.warn(
                    "source {}: reading is at {}, {} bytes behind, and the server may remove that file in {} s. Let the job"
                            + " catch up, or have binlogs kept for longer now (SET GLOBAL binlog_expire_logs_seconds)",
                    source,
                    offset.getFilename(),
                    found.bytesBehind(),
                    found.secondsLeft());
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
