package io.gravity.benchmarks;

import io.gravity.SyncConfig;
import io.gravity.SyncJob;
import io.gravity.config.Secret;
import io.gravity.event.TablePattern;
import io.gravity.field.FieldRule;
import io.gravity.local.TemporaryFolder;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.flink.LocalJob;
import io.gravity.order.OrderConfig;
import io.gravity.quality.ChecksConfig;
import io.gravity.quality.DuplicateConfig;
import io.gravity.quality.DuplicateConfig.Action;
import io.gravity.quality.QualityConfig;
import io.gravity.resolve.ConflictStrategy;
import io.gravity.resolve.ResolveConfig;
import io.gravity.source.SourceConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.contrib.streaming.state.RocksDBOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * The stages that keep state for each row, alone, in one task: changes made ahead, then order, quality, repair and
 * resolve as the job has them, then nothing. Rates are of updates of random keys, by the CPU time of the task's thread;
 * what RocksDB does in the background has threads of its own. Bytes per key are those of a savepoint taken at the end.
 */
final class StateBenchmark {
    private static final long LIMIT_SECONDS = 3600;
    private static final List<Case> CASES = List.of(
            new Case(
                    "single",
                    "one source, timestamp-latest",
                    List.of("a"),
                    new ConflictStrategy.TimestampLatest(),
                    QualityConfig.none()),
            new Case(
                    "shared",
                    "two sources, timestamp-latest",
                    List.of("a", "b"),
                    new ConflictStrategy.TimestampLatest(),
                    QualityConfig.none()),
            new Case(
                    "duplicates",
                    "two sources, duplicates sought",
                    List.of("a", "b"),
                    new ConflictStrategy.TimestampLatest(),
                    new QualityConfig(
                            new DuplicateConfig(
                                    List.of(), Duration.ofSeconds(10), List.of("id", "updated_at"), Action.SKIP),
                            ChecksConfig.none())),
            new Case(
                    "merge",
                    "two sources, merge",
                    List.of("a", "b"),
                    new ConflictStrategy.Merge(Map.of("quantity", FieldRule.Simple.MAX), FieldRule.Simple.LATEST),
                    QualityConfig.none()));

    private final int updates;
    private final int memoryMebiBytes;
    private final Configuration further;

    private StateBenchmark(int updates, int memoryMebiBytes, Configuration further) {
        this.updates = updates;
        this.further = further;
        this.memoryMebiBytes = memoryMebiBytes;
    }

    /** What is measured, under a name. */
    private record Case(
            String name, String title, List<String> sources, ConflictStrategy strategy, QualityConfig quality) {}

    /** What one run has shown. */
    private record Result(double perCpuSecond, double perSecond, double bytesPerKey) {}

    static void start(String[] args) throws Exception {
        int[] keys = {1_000_000, 10_000_000};
        int updates = 3_000_000;
        int memory = 256;
        var settings = new Configuration();
        var cases = CASES;
        for (int i = 0; i + 1 < args.length; i += 2) {
            switch (args[i]) {
                case "--keys" ->
                    keys = Stream.of(args[i + 1].split(","))
                            .mapToInt(Integer::parseInt)
                            .toArray();
                case "--updates" -> updates = Integer.parseInt(args[i + 1]);
                case "--memory" -> memory = Integer.parseInt(args[i + 1]);
                case "--cases" -> {
                    var names = List.of(args[i + 1].split(","));
                    cases = CASES.stream()
                            .filter(one -> names.contains(one.name()))
                            .toList();
                }
                case "--set" -> {
                    var setting = args[i + 1].split("=", 2);
                    settings.setString(setting[0], setting[1]);
                }
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        var bench = new StateBenchmark(updates, memory, settings);
        var lines = new ArrayList<String>();
        for (var one : cases) {
            double first = 0;
            for (int count : keys) {
                var result = bench.run(one, count);
                first = first == 0 ? result.perCpuSecond() : first;
                lines.add(String.format(
                        "%-32s %,12d %,14.0f %,12.0f %8.2f %10.0f",
                        one.title,
                        count,
                        result.perCpuSecond(),
                        result.perSecond(),
                        result.perCpuSecond() / first,
                        result.bytesPerKey()));
                System.out.println(lines.get(lines.size() - 1));
            }
        }
        System.out.printf(
                "%n%,d updates of random keys, one slot with %d MiB of managed memory%n%-32s %12s %14s %12s %8s %10s%n",
                updates, memory, "", "keys", "events/s core", "events/s", "ratio", "bytes/key");
        lines.forEach(System.out::println);
    }

    private Result run(Case one, int keys) throws Exception {
        try (var folder = TemporaryFolder.create("gravity-bench")) {
            var settings = rocksDb(folder.path(), memoryMebiBytes);
            settings.addAll(further);
            var load = StateLoad.start(keys, updates, one.sources);
            try (var flink = LocalFlink.start(1, 1, folder.path(), settings)) {
                var job = flink.submit(env -> build(env, one), null);
                await(load, job);
                double bytes = size(Path.of(URI.create(job.savepoint()))) / (double) keys;
                job.cancel();
                return new Result(load.perCpuSecond(), load.perSecond(), bytes);
            }
        }
    }

    /** Returns settings of a task manager that has so much managed memory, for RocksDB and the cache of rows. */
    static Configuration rocksDb(Path folder, int memoryMebiBytes) {
        var settings = new Configuration();
        settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(memoryMebiBytes));
        settings.set(RocksDBOptions.LOCAL_DIRECTORIES, folder.resolve("rocksdb").toString());
        return settings;
    }

    static void await(StateLoad load, LocalJob job) throws InterruptedException {
        for (long seconds = 0; !load.await(1); seconds++) {
            if (job.ended() || seconds > LIMIT_SECONDS) {
                throw new IllegalStateException(
                        "the job has " + (job.ended() ? "failed" : "not come to the end"),
                        job.failure().orElse(null));
            }
        }
    }

    private static void build(StreamExecutionEnvironment env, Case one) {
        SyncJob.decide(Feed.byRow(Feed.changes(env)), config(one))
                .sinkTo(new DiscardingSink<>())
                .uid("discard");
    }

    private static SyncConfig config(Case one) {
        var defaults = ResolveConfig.defaults();
        return new SyncConfig(
                one.sources.stream().map(StateBenchmark::source).toList(),
                List.of(),
                OrderConfig.defaults(),
                one.quality,
                new ResolveConfig(
                        one.strategy,
                        List.of(),
                        defaults.handoverAfter(),
                        defaults.tombstoneTtl(),
                        defaults.rowTtl(),
                        null),
                List.of(),
                List.of(),
                null,
                Duration.ofSeconds(10));
    }

    private static SourceConfig source(String name) {
        return new SourceConfig(
                name,
                "nowhere",
                3306,
                "nobody",
                Secret.of(""),
                1,
                1,
                List.of(new TablePattern(StateLoad.TABLE.toString())),
                List.of(),
                null,
                SourceConfig.Startup.initial(),
                SourceConfig.Tuning.defaults());
    }

    static long size(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> {
                        try {
                            return Files.size(file);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .sum();
        }
    }
}
