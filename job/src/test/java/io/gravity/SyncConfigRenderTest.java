package io.gravity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.audit.QuarantineConfig;
import io.gravity.config.Secret;
import io.gravity.dispatch.EventMapping;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetConfig.Group.Strategy;
import io.gravity.dispatch.TargetConfig.Kafka.Format;
import io.gravity.dispatch.TargetConfig.Kafka.TopicRule;
import io.gravity.dispatch.schema.SchemaPolicy;
import io.gravity.event.Operation;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.expression.Condition;
import io.gravity.expression.Expression;
import io.gravity.field.FieldRule;
import io.gravity.order.OrderConfig;
import io.gravity.quality.BusinessCheck;
import io.gravity.quality.BusinessRule;
import io.gravity.quality.ChecksConfig;
import io.gravity.quality.CompletenessCheck;
import io.gravity.quality.DuplicateConfig;
import io.gravity.quality.DuplicateConfig.Action;
import io.gravity.quality.FieldFormat;
import io.gravity.quality.FormatCheck;
import io.gravity.quality.QualityConfig;
import io.gravity.quality.ReferenceCheck;
import io.gravity.quality.ReportConfig;
import io.gravity.quality.SchemaCheck;
import io.gravity.quality.Severity;
import io.gravity.quality.TableCheck;
import io.gravity.repair.DuplicateHandling;
import io.gravity.repair.FillStrategy;
import io.gravity.repair.RepairConfig;
import io.gravity.resolve.ConflictStrategy;
import io.gravity.resolve.ResolveConfig;
import io.gravity.route.HashSharding;
import io.gravity.route.ModuloSharding;
import io.gravity.route.RangeSharding;
import io.gravity.route.RouteRule;
import io.gravity.route.ShardRange;
import io.gravity.source.SourceConfig;
import io.gravity.source.SourceConfig.ServerIds;
import io.gravity.source.SourceConfig.Startup;
import io.gravity.transform.SqlTypes;
import io.gravity.transform.TableMapping;
import io.gravity.transform.Transform;
import io.gravity.types.OrderScope;
import io.gravity.types.TableNaming;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SyncConfigRenderTest {
    private static final String PASSWORD = "s3cr3t: \"x\"";
    private static final int GROUP = 2;

    private static SyncConfig load(String yaml) {
        try {
            var file = Files.createTempFile("rendered", ".yaml");
            try {
                Files.writeString(file, yaml);
                return SyncConfigLoader.load(file, name -> null);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void loadsAgainToTheSame(@ForAll("configs") SyncConfig config) {
        var text = config.render();

        assertThat(text).doesNotContain("s3cr3t");
        assertThat(load(text.replace("\"***\"", "'" + PASSWORD + "'"))).isEqualTo(config);
    }

    @Test
    void whatNeedsATableThatIsReadLoadsAgainToTheSame() {
        var config = load("""
                gravity:
                  sources:
                    - {name: s, type: mysql, host: h, username: u, password: p, tables: ["shop.*"], server-id: 7}
                  targets:
                    - {name: m, type: mysql, host: h, username: u, password: p}
                  data-quality:
                    realtime-checks:
                      foreign-keys:
                        - {severity: warn, rules: [{field: user_id, references: users}]}
                        - tables: [shop.lines]
                          severity: repair
                          rules: [{field: [region, order_id], references: shop.orders, wait: 1500ms}]
                """);

        assertThat(load(config.render().replace("\"***\"", "p"))).isEqualTo(config);
        assertThat(config.quality().checks().of(ReferenceCheck.class)).hasSize(2);
    }

    @Test
    void showsEveryDefault() {
        var config = load("""
                gravity:
                  sources:
                    - {name: s, type: mysql, host: h, username: u, password: p, tables: [t], server-id: 7}
                  targets:
                    - {name: m, type: mysql, host: h, username: u, password: p}
                    - {name: c, type: clickhouse, host: h, port: 9000}
                  routing:
                    - {source-tables: [t], targets: [c]}
                """);

        assertThat(config.render()).isEqualTo("""
                        gravity:
                          checkpoint-interval: 10s
                          sources:
                            - name: "s"
                              type: mysql
                              host: "h"
                              port: 3306
                              username: "u"
                              password: "***"
                              priority: 1
                              max-workers: 1
                              tables: ["t"]
                              server-id: "7"
                              startup:
                                mode: initial
                              on-binlog-lost: stop
                              on-truncate: delete-rows
                              on-drop-table: ignore
                              clock-offset: 0ms
                              connect-timeout: 10s
                              connect-max-retries: 3
                              connection-pool-size: 4
                              heartbeat-interval: 3s
                              poll-interval: 10ms
                              max-batch-size: 2048
                              max-queue-size: 8192
                              chunk-size: 8096
                              chunk-bytes: 32MiB
                              fetch-size: 1024
                              snapshot-rows-per-second: 0
                          targets:
                            # warning: no routing rule names m, so it receives nothing
                            - name: "m"
                              type: mysql
                              host: "h"
                              port: 3306
                              username: "u"
                              password: "***"
                              schema-change:
                                mode: lenient
                              consistency: eventual
                              batch-size: 1000
                              batch-bytes: 4MiB
                              batch-timeout: 20ms
                              max-in-flight: 2
                              merge-strategy: by-row
                              retry:
                                backoff: 100ms
                                max-backoff: 10s
                              hold-limit: 30s
                              queue:
                                policy: spill
                                size: 10GiB
                            - name: "c"
                              type: clickhouse
                              host: "h"
                              # the HTTP interface; the native protocol (port 9000) is not spoken
                              http-port: 8123
                              username: "default"
                              password: ""
                              schema-change:
                                mode: lenient
                              consistency: eventual
                              unfit-values: refuse
                              batch-size: 10000
                              batch-bytes: 4MiB
                              batch-timeout: 200ms
                              max-in-flight: 2
                              merge-strategy: by-row
                              retry:
                                backoff: 100ms
                                max-backoff: 10s
                              hold-limit: 30s
                              queue:
                                policy: spill
                                size: 10GiB
                          routing:
                            - source-tables: ["t"]
                              targets: ["c"]
                              strategy: broadcast
                          conflict-resolution:
                            default-strategy: timestamp-latest
                            handover-after: 5s
                            tombstone-ttl: 7d
                            row-ttl: 0ms
                            audit: false
                          merge:
                            strategy: by-row
                            max-delay: 20ms
                            max-buffered-changes: 100000
                            max-buffered-bytes: 64MiB
                        """);
    }

    @Test
    void masksPropertiesThatHoldCredentials() {
        var config = load("""
                gravity:
                  sources:
                    - {name: s, type: mysql, host: h, username: u, password: p, tables: [t]}
                  targets:
                    - {name: k, type: kafka, brokers: ["b:1"], properties: {ssl.key.password: hunter2, client.rack: r1}}
                """);

        assertThat(config.render())
                .contains("ssl.key.password: \"***\"", "client.rack: \"r1\"")
                .doesNotContain("hunter2");
    }

    private static Arbitrary<ResolveConfig> resolutions() {
        var rules = Combinators.combine(strategies(), Arbitraries.of("users", "shop.*"))
                .as((strategy, table) -> new ResolveConfig.TableRule(List.of(new TablePattern(table)), strategy));
        return Combinators.combine(
                        strategies(),
                        rules.list().ofMaxSize(3),
                        durations(0, 100_000),
                        durations(60_000, 1_000_000_000),
                        durations(0, 1_000_000_000),
                        Arbitraries.of(TableId.parse("gravity.conflicts"), TableId.parse("a.b"))
                                .injectNull(0.5))
                .as(ResolveConfig::new);
    }

    private static Arbitrary<ConflictStrategy> strategies() {
        var fields = new LinkedHashMap<String, FieldRule>();
        fields.put("z", FieldRule.Simple.UNION);
        fields.put("a", new FieldRule.Priority(List.of("x", "1")));
        fields.put("m", new FieldRule.Concat(" - "));
        return Arbitraries.of(
                new ConflictStrategy.SourcePriority(),
                new ConflictStrategy.TimestampLatest(),
                new ConflictStrategy.TimestampEarliest(),
                new ConflictStrategy.Merge(fields, FieldRule.Simple.MAX),
                new ConflictStrategy.Merge(Map.of(), FieldRule.Simple.LATEST),
                new ConflictStrategy.ErrorStop(ConflictStrategy.ErrorStop.Scope.JOB),
                new ConflictStrategy.Custom("mine"));
    }

    @Provide
    Arbitrary<SyncConfig> configs() {
        var sources = sources().list().ofMinSize(1).ofMaxSize(3).map(SyncConfigRenderTest::numbered);
        var targets = targets().list().ofMinSize(1).ofMaxSize(3).map(SyncConfigRenderTest::renamed);
        return Combinators.combine(
                        sources,
                        targets,
                        mappings().list().ofMaxSize(2),
                        Arbitraries.of(OrderConfig.Strategy.class),
                        durations(1, 600_000),
                        resolutions(),
                        qualities(),
                        Arbitraries.integers().between(0, 6))
                .as((s, t, mappings, order, delay, resolve, quality, rules) -> new SyncConfig(
                                s,
                                mappings,
                                new OrderConfig(order, delay, rules + 1, 1024 + delay.toMillis()),
                                quality,
                                resolve,
                                routes(t, rules),
                                rules % 4 == 1 ? withFile(t) : t,
                                switch (rules % 4) {
                                    case 1 -> new QuarantineConfig("letters", "库.dead_letters");
                                    case 3 -> new QuarantineConfig(t.get(0).name(), "gravity.letters");
                                    default -> null;
                                },
                                delay.plusMillis(100))
                        .withTransforms(rules % 2 == 0 ? List.of() : transforms(rules))
                        .withRepair(repair(rules)));
    }

    private static RepairConfig repair(int which) {
        var tables = List.of(new TablePattern("a"), new TablePattern("b.c_*"));
        var rules = new LinkedHashMap<String, FieldRule>();
        rules.put("z", FieldRule.Simple.MAX);
        rules.put("a", new FieldRule.Priority(List.of("x", "1")));
        var lookup = new FillStrategy.Related.Field("n", "b.users", List.of("x", "y"), "name", Duration.ofMillis(1500));
        var strategies = List.<FillStrategy>of(
                new FillStrategy.Related(List.of(lookup)),
                new FillStrategy.Defaults(Map.of("country", "C\"N")),
                new FillStrategy.History(
                        List.of("region"), Duration.ofDays(30), FillStrategy.History.Pick.MOST_FREQUENT));
        var formats = new RepairConfig.Formats(
                tables, Map.of("phone", new RepairConfig.Correction("^\\d+$", "normalize_phone")));
        return new RepairConfig(
                which % 2 == 0
                        ? null
                        : new DuplicateHandling(
                                tables,
                                List.of("id"),
                                Duration.ofMinutes(7),
                                DuplicateHandling.Strategy.values()[which / 2],
                                rules),
                which < 2 ? null : new RepairConfig.MissingFill(tables, strategies),
                which == 3 ? formats : null,
                List.of(),
                which < 4 ? null : TableId.parse("a.b"));
    }

    private static List<TargetConfig> withFile(List<TargetConfig> targets) {
        var all = new ArrayList<>(targets);
        var delivery = targets.get(0).delivery();
        var own = delivery.consistency() == TargetConfig.Consistency.EVENTUAL
                ? delivery
                : delivery.withConsistency(TargetConfig.Consistency.EVENTUAL);
        all.add(new TargetConfig.File("letters", URI.create("hdfs://nn:8020/a%20b/c"), own));
        return all;
    }

    private static List<Transform> transforms(int first) {
        var some = List.of(new TablePattern("a"), new TablePattern("b.c_*"));
        var type = SqlTypes.parse("decimal(10,2)").orElseThrow();
        var all = List.<Transform>of(
                new Transform.FieldMapping(List.of(), Map.of("a b", "null", "c", "${env:HOME}")),
                new Transform.DataFilter(
                        some,
                        List.of(
                                new Transform.FieldCondition("a", Transform.Operator.NOT_IN, List.of("x", "1")),
                                new Transform.FieldCondition("b", Transform.Operator.IS_NULL, List.of()),
                                new Transform.FieldCondition("c", Transform.Operator.LESS, List.of("1"))),
                        Condition.parse("a = '\"' or b is null")),
                new Transform.DerivedColumn(List.of(), "n", Expression.parse("a + 1"), type),
                new Transform.DropColumns(some, List.of("a", "库")),
                new Transform.Mask(some, Map.of("a", Transform.Mask.Method.NULL, "b", Transform.Mask.Method.HASH)),
                new Transform.Cast(some, "a", type),
                new Transform.Function(List.of(), "a", "normalize_phone"),
                new Transform.RowFunction(List.of(), "tidy_row"));
        return all.subList(first % all.size(), all.size());
    }

    private static Arbitrary<QualityConfig> qualities() {
        var duplicates = Combinators.combine(patterns(), durations(1, 600_000), texts(), Arbitraries.of(Action.class))
                .as((tables, window, field, action) -> new DuplicateConfig(tables, window, List.of(field), action))
                .injectNull(0.3);
        return Combinators.combine(
                        duplicates, patterns(), texts(), Arbitraries.integers().between(0, 5))
                .as((found, tables, text, count) -> new QualityConfig(
                        found,
                        new ChecksConfig(checks(tables, text).subList(0, count)),
                        count % 2 == 0 ? null : new ReportConfig(TableId.parse("a.b"), Duration.ofSeconds(count))));
    }

    /** None keeps rows back, as not every configuration has a quarantine. */
    private static List<TableCheck> checks(List<TablePattern> tables, String text) {
        var formats = new LinkedHashMap<String, FieldFormat>();
        formats.put("c.d", new FieldFormat("^[\\w.-]+\"'@$"));
        formats.put(text, new FieldFormat("yyyy-MM-dd"));
        return List.of(
                new CompletenessCheck(tables, List.of(text), Severity.REPAIR),
                new FormatCheck(List.of(), formats, Severity.WARN),
                new BusinessCheck(
                        tables,
                        List.of(
                                new BusinessRule("a b", "in ['x', 'it''s']", null, Severity.WARN),
                                new BusinessRule(null, "a > b", text, Severity.REPAIR))),
                new BusinessCheck(tables, List.of(new BusinessRule("c", ">= 0", text, Severity.WARN))),
                new SchemaCheck(tables, Severity.WARN));
    }

    private static List<RouteRule> routes(List<TargetConfig> targets, int rules) {
        var names = targets.stream().map(TargetConfig::name).toList();
        var first = List.of(names.get(0));
        var tables = List.of(new TablePattern("a"), new TablePattern("b.c_*"));
        var all = List.of(
                new RouteRule(tables, List.of(), RouteRule.Strategy.BROADCAST, names, List.of()),
                new RouteRule(tables, tables, RouteRule.Strategy.SINGLE, first, List.of()),
                new RouteRule(
                        tables,
                        List.of(),
                        RouteRule.Strategy.CONDITIONAL,
                        first,
                        List.of(
                                new RouteRule.Branch("level = 'it''s \\ \"x\"'", first),
                                new RouteRule.Branch("amount > 10 and a like '!%' escape '!'", first))),
                RouteRule.sharded(
                        tables,
                        tables,
                        RouteRule.Strategy.HASH,
                        new HashSharding(List.of("a", "b"), List.of(names.get(0), names.get(names.size() - 1)))),
                RouteRule.sharded(
                        tables,
                        List.of(),
                        RouteRule.Strategy.MODULO,
                        new ModuloSharding(
                                "a",
                                2,
                                List.of(
                                        new ModuloSharding.Shard(List.of(1), names.get(0)),
                                        new ModuloSharding.Shard(List.of(0), names.get(0))),
                                null)),
                RouteRule.sharded(
                        tables,
                        List.of(),
                        RouteRule.Strategy.RANGE,
                        new RangeSharding(
                                "a b",
                                List.of(
                                        ShardRange.parse("-1.5 to 7", names.get(0)),
                                        ShardRange.parse("10 to 11", names.get(0))),
                                names.get(0))));
        var everything = new RouteRule(
                List.of(new TablePattern("*")), List.of(), RouteRule.Strategy.BROADCAST, names, List.of());
        return rules == 0
                ? List.of(everything)
                : all.subList(0, rules).stream()
                        .filter(rule -> rule.strategy() != RouteRule.Strategy.HASH || names.size() > 1)
                        .toList();
    }

    private static Arbitrary<SourceConfig> sources() {
        return Combinators.combine(
                        patterns(),
                        patterns(),
                        texts(),
                        Arbitraries.integers().between(1, 128),
                        Arbitraries.integers().between(1, 1000),
                        startups(),
                        tunings(),
                        timings())
                .as((tables, exclude, user, workers, priority, startup, tuning, timing) -> new SourceConfig(
                        "s",
                        "db1.example.com",
                        3307,
                        user,
                        Secret.of(PASSWORD),
                        priority,
                        workers,
                        tables,
                        exclude,
                        null,
                        startup,
                        tuning,
                        timing,
                        startup.mode() == Startup.Mode.INITIAL && workers % 2 == 0
                                ? SourceConfig.OnBinlogLost.RESNAPSHOT
                                : SourceConfig.OnBinlogLost.STOP,
                        new SourceConfig.OnTableGone(
                                workers % 3 == 0
                                        ? SourceConfig.OnTableGone.Rows.IGNORE
                                        : SourceConfig.OnTableGone.Rows.DELETE_ROWS,
                                workers % 5 == 0
                                        ? SourceConfig.OnTableGone.Rows.DELETE_ROWS
                                        : SourceConfig.OnTableGone.Rows.IGNORE),
                        null));
    }

    private static Arbitrary<SourceConfig.Timing> timings() {
        return Combinators.combine(patterns(), texts(), durations(-86_400_000, 86_400_000))
                .as((tables, column, offset) -> new SourceConfig.Timing(
                        tables.stream()
                                .map(table -> new SourceConfig.TimeColumn(table, column))
                                .toList(),
                        offset));
    }

    private static Arbitrary<Startup> startups() {
        return Arbitraries.of(Startup.Mode.class).flatMap(mode -> texts().map(text -> switch (mode) {
            case INITIAL, LATEST -> new Startup(mode, 0, null, 0, null);
            case TIMESTAMP -> new Startup(mode, 1234567890123L, null, 0, null);
            case POSITION -> new Startup(mode, 0, text, 4, null);
            case GTID -> new Startup(mode, 0, null, 0, text);
        }));
    }

    private static Arbitrary<SourceConfig.Tuning> tunings() {
        return Combinators.combine(
                        durations(250, 600_000),
                        durations(1, 60_000),
                        Arbitraries.integers().between(1, 100_000),
                        Arbitraries.of(null, "+08:00", "Asia/Shanghai"),
                        properties())
                .as((long1, short1, size, zone, jdbc) -> new SourceConfig.Tuning(
                        long1,
                        5,
                        6,
                        long1,
                        short1,
                        size,
                        size * 2,
                        size + 1,
                        1024L * size,
                        size + 1,
                        size - 1,
                        zone,
                        jdbc));
    }

    private static Arbitrary<TargetConfig> targets() {
        var eventual = Combinators.combine(
                        patterns(),
                        patterns(),
                        Arbitraries.integers().between(1, 100_000),
                        Arbitraries.longs().between(1024, 1 << 30),
                        durations(0, 60_000),
                        durations(1, 3_600_000))
                .as((tables, exclude, rows, bytes, timeout, backoff) -> new TargetConfig.Delivery(
                        tables,
                        exclude,
                        rows,
                        bytes,
                        timeout,
                        3,
                        backoff,
                        Duration.ofHours(1),
                        OrderScope.values()[rows % 3],
                        timeout,
                        rows % 2 == 0
                                ? new TargetConfig.Queue(
                                        TargetConfig.Queue.Policy.BLOCK, TargetConfig.Queue.DEFAULT.bytes())
                                : new TargetConfig.Queue(TargetConfig.Queue.Policy.SPILL, (long) rows << 20),
                        TargetConfig.Consistency.EVENTUAL));
        return Combinators.combine(
                        Arbitraries.integers().between(0, 3),
                        eventual,
                        texts(),
                        properties(),
                        Arbitraries.of(true, false))
                .as((type, sooner, user, properties, hasDatabase) -> {
                    var batches = type != GROUP && sooner.batchSize() % 3 == 0 ? strong(sooner) : sooner;
                    var database = hasDatabase ? "db 数据" : null;
                    return switch (type) {
                        case 0 ->
                            new TargetConfig.MySql(
                                    "t",
                                    "::1",
                                    1,
                                    user,
                                    Secret.of(PASSWORD),
                                    database,
                                    names(hasDatabase),
                                    properties,
                                    schemaPolicy(sooner.batchSize()),
                                    batches);
                        case 1 ->
                            new TargetConfig.Kafka(
                                    "t",
                                    List.of("b:1", "[::1]:2"),
                                    "x-${table}",
                                    hasDatabase
                                            ? List.of(new TopicRule(new TablePattern("a_?.*"), "${singular}"))
                                            : List.of(),
                                    hasDatabase ? Format.EVENT_JSON : Format.AVRO,
                                    hasDatabase ? List.of(event(user), EventMapping.plain()) : List.of(),
                                    properties,
                                    batches);
                        case GROUP ->
                            new TargetConfig.Group(
                                    "t",
                                    Strategy.values()[properties.size()],
                                    List.of(
                                            member("A", user, properties.size() == 1 ? 5 : 1, false, batches),
                                            member("b", user, 1, hasDatabase, batches)),
                                    new TargetConfig.Group.Failover(
                                            batches.backoff().plusMillis(100), Duration.ofHours(2), 7),
                                    batches);
                        default ->
                            new TargetConfig.ClickHouse(
                                    "t",
                                    "h",
                                    8124,
                                    user,
                                    Secret.of(hasDatabase ? "" : PASSWORD),
                                    database,
                                    names(hasDatabase),
                                    properties,
                                    schemaPolicy(sooner.batchSize()),
                                    batches);
                    };
                });
    }

    private static SchemaPolicy schemaPolicy(int any) {
        var modes = SchemaPolicy.Mode.values();
        var changes = SchemaPolicy.Change.values();
        var follows = EnumSet.allOf(SchemaPolicy.Change.class);
        if (any % 2 == 0) {
            follows.removeAll(Set.of(changes[any % changes.length], changes[(any + 1) % changes.length]));
        }
        return new SchemaPolicy(modes[any % modes.length], follows);
    }

    private static TargetConfig.Group.Member member(
            String name, String user, int weight, boolean isBackup, TargetConfig.Delivery delivery) {
        var target = new TargetConfig.MySql(name, "h", 1, user, Secret.of(PASSWORD), null, Map.of(), delivery);
        return new TargetConfig.Group.Member(target, weight, isBackup);
    }

    private static TargetConfig.Delivery strong(TargetConfig.Delivery delivery) {
        return new TargetConfig.Delivery(
                delivery.tables(),
                delivery.exclude(),
                delivery.batchSize(),
                delivery.batchBytes(),
                Duration.ZERO,
                1,
                delivery.backoff(),
                delivery.maxBackoff(),
                delivery.scope(),
                delivery.holdLimit(),
                TargetConfig.Queue.DEFAULT,
                TargetConfig.Consistency.STRONG);
    }

    private static EventMapping event(String text) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("z", text);
        fields.put("a b", "e: " + text);
        return new EventMapping(
                List.of(new TablePattern("t")),
                "what",
                "${table} was ${operation}",
                Map.of(
                        Operation.READ, text,
                        Operation.INSERT, "i",
                        Operation.UPDATE, "u",
                        Operation.DELETE, "d"),
                fields,
                EventMapping.Timestamps.EPOCH_MILLIS,
                ZoneId.of("Asia/Shanghai"));
    }

    private static Arbitrary<TableMapping> mappings() {
        var columns = new LinkedHashMap<String, String>();
        columns.put("_b", "${source}: ${1}");
        columns.put("_a", "#x");
        return Combinators.combine(
                        Arbitraries.of("s-0").injectNull(0.5), Arbitraries.of(true, false), Arbitraries.of(true, false))
                .as((source, byName, extra) -> new TableMapping(
                        source,
                        byName
                                ? new TableNaming(List.of(new TablePattern("x_?.*")), null, "all.${source}_${table}")
                                : new TableNaming(List.of(), "x_(\\d)\\.t", "all.${1}"),
                        extra ? (byName ? Map.of("_b", "${database}") : columns) : Map.of(),
                        extra ? List.of("_b") : List.of()));
    }

    private static List<TableNaming> names(boolean some) {
        return some
                ? List.of(
                        new TableNaming(List.of(new TablePattern("x_?.*")), null, "all.${database}_${table}"),
                        new TableNaming(List.of(), "x_(\\d)\\.t", "all.${1}"))
                : List.of();
    }

    private static Arbitrary<List<TablePattern>> patterns() {
        return Arbitraries.of("t", "shop.orders", "a_?.*", "库.表")
                .map(TablePattern::new)
                .list()
                .uniqueElements()
                .ofMinSize(1)
                .ofMaxSize(3);
    }

    private static Arbitrary<Map<String, String>> properties() {
        return Arbitraries.maps(Arbitraries.of("a", "b.c", "d-e", "f_g", "1 \"x"), texts())
                .ofMaxSize(3);
    }

    private static Arbitrary<String> texts() {
        return Arbitraries.of(
                "plain",
                "with space",
                "it's \"quoted\"",
                "a\\b",
                "#no comment",
                "${env:HOME}",
                "$${file:x}",
                "null",
                "1",
                "中文\n2",
                "*star",
                "a: b");
    }

    private static Arbitrary<Duration> durations(long min, long max) {
        return Arbitraries.longs().between(min, max).map(Duration::ofMillis);
    }

    private static List<SourceConfig> numbered(List<SourceConfig> sources) {
        return IntStream.range(0, sources.size())
                .mapToObj(i -> {
                    var s = sources.get(i);
                    return new SourceConfig(
                            "s-" + i,
                            s.host(),
                            s.port(),
                            s.username(),
                            s.password(),
                            s.priority(),
                            s.maxWorkers(),
                            s.tables(),
                            s.exclude(),
                            new ServerIds(1000L * i + 1, 1000L * i + s.maxWorkers()),
                            s.startup(),
                            s.tuning(),
                            s.timing(),
                            s.onBinlogLost(),
                            s.onTableGone(),
                            null);
                })
                .toList();
    }

    private static List<TargetConfig> renamed(List<TargetConfig> targets) {
        var renamed = new ArrayList<TargetConfig>();
        for (var target : targets) {
            var name = "t-" + renamed.size();
            if (target instanceof TargetConfig.MySql t) {
                renamed.add(new TargetConfig.MySql(
                        name,
                        t.host(),
                        t.port(),
                        t.username(),
                        t.password(),
                        t.database(),
                        t.mappings(),
                        t.jdbcProperties(),
                        t.schema(),
                        t.delivery()));
            } else if (target instanceof TargetConfig.Kafka t) {
                renamed.add(new TargetConfig.Kafka(
                        name,
                        t.brokers(),
                        t.topic(),
                        t.topics(),
                        t.format(),
                        t.events(),
                        t.properties(),
                        t.delivery()));
            } else if (target instanceof TargetConfig.ClickHouse t) {
                renamed.add(new TargetConfig.ClickHouse(
                        name,
                        t.host(),
                        t.port(),
                        t.username(),
                        t.password(),
                        t.database(),
                        t.mappings(),
                        t.settings(),
                        t.schema(),
                        t.delivery()));
            } else if (target instanceof TargetConfig.Group t) {
                var members = t.members().stream()
                        .map(one -> member(
                                name + one.name(),
                                ((TargetConfig.MySql) one.target()).username(),
                                one.weight(),
                                one.isBackup(),
                                t.delivery()))
                        .toList();
                renamed.add(new TargetConfig.Group(name, t.strategy(), members, t.failover(), t.delivery()));
            }
        }
        return renamed;
    }
}
