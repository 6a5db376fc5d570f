package io.gravity.source;

import io.gravity.event.TablePattern;
import io.gravity.types.OriginTable;
import java.time.Duration;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfigFactory;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.table.StartupOptions;

/** Says to the connector what our configuration means. */
final class ConnectorConfigs {
    /** Longest silence of a server that was asked something; the first row of a chunk comes much sooner. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);

    /** Those in Flink's queue, at either end of it, and the one being passed on. */
    private static final int BATCHES_IN_MEMORY = 5;

    private static final String OWN_TABLES = ".*\\.gravity_(?:origin|ledger)";

    private ConnectorConfigs() {}

    static MySqlSourceConfigFactory of(SourceConfig config) {
        var tuning = config.tuning();
        return new MySqlSourceConfigFactory()
                .hostname(config.host())
                .port(config.port())
                .username(config.username())
                .password(config.password().reveal())
                .serverId(config.serverIds().first() + "-" + config.serverIds().last())
                .databaseList(databaseRegexes(config))
                .tableList(tableRegexes(config))
                // Sessions run in UTC, so that TIMESTAMP reads the same in snapshot and binlog whatever the zones are.
                .serverTimeZone(tuning.serverTimeZone() != null ? tuning.serverTimeZone() : "UTC")
                .startupOptions(startup(config.startup()))
                .splitSize(tuning.chunkSize())
                .fetchSize(tuning.fetchSize())
                .connectTimeout(tuning.connectTimeout())
                .connectMaxRetries(tuning.connectMaxRetries())
                .connectionPoolSize(tuning.connectionPoolSize())
                .heartbeatInterval(tuning.heartbeatInterval())
                .includeSchemaChanges(true)
                // The rule of this package replaces the connector's merge of snapshot and binlog.
                .skipSnapshotBackfill(true)
                .useLegacyJsonFormat(false)
                .jdbcProperties(jdbcProperties(tuning))
                .debeziumProperties(debeziumProperties(tuning));
    }

    /** The same for reading chunks: rows stream in, however many a chunk holds. */
    static MySqlSourceConfigFactory ofChunks(SourceConfig config) {
        // To Connector/J this size means row by row; with any other it holds a whole chunk in memory.
        return of(config).fetchSize(Integer.MIN_VALUE);
    }

    /**
     * Returns how many rows of a chunk are handed on at once: a batch for each second, if they are limited, and no more
     * than the bytes allow with all batches that wait.
     */
    static int chunkBatch(SourceConfig config, long bytesPerRow) {
        var tuning = config.tuning();
        long most = tuning.fetchSize();
        if (tuning.snapshotRowsPerSecond() > 0) {
            most = Math.min(most, tuning.snapshotRowsPerSecond() / config.maxWorkers());
        }
        most = Math.min(most, tuning.chunkBytes() / BATCHES_IN_MEMORY / Math.max(1, bytesPerRow));
        return (int) Math.max(1, most);
    }

    private static String[] databaseRegexes(SourceConfig config) {
        var tables = config.tables().stream().map(TablePattern::databaseRegex);
        var own = config.origin() == null ? Stream.<String>empty() : Stream.of(OriginTable.ID.database());
        return Stream.concat(tables, own).distinct().toArray(String[]::new);
    }

    /** What Gravity itself keeps on a server is nobody's data, whatever the patterns say. */
    private static String[] tableRegexes(SourceConfig config) {
        var excluded = Stream.concat(
                        Stream.of(OWN_TABLES), config.exclude().stream().map(ConnectorConfigs::regex))
                .collect(Collectors.joining("|"));
        var but = "(?!(?:" + excluded + ")$)";
        var tables = config.tables().stream().map(pattern -> but + regex(pattern));
        var own = config.origin() == null
                ? Stream.<String>empty()
                : Stream.of(OriginTable.ID.database() + "\\." + OriginTable.ID.name());
        return Stream.concat(tables, own).toArray(String[]::new);
    }

    private static String regex(TablePattern pattern) {
        return pattern.databaseRegex() + "\\." + pattern.nameRegex();
    }

    private static StartupOptions startup(SourceConfig.Startup startup) {
        return switch (startup.mode()) {
            case INITIAL, LATEST -> StartupOptions.latest();
            case TIMESTAMP -> StartupOptions.timestamp(startup.timestampMillis());
            case POSITION -> StartupOptions.specificOffset(startup.file(), startup.position());
            case GTID -> StartupOptions.specificOffset(startup.gtids());
        };
    }

    /** Returns where the configuration says to begin; {@code null} where only the server can tell. */
    static BinlogOffset configuredStart(SourceConfig.Startup startup) {
        return switch (startup.mode()) {
            case INITIAL, LATEST -> null;
            case TIMESTAMP -> BinlogOffset.ofTimestampSec(startup.timestampMillis() / 1000);
            case POSITION -> BinlogOffset.ofBinlogFilePosition(startup.file(), startup.position());
            case GTID -> BinlogOffset.ofGtidSet(startup.gtids());
        };
    }

    private static Properties jdbcProperties(SourceConfig.Tuning tuning) {
        var properties = new Properties();
        properties.setProperty("queryInterceptors", MasterStatusInterceptor.class.getName());
        // MySQL 8's default login needs the server's key or TLS; who wants TLS sets useSSL in jdbc-properties.
        properties.setProperty("allowPublicKeyRetrieval", "true");
        // Without it a server that hangs is waited for without end.
        properties.setProperty("socketTimeout", String.valueOf(ANSWER_LIMIT.toMillis()));
        if (tuning.serverTimeZone() == null) {
            properties.setProperty("forceConnectionTimeZoneToSession", "true");
        }
        properties.putAll(tuning.jdbcProperties());
        return properties;
    }

    private static Properties debeziumProperties(SourceConfig.Tuning tuning) {
        var properties = new Properties();
        properties.setProperty(
                "poll.interval.ms", String.valueOf(tuning.pollInterval().toMillis()));
        properties.setProperty("max.batch.size", String.valueOf(tuning.maxBatchSize()));
        properties.setProperty("max.queue.size", String.valueOf(tuning.maxQueueSize()));
        // Each field then names its column's declared type, which delivery needs.
        properties.setProperty("column.propagate.source.type", ".*");
        properties.setProperty("enable.time.adjuster", "false");
        properties.setProperty("converters", "exact");
        properties.setProperty("exact.type", ExactValues.class.getName());
        // What the connector does not understand is dealt with before it hears of it.
        properties.setProperty("database.history.skip.unparseable.ddl", "true");
        // BinlogWatch looks after the connection; the interval only says how often the server shows life.
        properties.setProperty("connect.keep.alive", "false");
        properties.setProperty(
                "connect.keep.alive.interval.ms", String.valueOf(BinlogWatch.HEARTBEAT.toMillis() * 5 / 4));
        return properties;
    }
}
