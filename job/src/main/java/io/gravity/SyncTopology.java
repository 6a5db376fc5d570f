package io.gravity;

import static java.util.stream.Collectors.toMap;

import io.gravity.audit.DeadLetters;
import io.gravity.dispatch.DispatchOperatorFactory;
import io.gravity.dispatch.Lanes;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.strong.StrongDispatchOperatorFactory;
import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.order.OrderConfig;
import io.gravity.order.OrderOperator;
import io.gravity.quality.QualityConfig;
import io.gravity.quality.QualityOperator;
import io.gravity.repair.LookupFunction;
import io.gravity.repair.LookupGroup;
import io.gravity.repair.LookupKeys;
import io.gravity.repair.RepairFunction;
import io.gravity.resolve.ResolveOperatorFactory;
import io.gravity.route.RouteFunction;
import io.gravity.source.SourceConfig;
import io.gravity.transform.TableMapper;
import io.gravity.transform.TransformFunction;
import io.gravity.types.EventTypes;
import io.gravity.types.OrderScope;
import io.gravity.types.PassFunction;
import io.gravity.types.ScopeKeys;
import io.gravity.types.SharedTables;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.memory.ManagedMemoryUseCase;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;

/** The whole job, in the order the data flows. Renaming a uid here discards that stage's state. */
final class SyncTopology {

    private SyncTopology() {}

    static void build(StreamExecutionEnvironment env, SyncConfig config, Endpoints endpoints) {
        var writers = new TableWriters(config.sources(), config.mappings());
        // A change that is dropped or mended on its way leaves the targets with another row than the next before image.
        var router = new RouteFunction(config.routes(), config.keepsEveryRow() ? writers.byTable() : SharedTables.ALL);
        var ends = new Ends(config);
        config.targets()
                .forEach(target -> router.to(
                        target.name(),
                        target.delivery().tables(),
                        target.delivery().exclude(),
                        ends.homeOf(target)));

        var transformed = config.sources().stream()
                .map(source -> transform(env, source, config, endpoints))
                .toList();

        var changes = lookUp(union(transformed.stream()), config);
        var repaired = mend(changes.keyBy(ChangeEvent::key, EventTypes.ROW_KEY), config);
        var resolved = resolve(repaired, config);
        var routed = resolved.process(router, EventTypes.CHANGE).uid("route").name("Route");
        var letters = union(config.targets().stream()
                .map(target -> dispatch(routed, target, config, priorities(config), endpoints)));
        if (!config.transforms().isEmpty()) {
            letters = union(Stream.concat(
                    Stream.of(letters), transformed.stream().map(one -> one.getSideOutput(TransformFunction.LETTERS))));
        }
        if (repairs(config)) {
            letters = letters.union(repaired.getSideOutput(RepairFunction.LETTERS));
        }
        var all = letters;
        config.quarantineTarget().ifPresent(target -> quarantine(all, target, endpoints));
    }

    /** The stages that look at one row at a time and keep state: they make of the sources' changes those that count. */
    static SingleOutputStreamOperator<ChangeEvent> decide(KeyedStream<ChangeEvent, RowKey> changes, SyncConfig config) {
        return resolve(mend(changes, config), config);
    }

    private static SingleOutputStreamOperator<ChangeEvent> mend(
            KeyedStream<ChangeEvent, RowKey> changes, SyncConfig config) {
        var priorities = priorities(config);
        var shared = new TableWriters(config.sources(), config.mappings());
        var ordered = changes.transform(
                        "Order by event time",
                        EventTypes.CHANGE,
                        new OrderOperator(
                                OrderScope.ROW,
                                config.order(),
                                config.order().waits() ? shared : SharedTables.NONE,
                                priorities))
                .uid("order");
        return repair(check(ordered, config.quality()), config).uid("repair").name("Repair");
    }

    private static SingleOutputStreamOperator<ChangeEvent> resolve(
            DataStream<ChangeEvent> repaired, SyncConfig config) {
        var shared = new TableWriters(config.sources(), config.mappings());
        var resolved = byRow(repaired)
                .transform(
                        "Resolve conflicts",
                        EventTypes.CHANGE,
                        new ResolveOperatorFactory(config.resolve(), shared, priorities(config), Ends.of(config)))
                .uid("resolve");
        // For its cache of rows; how much that is beside RocksDB's, the cluster says.
        resolved.getTransformation().declareManagedMemoryUseCaseAtOperatorScope(ManagedMemoryUseCase.OPERATOR, 1);
        return resolved;
    }

    private static SingleOutputStreamOperator<ChangeEvent> check(DataStream<ChangeEvent> stream, QualityConfig config) {
        var name = "Check quality";
        var checked = config.duplicates() == null
                ? stream.map(new PassFunction()).returns(EventTypes.CHANGE)
                : byRow(stream).transform(name, EventTypes.CHANGE, new QualityOperator(config));
        return checked.uid("quality").name(name);
    }

    /** Rows meet those of other tables that they name. */
    private static DataStream<ChangeEvent> lookUp(DataStream<ChangeEvent> changes, SyncConfig config) {
        var stream = changes;
        for (var group : LookupGroup.of(config.repair(), config.quality().checks())) {
            stream = stream.keyBy(new LookupKeys(group), EventTypes.ROW_KEY)
                    .process(new LookupFunction(group), EventTypes.CHANGE)
                    .uid("lookup-" + group.name())
                    .name("Look up " + group.name());
        }
        return stream;
    }

    private static boolean repairs(SyncConfig config) {
        return !config.repair().isEmpty()
                || !config.quality().checks().isEmpty()
                || config.quality().report() != null;
    }

    private static SingleOutputStreamOperator<ChangeEvent> repair(DataStream<ChangeEvent> stream, SyncConfig config) {
        if (!repairs(config)) {
            return stream.map(new PassFunction()).returns(EventTypes.CHANGE);
        }
        var letters = config.quarantine() == null
                ? null
                : new DeadLetters(config.quarantine().table(), "quality", null);
        return byRow(stream)
                .process(
                        new RepairFunction(
                                config.repair(),
                                config.quality().checks(),
                                priorities(config),
                                letters,
                                config.quality().report()),
                        EventTypes.CHANGE);
    }

    private static Map<String, Integer> priorities(SyncConfig config) {
        return config.sources().stream().collect(toMap(SourceConfig::name, SourceConfig::priority));
    }

    private static SingleOutputStreamOperator<ChangeEvent> transform(
            StreamExecutionEnvironment env, SourceConfig source, SyncConfig config, Endpoints endpoints) {
        var letters = config.quarantine() == null
                ? null
                : DeadLetters.ofSourceRows(config.quarantine().table(), "transform");
        return endpoints
                .changes(env, source)
                .uid("source-" + source.name())
                .name("Read " + source.name())
                .process(
                        new TransformFunction(
                                config.transforms(),
                                new TableMapper(source.name(), config.mappings()),
                                letters,
                                TableWriters.alone(source, config.mappings())),
                        EventTypes.CHANGE)
                .setParallelism(source.maxWorkers())
                .uid("transform-" + source.name())
                .name("Transform " + source.name());
    }

    private static DataStream<ChangeEvent> union(Stream<? extends DataStream<ChangeEvent>> streams) {
        return streams.<DataStream<ChangeEvent>>map(stream -> stream)
                .reduce((left, right) -> left.union(right))
                .orElseThrow();
    }

    /** A stage hands each row on in the subtask of its key, so the next one needs no shuffle to be keyed by it. */
    private static KeyedStream<ChangeEvent, RowKey> byRow(DataStream<ChangeEvent> stream) {
        return DataStreamUtils.reinterpretAsKeyedStream(stream, ChangeEvent::key, EventTypes.ROW_KEY);
    }

    /** Rows of one table meet again here, or those of all tables, for a target that wants them in one order. */
    private static DataStream<ChangeEvent> sequence(
            DataStream<ChangeEvent> routed, TargetConfig target, OrderConfig config, Map<String, Integer> priorities) {
        var scope = target.delivery().scope();
        return routed.keyBy(new ScopeKeys(scope), EventTypes.ROW_KEY)
                .transform(
                        "Sequence for " + target.name(),
                        EventTypes.CHANGE,
                        new OrderOperator(scope, config, SharedTables.ALL, priorities))
                .uid("sequence-" + target.name());
    }

    /** What comes out are the dead letters. */
    private static SingleOutputStreamOperator<ChangeEvent> dispatch(
            SingleOutputStreamOperator<ChangeEvent> routed,
            TargetConfig target,
            SyncConfig config,
            Map<String, Integer> priorities,
            Endpoints endpoints) {
        var own = routed.getSideOutput(RouteFunction.output(target.name()));
        var scope = target.delivery().scope();
        var letters = config.quarantine() == null
                ? null
                : new DeadLetters(config.quarantine().table(), "dispatch", target.name());
        return DataStreamUtils.reinterpretAsKeyedStream(
                        scope == OrderScope.ROW ? own : sequence(own, target, config.order(), priorities),
                        new Lanes(scope),
                        Types.INT)
                .transform("Dispatch to " + target.name(), EventTypes.CHANGE, dispatcher(target, endpoints, letters))
                .uid("dispatch-" + target.name());
    }

    private static OneInputStreamOperatorFactory<ChangeEvent, ChangeEvent> dispatcher(
            TargetConfig target, Endpoints endpoints, DeadLetters letters) {
        return switch (target.delivery().consistency()) {
            case EVENTUAL ->
                new DispatchOperatorFactory(target.name(), target.delivery(), endpoints.writers(target), letters);
            case STRONG ->
                new StrongDispatchOperatorFactory(
                        target.name(), target.delivery(), endpoints.ledgerWriters(target), letters);
        };
    }

    /** A letter that is refused is tried for ever, and one that finds no room waits: there is no other place for it. */
    private static void quarantine(DataStream<ChangeEvent> letters, TargetConfig target, Endpoints endpoints) {
        letters.keyBy(ChangeEvent::key, EventTypes.ROW_KEY)
                .transform(
                        "Quarantine",
                        EventTypes.CHANGE,
                        new DispatchOperatorFactory(
                                target.name(), target.delivery().keepingAll(), endpoints.writers(target), null))
                .uid("quarantine");
    }
}
