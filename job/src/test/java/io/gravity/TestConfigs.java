package io.gravity;

import io.gravity.audit.QuarantineConfig;
import io.gravity.config.Secret;
import io.gravity.dispatch.Deliveries;
import io.gravity.dispatch.TargetConfig;
import io.gravity.event.TablePattern;
import io.gravity.order.OrderConfig;
import io.gravity.quality.QualityConfig;
import io.gravity.resolve.ResolveConfig;
import io.gravity.route.RouteRule;
import io.gravity.source.SourceConfig;
import io.gravity.source.SourceConfig.Startup;
import io.gravity.source.SourceConfig.Tuning;
import io.gravity.types.OrderScope;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Configurations made by hand, of servers nobody runs. */
final class TestConfigs {
    private static final List<TablePattern> ALL = List.of(new TablePattern("*"));

    private TestConfigs() {}

    /** Returns a job from these sources, the first with the highest priority, to each of these targets. */
    static SyncConfig of(List<String> sources, TargetConfig... targets) {
        return of(OrderConfig.defaults(), sources, targets);
    }

    static SyncConfig of(OrderConfig order, List<String> sources, TargetConfig... targets) {
        return of(order, ResolveConfig.defaults(), sources, targets);
    }

    static SyncConfig of(ResolveConfig resolve, List<String> sources, TargetConfig... targets) {
        return of(OrderConfig.defaults(), resolve, sources, targets);
    }

    private static SyncConfig of(
            OrderConfig order, ResolveConfig resolve, List<String> sources, TargetConfig... targets) {
        return new SyncConfig(
                IntStream.range(0, sources.size())
                        .mapToObj(i -> source(sources.get(i), i + 1, "shop.*"))
                        .toList(),
                List.of(),
                order,
                QualityConfig.none(),
                resolve,
                List.of(new RouteRule(
                        ALL,
                        List.of(),
                        RouteRule.Strategy.BROADCAST,
                        Arrays.stream(targets).map(TargetConfig::name).toList(),
                        List.of())),
                List.of(targets),
                null,
                Duration.ofMillis(200));
    }

    /** Returns the same job with dead letters going to one of its targets. */
    static SyncConfig quarantining(SyncConfig config, String target) {
        return new SyncConfig(
                config.sources(),
                config.mappings(),
                config.order(),
                config.quality(),
                config.resolve(),
                config.routes(),
                config.targets(),
                new QuarantineConfig(target, QuarantineConfig.DEFAULT_TABLE),
                config.checkpointInterval());
    }

    static SourceConfig source(String name, int priority, String... tables) {
        return new SourceConfig(
                name,
                "localhost",
                3306,
                "reader",
                Secret.of("secret"),
                priority,
                1,
                Stream.of(tables).map(TablePattern::new).toList(),
                List.of(),
                null,
                Startup.initial(),
                Tuning.defaults());
    }

    static TargetConfig mysql(String name) {
        return mysql(name, OrderScope.ROW);
    }

    static TargetConfig mysql(String name, OrderScope scope) {
        return mysql(name, Deliveries.of(10, 2).withScope(scope));
    }

    static TargetConfig mysql(String name, TargetConfig.Delivery delivery) {
        return new TargetConfig.MySql(name, "localhost", 3306, "writer", Secret.of("secret"), null, Map.of(), delivery);
    }

    static TargetConfig kafka(String name) {
        return kafka(name, OrderScope.ROW);
    }

    static TargetConfig kafka(String name, OrderScope scope) {
        return new TargetConfig.Kafka(
                name,
                List.of("localhost:9092"),
                "${source}.${table}",
                Map.of(),
                Deliveries.of(10, 2).withScope(scope));
    }

    static TargetConfig clickHouse(String name) {
        return new TargetConfig.ClickHouse(
                name, "localhost", 8123, "writer", Secret.of("secret"), null, Map.of(), Deliveries.of(10, 2));
    }
}
