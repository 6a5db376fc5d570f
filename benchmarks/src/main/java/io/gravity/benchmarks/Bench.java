package io.gravity.benchmarks;

import io.gravity.SyncConfig;
import io.gravity.SyncConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** {@code Bench NAME [OPTIONS]}: runs one benchmark and prints its table. */
public final class Bench {

    private Bench() {}

    public static void main(String[] args) throws Exception {
        var options = Arrays.copyOfRange(args, Math.min(1, args.length), args.length);
        switch (args.length == 0 ? "" : args[0]) {
            case "throughput" -> ThroughputBenchmark.start(options);
            case "state" -> StateBenchmark.start(options);
            case "dispatch" -> DispatchBenchmark.start(options);
            case "rules" -> RulesBenchmark.start(options);
            case "lookup" -> LookupBenchmark.start(options);
            case "snapshot" -> SnapshotBenchmark.start(options);
            default -> usage();
        }
    }

    private static void usage() {
        System.err.println("""
                usage: bench throughput [--rows N] [--parallelism N] [--rounds N] [--targets mysql,kafka,clickhouse]
                       bench state [--keys N,N...] [--updates N] [--memory MIB] [--cases single,shared,duplicates,merge] [--set FLINK_KEY=VALUE]
                       bench dispatch [--rows N] [--rounds N] [--targets mysql,kafka,clickhouse]
                       bench rules [--rows N] [--rounds N]
                       bench lookup [--parents N] [--children N]
                       bench snapshot [--rows N] [--parallelism N]""");
        System.exit(2);
    }

    /** Loads a configuration. */
    static SyncConfig config(Path folder, String yaml) throws IOException {
        return SyncConfigLoader.load(
                Files.writeString(folder.resolve("bench.yaml"), yaml), Map.<String, String>of()::get);
    }
}
