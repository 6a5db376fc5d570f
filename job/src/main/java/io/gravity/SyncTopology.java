package io.gravity;

import static java.util.stream.Collectors.toMap;

import io.gravity.audit.DeadLetters;
import io.gravity.dispatch.DispatchOperatorFactory;
import io.gravity.dispatch.Lanes;
import io.gravity.dispatch.TargetConfig;
import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.order.OrderFunction;
import io.gravity.quality.QualityFunction;
import io.gravity.repair.RepairFunction;
import io.gravity.resolve.ResolveFunction;
import io.gravity.route.RouteFunction;
import io.gravity.source.SourceConfig;
import io.gravity.transform.TableMapper;
import io.gravity.transform.TransformFunction;
import io.gravity.types.EventTypes;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The whole job, in the order the data flows. Renaming a uid here discards that stage's state. */
final class SyncTopology {

    private SyncTopology() {}

    static void build(StreamExecutionEnvironment env, SyncConfig config, Endpoints endpoints) {
        var priorities = config.sources().stream().collect(toMap(SourceConfig::name, SourceConfig::priority));
        var shared = new TableWriters(config.sources(), config.mappings());
        var router = new RouteFunction(config.routes());
        config.targets()
                .forEach(target -> router.to(
                        target.name(),
                        target.delivery().tables(),
                        target.delivery().exclude()));

        var changes = union(config.sources().stream().map(source -> endpoints
                .changes(env, source)
                .uid("source-" + source.name())
                .name("Read " + source.name())
                .map(new TransformFunction(new TableMapper(source.name(), config.mappings())))
                .returns(EventTypes.CHANGE)
                .setParallelism(source.maxWorkers())
                .uid("transform-" + source.name())
                .name("Transform " + source.name())));

        var ordered = changes.keyBy(ChangeEvent::key, EventTypes.ROW_KEY)
                .process(new OrderFunction(config.order(), shared, priorities), EventTypes.CHANGE)
                .uid("order")
                .name("Order by event time");
        var checked = byRow(ordered)
                .process(new QualityFunction(), EventTypes.CHANGE)
                .uid("quality")
                .name("Check quality");
        var repaired = byRow(checked)
                .process(new RepairFunction(), EventTypes.CHANGE)
                .uid("repair")
                .name("Repair");
        var resolved = byRow(repaired)
                .process(new ResolveFunction(config.resolve(), priorities), EventTypes.CHANGE)
                .uid("resolve")
                .name("Resolve conflicts");
        var routed =
                byRow(resolved).process(router, EventTypes.CHANGE).uid("route").name("Route");
        var letters = union(config.targets().stream().map(target -> dispatch(routed, target, config, endpoints)));
        config.quarantineTarget().ifPresent(target -> quarantine(letters, target, endpoints));
    }

    private static DataStream<ChangeEvent> union(Stream<SingleOutputStreamOperator<ChangeEvent>> sources) {
        return sources.<DataStream<ChangeEvent>>map(source -> source)
                .reduce((left, right) -> left.union(right))
                .orElseThrow();
    }

    /** A stage hands each row on in the subtask of its key, so the next one needs no shuffle to be keyed by it. */
    private static KeyedStream<ChangeEvent, RowKey> byRow(DataStream<ChangeEvent> stream) {
        return DataStreamUtils.reinterpretAsKeyedStream(stream, ChangeEvent::key, EventTypes.ROW_KEY);
    }

    /** What comes out are the dead letters. */
    private static SingleOutputStreamOperator<ChangeEvent> dispatch(
            SingleOutputStreamOperator<ChangeEvent> routed,
            TargetConfig target,
            SyncConfig config,
            Endpoints endpoints) {
        var letters = config.quarantine() == null
                ? null
                : new DeadLetters(config.quarantine().table(), "dispatch", target.name());
        return DataStreamUtils.reinterpretAsKeyedStream(
                        routed.getSideOutput(RouteFunction.output(target.name())), new Lanes(), Types.INT)
                .transform(
                        "Dispatch to " + target.name(),
                        EventTypes.CHANGE,
                        new DispatchOperatorFactory(
                                target.name(), target.delivery(), endpoints.writers(target), letters))
                .uid("dispatch-" + target.name());
    }

    /** A letter that is refused is tried for ever: there is no other place for it. */
    private static void quarantine(DataStream<ChangeEvent> letters, TargetConfig target, Endpoints endpoints) {
        letters.keyBy(ChangeEvent::key, EventTypes.ROW_KEY)
                .transform(
                        "Quarantine",
                        EventTypes.CHANGE,
                        new DispatchOperatorFactory(target.name(), target.delivery(), endpoints.writers(target), null))
                .uid("quarantine");
    }
}
