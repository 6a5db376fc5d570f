package io.gravity.benchmarks;

import io.gravity.Endpoints;
import io.gravity.RealEndpoints;
import io.gravity.SyncConfig;
import io.gravity.SyncJob;
import io.gravity.config.Secret;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetWriters;
import io.gravity.dispatch.strong.LedgerWriters;
import io.gravity.event.ChangeEvent;
import io.gravity.event.TablePattern;
import io.gravity.local.TemporaryFolder;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.server.ClickHouseServer;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import io.gravity.local.server.KafkaBroker;
import io.gravity.order.OrderConfig;
import io.gravity.quality.QualityConfig;
import io.gravity.resolve.ResolveConfig;
import io.gravity.route.RouteRule;
import io.gravity.source.SourceConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.cdc.connectors.mysql.source.MySqlSource;
import org.apache.flink.cdc.connectors.mysql.table.StartupOptions;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;
import org.apache.flink.cdc.debezium.DebeziumDeserializationSchema;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

/**
 * One source's binlog of N row changes through the whole line into each kind of target, and beside it what the bare parts
 * do: the connector's own source into a discarding sink, and a batched JDBC upsert fed from memory; and the line with ten
 * rules beside the line without. Rates are from the first row at the target to the last.
 */
final class ThroughputBenchmark {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    /** As configurations have it that do not say. */
    private static final Duration CHECKPOINTS = Duration.ofSeconds(10);
    /** What a task manager has by Flink's own defaults, about. */
    private static final MemorySize MANAGED_MEMORY = MemorySize.ofMebiBytes(512);

    private static final int ROWS_PER_TRANSACTION = 1000;
    private static final String COLUMNS =
            "id, customer, status, amount, quantity, note, email, created_at, updated_at, f";
    private static final String TABLE = """
            CREATE TABLE bench.orders (
              id BIGINT PRIMARY KEY, customer INT NOT NULL, status VARCHAR(16) NOT NULL, amount DECIMAL(12,2) NOT NULL,
              quantity INT, note VARCHAR(80), email VARCHAR(60), created_at DATETIME(6), updated_at DATETIME(6), f DOUBLE)
            """;

    private final long rows;
    private final int parallelism;
    private final Path folder;
    private final DatabaseServer source;
    private final List<String> lines = new ArrayList<>();
    private final int rounds;
    private final SyncConfig rules;
    private double bareRate;
    private int runs;
    private String startFile;
    private long startPosition;

    private ThroughputBenchmark(long rows, int parallelism, int rounds, Path folder, DatabaseServer source)
            throws IOException {
        this.rows = rows;
        this.parallelism = parallelism;
        this.rounds = rounds;
        this.rules = RulesBenchmark.config(folder);
        this.folder = folder;
        this.source = source;
    }

    static void start(String[] args) throws Exception {
        long rows = 1_000_000;
        int parallelism = 2;
        int rounds = 3;
        var targets = List.of("mysql", "kafka", "clickhouse");
        for (int i = 0; i + 1 < args.length; i += 2) {
            switch (args[i]) {
                case "--rows" -> rows = Long.parseLong(args[i + 1]);
                case "--parallelism" -> parallelism = Integer.parseInt(args[i + 1]);
                case "--rounds" -> rounds = Integer.parseInt(args[i + 1]);
                case "--targets" -> targets = List.of(args[i + 1].split(","));
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        try (var folder = TemporaryFolder.create("gravity-bench");
                var source = DatabaseServers.start("source", folder.path().resolve("source"))) {
            var bench = new ThroughputBenchmark(rows, parallelism, rounds, folder.path(), source);
            bench.fillSource();
            bench.source();
            if (targets.contains("mysql")) {
                bench.mysql();
            }
            if (targets.contains("kafka")) {
                bench.kafka();
            }
            if (targets.contains("clickhouse")) {
                bench.clickHouse();
            }
            System.out.printf("%n%,d row changes, one source, parallelism %d%n", rows, parallelism);
            System.out.printf("%-52s %12s %8s%n", "", "rows/s", "ratio");
            bench.lines.forEach(System.out::println);
        }
    }

    /** The source by itself, and the whole line behind it; medians of rounds side by side. */
    private void source() throws Exception {
        bareSource(); // warms up the JVM and the server's caches
        var bare = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            bare[i] = bareSource();
        }
        bareRate = Meter.median(bare);
        tell("bare CDC source -> discard", bareRate, bareRate);
        line("discard", "bare source", bareRate, discarding(), CountingWriter.discarding(), () -> {});
    }

    private void mysql() throws Exception {
        try (var target = DatabaseServers.start("target", folder.resolve("target"))) {
            target.execute("CREATE DATABASE bench", TABLE);
            double upsert = bareUpsert(target);
            tell("bare JDBC upsert, batches of 1000", upsert, upsert);
            line("MySQL", "bare upsert", upsert, mysql(target), () -> target.execute("TRUNCATE TABLE bench.orders"));
        }
    }

    private void kafka() throws Exception {
        try (var broker = KafkaBroker.start(folder.resolve("kafka"))) {
            line("Kafka", "bare source", bareRate, kafka(broker), () -> {});
        }
    }

    private void clickHouse() throws Exception {
        try (var server = ClickHouseServer.start(folder.resolve("clickhouse"))) {
            line(
                    "ClickHouse",
                    "bare source",
                    bareRate,
                    clickHouse(server),
                    () -> server.execute("DROP TABLE IF EXISTS bench.orders"));
        }
    }

    /** Leaves a target as a run finds it. */
    @FunctionalInterface
    private interface Reset {
        void run() throws Exception;
    }

    private void line(String name, String beside, double yardstick, TargetConfig target, Reset reset) throws Exception {
        line(name, beside, yardstick, target, CountingWriter.around(new RealEndpoints().writers(target)), reset);
    }

    /** The whole line, and the line with ten rules; medians of rounds side by side, behind a run that warms up. */
    private void line(
            String name, String beside, double yardstick, TargetConfig target, TargetWriters writers, Reset reset)
            throws Exception {
        var plain = new double[rounds];
        var ruled = new double[rounds];
        reset.run();
        run(name + ", warm-up", config(target, rules), writers);
        for (int i = 0; i < rounds; i++) {
            reset.run();
            plain[i] = run(name, config(target), writers);
            reset.run();
            ruled[i] = run(name + ", rules", config(target, rules), writers);
        }
        double rate = Meter.median(plain);
        tell("whole line -> " + name + " (to " + beside + ")", rate, yardstick);
        tell("whole line, ten rules -> " + name + " (to it without)", Meter.median(ruled), rate);
    }

    private void tell(String what, double rate, double yardstick) {
        lines.add(String.format(Locale.ROOT, "%-52s %,12.0f %8.2f", what, rate, rate / yardstick));
    }

    private void fillSource() throws SQLException {
        source.execute("CREATE DATABASE bench", TABLE);
        try (var connection = source.connect("bench")) {
            try (var statement = connection.createStatement();
                    var status = statement.executeQuery("SHOW MASTER STATUS")) {
                status.next();
                startFile = status.getString(1);
                startPosition = status.getLong(2);
            }
            connection.setAutoCommit(false);
            for (long id = 0; id < rows; id += ROWS_PER_TRANSACTION) {
                var sql = new StringBuilder("INSERT INTO orders (" + COLUMNS + ") VALUES ");
                for (long row = id; row < Math.min(rows, id + ROWS_PER_TRANSACTION); row++) {
                    sql.append(row == id ? "" : ",").append(literal(row));
                }
                try (var statement = connection.createStatement()) {
                    statement.execute(sql.toString());
                }
                connection.commit();
            }
        }
    }

    private static String literal(long row) {
        return "(" + row + "," + row % 100_000 + ",'" + (row % 3 == 0 ? "paid" : "pending") + "'," + row % 10_000
                + ".25,"
                + row % 7 + ",'note of order " + row + " that says a little more','customer" + row
                + "@example.com','2026-01-02 03:04:05.678901','2026-01-02 03:04:05.678901'," + row + ".5)";
    }

    private double bareSource() throws Exception {
        var bare = MySqlSource.<Integer>builder()
                .hostname(source.host())
                .port(source.port())
                .username(source.user())
                .password(source.password())
                .databaseList("bench")
                .tableList("bench.orders")
                .serverId("6400-6401")
                .startupOptions(StartupOptions.specificOffset(startFile, startPosition))
                .deserializer(new Counting())
                .build();
        return timed("bare CDC source", env -> env.fromSource(bare, WatermarkStrategy.noWatermarks(), "bare source")
                .setParallelism(1)
                .uid("bare-source")
                .sinkTo(new DiscardingSink<>())
                .setParallelism(1)
                .uid("discard"));
    }

    /** Counts each record and passes nothing on. */
    static final class Counting implements DebeziumDeserializationSchema<Integer> {
        private static final long serialVersionUID = 1L;

        @Override
        public void deserialize(SourceRecord record, Collector<Integer> out) {
            Meter.INSTANCE.add(1);
        }

        @Override
        public TypeInformation<Integer> getProducedType() {
            return Types.INT;
        }
    }

    private double bareUpsert(DatabaseServer target) throws SQLException {
        Meter.INSTANCE.reset();
        var url = target.jdbcUrl("bench");
        try (Connection connection = DriverManager.getConnection(
                url + (url.contains("?") ? "&" : "?") + "rewriteBatchedStatements=true",
                target.user(),
                target.password())) {
            connection.setAutoCommit(false);
            var upsert = "INSERT INTO orders (" + COLUMNS + ") VALUES (?,?,?,?,?,?,?,?,?,?) ON DUPLICATE KEY UPDATE"
                    + " customer=VALUES(customer), status=VALUES(status), amount=VALUES(amount),"
                    + " quantity=VALUES(quantity), note=VALUES(note), email=VALUES(email),"
                    + " created_at=VALUES(created_at), updated_at=VALUES(updated_at), f=VALUES(f)";
            try (var statement = connection.prepareStatement(upsert)) {
                for (long row = 0; row < rows; row++) {
                    statement.setLong(1, row);
                    statement.setLong(2, row % 100_000);
                    statement.setString(3, row % 3 == 0 ? "paid" : "pending");
                    statement.setString(4, row % 10_000 + ".25");
                    statement.setLong(5, row % 7);
                    statement.setString(6, "note of order " + row + " that says a little more");
                    statement.setString(7, "customer" + row + "@example.com");
                    statement.setString(8, "2026-01-02 03:04:05.678901");
                    statement.setString(9, "2026-01-02 03:04:05.678901");
                    statement.setDouble(10, row + 0.5);
                    statement.addBatch();
                    if ((row + 1) % ROWS_PER_TRANSACTION == 0) {
                        statement.executeBatch();
                        connection.commit();
                        Meter.INSTANCE.add(ROWS_PER_TRANSACTION);
                    }
                }
                statement.executeBatch();
                connection.commit();
            }
        }
        double rate = Meter.INSTANCE.awaitRowsPerSecond(rows - rows % ROWS_PER_TRANSACTION, LIMIT);
        System.out.printf("%-24s %,12.0f rows/s%n", "bare JDBC upsert", rate);
        return rate;
    }

    private double run(String name, SyncConfig config, TargetWriters writers) throws Exception {
        var endpoints = new Endpoints() {
            @Override
            public SingleOutputStreamOperator<ChangeEvent> changes(
                    StreamExecutionEnvironment environment, SourceConfig config) {
                return new RealEndpoints().changes(environment, config);
            }

            @Override
            public TargetWriters writers(TargetConfig config) {
                return writers;
            }

            @Override
            public LedgerWriters ledgerWriters(TargetConfig config) {
                return new RealEndpoints().ledgerWriters(config);
            }
        };
        return timed("line -> " + name, env -> SyncJob.build(env, config, endpoints));
    }

    private double timed(String name, Consumer<StreamExecutionEnvironment> graph) throws Exception {
        Meter.INSTANCE.reset();
        var settings = new Configuration();
        settings.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINTS);
        settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MANAGED_MEMORY);
        try (var flink = LocalFlink.start(1, parallelism, folder.resolve("flink-" + ++runs), settings)) {
            var job = flink.submit(graph, null);
            double rate = Meter.INSTANCE.awaitRowsPerSecond(rows, LIMIT);
            job.cancel();
            System.out.printf("%-24s %,12.0f rows/s%n", name, rate);
            return rate;
        }
    }

    private SyncConfig config(TargetConfig target, SyncConfig rules) {
        return config(target, rules.quality()).withRepair(rules.repair());
    }

    private SyncConfig config(TargetConfig target) {
        return config(target, QualityConfig.none());
    }

    private SyncConfig config(TargetConfig target, QualityConfig quality) {
        var reading = new SourceConfig(
                "source",
                source.host(),
                source.port(),
                source.user(),
                Secret.of(source.password()),
                1,
                1,
                List.of(new TablePattern("bench.orders")),
                List.of(),
                new SourceConfig.ServerIds(6500, 6500),
                new SourceConfig.Startup(SourceConfig.Startup.Mode.POSITION, 0, startFile, startPosition, null),
                SourceConfig.Tuning.defaults());
        var route = new RouteRule(
                List.of(new TablePattern("*")),
                List.of(),
                RouteRule.Strategy.BROADCAST,
                List.of(target.name()),
                List.of());
        return new SyncConfig(
                List.of(reading),
                List.of(),
                OrderConfig.defaults(),
                quality,
                ResolveConfig.defaults(),
                List.of(route),
                List.of(target),
                null,
                CHECKPOINTS);
    }

    private static TargetConfig.Delivery delivery(int batchSize) {
        return new TargetConfig.Delivery(
                List.of(),
                List.of(),
                batchSize,
                4 << 20,
                Duration.ofMillis(5),
                2,
                Duration.ofMillis(100),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30));
    }

    private static TargetConfig discarding() {
        return new TargetConfig.Kafka("discard", List.of("none:1"), "none", Map.of(), delivery(1000));
    }

    private static TargetConfig mysql(DatabaseServer target) {
        return new TargetConfig.MySql(
                "mysql",
                target.host(),
                target.port(),
                target.user(),
                Secret.of(target.password()),
                null,
                Map.of(),
                delivery(1000));
    }

    private static TargetConfig kafka(KafkaBroker broker) {
        return new TargetConfig.Kafka(
                "kafka", List.of(broker.bootstrapServers()), "${database}.${table}", Map.of(), delivery(1000));
    }

    private static TargetConfig clickHouse(ClickHouseServer server) {
        return new TargetConfig.ClickHouse(
                "clickhouse",
                server.host(),
                server.port(),
                server.user(),
                Secret.of(server.password()),
                null,
                Map.of(),
                delivery(10_000));
    }
}
