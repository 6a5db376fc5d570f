package io.gravity.benchmarks;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.local.TemporaryFolder;
import io.gravity.local.flink.LocalFlink;
import io.gravity.repair.LookupFunction;
import io.gravity.repair.LookupGroup;
import io.gravity.repair.LookupKeys;
import io.gravity.types.EventTypes;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * What {@code lookup-from-related} costs: so many parents, each inserted once, and children of random ones that take a
 * value from them. State in RocksDB; by the CPU time of the task's thread, and by the savepoint's size.
 */
final class LookupBenchmark {
    private static final int MEMORY_MEBIBYTES = 256;
    private static final String LOOKUP = """
            gravity:
              sources:
                - {name: a, type: mysql, host: nowhere, username: nobody, password: x, tables: ["bench.*"]}
              targets:
                - {name: bus, type: kafka, brokers: ["nowhere:9092"]}
              quarantine: {target: bus}
              auto-repair:
                missing-data-fill:
                  tables: ["bench.payments"]
                  strategies:
                    lookup-from-related:
                      - {field: email, source-table: bench.orders, key-field: order_id}
            """;

    private LookupBenchmark() {}

    static void start(String[] args) throws Exception {
        int parents = 1_000_000;
        int children = 3_000_000;
        for (int i = 0; i + 1 < args.length; i += 2) {
            switch (args[i]) {
                case "--parents" -> parents = Integer.parseInt(args[i + 1]);
                case "--children" -> children = Integer.parseInt(args[i + 1]);
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        try (var folder = TemporaryFolder.create("gravity-bench")) {
            run(parents, children, folder.path());
        }
    }

    private static void run(int parents, int children, Path folder) throws Exception {
        var group = group(folder);
        var load = StateLoad.start(parents, children, List.of("a"));
        try (var flink = LocalFlink.start(1, 1, folder, StateBenchmark.rocksDb(folder, MEMORY_MEBIBYTES))) {
            var job = flink.submit(env -> build(env, group), null);
            StateBenchmark.await(load, job);
            double bytes = StateBenchmark.size(Path.of(URI.create(job.savepoint()))) / (double) parents;
            job.cancel();
            System.out.printf(
                    "%n%,d parents, %,d children of random ones, one slot with %d MiB of managed memory:%n"
                            + "%,.0f lookups/s by CPU time, %,.0f/s by the clock, %.0f bytes of state a parent%n",
                    parents, children, MEMORY_MEBIBYTES, load.perCpuSecond(), load.perSecond(), bytes);
        }
    }

    private static LookupGroup group(Path folder) throws Exception {
        var config = Bench.config(folder, LOOKUP);
        return LookupGroup.of(config.repair(), config.quality().checks()).get(0);
    }

    private static void build(StreamExecutionEnvironment env, LookupGroup group) {
        var changes =
                Feed.changes(env).map(new Children()).returns(EventTypes.CHANGE).uid("children");
        DataStreamUtils.reinterpretAsKeyedStream(changes, new LookupKeys(group), EventTypes.ROW_KEY)
                .process(new LookupFunction(group), EventTypes.CHANGE)
                .uid("lookup")
                .map(new Answered())
                .returns(EventTypes.CHANGE)
                .uid("answered")
                .sinkTo(new DiscardingSink<>())
                .uid("discard");
    }

    /** Makes of each update of an order the insert of a payment for it, without the e-mail address. */
    private static final class Children implements MapFunction<ChangeEvent, ChangeEvent> {
        private static final long serialVersionUID = 1L;
        private static final TableId PAYMENTS = new TableId("bench", "payments");
        private static final TableSchema SCHEMA = new TableSchema(
                List.of(
                        new Column("id", ColumnType.of(Kind.INTEGER, "BIGINT"), true),
                        new Column("order_id", ColumnType.of(Kind.INTEGER, "BIGINT"), true),
                        new Column("email", ColumnType.of(Kind.TEXT, "VARCHAR"), true)),
                0);

        @Override
        public ChangeEvent map(ChangeEvent order) {
            if (order.operation() != Operation.UPDATE) {
                return order;
            }
            return ChangeEvent.captured(
                    order.source(),
                    PAYMENTS,
                    PAYMENTS,
                    Operation.INSERT,
                    SCHEMA,
                    null,
                    Row.of(order.eventTimeMicros(), order.after().value(0), null),
                    order.eventTimeMicros(),
                    order.position(),
                    order.eventTimeMicros());
        }
    }

    /** Sees to it that every child has got its value. */
    private static final class Answered implements MapFunction<ChangeEvent, ChangeEvent> {
        private static final long serialVersionUID = 1L;

        @Override
        public ChangeEvent map(ChangeEvent change) {
            if (change.target().equals(Children.PAYMENTS) && change.schema().equals(Children.SCHEMA)) {
                throw new IllegalStateException("no value for " + change.after());
            }
            return change;
        }
    }
}
