package io.gravity.benchmarks;

import java.util.Arrays;

/** {@code Bench NAME [OPTIONS]}: runs one benchmark and prints its table. */
public final class Bench {

    private Bench() {}

    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("throughput")) {
            ThroughputBenchmark.start(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        if (args.length > 0 && args[0].equals("state")) {
            StateBenchmark.start(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        if (args.length > 0 && args[0].equals("dispatch")) {
            DispatchBenchmark.start(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        if (args.length > 0 && args[0].equals("rules")) {
            RulesBenchmark.start(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        if (args.length > 0 && args[0].equals("lookup")) {
            LookupBenchmark.start(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        if (args.length > 0 && args[0].equals("snapshot")) {
            SnapshotBenchmark.start(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        System.err.println("""
                usage: bench throughput [--rows N] [--parallelism N]
                       bench state [--keys N,N...] [--updates N] [--memory MIB] [--cases single,shared,merge] [--set FLINK_KEY=VALUE]
                       bench dispatch [--rows N] [--rounds N] [--targets mysql,kafka,clickhouse]
                       bench rules [--rows N] [--rounds N]
                       bench lookup [--parents N] [--children N]
                       bench snapshot [--rows N] [--parallelism N]""");
        System.exit(2);
    }
}
