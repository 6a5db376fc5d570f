package io.gravity.benchmarks;

import io.gravity.RealEndpoints;
import io.gravity.config.Secret;
import io.gravity.dispatch.DispatchOperatorFactory;
import io.gravity.dispatch.Lanes;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetWriter;
import io.gravity.dispatch.TargetWriters;
import io.gravity.event.ChangeEvent;
import io.gravity.local.TemporaryFolder;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.server.ClickHouseServer;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import io.gravity.local.server.KafkaBroker;
import io.gravity.types.EventTypes;
import io.gravity.types.OrderScope;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * What the dispatcher costs while its target works, and how fast it catches up afterwards: changes made ahead, in one
 * task, straight into a plain sink that writes a batch when it has one, and through the dispatcher with the same writer.
 * Then the same with a target that takes nothing until all changes wait in state.
 */
final class DispatchBenchmark {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final double LIVE_PER_SECOND = 2_000;
    /** Kafka and ClickHouse take rows so much faster that a run of as many would be over within a second. */
    private static final int KAFKA_FACTOR = 5;

    private static final int CLICKHOUSE_FACTOR = 10;

    private static final String TABLE = """
            CREATE TABLE bench.orders (
              id BIGINT PRIMARY KEY, customer INT NOT NULL, status VARCHAR(16) NOT NULL, amount DECIMAL(12,2) NOT NULL,
              quantity INT, note VARCHAR(80), email VARCHAR(60), created_at DATETIME(6), updated_at DATETIME(6), f DOUBLE)
            """;

    private final int rows;
    private final int rounds;
    private final Path folder;
    private int runs;

    private DispatchBenchmark(int rows, int rounds, Path folder) {
        this.rows = rows;
        this.rounds = rounds;
        this.folder = folder;
    }

    static void start(String[] args) throws Exception {
        int rows = 300_000;
        int rounds = 3;
        var targets = List.of("mysql", "kafka", "clickhouse");
        for (int i = 0; i + 1 < args.length; i += 2) {
            switch (args[i]) {
                case "--rows" -> rows = Integer.parseInt(args[i + 1]);
                case "--rounds" -> rounds = Integer.parseInt(args[i + 1]);
                case "--targets" -> targets = List.of(args[i + 1].split(","));
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        try (var folder = TemporaryFolder.create("gravity-bench")) {
            var bench = new DispatchBenchmark(rows, rounds, folder.path());
            var lines = new ArrayList<String>();
            if (targets.contains("mysql")) {
                try (var server = DatabaseServers.start("target", folder.path().resolve("target"))) {
                    server.execute("CREATE DATABASE bench", TABLE);
                    lines.add(bench.compare(
                            "MySQL", mysql(server), rows, () -> server.execute("TRUNCATE TABLE bench.orders")));
                }
            }
            if (targets.contains("kafka")) {
                try (var broker = KafkaBroker.start(folder.path().resolve("kafka"))) {
                    lines.add(bench.compare("Kafka", kafka(broker), rows * KAFKA_FACTOR, () -> {}));
                }
            }
            if (targets.contains("clickhouse")) {
                try (var server = ClickHouseServer.start(folder.path().resolve("clickhouse"))) {
                    lines.add(bench.compare("ClickHouse", clickHouse(server), rows * CLICKHOUSE_FACTOR, () -> {}));
                }
            }
            System.out.printf(
                    "%n%,d changes (Kafka five, ClickHouse ten times as many), one task, medians of %d runs side by side; live: %,.0f changes/s%n%-12s %14s %14s %8s %14s %12s%n",
                    rows,
                    rounds,
                    LIVE_PER_SECOND,
                    "",
                    "plain sink/s",
                    "dispatcher/s",
                    "ratio",
                    "catching up/s",
                    "times live");
            lines.forEach(System.out::println);
        }
    }

    private interface Action {
        void run() throws Exception;
    }

    private String compare(String name, TargetConfig target, int healthyRows, Action empty) throws Exception {
        var writers = CountingWriter.around(new RealEndpoints().writers(target));
        run(rows, changes -> plain(changes, target, writers)); // warms up the JVM and the server's caches
        var plain = new double[rounds];
        var dispatcher = new double[rounds];
        var drained = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            empty.run();
            plain[i] = run(healthyRows, changes -> plain(changes, target, writers));
            empty.run();
            dispatcher[i] = run(healthyRows, changes -> dispatched(changes, target, writers));
            empty.run();
            drained[i] = drain(target, writers);
            System.out.printf(
                    "%-12s plain %,.0f/s, dispatcher %,.0f/s, catching up %,.0f/s%n",
                    name, plain[i], dispatcher[i], drained[i]);
        }
        double through = Meter.median(dispatcher);
        return String.format(
                "%-12s %,14.0f %,14.0f %8.2f %,14.0f %12.1f",
                name,
                Meter.median(plain),
                through,
                through / Meter.median(plain),
                Meter.median(drained),
                Meter.median(drained) / LIVE_PER_SECOND);
    }

    private double run(int rows, Consumer<DataStream<ChangeEvent>> sink) throws Exception {
        Meter.INSTANCE.reset();
        var load = StateLoad.start(rows, 0, List.of("a"));
        try (var flink = LocalFlink.start(1, 1, folder.resolve("flink-" + ++runs), settings())) {
            var job = flink.submit(env -> sink.accept(changes(env)), null);
            double rate = Meter.INSTANCE.awaitRowsPerSecond(rows, LIMIT);
            load.await(1);
            job.cancel();
            return rate;
        }
    }

    private double drain(TargetConfig target, TargetWriters writers) throws Exception {
        Gate.shut();
        Meter.INSTANCE.reset();
        var load = StateLoad.start(rows, 0, List.of("a"));
        try (var flink = LocalFlink.start(1, 1, folder.resolve("flink-" + ++runs), settings())) {
            var job = flink.submit(env -> dispatched(changes(env), target, new Gate(writers)), null);
            if (!load.await(LIMIT.toSeconds())) {
                throw new IllegalStateException("the changes were not taken: the dispatcher holds the stream back");
            }
            Gate.lift();
            double rate = Meter.INSTANCE.awaitRowsPerSecond(rows, LIMIT);
            job.cancel();
            return rate;
        }
    }

    private static Configuration settings() {
        var settings = new Configuration();
        settings.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        settings.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(10));
        settings.set(PipelineOptions.OBJECT_REUSE, true);
        return settings;
    }

    private static DataStream<ChangeEvent> changes(StreamExecutionEnvironment env) {
        env.setMaxParallelism(Lanes.COUNT);
        return Feed.changes(env);
    }

    private static void dispatched(DataStream<ChangeEvent> changes, TargetConfig target, TargetWriters writers) {
        DataStreamUtils.reinterpretAsKeyedStream(changes, new Lanes(OrderScope.ROW), Types.INT)
                .transform(
                        "Dispatch",
                        EventTypes.CHANGE,
                        new DispatchOperatorFactory(target.name(), target.delivery(), writers, null))
                .uid("dispatch");
    }

    private static void plain(DataStream<ChangeEvent> changes, TargetConfig target, TargetWriters writers) {
        changes.sinkTo(new PlainSink(writers, target.delivery().batchSize())).uid("plain");
    }

    /** Writes a batch when it is full, and waits for the answer. */
    private record PlainSink(TargetWriters writers, int batchSize) implements Sink<ChangeEvent> {

        @Override
        @SuppressWarnings("deprecation") // still abstract in this release of Flink
        public SinkWriter<ChangeEvent> createWriter(InitContext context) {
            return new PlainWriter(writers.open(), batchSize);
        }

        @Override
        public SinkWriter<ChangeEvent> createWriter(WriterInitContext context) {
            return new PlainWriter(writers.open(), batchSize);
        }
    }

    private static final class PlainWriter implements SinkWriter<ChangeEvent> {
        private final TargetWriter writer;
        private final int batchSize;
        private List<ChangeEvent> batch = new ArrayList<>();

        PlainWriter(TargetWriter writer, int batchSize) {
            this.writer = writer;
            this.batchSize = batchSize;
        }

        @Override
        public void write(ChangeEvent change, Context context) throws InterruptedException {
            batch.add(change);
            if (batch.size() == batchSize) {
                flush(false);
            }
        }

        @Override
        public void flush(boolean endOfInput) throws InterruptedException {
            if (!batch.isEmpty()) {
                writer.write(batch);
                batch = new ArrayList<>();
            }
        }

        @Override
        public void close() {
            writer.close();
        }
    }

    /** Lets no batch through while it is shut; one for the JVM, as Flink creates the tasks. */
    private record Gate(TargetWriters writers) implements TargetWriters {
        private static volatile CountDownLatch gate = new CountDownLatch(0);

        static void shut() {
            gate = new CountDownLatch(1);
        }

        static void lift() {
            gate.countDown();
        }

        @Override
        public TargetWriter open() {
            var writer = writers.open();
            return new TargetWriter() {
                @Override
                public void write(List<ChangeEvent> batch) throws InterruptedException {
                    gate.await();
                    writer.write(batch);
                }

                @Override
                public void check() throws InterruptedException {
                    gate.await();
                    writer.check();
                }

                @Override
                public void close() {
                    writer.close();
                }
            };
        }
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

    private static TargetConfig mysql(DatabaseServer server) {
        return new TargetConfig.MySql(
                "mysql",
                server.host(),
                server.port(),
                server.user(),
                Secret.of(server.password()),
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
