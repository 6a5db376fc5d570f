package io.gravity;

import io.gravity.config.Durations;
import io.gravity.config.Secret;
import io.gravity.config.Sizes;
import io.gravity.config.Value;
import io.gravity.config.YamlText;
import io.gravity.dispatch.EventMapping;
import io.gravity.dispatch.TargetConfig;
import io.gravity.event.TablePattern;
import io.gravity.extension.ExtensionJars;
import io.gravity.field.FieldRule;
import io.gravity.order.OrderConfig;
import io.gravity.quality.DuplicateConfig;
import io.gravity.quality.QualityConfig;
import io.gravity.quality.ReportConfig;
import io.gravity.repair.DuplicateHandling;
import io.gravity.repair.FillStrategy;
import io.gravity.repair.RepairConfig;
import io.gravity.resolve.ConflictStrategy;
import io.gravity.resolve.ResolveConfig;
import io.gravity.route.HashSharding;
import io.gravity.route.ModuloSharding;
import io.gravity.route.RangeSharding;
import io.gravity.route.RouteRule;
import io.gravity.route.Sharding;
import io.gravity.source.SourceConfig;
import io.gravity.transform.TableMapping;
import io.gravity.types.OrderScope;
import io.gravity.types.TableNaming;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a configuration out in full, for people to check what a job would do. */
final class EffectiveConfig {
    private final SyncConfig config;
    private final YamlText yaml = new YamlText();

    private EffectiveConfig(SyncConfig config) {
        this.config = config;
    }

    static String of(SyncConfig config) {
        return new EffectiveConfig(config).render();
    }

    private String render() {
        yaml.open("gravity");
        yaml.plain("checkpoint-interval", Durations.format(config.checkpointInterval()));
        config.origin().ifPresent(origin -> yaml.text("origin", origin));
        extensions(config.extensions());
        yaml.open("sources");
        config.sources().forEach(this::source);
        yaml.close();
        endpoints();
        yaml.open("targets");
        config.targets().forEach(this::target);
        yaml.close();
        if (!config.routes().isEmpty()) {
            yaml.open("routing");
            config.routes().forEach(this::route);
            yaml.close();
        }
        if (!config.transforms().isEmpty()) {
            yaml.open("transformer");
            yaml.open("transforms");
            config.transforms().forEach(transform -> new EffectiveTransform(yaml).write(transform));
            yaml.close();
            yaml.close();
        }
        if (!config.mappings().isEmpty()) {
            yaml.open("table-mapping");
            config.mappings().forEach(this::mapping);
            yaml.close();
        }
        yaml.open("conflict-resolution");
        resolve(config.resolve());
        yaml.close();
        yaml.open("merge");
        yaml.plain("strategy", Value.nameOf(config.order().strategy()));
        yaml.plain("max-delay", Durations.format(config.order().maxDelay()));
        yaml.plain("max-buffered-changes", config.order().maxBufferedChanges());
        yaml.plain("max-buffered-bytes", Sizes.format(config.order().maxBufferedBytes()));
        yaml.close();
        quality(config.quality());
        repair(config.repair());
        if (config.quarantine() != null) {
            yaml.open("quarantine");
            yaml.text("target", config.quarantine().target());
            yaml.text("table", config.quarantine().table());
            yaml.close();
        }
        return yaml.toString();
    }

    private void extensions(ExtensionJars jars) {
        if (!jars.isEmpty()) {
            yaml.open("extensions");
            jars.found().forEach(yaml::comment);
            yaml.texts("path", jars.files());
            yaml.close();
        }
    }

    private void source(SourceConfig source) {
        yaml.item();
        yaml.text("name", source.name());
        yaml.plain("type", "mysql");
        yaml.text("host", source.host());
        yaml.plain("port", source.port());
        yaml.text("username", source.username());
        secret("password", source.password());
        yaml.plain("priority", source.priority());
        yaml.plain("max-workers", source.maxWorkers());
        tables("tables", source.tables());
        tables("exclude", source.exclude());
        if (source.serverIds() != null) {
            yaml.text("server-id", source.serverIds().toString());
        }
        startup(source.startup());
        yaml.plain("on-binlog-lost", Value.nameOf(source.onBinlogLost()));
        yaml.plain("on-truncate", Value.nameOf(source.onTableGone().onTruncate()));
        yaml.plain("on-drop-table", Value.nameOf(source.onTableGone().onDropTable()));
        if (!source.timing().columns().isEmpty()) {
            yaml.open("event-time");
            source.timing().columns().forEach(one -> yaml.text(one.tables().text(), one.column()));
            yaml.close();
        }
        yaml.plain("clock-offset", Durations.format(source.timing().clockOffset()));
        tuning(source.tuning());
        yaml.close();
    }

    private void startup(SourceConfig.Startup startup) {
        yaml.open("startup");
        yaml.plain("mode", Value.nameOf(startup.mode()));
        switch (startup.mode()) {
            case INITIAL, LATEST -> {}
            case TIMESTAMP -> yaml.plain("timestamp-millis", startup.timestampMillis());
            case POSITION -> {
                yaml.text("file", startup.file());
                yaml.plain("position", startup.position());
            }
            case GTID -> yaml.text("gtids", startup.gtids());
        }
        yaml.close();
    }

    private void tuning(SourceConfig.Tuning tuning) {
        yaml.plain("connect-timeout", Durations.format(tuning.connectTimeout()));
        yaml.plain("connect-max-retries", tuning.connectMaxRetries());
        yaml.plain("connection-pool-size", tuning.connectionPoolSize());
        yaml.plain("heartbeat-interval", Durations.format(tuning.heartbeatInterval()));
        yaml.plain("poll-interval", Durations.format(tuning.pollInterval()));
        yaml.plain("max-batch-size", tuning.maxBatchSize());
        yaml.plain("max-queue-size", tuning.maxQueueSize());
        yaml.plain("chunk-size", tuning.chunkSize());
        yaml.plain("chunk-bytes", Sizes.format(tuning.chunkBytes()));
        yaml.plain("fetch-size", tuning.fetchSize());
        yaml.plain("snapshot-rows-per-second", tuning.snapshotRowsPerSecond());
        if (tuning.serverTimeZone() != null) {
            yaml.text("server-time-zone", tuning.serverTimeZone());
        }
        properties("jdbc-properties", tuning.jdbcProperties());
    }

    private void target(TargetConfig target) {
        if (config.routes().stream().noneMatch(rule -> rule.targets().contains(target.name()))
                && !config.quarantineTarget().equals(Optional.of(target))) {
            yaml.comment("warning: no routing rule names " + target.name() + ", so it receives nothing");
        }
        yaml.item();
        server(target);
        if (target instanceof TargetConfig.Group group) {
            group(group);
        }
        delivery(target);
        yaml.close();
    }

    private void endpoints() {
        var members = config.targets().stream()
                .filter(TargetConfig.Group.class::isInstance)
                .flatMap(group -> ((TargetConfig.Group) group).members().stream())
                .toList();
        if (members.isEmpty()) {
            return;
        }
        yaml.open("endpoints");
        for (var member : members) {
            yaml.item();
            server(member.target());
            yaml.close();
        }
        yaml.close();
    }

    private void group(TargetConfig.Group group) {
        yaml.plain("type", "group");
        yaml.plain("strategy", Value.nameOf(group.strategy()));
        for (boolean isBackup : new boolean[] {false, true}) {
            var names = group.members().stream()
                    .filter(member -> member.isBackup() == isBackup)
                    .map(TargetConfig.Group.Member::name)
                    .toList();
            if (!names.isEmpty()) {
                yaml.texts(isBackup ? "backup" : "primary", names);
            }
        }
        if (group.strategy() == TargetConfig.Group.Strategy.WEIGHTED_ROUND_ROBIN) {
            yaml.open("weights");
            group.members().forEach(member -> yaml.plain(member.name(), member.weight()));
            yaml.close();
        }
        yaml.open("failover");
        yaml.plain("detection-timeout", Durations.format(group.failover().detectionTimeout()));
        yaml.plain("retry-interval", Durations.format(group.failover().retryInterval()));
        yaml.plain("max-retries", group.failover().maxRetries());
        yaml.close();
    }

    /** How to reach it; a group has only a name. */
    private void server(TargetConfig target) {
        yaml.text("name", target.name());
        if (target instanceof TargetConfig.MySql mySql) {
            yaml.plain("type", "mysql");
            yaml.text("host", mySql.host());
            yaml.plain("port", mySql.port());
            yaml.text("username", mySql.username());
            secret("password", mySql.password());
            database(mySql.database());
            names(mySql.mappings());
            properties("jdbc-properties", mySql.jdbcProperties());
            SchemaChangeSettings.write(mySql.schema(), yaml);
        } else if (target instanceof TargetConfig.Kafka kafka) {
            yaml.plain("type", "kafka");
            yaml.texts("brokers", kafka.brokers());
            yaml.text("topic", kafka.topic());
            records(kafka);
            properties("properties", kafka.properties());
        } else if (target instanceof TargetConfig.ClickHouse clickHouse) {
            yaml.plain("type", "clickhouse");
            yaml.text("host", clickHouse.host());
            yaml.comment("the HTTP interface; the native protocol (port 9000) is not spoken");
            yaml.plain("http-port", clickHouse.port());
            yaml.text("username", clickHouse.username());
            secret("password", clickHouse.password());
            database(clickHouse.database());
            names(clickHouse.mappings());
            properties("settings", clickHouse.settings());
            SchemaChangeSettings.write(clickHouse.schema(), yaml);
        } else if (target instanceof TargetConfig.File file) {
            yaml.plain("type", "file");
            if (LetterPath.isReadOnlyHere(file.path())) {
                yaml.comment("warning: this user may not write there; the one that Flink runs as must");
            }
            yaml.text("path", file.path().toString());
        }
    }

    private void records(TargetConfig.Kafka kafka) {
        if (!kafka.topics().isEmpty()) {
            yaml.open("topics");
            kafka.topics().forEach(rule -> yaml.text(rule.tables().text(), rule.topic()));
            yaml.close();
        }
        yaml.plain("format", Value.nameOf(kafka.format()));
        if (!kafka.events().isEmpty()) {
            yaml.open("events");
            kafka.events().forEach(this::event);
            yaml.close();
        }
    }

    private void event(EventMapping event) {
        yaml.item();
        tables("tables", event.tables());
        yaml.text("event-type", event.type());
        yaml.text("event-type-field", event.typeField());
        yaml.open("operations");
        event.operations().forEach((operation, word) -> yaml.text(Value.nameOf(operation), word));
        yaml.close();
        if (!event.fields().isEmpty()) {
            yaml.open("fields");
            event.fields().forEach(yaml::text);
            yaml.close();
        }
        yaml.plain("timestamps", Value.nameOf(event.timestamps()));
        yaml.text("time-zone", event.timeZone().getId());
        yaml.close();
    }

    private static boolean mayNotFit(TargetConfig target) {
        return target instanceof TargetConfig.ClickHouse
                || target instanceof TargetConfig.Kafka
                || (target instanceof TargetConfig.Group group
                        && mayNotFit(group.members().get(0).target()));
    }

    private void delivery(TargetConfig target) {
        var delivery = target.delivery();
        tables("tables", delivery.tables());
        tables("exclude", delivery.exclude());
        yaml.plain("consistency", Value.nameOf(delivery.consistency()));
        if (mayNotFit(target)) {
            yaml.plain("unfit-values", Value.nameOf(delivery.unfitValues()));
        }
        yaml.plain("batch-size", delivery.batchSize());
        yaml.plain("batch-bytes", Sizes.format(delivery.batchBytes()));
        if (delivery.consistency() == TargetConfig.Consistency.EVENTUAL) {
            yaml.plain("batch-timeout", Durations.format(delivery.batchTimeout()));
            yaml.plain("max-in-flight", delivery.maxInFlight());
        }
        yaml.plain("merge-strategy", Value.nameOf(strategy(delivery.scope())));
        yaml.open("retry");
        yaml.plain("backoff", Durations.format(delivery.backoff()));
        yaml.plain("max-backoff", Durations.format(delivery.maxBackoff()));
        yaml.close();
        yaml.plain("hold-limit", Durations.format(delivery.holdLimit()));
        if (delivery.consistency() == TargetConfig.Consistency.EVENTUAL) {
            queue(delivery.queue());
        }
    }

    private void queue(TargetConfig.Queue queue) {
        yaml.open("queue");
        yaml.plain("policy", Value.nameOf(queue.policy()));
        if (queue.policy() != TargetConfig.Queue.Policy.BLOCK) {
            yaml.plain("size", Sizes.format(queue.bytes()));
        }
        yaml.close();
    }

    private OrderConfig.Strategy strategy(OrderScope scope) {
        boolean parallel = config.order().strategy() == OrderConfig.Strategy.PARALLEL;
        return switch (scope) {
            case ROW -> parallel ? OrderConfig.Strategy.PARALLEL : OrderConfig.Strategy.BY_ROW;
            case TABLE -> OrderConfig.Strategy.BY_TABLE;
            case ALL -> OrderConfig.Strategy.TIME_SERIES;
        };
    }

    private void route(RouteRule rule) {
        yaml.item();
        tables("source-tables", rule.tables());
        tables("exclude", rule.exclude());
        if (rule.strategy() != RouteRule.Strategy.MODULO && rule.strategy() != RouteRule.Strategy.RANGE) {
            yaml.texts("targets", rule.targets());
        }
        yaml.plain("strategy", Value.nameOf(rule.strategy()));
        sharding(rule.sharding());
        if (!rule.branches().isEmpty()) {
            yaml.open("conditions");
            for (var branch : rule.branches()) {
                yaml.item();
                yaml.text("if", branch.condition().toString());
                yaml.texts("targets", branch.targets());
                yaml.close();
            }
            yaml.close();
        }
        yaml.close();
    }

    private void sharding(Sharding sharding) {
        if (sharding instanceof HashSharding hash) {
            yaml.texts("key", hash.key());
        } else if (sharding instanceof ModuloSharding modulo) {
            yaml.text("key", modulo.column());
            yaml.plain("modulo", modulo.modulo());
            yaml.open("shards");
            for (var shard : modulo.shards()) {
                yaml.item();
                yaml.texts(
                        "remainders",
                        shard.remainders().stream().map(Object::toString).toList());
                yaml.text("target", shard.target());
                yaml.close();
            }
            yaml.close();
            defaultTarget(modulo.defaultTarget());
        } else if (sharding instanceof RangeSharding range) {
            yaml.text("key", range.column());
            yaml.open("ranges");
            for (var one : range.ranges()) {
                yaml.item();
                yaml.text("range", one.text());
                yaml.text("target", one.target());
                yaml.close();
            }
            yaml.close();
            defaultTarget(range.defaultTarget());
        }
    }

    private void defaultTarget(String name) {
        if (name != null) {
            yaml.text("default-target", name);
        }
    }

    private void mapping(TableMapping mapping) {
        yaml.item();
        if (mapping.source() != null) {
            yaml.text("source", mapping.source());
        }
        naming(mapping.naming());
        if (!mapping.extraColumns().isEmpty()) {
            yaml.open("extra-columns");
            mapping.extraColumns().forEach(yaml::text);
            yaml.close();
        }
        if (!mapping.keyColumns().isEmpty()) {
            yaml.texts("key-columns", mapping.keyColumns());
        }
        yaml.close();
    }

    private void names(List<TableNaming> mappings) {
        if (!mappings.isEmpty()) {
            yaml.open("table-mapping");
            for (var mapping : mappings) {
                yaml.item();
                naming(mapping);
                yaml.close();
            }
            yaml.close();
        }
    }

    private void naming(TableNaming naming) {
        tables("tables", naming.tables());
        if (naming.match() != null) {
            yaml.text("match", naming.match());
        }
        yaml.text("target", naming.target());
    }

    private void resolve(ResolveConfig resolve) {
        yaml.plain("default-strategy", resolve.strategy().label());
        strategy(resolve.strategy());
        if (!resolve.rules().isEmpty()) {
            yaml.open("custom-rules");
            for (var rule : resolve.rules()) {
                yaml.item();
                tables("tables", rule.tables());
                yaml.plain("strategy", rule.strategy().label());
                strategy(rule.strategy());
                yaml.close();
            }
            yaml.close();
        }
        yaml.plain("handover-after", Durations.format(resolve.handoverAfter()));
        yaml.plain("tombstone-ttl", Durations.format(resolve.tombstoneTtl()));
        yaml.plain("row-ttl", Durations.format(resolve.rowTtl()));
        if (resolve.audit() == null) {
            yaml.plain("audit", false);
        } else {
            yaml.open("audit");
            yaml.text("table", resolve.audit().toString());
            yaml.close();
        }
    }

    /** What a strategy has beside its name. */
    private void strategy(ConflictStrategy strategy) {
        if (strategy instanceof ConflictStrategy.ErrorStop stop) {
            yaml.plain("scope", Value.nameOf(stop.scope()));
        } else if (strategy instanceof ConflictStrategy.Custom custom) {
            yaml.text("resolver", custom.resolver());
        } else if (strategy instanceof ConflictStrategy.Merge merge) {
            yaml.plain("merge-default", merge.others().label());
            if (!merge.fields().isEmpty()) {
                yaml.open("merge-rules");
                merge.fields().forEach(this::mergeRule);
                yaml.close();
            }
        }
    }

    private void mergeRule(String field, FieldRule rule) {
        yaml.item();
        yaml.text("field", field);
        yaml.plain("strategy", rule.label());
        if (rule instanceof FieldRule.Priority priority) {
            yaml.texts("priority", priority.values());
        } else if (rule instanceof FieldRule.Concat concat) {
            yaml.text("separator", concat.separator());
        }
        yaml.close();
    }

    private void quality(QualityConfig quality) {
        if (quality.isEmpty() && quality.report() == null) {
            return;
        }
        yaml.open("data-quality");
        report(quality.report());
        if (!quality.isEmpty()) {
            yaml.open("realtime-checks");
            if (quality.duplicates() != null) {
                duplicates(quality.duplicates());
            }
            new ChecksText(yaml).write(quality.checks());
            yaml.close();
        }
        yaml.close();
    }

    private void report(ReportConfig report) {
        if (report == null) {
            yaml.plain("report", false);
            return;
        }
        yaml.open("report");
        yaml.text("table", report.table().toString());
        yaml.plain("period", Durations.format(report.period()));
        yaml.close();
    }

    private void duplicates(DuplicateConfig duplicates) {
        yaml.open("duplicate-detection");
        yaml.plain("enabled", true);
        tables("tables", duplicates.tables());
        yaml.plain("window", Durations.format(duplicates.window()));
        yaml.texts("key-fields", duplicates.keyFields());
        yaml.plain("action", Value.nameOf(duplicates.action()));
        yaml.close();
    }

    private void repair(RepairConfig repair) {
        if (repair.isEmpty() && repair.audit() == null) {
            return;
        }
        yaml.open("auto-repair");
        if (repair.duplicates() != null) {
            duplicates(repair.duplicates());
        }
        if (repair.missing() != null) {
            yaml.open("missing-data-fill");
            yaml.plain("enabled", true);
            tables("tables", repair.missing().tables());
            yaml.open("strategies");
            repair.missing().strategies().forEach(this::fill);
            yaml.close();
            yaml.close();
        }
        if (repair.formats() != null) {
            corrections(repair.formats());
        }
        if (!repair.custom().isEmpty()) {
            yaml.open("custom");
            for (var custom : repair.custom()) {
                yaml.item();
                tables("tables", custom.tables());
                yaml.texts("fields", custom.fields());
                yaml.text("rule", custom.rule());
                yaml.close();
            }
            yaml.close();
        }
        if (repair.audit() == null) {
            yaml.plain("audit", false);
        } else {
            yaml.open("audit");
            yaml.text("table", repair.audit().toString());
            yaml.close();
        }
        yaml.close();
    }

    private void duplicates(DuplicateHandling duplicates) {
        yaml.open("duplicate-handling");
        yaml.plain("enabled", true);
        tables("tables", duplicates.tables());
        yaml.open("detection");
        yaml.texts("key-fields", duplicates.keyFields());
        yaml.plain("time-window", Durations.format(duplicates.window()));
        yaml.close();
        yaml.plain("repair-strategy", Value.nameOf(duplicates.strategy()));
        if (!duplicates.rules().isEmpty()) {
            yaml.open("merge-rules");
            duplicates.rules().forEach(this::mergeRule);
            yaml.close();
        }
        yaml.close();
    }

    private void fill(FillStrategy strategy) {
        if (strategy instanceof FillStrategy.Defaults defaults) {
            yaml.open("default-values");
            defaults.values().forEach(yaml::text);
            yaml.close();
        } else if (strategy instanceof FillStrategy.History history) {
            yaml.open("derive-from-history");
            yaml.texts("fields", history.fields());
            yaml.plain("window", Durations.format(history.window()));
            yaml.plain("pick", Value.nameOf(history.pick()));
            yaml.close();
        } else if (strategy instanceof FillStrategy.Related related) {
            yaml.open("lookup-from-related");
            for (var lookup : related.fields()) {
                yaml.item();
                yaml.text("field", lookup.field());
                yaml.text("source-table", lookup.sourceTable());
                yaml.texts("key-field", lookup.keyFields());
                yaml.text("source-field", lookup.sourceField());
                yaml.plain("wait", Durations.format(lookup.maxWait()));
                yaml.close();
            }
            yaml.close();
        }
    }

    private void corrections(RepairConfig.Formats formats) {
        yaml.open("format-correction");
        yaml.plain("enabled", true);
        tables("tables", formats.tables());
        yaml.open("corrections");
        formats.corrections().forEach((field, correction) -> {
            yaml.open(field);
            if (correction.pattern() != null) {
                yaml.text("pattern", correction.pattern());
            }
            yaml.text("correction", correction.function());
            yaml.close();
        });
        yaml.close();
        yaml.close();
    }

    private void database(String database) {
        if (database != null) {
            yaml.text("database", database);
        }
    }

    private void tables(String key, List<TablePattern> patterns) {
        if (!patterns.isEmpty()) {
            yaml.texts(key, patterns.stream().map(TablePattern::text).toList());
        }
    }

    private void properties(String key, Map<String, String> properties) {
        if (!properties.isEmpty()) {
            yaml.open(key);
            Secret.mask(properties).forEach(yaml::text);
            yaml.close();
        }
    }

    /** An empty password is none, and shown to be. */
    private void secret(String key, Secret secret) {
        yaml.text(key, secret.isEmpty() ? "" : secret.toString());
    }
}
