package io.gravity.benchmarks;

import io.gravity.SyncConfig;
import io.gravity.local.TemporaryFolder;
import io.gravity.local.flink.LocalFlink;
import io.gravity.quality.QualityOperator;
import io.gravity.repair.RepairFunction;
import io.gravity.types.EventTypes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * What ten rules cost a row: two patterns, three comparisons, two required fields and two corrections in one run, the
 * search for duplicates as well in another, each beside the same job without. State is on the heap, so that it is the
 * rules that are measured; by the CPU time of the task's thread.
 */
final class RulesBenchmark {
    private static final int KEYS = 10_000;
    private static final String RULES = """
            gravity:
              sources:
                - {name: a, type: mysql, host: nowhere, username: nobody, password: x, tables: ["bench.orders"]}
              targets:
                - {name: bus, type: kafka, brokers: ["nowhere:9092"]}
              quarantine: {target: bus}
              data-quality:
                realtime-checks:
                  duplicate-detection: {window: 5m, key-fields: [id, updated_at], action: alert}
                  completeness-check: {required-fields: [customer, created_at]}
                  format-validation:
                    rules:
                      email: '^[\\w.-]+@[\\w.-]+\\.[a-zA-Z]{2,}$'
                      note: '^note of order \\d+ .*$'
                  business-rules:
                    rules:
                      - {field: amount, condition: ">= 0", message: negative}
                      - {field: status, condition: "in ['pending', 'paid']", message: unknown}
                      - {field: quantity, condition: "between 0 and 1000", message: odd}
              auto-repair:
                format-correction:
                  corrections:
                    email: {pattern: '\\s+|[A-Z]', correction: trim_and_lowercase}
                    status: {pattern: '[A-Z]', correction: lowercase}
            """;

    private final int rows;
    private final Path folder;
    private final SyncConfig config;
    private int runs;

    private RulesBenchmark(int rows, Path folder, SyncConfig config) {
        this.rows = rows;
        this.folder = folder;
        this.config = config;
    }

    static void start(String[] args) throws Exception {
        int rows = 3_000_000;
        int rounds = 3;
        for (int i = 0; i + 1 < args.length; i += 2) {
            switch (args[i]) {
                case "--rows" -> rows = Integer.parseInt(args[i + 1]);
                case "--rounds" -> rounds = Integer.parseInt(args[i + 1]);
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        try (var folder = TemporaryFolder.create("gravity-bench")) {
            var bench = new RulesBenchmark(rows, folder.path(), config(folder.path()));
            var rules = new double[rounds];
            var duplicates = new double[rounds];
            for (int i = 0; i < rounds; i++) {
                double none = bench.microsPerRow(false, false);
                rules[i] = bench.microsPerRow(false, true) - none;
                duplicates[i] = bench.microsPerRow(true, true) - none;
                System.out.printf(
                        "without %.2f us a row; nine rules %.2f us more, with duplicates %.2f us more%n",
                        none, rules[i], duplicates[i]);
            }
            System.out.printf(
                    "%n%,d rows, medians of %d rounds: nine rules %.2f us a row, with duplicates %.2f us%n",
                    rows, rounds, Meter.median(rules), Meter.median(duplicates));
        }
    }

    /** Returns a job with the ten rules, for the table that the benchmarks write. */
    static SyncConfig config(Path folder) throws IOException {
        return Bench.config(folder, RULES);
    }

    private double microsPerRow(boolean findsDuplicates, boolean checks) throws Exception {
        var settings = new Configuration();
        settings.set(StateBackendOptions.STATE_BACKEND, "hashmap");
        settings.set(PipelineOptions.OBJECT_REUSE, true);
        var load = StateLoad.start(KEYS, rows, List.of("a"));
        try (var flink = LocalFlink.start(1, 1, folder.resolve("flink-" + ++runs), settings)) {
            var job = flink.submit(env -> build(env, findsDuplicates, checks), null);
            StateBenchmark.await(load, job);
            job.cancel();
            return 1e6 / load.perCpuSecond();
        }
    }

    private void build(StreamExecutionEnvironment env, boolean findsDuplicates, boolean checks) {
        var changes = Feed.changes(env);
        if (findsDuplicates) {
            changes = Feed.byRow(changes)
                    .transform("Check quality", EventTypes.CHANGE, new QualityOperator(config.quality()))
                    .uid("quality");
        }
        if (checks) {
            changes = Feed.byRow(changes)
                    .process(
                            new RepairFunction(
                                    config.repair(),
                                    config.quality().checks(),
                                    Map.of("a", 1),
                                    null,
                                    config.quality().report()),
                            EventTypes.CHANGE)
                    .uid("repair");
        }
        changes.sinkTo(new DiscardingSink<>()).uid("discard");
    }
}
