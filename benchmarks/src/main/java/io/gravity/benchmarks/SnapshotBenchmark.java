package io.gravity.benchmarks;

import io.gravity.RealEndpoints;
import io.gravity.config.Secret;
import io.gravity.event.ChangeEvent;
import io.gravity.event.TablePattern;
import io.gravity.local.TemporaryFolder;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import io.gravity.source.SourceConfig;
import io.gravity.types.EventTypes;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.cdc.connectors.mysql.source.MySqlSource;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * The first copy of a table of which nine rows of ten share the first column of the key, through Gravity's source into a
 * discarding sink. Beside it the connector's own source reads the same rows from a table with a plain number as its key,
 * at the settings that make it fastest: it cuts by one column, so the other table would be one chunk, held in memory.
 */
final class SnapshotBenchmark {
    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final String COLUMNS =
            "customer INT NOT NULL, status VARCHAR(16) NOT NULL, amount DECIMAL(12,2) NOT NULL,"
                    + " quantity INT, note VARCHAR(80), email VARCHAR(60), created_at DATETIME(6), updated_at DATETIME(6)";
    private static final String VALUES =
            "seq % 100000, IF(seq % 3 = 0, 'paid', 'pending'), seq % 10000 + 0.25, seq % 7,"
                    + " CONCAT('note of order ', seq, ' that says a little more'), CONCAT('customer', seq, '@example.com'),"
                    + " '2026-01-02 03:04:05.678901', '2026-01-02 03:04:05.678901'";
    /** Rows of one INSERT. */
    private static final long AT_ONCE = 500_000;

    private final long rows;
    private final int parallelism;
    private final DatabaseServer server;
    private final Path folder;

    private SnapshotBenchmark(long rows, int parallelism, DatabaseServer server, Path folder) {
        this.rows = rows;
        this.parallelism = parallelism;
        this.server = server;
        this.folder = folder;
    }

    static void start(String[] args) throws Exception {
        long rows = 1_000_000;
        int parallelism = 2;
        for (int i = 0; i + 1 < args.length; i += 2) {
            switch (args[i]) {
                case "--rows" -> rows = Long.parseLong(args[i + 1]);
                case "--parallelism" -> parallelism = Integer.parseInt(args[i + 1]);
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        try (var folder = TemporaryFolder.create("gravity-bench");
                var server = DatabaseServers.start("source", folder.path().resolve("source"))) {
            new SnapshotBenchmark(rows, parallelism, server, folder.path()).run();
        }
    }

    private record Result(double rowsPerSecond, long peakMebibytes) {}

    private void run() throws Exception {
        fill("warm", "id BIGINT, " + COLUMNS + ", PRIMARY KEY (id)", "", Math.min(rows, 300_000));
        fill("plain", "id BIGINT, " + COLUMNS + ", PRIMARY KEY (id)", "", rows);
        fill(
                "skewed",
                "tenant BIGINT, id BIGINT, " + COLUMNS + ", PRIMARY KEY (tenant, id)",
                "IF(seq % 10 = 0, seq, 7), ",
                rows);
        bare("warm", Math.min(rows, 300_000));
        gravity("warm", Math.min(rows, 300_000));
        var bare = bare("plain", rows);
        var plain = gravity("plain", rows);
        var skewed = gravity("skewed", rows);
        System.out.printf(
                "%n%,d rows, parallelism %d, heap of %d MiB for everything%n",
                rows, parallelism, Runtime.getRuntime().maxMemory() >> 20);
        System.out.printf("%-44s %12s %8s %18s%n", "", "rows/s", "ratio", "peak heap, MiB");
        print("bare CDC source, plain key", bare, bare);
        print("Gravity's source, plain key", plain, bare);
        print("Gravity's source, skewed composite key", skewed, bare);
        System.out.println("peak heap: the largest found in use behind a garbage collection");
    }

    private static void print(String what, Result result, Result yardstick) {
        System.out.printf(
                "%-44s %,12.0f %8.2f %,18d%n",
                what,
                result.rowsPerSecond(),
                result.rowsPerSecond() / yardstick.rowsPerSecond(),
                result.peakMebibytes());
    }

    private void fill(String table, String definition, String more, long count) throws SQLException {
        server.execute("CREATE DATABASE IF NOT EXISTS bench", "CREATE TABLE bench." + table + " (" + definition + ")");
        for (long from = 1; from <= count; from += AT_ONCE) {
            server.execute(
                    "SET SESSION sql_log_bin = 0",
                    "INSERT INTO bench." + table + " SELECT " + more + "seq, " + VALUES + " FROM bench.seq_" + from
                            + "_to_" + Math.min(count, from + AT_ONCE - 1));
        }
        server.execute("ANALYZE TABLE bench." + table);
        System.out.printf("%-24s %,12d rows filled in%n", table, count);
    }

    private Result bare(String table, long count) throws Exception {
        var env = environment();
        var properties = new Properties();
        properties.setProperty("poll.interval.ms", "10");
        var bare = MySqlSource.<Integer>builder()
                .hostname(server.host())
                .port(server.port())
                .username(server.user())
                .password(server.password())
                .databaseList("bench")
                .tableList("bench." + table)
                .serverId("6400-6420")
                .skipSnapshotBackfill(true)
                .debeziumProperties(properties)
                .deserializer(new ThroughputBenchmark.Counting())
                .build();
        env.fromSource(bare, WatermarkStrategy.noWatermarks(), "bare source")
                .uid("bare-source")
                .sinkTo(new DiscardingSink<>())
                .uid("discard");
        return timed(env, "bare CDC source, " + table, count);
    }

    private Result gravity(String table, long count) throws Exception {
        var env = environment();
        var source = new SourceConfig(
                "source",
                server.host(),
                server.port(),
                server.user(),
                Secret.of(server.password()),
                1,
                parallelism,
                List.of(new TablePattern("bench." + table)),
                List.of(),
                new SourceConfig.ServerIds(6500, 6520),
                SourceConfig.Startup.initial(),
                SourceConfig.Tuning.defaults());
        new RealEndpoints()
                .changes(env, source)
                .uid("source")
                .filter(new Counting())
                .returns(EventTypes.CHANGE)
                .uid("counting")
                .sinkTo(new DiscardingSink<>())
                .uid("discard");
        return timed(env, "Gravity's source, " + table, count);
    }

    /** Counts each change and passes nothing on. */
    private static final class Counting implements FilterFunction<ChangeEvent> {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean filter(ChangeEvent change) {
            Meter.INSTANCE.add(1);
            return false;
        }
    }

    private Result timed(StreamExecutionEnvironment env, String name, long count) throws Exception {
        System.gc();
        Meter.INSTANCE.reset();
        try (var heap = new PeakHeap()) {
            var job = env.executeAsync(name);
            double rate = Meter.INSTANCE.awaitRowsPerSecond(count, LIMIT);
            job.cancel().get();
            long peak = heap.bytes() >> 20;
            System.out.printf("%-36s %,12.0f rows/s, peak heap %,d MiB%n", name, rate, peak);
            return new Result(rate, peak);
        }
    }

    private StreamExecutionEnvironment environment() {
        var config = new Configuration();
        config.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
        config.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                folder.resolve("checkpoints").toUri().toString());
        config.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
        config.set(RestOptions.BIND_PORT, "0");
        config.set(RestartStrategyOptions.RESTART_STRATEGY, "disable");
        return StreamExecutionEnvironment.createLocalEnvironment(parallelism, config);
    }
}
