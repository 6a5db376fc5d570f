package io.gravity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.audit.QuarantineConfig;
import io.gravity.config.ConfigException;
import io.gravity.config.Problem;
import io.gravity.config.Secret;
import io.gravity.dispatch.EventMapping;
import io.gravity.dispatch.EventMapping.Timestamps;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetConfig.Kafka.Format;
import io.gravity.dispatch.TargetConfig.Kafka.TopicRule;
import io.gravity.dispatch.TargetConfig.Queue;
import io.gravity.dispatch.schema.SchemaPolicy;
import io.gravity.dispatch.schema.SchemaPolicy.Change;
import io.gravity.dispatch.schema.SchemaPolicy.Mode;
import io.gravity.event.Operation;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.field.FieldRule;
import io.gravity.order.OrderConfig;
import io.gravity.quality.DuplicateConfig;
import io.gravity.repair.DuplicateHandling;
import io.gravity.repair.FillStrategy;
import io.gravity.repair.RepairConfig;
import io.gravity.resolve.ConflictStrategy;
import io.gravity.resolve.ResolveConfig;
import io.gravity.route.HashSharding;
import io.gravity.route.ModuloSharding;
import io.gravity.route.RangeSharding;
import io.gravity.route.RouteRule;
import io.gravity.route.RouteRule.Strategy;
import io.gravity.route.ShardRange;
import io.gravity.source.SourceConfig;
import io.gravity.source.SourceConfig.ServerIds;
import io.gravity.source.SourceConfig.Startup;
import io.gravity.transform.TableMapping;
import io.gravity.transform.Transform;
import io.gravity.types.OrderScope;
import io.gravity.types.TableNaming;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyncConfigLoaderTest {
    private static final String SOURCE = "{name: s, type: mysql, host: db, username: u, password: p, tables: [t]";
    private static final String MYSQL = "{name: m, type: mysql, host: h, username: u, password: p";
    private static final String QUARANTINE_F = "quarantine: {target: f}";
    private static final String KAFKA = "{name: k, type: kafka, brokers: ['b:1']";
    private static final String CLICKHOUSE = "{name: c, type: clickhouse, host: h";

    @TempDir
    private Path directory;

    private SyncConfig load(String yaml) {
        try {
            var file = Files.writeString(directory.resolve("job.yaml"), yaml);
            return SyncConfigLoader.load(file, name -> null);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** One source s, one target m, and further lines under {@code gravity:}. */
    private SyncConfig loadWith(String lines) {
        return load(yaml(SOURCE + "}", MYSQL + "}", lines));
    }

    private SourceConfig source(String keys) {
        return load(yaml(SOURCE + ", " + keys + "}", MYSQL + "}", "")).sources().get(0);
    }

    private TargetConfig target(String target) {
        return load(yaml(SOURCE + "}", target + "}", "")).targets().get(0);
    }

    private static String yaml(String source, String target, String lines) {
        return "gravity:\n  sources:\n    - " + source + "\n  targets:\n    - " + target + "\n" + lines.indent(2);
    }

    private List<String> problems(String yaml) {
        try {
            load(yaml);
            return List.of();
        } catch (ConfigException e) {
            return e.problems().stream().map(Problem::toString).toList();
        }
    }

    private List<String> problemsWith(String lines) {
        return problems(yaml(SOURCE + "}", MYSQL + "}", lines));
    }

    private List<String> sourceProblems(String keys) {
        return problems(yaml(SOURCE + ", " + keys + "}", MYSQL + "}", ""));
    }

    private List<String> targetProblems(String target) {
        return problems(yaml(SOURCE + "}", target + "}", ""));
    }

    @Test
    void fillsEveryDefault() {
        var config = loadWith("");

        var source = config.sources().get(0);
        assertThat(source.port()).isEqualTo(3306);
        assertThat(source.priority()).isEqualTo(1);
        assertThat(source.maxWorkers()).isEqualTo(1);
        assertThat(source.exclude()).isEmpty();
        assertThat(source.startup()).isEqualTo(Startup.initial());
        assertThat(source.tuning()).isEqualTo(SourceConfig.Tuning.defaults());
        assertThat(source.serverIds().count()).isEqualTo(1);
        assertThat(config.order()).isEqualTo(OrderConfig.defaults());
        assertThat(config.resolve()).isEqualTo(ResolveConfig.defaults());
        assertThat(config.mappings()).isEmpty();
        assertThat(config.checkpointInterval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.routes())
                .containsExactly(new RouteRule(
                        List.of(new TablePattern("*")), List.of(), Strategy.BROADCAST, List.of("m"), List.of()));
    }

    @Test
    void fillsTheDefaultsOfEachTypeOfTarget() {
        var retry = Duration.ofMillis(100);
        assertThat(target(MYSQL))
                .isEqualTo(new TargetConfig.MySql(
                        "m",
                        "h",
                        3306,
                        "u",
                        Secret.of("p"),
                        null,
                        Map.of(),
                        delivery(1000, Duration.ofMillis(20), retry)));
        assertThat(target(KAFKA))
                .isEqualTo(new TargetConfig.Kafka(
                        "k",
                        List.of("b:1"),
                        "${database}.${table}",
                        Map.of(),
                        delivery(1000, Duration.ofMillis(20), retry)));
        assertThat(target(CLICKHOUSE))
                .isEqualTo(new TargetConfig.ClickHouse(
                        "c",
                        "h",
                        8123,
                        "default",
                        Secret.of(""),
                        null,
                        Map.of(),
                        delivery(10_000, Duration.ofMillis(200), retry)));
    }

    private static TargetConfig.Delivery delivery(int rows, Duration timeout, Duration backoff) {
        return new TargetConfig.Delivery(
                List.of(),
                List.of(),
                rows,
                4 << 20,
                timeout,
                2,
                backoff,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30));
    }

    @Test
    void readsHowTablesFollowTheSources() {
        assertThat(schema(target(MYSQL))).isEqualTo(SchemaPolicy.of(Mode.LENIENT));
        assertThat(schema(target(MYSQL + ", schema-change: {mode: try-evolve, include: [add.column, drop.column],"
                        + " exclude: [drop.column]}")))
                .isEqualTo(new SchemaPolicy(Mode.TRY_EVOLVE, Set.of(Change.ADD_COLUMN)));
        assertThat(targetProblems(MYSQL + ", schema-change: {mode: strict, exclude: [add.index]}"))
                .hasSize(2)
                .anySatisfy(problem -> assertThat(problem)
                        .contains("targets[0].schema-change.exclude", "add.index", "one of create.table, add.column"));
        assertThat(targetProblems(KAFKA + ", schema-change: {mode: evolve}")).hasSize(1);
    }

    private static SchemaPolicy schema(TargetConfig target) {
        return ((TargetConfig.MySql) target).schema();
    }

    @Test
    void givesSourcesThePriorityOfTheirPlace() {
        var config = load("gravity:\n  sources:\n    - " + SOURCE + "}\n    - " + SOURCE.replace("name: s", "name: s2")
                + "}\n  targets:\n    - " + MYSQL + "}\n");

        assertThat(config.sources()).extracting(SourceConfig::priority).containsExactly(1, 2);
    }

    @Test
    void letsSourcePrioritiesGoBeforePriority() {
        var config = loadWith("conflict-resolution: {strategy: source-priority, source-priorities: {s: 7}}");

        assertThat(config.sources().get(0).priority()).isEqualTo(7);
        assertThat(config.resolve().strategy()).isEqualTo(new ConflictStrategy.SourcePriority());
    }

    @Test
    void putsTheDatabaseBeforePatternsWithoutOne() {
        var source = source("database: shop, exclude: ['tmp_*', other.x]");

        assertThat(source.tables()).containsExactly(new TablePattern("shop.t"));
        assertThat(source.exclude()).containsExactly(new TablePattern("shop.tmp_*"), new TablePattern("other.x"));
    }

    @Test
    void readsStartupModes() {
        assertThat(source("startup: {mode: latest}").startup().mode()).isEqualTo(Startup.Mode.LATEST);
        assertThat(source("startup: {mode: timestamp, timestamp-millis: 1767225600000}")
                        .startup())
                .isEqualTo(new Startup(Startup.Mode.TIMESTAMP, 1767225600000L, null, 0, null));
        assertThat(source("startup: {mode: position, file: b.1, position: 4}").startup())
                .isEqualTo(new Startup(Startup.Mode.POSITION, 0, "b.1", 4, null));
        assertThat(source("startup: {mode: gtid, gtids: 0-1-270}").startup())
                .isEqualTo(new Startup(Startup.Mode.GTID, 0, null, 0, "0-1-270"));
    }

    @Test
    void holdsStartupToItsMode() {
        assertThat(sourceProblems("startup: {mode: position, gtids: 0-1-2}"))
                .containsExactly(
                        "line 3  sources[0].startup.gtids: found beside mode position, expected with mode gtid",
                        "line 3  sources[0].startup.file: missing, expected a binlog file, e.g. mysql-bin.000003",
                        "line 3  sources[0].startup.position: missing, expected the byte in the binlog file, e.g. 4");
        assertThat(sourceProblems("startup: {mode: earliest}"))
                .containsExactly("line 3  sources[0].startup.mode: found \"earliest\","
                        + " expected initial, latest, timestamp, position or gtid.");
        assertThat(sourceProblems("startup: {}"))
                .containsExactly("line 3  sources[0].startup.mode: missing,"
                        + " expected initial, latest, timestamp, position or gtid");
        assertThat(sourceProblems("startup: latest"))
                .contains("line 3  sources[0].startup: found \"latest\", expected a mapping");
    }

    @Test
    void readsTuning() {
        var tuning = source(
                        "connect-timeout: 5s, connect-max-retries: 2, connection-pool-size: 3,"
                                + " heartbeat_interval_ms: 500, poll-interval: 2ms, max-batch-size: 10, max-queue-size: 11,"
                                + " chunk-size: 12, fetch-size: 13, server-time-zone: '+08:00', jdbc-properties: {useSSL: false}")
                .tuning();

        assertThat(tuning)
                .isEqualTo(new SourceConfig.Tuning(
                        Duration.ofSeconds(5),
                        2,
                        3,
                        Duration.ofMillis(500),
                        Duration.ofMillis(2),
                        10,
                        11,
                        12,
                        13,
                        "+08:00",
                        Map.of("useSSL", "false")));
    }

    @Test
    void holdsTheQueueLargerThanABatch() {
        assertThat(sourceProblems("max-batch-size: 100, max-queue-size: 100"))
                .containsExactly("line 3  sources[0].max-queue-size: found a queue of 100 for batches of 100,"
                        + " expected max-queue-size to be larger than max-batch-size, e.g. 400");
        assertThat(source("max-batch-size: 10000").tuning().maxQueueSize()).isEqualTo(40_000);
    }

    @ParameterizedTest
    @CsvSource({"5400,5400,5400", "5400-5403,5400,5403", "4294967295,4294967295,4294967295"})
    void readsServerIds(String text, long first, long last) {
        assertThat(source("server-id: " + text).serverIds()).isEqualTo(new ServerIds(first, last));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "4294967296", "5403-5400", "x", "1-2000", "-1"})
    void refusesOtherServerIds(String text) {
        assertThat(sourceProblems("server-id: '" + text + "'"))
                .containsExactly("line 3  sources[0].server-id: found \"" + text
                        + "\", expected a number from 1 to 4294967295 or a range of at most 1000, e.g. 5400-5403");
    }

    @Test
    void wantsAServerIdForEachWorker() {
        assertThat(sourceProblems("max-workers: 4, server-id: 5400-5402"))
                .containsExactly("line 3  sources[0].server-id: found \"5400-5402\","
                        + " expected at least 4 ids, one for each of max-workers, e.g. 5400-5403");
    }

    @Test
    void reportsOverlappingServerIdsOnBothLines() {
        assertThat(problems("gravity:\n  sources:\n    - " + SOURCE + ", server-id: 5400-5403}\n    - "
                        + SOURCE.replace("name: s", "name: s2") + ", server-id: 5403}\n  targets:\n    - " + MYSQL
                        + "}\n"))
                .containsExactly(
                        "line 3  sources[0].server-id: found 5400-5403, which overlaps 5403 of sources[1] on line 4,"
                                + " expected a range of its own",
                        "line 4  sources[1].server-id: found 5403, which overlaps 5400-5403 of sources[0] on line 3,"
                                + " expected a range of its own");
    }

    @Test
    void wantsSourcesAndTargets() {
        assertThat(problems("gravity:\n  merge: {}\n"))
                .containsExactly(
                        "line 1  sources: missing, expected a list of sources, each with name:, type: and so on",
                        "line 1  targets: missing, expected a list of targets, each with name:, type: and so on");
        assertThat(problems("gravity:\n  sources: []\n  targets: {}\n"))
                .containsExactly(
                        "line 2  sources: found an empty list,"
                                + " expected a list of sources, each with name:, type: and so on",
                        "line 3  targets: found a mapping,"
                                + " expected a list of targets, each with name:, type: and so on");
    }

    @Test
    void wantsWhatASourceNeeds() {
        assertThat(problems(yaml("{}", MYSQL + "}", "")))
                .containsExactly(
                        "line 3  sources[0].name: missing,"
                                + " expected a name of lower-case letters, digits and hyphens, e.g. order-db",
                        "line 3  sources[0].type: missing, expected mysql",
                        "line 3  sources[0].host: missing,"
                                + " expected a host name or address without port, e.g. db1.example.com",
                        "line 3  sources[0].username: missing, expected a user's name",
                        "line 3  sources[0].password: missing, expected a password, e.g. ${env:DB_PASSWORD}",
                        "line 3  sources[0].tables: missing, expected a list of table names or patterns,"
                                + " e.g. [\"users\", \"shop.order_*\"]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: Order_DB    | name: x",
                "host: 'h:3306'    | host: h",
                "host: 'jdbc://h'  | host: h",
                "host: 'a b'       | host: h",
                "port: 0           | port: 1",
                "port: 65536       | port: 65535",
                "max-workers: 129  | max-workers: 128",
                "priority: 0       | priority: 1",
                "database: a.b     | database: a",
                "tables: [a.]      | tables: [a.b]",
                "tables: ['a b']   | tables: ['*']",
                "tables: []        | tables: [a]",
                "server-time-zone: Mars/X | server-time-zone: Asia/Shanghai",
                "poll-interval: 0ms | poll-interval: 1ms",
                "chunk-size: 1     | chunk-size: 2",
                "type: postgres    | type: mysql",
                "host: 'db_1'      | host: '::1'"
            })
    void checksTheKeysOfSources(String wrong, String right) {
        var key = wrong.substring(0, wrong.indexOf(':'));
        var rest = SOURCE.replaceFirst(key + ": [^,]+(, )?", "").replaceFirst(", $", "") + ", ";
        assertThat(problems(yaml(rest + right + "}", MYSQL + "}", ""))).isEmpty();
        if (!wrong.contains("db_1")) {
            assertThat(problems(yaml(rest + wrong + "}", MYSQL + "}", "")))
                    .singleElement()
                    .asString()
                    .startsWith("line 3  sources[0]." + key);
        }
    }

    @Test
    void wantsDifferentNames() {
        assertThat(problems("gravity:\n  sources:\n    - " + SOURCE + "}\n    - " + SOURCE + "}\n  targets:\n    - "
                        + MYSQL + "}\n    - " + MYSQL + "}\n"))
                .containsExactly(
                        "line 4  sources[1].name: found \"s\" twice, first on line 3",
                        "line 7  targets[1].name: found \"m\" twice, first on line 6");
    }

    @Test
    void takesBatchDefaultsFromRealtimeStream() {
        var config = loadWith("realtime: {stream: {batch_size: 100, batch_timeout_ms: 50}}");
        assertThat(config.targets().get(0).delivery().batchSize()).isEqualTo(100);
        assertThat(config.targets().get(0).delivery().batchTimeout()).isEqualTo(Duration.ofMillis(50));

        var own = load(yaml(
                SOURCE + "}",
                CLICKHOUSE + ", batch-size: 7, batch-timeout: 1s}",
                "realtime: {stream: {batch_size: 100, batch_timeout_ms: 50}}"));
        assertThat(own.targets().get(0).delivery().batchSize()).isEqualTo(7);
        assertThat(own.targets().get(0).delivery().batchTimeout()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void readsTheSpecificationsRealtimeAndTransforms() {
        var config = loadWith("""
                realtime:
                  # enable realtime mode
                  enabled: true
                  stream:
                    batch_size: 100
                    batch_timeout_ms: 50
                    worker_threads: 4
                    buffer_size: 10000
                  binlog:
                    read_mode: "realtime"
                    heartbeat_interval: 3
                    read_timeout: 30
                transformer:
                  streaming: true
                  transforms:
                    - type: "field_mapping"
                      config:
                        mappings:
                          user_id: "uid"
                          created_time: "create_at"
                    - type: "data_filter"
                      config:
                        conditions:
                          - field: "status"
                            operator: "!="
                            value: "deleted"
                  performance:
                    parallel: true
                    parallelism: 2
                """);

        var mappings = new LinkedHashMap<String, String>();
        mappings.put("user_id", "uid");
        mappings.put("created_time", "create_at");
        assertThat(config.transforms())
                .containsExactly(
                        new Transform.FieldMapping(List.of(), mappings),
                        new Transform.DataFilter(
                                List.of(),
                                List.of(new Transform.FieldCondition(
                                        "status", Transform.Operator.NOT_EQUAL, List.of("deleted"))),
                                null));
        assertThat(config.order().maxBufferedChanges()).isEqualTo(10_000);
        assertThat(config.sources().get(0).tuning().heartbeatInterval()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.targets().get(0).delivery().batchSize()).isEqualTo(100);
    }

    @Test
    void aKeyOfItsOwnGoesBeforeRealtime() {
        var config = load(yaml(
                SOURCE + ", heartbeat-interval: 7s}",
                MYSQL + "}",
                "merge: {max-buffered-changes: 77}\n"
                        + "realtime: {stream: {buffer-size: 5}, binlog: {heartbeat-interval: 200ms}}"));
        assertThat(config.order().maxBufferedChanges()).isEqualTo(77);
        assertThat(config.sources().get(0).tuning().heartbeatInterval()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void refusesWhatRealtimeCantBe() {
        assertThat(problemsWith("""
                        realtime:
                          enabled: false
                          binlog: {read_mode: batch, read_timeout: 0, x: 1}
                        transformer: {streaming: false, transform: []}
                        """))
                .containsExactly(
                        "line 7  realtime.enabled: found \"false\", expected true: every job goes on with what"
                                + " changes; leave it out",
                        "line 8  realtime.binlog.read_mode: found \"batch\", expected realtime.",
                        "line 8  realtime.binlog.read_timeout: found \"0\", expected a duration from 1s to 1h,"
                                + " e.g. 30s",
                        "line 8  realtime.binlog.x: unknown key. Known here: read-mode, heartbeat-interval,"
                                + " read-timeout",
                        "line 9  transformer.streaming: found \"false\", expected true: rows are transformed one by"
                                + " one as they come; leave it out",
                        "line 9  transformer.transform: unknown key. Did you mean transforms?");
    }

    @Test
    void checksEveryTransform() {
        assertThat(problemsWith("""
                        quarantine: {target: m}
                        transformer:
                          transforms:
                            - {type: field_maping}
                            - {type: field_mapping, config: {mappings: {a: x, b: x}}}
                            - {type: data_filter, config: {conditions: [{field: a, operator: '~', value: 1}]}}
                            - {type: data_filter, config: {conditions: [{field: a, operator: in, value: 1}]}}
                            - {type: data_filter, config: {expression: 'a ='}}
                            - {type: data_filter, config: {}}
                            - {type: derived_column, config: {name: n, expression: a, type: strin}}
                            - {type: drop_columns, config: {columns: []}}
                            - {type: mask, config: {fields: {a: hsah}}}
                            - {type: cast, config: {field: a, type: int, tabels: [x]}}
                            - {type: function, config: {field: a, function: trm}}
                            - {type: row_transform, config: {}}
                        """))
                .satisfiesExactly(
                        text -> assertThat(text)
                                .startsWith("line 9  transformer.transforms[0].type: found \"field_maping\", expected")
                                .endsWith("Did you mean field-mapping?"),
                        text -> assertThat(text)
                                .isEqualTo("line 10  transformer.transforms[1].config.mappings: found two columns that"
                                        + " become x, expected a name for each"),
                        text -> assertThat(text)
                                .startsWith("line 11  transformer.transforms[2].config.conditions[0].operator: found"
                                        + " \"~\", expected =, !=,"),
                        text -> assertThat(text)
                                .startsWith("line 12  transformer.transforms[3].config.conditions[0].value: found"
                                        + " \"1\", expected a list of values"),
                        text -> assertThat(text).startsWith("line 13  transformer.transforms[4].config.expression: "),
                        text -> assertThat(text)
                                .startsWith("line 14  transformer.transforms[5].config.conditions: missing,"),
                        text -> assertThat(text)
                                .startsWith("line 15  transformer.transforms[6].config.type: found \"strin\", expected"
                                        + " a type: tinyint,"),
                        text -> assertThat(text)
                                .startsWith("line 16  transformer.transforms[7].config.columns: found none, expected"),
                        text -> assertThat(text)
                                .endsWith("found \"hsah\", expected hash, partial or null. Did you mean hash?"),
                        text -> assertThat(text)
                                .isEqualTo("line 18  transformer.transforms[9].config.tabels: unknown key. Known here:"
                                        + " field, type"),
                        text -> assertThat(text)
                                .startsWith("line 19  transformer.transforms[10].config.function: no FieldFunction"
                                        + " \"trm\" is on the class path, expected one of ")
                                .contains(" Did you mean trim? "),
                        text -> assertThat(text)
                                .startsWith("line 20  transformer.transforms[11].config.name: missing, expected"));
    }

    @Test
    void aTransformThatCanFailNeedsAQuarantine() {
        assertThat(problemsWith("transformer: {transforms: [{type: cast, config: {field: a, type: int}}]}"))
                .containsExactly("line 6  transformer.transforms[0].type: found cast without quarantine:, and there can"
                        + " be rows that it can do nothing with. Name a target for them, e.g."
                        + " quarantine: {target: warehouse}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "monitoring",
                "binlog",
                "processor",
                "state",
                "metrics",
                "dashboard",
                "alerts",
                "flow_control",
                "adaptive_control",
                "intelligent_control",
                "backpressure_monitoring",
                "backpressure_handling",
                "performance",
                "advanced_optimization",
                "performance_baseline"
            })
    void refusesWhatLaterStagesBring(String key) {
        assertThat(problemsWith(key + ": {x: 1}")).containsExactly("line 6  " + key + ": not supported yet");
    }

    @Test
    void readsTheSpecificationsDuplicateDetection() {
        var config = loadWith("quarantine: {target: m}\n" + SpecBlock.of("19-7.2"));
        assertThat(config.quality().duplicates())
                .isEqualTo(new DuplicateConfig(
                        List.of(), Duration.ofMinutes(5), List.of("id", "timestamp"), DuplicateConfig.Action.SKIP));
    }

    @Test
    void findsNoDuplicatesUnlessTold() {
        var off = "data-quality: {realtime-checks: {duplicate-detection: {enabled: false}}}";
        assertThat(loadWith("").quality().isEmpty()).isTrue();
        assertThat(loadWith(off).quality().isEmpty()).isTrue();
    }

    @Test
    void checksTheKeysOfDataQuality() {
        assertThat(problemsWith("""
                        data-quality:
                          realtime-checks:
                            duplicate-detection: {action: drop, windw: 1m}
                            completeness-check: {enabled: true, required-field: [id]}
                          checks: {}
                        """))
                .containsExactlyInAnyOrder(
                        "line 8  data-quality.realtime-checks.duplicate-detection.action: found \"drop\","
                                + " expected skip, alert or store.",
                        "line 8  data-quality.realtime-checks.duplicate-detection.windw: unknown key."
                                + " Did you mean window?",
                        "line 9  data-quality.realtime-checks.completeness-check.required-fields: missing, expected"
                                + " a list of columns, e.g. [\"id\", \"created_at\"]",
                        "line 9  data-quality.realtime-checks.completeness-check.required-field: unknown key."
                                + " Did you mean required-fields?",
                        "line 9  data-quality.realtime-checks.completeness-check: rows that it finds wrong are kept"
                                + " back, and there is no quarantine: for them. Add quarantine: {target: NAME}, or choose"
                                + " severity: warn or repair",
                        "line 10  data-quality.checks: unknown key. Known here: realtime-checks, report");
        assertThat(problemsWith("data-quality: {realtime-checks: {duplicate-detection: {}}}"))
                .containsExactly(
                        "line 6  data-quality.realtime-checks.duplicate-detection.key-fields: missing, expected"
                                + " a list of columns, those of the primary key among them, e.g. [\"id\"]");
    }

    @Test
    void readsTheSpecificationsRepairs() {
        var repair =
                loadWith("quarantine: {target: m}\n" + SpecBlock.of("19-7.3")).repair();

        assertThat(repair.duplicates())
                .isEqualTo(new DuplicateHandling(
                        List.of(),
                        List.of("id"),
                        Duration.ofMinutes(10),
                        DuplicateHandling.Strategy.KEEP_LATEST,
                        Map.of(
                                "updated_at",
                                FieldRule.Simple.MAX,
                                "status",
                                new FieldRule.Priority(List.of("active", "pending", "inactive")))));
        assertThat(repair.missing().strategies())
                .containsExactly(
                        new FillStrategy.Defaults(Map.of("country", "CN", "currency", "CNY")),
                        new FillStrategy.History(
                                List.of("user_type", "region"),
                                Duration.ofDays(30),
                                FillStrategy.History.Pick.MOST_RECENT),
                        new FillStrategy.Related(List.of(new FillStrategy.Related.Field(
                                "user_name", "users", List.of("user_id"), "user_name", Duration.ofSeconds(10)))));
        assertThat(repair.formats().corrections())
                .containsOnlyKeys("phone_number", "email")
                .containsEntry("email", new RepairConfig.Correction("\\s+|[A-Z]", "trim_and_lowercase"));
        assertThat(repair.audit()).isNull();
    }

    @Test
    void mendsNothingUnlessTold() {
        assertThat(loadWith("").repair().isEmpty()).isTrue();
        assertThat(loadWith("auto-repair: {missing-data-fill: {enabled: false, strategies: {default-values: {a: b}}}}")
                        .repair()
                        .isEmpty())
                .isTrue();
        assertThat(loadWith("auto-repair: {audit: true}").repair().audit()).isEqualTo(TableId.parse("gravity.repairs"));
    }

    @Test
    void triesStrategiesInTheOrderOfTheFile() {
        var repair = loadWith("""
                        auto-repair:
                          missing-data-fill:
                            strategies:
                              derive-from-history: {fields: [a], pick: most-frequent}
                              default-values: {a: x}
                        """).repair();
        assertThat(repair.missing().strategies())
                .hasExactlyElementsOfTypes(FillStrategy.History.class, FillStrategy.Defaults.class);
    }

    @Test
    void checksTheKeysOfAutoRepair() {
        assertThat(problemsWith("""
                        auto-repair:
                          duplicate-handling: {repair-strategy: keep-best}
                          missing-data-fill:
                            strategies:
                              default-values: {}
                              derive-from-histroy: {fields: [a]}
                              lookup-from-related: [{field: a, source-table: "u*", key-field: b, wait: 2h}]
                          format-correction:
                            corrections:
                              phone: {pattern: "(", correction: normalize_phon}
                          custom: [{rule: nobodys}]
                          repairs: {}
                        """))
                .satisfiesExactlyInAnyOrder(
                        text -> assertThat(text)
                                .startsWith("line 7  auto-repair.duplicate-handling.repair-strategy: found"
                                        + " \"keep-best\", expected keep-first, keep-latest or merge."),
                        text -> assertThat(text)
                                .startsWith("line 7  auto-repair.duplicate-handling.detection.key-fields: missing"),
                        text -> assertThat(text)
                                .startsWith("line 10  auto-repair.missing-data-fill.strategies.default-values:"
                                        + " found none, expected columns with their values"),
                        text -> assertThat(text)
                                .isEqualTo("line 11  auto-repair.missing-data-fill.strategies.derive-from-histroy:"
                                        + " unknown key. Did you mean derive-from-history?"),
                        text -> assertThat(text)
                                .contains("line 12")
                                .contains("source-table: found \"u*\", expected table or database.table without"),
                        text -> assertThat(text).contains("line 12").contains("wait: found \"2h\""),
                        text -> assertThat(text).contains("line 15").contains("phone.pattern: "),
                        text -> assertThat(text)
                                .contains("line 15")
                                .contains("no FieldFunction \"normalize_phon\" is on the class path")
                                .contains("Did you mean normalize-phone?"),
                        text -> assertThat(text).contains("line 16").contains("no RepairRule \"nobodys\""),
                        text -> assertThat(text).startsWith("line 17  auto-repair.repairs: unknown key."));
    }

    @Test
    void readsTheSpecificationsGroupBesideItsEndpoints() {
        var config = load("gravity:\n  sources:\n    - " + SOURCE + "}\n"
                + endpoints("target-A", "target-B", "target-C").indent(2)
                + SpecBlock.of("18-4.3").indent(2));
        var delivery = delivery(1000, Duration.ofMillis(20), Duration.ofMillis(100));

        assertThat(config.targets())
                .containsExactly(new TargetConfig.Group(
                        "group",
                        TargetConfig.Group.Strategy.ROUND_ROBIN,
                        List.of(
                                member("target-A", 1, false, delivery),
                                member("target-B", 1, false, delivery),
                                member("target-C", 1, true, delivery)),
                        new TargetConfig.Group.Failover(Duration.ofSeconds(30), Duration.ofSeconds(60), 3),
                        delivery));
        assertThat(config.routes().get(0).targets()).containsExactly("group");
    }

    @Test
    void readsGroupsAmongOtherTargets() {
        var config = load("gravity:\n  sources:\n    - " + SOURCE + "}\n"
                + endpoints("a", "b", "c").indent(2) + """
                  failover: {retry-interval: 7s}
                  targets:
                    - {name: g, type: group, strategy: weighted-round-robin, primary: [a, b], weights: {b: 3},
                       batch-size: 7, failover: {max-retries: 0}}
                    - {name: h, type: group, primary: [c], strategy: consistent_hash}
                """);
        var batches = delivery(7, Duration.ofMillis(20), Duration.ofMillis(100));

        assertThat(config.targets().get(0))
                .isEqualTo(new TargetConfig.Group(
                        "g",
                        TargetConfig.Group.Strategy.WEIGHTED_ROUND_ROBIN,
                        List.of(member("a", 1, false, batches), member("b", 3, false, batches)),
                        new TargetConfig.Group.Failover(Duration.ofSeconds(30), Duration.ofSeconds(7), 0),
                        batches));
        assertThat(((TargetConfig.Group) config.targets().get(1)).failover())
                .isEqualTo(new TargetConfig.Group.Failover(Duration.ofSeconds(30), Duration.ofSeconds(7), 3));
    }

    @Test
    void takesAGroupsBatchesFromItsFirstMember() {
        var config = load("gravity:\n  sources:\n    - " + SOURCE + "}\n  endpoints:\n    - " + CLICKHOUSE
                + "}\n  targets:\n    - {name: g, type: group, primary: [c]}\n");

        assertThat(config.targets().get(0).delivery().batchSize()).isEqualTo(10_000);
    }

    @Test
    void refusesAGroupWithStrongConsistency() {
        assertThat(problems("gravity:\n  sources:\n    - " + SOURCE + "}\n  endpoints:\n    - " + CLICKHOUSE
                        + "}\n  targets:\n    - {name: g, type: group, primary: [c], consistency: strong}\n"))
                .singleElement()
                .asString()
                .contains("targets[0].consistency: found strong, expected eventual");
    }

    @Test
    void tellsEveryProblemOfAGroup() {
        assertThat(problems("gravity:\n  sources:\n    - " + SOURCE + "}\n"
                        + endpoints("a", "b", "left-over").indent(2) + """
                  targets:
                    - {name: g, type: group, primary: [a, bb], backup: [a], weights: {c: 2}}
                    - {name: h, type: group, strategy: fastest}
                """))
                .containsExactlyInAnyOrder(
                        "line 9  targets[0].primary[1]: found \"bb\", expected the name of one of the endpoints:"
                                + " a, b, left-over. Did you mean b?",
                        "line 9  targets[0].backup[0]: found \"a\", which is a member on line 9 already,"
                                + " expected each endpoint in one place",
                        "line 9  targets[0].weights: found beside strategy round-robin,"
                                + " expected with strategy weighted-round-robin",
                        "line 9  targets[0].weights.c: unknown member, expected one of a. Did you mean a?",
                        "line 10  targets[1].strategy: found \"fastest\", expected round-robin, weighted-round-robin,"
                                + " least-connections or consistent-hash.",
                        "line 10  targets[1].primary: missing, expected a list of endpoints' names",
                        "line 6  endpoints[1].name: found \"b\", which no group names,"
                                + " expected it in primary or backup of one",
                        "line 7  endpoints[2].name: found \"left-over\", which no group names,"
                                + " expected it in primary or backup of one");
        assertThat(problems("gravity:\n  sources:\n    - " + SOURCE
                        + "}\n  endpoints: [{name: a, type: mysql, hots: h}]\n" + "  targets: {primary: [a]}\n"))
                .containsExactly(
                        "line 4  endpoints[0].host: missing, expected a host name or address without port,"
                                + " e.g. db1.example.com",
                        "line 4  endpoints[0].username: missing, expected a user's name",
                        "line 4  endpoints[0].password: missing, expected a password, e.g. ${env:DB_PASSWORD}",
                        "line 4  endpoints[0].hots: unknown key. Did you mean host?");
        assertThat(problemsWith("failover: {max-retries: 1}"))
                .containsExactly("line 6  failover: found without a group of targets, expected a target of type group");
        assertThat(targetProblems("{name: g, type: group, primary: [x]"))
                .containsExactly("line 5  targets[0].primary[0]: found \"x\", expected the name of a server that"
                        + " endpoints lists, which lists none.");
        assertThat(problems("gravity:\n  sources:\n    - " + SOURCE + "}\n  endpoints: [{name: a, type: group}]\n"
                        + "  targets: {backup: [a]}\n"))
                .containsExactly(
                        "line 4  endpoints[0].type: found \"group\", expected a server's type: groups and files are targets",
                        "line 5  targets.primary: missing, expected a list of endpoints' names",
                        "line 5  targets.backup[0]: found \"a\", expected the name of a server that endpoints lists,"
                                + " which lists none.");
    }

    private static String endpoints(String... names) {
        var text = new StringBuilder("endpoints:\n");
        for (var name : names) {
            text.append("  - ")
                    .append(MYSQL.replace("name: m", "name: " + name))
                    .append("}\n");
        }
        return text.toString();
    }

    private static TargetConfig.Group.Member member(
            String name, int weight, boolean isBackup, TargetConfig.Delivery delivery) {
        return new TargetConfig.Group.Member(
                new TargetConfig.MySql(name, "h", 3306, "u", Secret.of("p"), null, Map.of(), delivery),
                weight,
                isBackup);
    }

    @Test
    void aJobThatReadsWhereItWritesHasAnOrigin() {
        var end = "{name: e, type: mysql, host: DB, username: u, password: p, database: shop";
        var both = load(yaml(SOURCE.replace("[t]", "[shop.t]") + "}", end + "}", ""));
        assertThat(both.sources().get(0).origin()).isEqualTo(new SourceConfig.Origin("gravity", true));
        assertThat(((TargetConfig.MySql) both.targets().get(0)).origin())
                .isEqualTo(new TargetConfig.MySql.Origin("gravity", true));
        assertThat(both.render()).contains("origin: \"gravity\"");

        var elsewhere = load(yaml(SOURCE.replace("[t]", "[\"crm_*.t\"]") + "}", end + "}", ""));
        assertThat(elsewhere.sources().get(0).origin()).isNull();
        assertThat(((TargetConfig.MySql) elsewhere.targets().get(0)).origin()).isNull();
        assertThat(loadWith("").origin()).isEmpty();
    }

    @Test
    void aJobCanBeToldItsOrigin() {
        var config = loadWith("origin: shop\n");
        assertThat(config.sources().get(0).origin()).isEqualTo(new SourceConfig.Origin("shop", false));
        assertThat(((TargetConfig.MySql) config.targets().get(0)).origin())
                .isEqualTo(new TargetConfig.MySql.Origin("shop", false));
        assertThat(problemsWith("origin: \"O'Brien\"\n"))
                .singleElement()
                .asString()
                .contains("origin: found \"O'Brien\", expected a name of");
    }

    @Test
    void refusesUnknownKeysEverywhere() {
        assertThat(problemsWith("""
                        routng: []
                        merge: {max-dealy: 1ms}
                        conflict-resolution: {tombstone: 7d}
                        """))
                .containsExactly(
                        "line 6  routng: unknown key. Did you mean routing?",
                        "line 7  merge.max-dealy: unknown key. Did you mean max-delay?",
                        "line 8  conflict-resolution.tombstone: unknown key."
                                + " Known here: source-priorities, default-strategy, strategy, scope, resolver, merge-default,"
                                + " merge-rules, custom-rules, special-rules, handover-after, tombstone-ttl, row-ttl,"
                                + " audit");
        assertThat(targetProblems(MYSQL + ", retry: {max-bakoff: 1s}, brokers: [a]"))
                .containsExactly(
                        "line 5  targets[0].retry.max-bakoff: unknown key. Did you mean max-backoff?",
                        "line 5  targets[0].brokers: unknown key. Known here: name, type, tables, exclude, batch-size,"
                                + " batch-bytes, batch-timeout, max-in-flight, retry, hold-limit, queue, consistency, merge-strategy, host, port, username, password,"
                                + " database, table-mapping, jdbc-properties, schema-change");
    }

    @ParameterizedTest
    @CsvSource({
        "'',8123",
        "'port: 9000',8123",
        "'port: 8443',8443",
        "'http-port: 8124',8124",
        "'port: 9000, http-port: 1',1",
        "'port: 9440, http-port: 2',2",
        "'port: 8123, http-port: 8123',8123"
    })
    void findsClickHousesHttpPort(String keys, int port) {
        assertThat(target(CLICKHOUSE + (keys.isEmpty() ? "" : ", " + keys)))
                .isInstanceOfSatisfying(TargetConfig.ClickHouse.class, target -> assertThat(target.port())
                        .isEqualTo(port));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "port: 9440 | port: 9440 is ClickHouse's native protocol with TLS, expected the port of its HTTP interface, usually 8123 (8443 with TLS)",
                "http-port: 9000 | http-port: 9000 is ClickHouse's native protocol, expected the port of its HTTP interface, usually 8123 (8443 with TLS)",
                "port: 8124, http-port: 8123 | port: found 8124 beside http-port 8123, expected one of them"
            })
    void refusesPortsOfTheNativeProtocol(String keys, String problem) {
        assertThat(targetProblems(CLICKHOUSE + ", " + keys)).containsExactly("line 5  targets[0]." + problem);
    }

    @Test
    void readsKafkaRecords() {
        assertThat(target(KAFKA + ", format: canal_json, topics: {users: user-events, \"shop.*\": \"${singular}\"}"))
                .isEqualTo(new TargetConfig.Kafka(
                        "k",
                        List.of("b:1"),
                        "${database}.${table}",
                        List.of(
                                new TopicRule(new TablePattern("users"), "user-events"),
                                new TopicRule(new TablePattern("shop.*"), "${singular}")),
                        Format.CANAL_JSON,
                        List.of(),
                        Map.of(),
                        target(KAFKA).delivery()));
        var events = ((TargetConfig.Kafka) target(KAFKA
                        + ", format: event-json, events: [{tables: [users], event-type: \"${table}.${operation}\","
                        + " event-type-field: what, operations: {read: seen}, fields: {b: x, a: y},"
                        + " timestamps: epoch-millis, time-zone: Asia/Shanghai}, {tables: [a.*]}]"))
                .events();
        assertThat(events)
                .containsExactly(
                        new EventMapping(
                                List.of(new TablePattern("users")),
                                "what",
                                "${table}.${operation}",
                                Map.of(
                                        Operation.READ,
                                        "seen",
                                        Operation.INSERT,
                                        "created",
                                        Operation.UPDATE,
                                        "updated",
                                        Operation.DELETE,
                                        "deleted"),
                                Map.of("b", "x", "a", "y"),
                                Timestamps.EPOCH_MILLIS,
                                ZoneId.of("Asia/Shanghai")),
                        new EventMapping(
                                List.of(new TablePattern("a.*")),
                                "event_type",
                                "${singular}_${operation}",
                                EventMapping.DEFAULT_OPERATIONS,
                                Map.of(),
                                Timestamps.ISO,
                                ZoneId.of("UTC")));
        assertThat(events.get(0).fields()).containsExactly(Map.entry("b", "x"), Map.entry("a", "y"));
    }

    @Test
    void checksKafkaRecords() {
        assertThat(targetProblems(KAFKA + ", format: debezium-jsn, topics: {\"a b\": t, c: \"${schema}\"}, events: []"))
                .containsExactly(
                        "line 5  targets[0].topics.a b: found the key \"a b\", expected " + Names.TABLE,
                        "line 5  targets[0].topics.c: found \"${schema}\", expected " + Names.TOPIC,
                        "line 5  targets[0].format: found \"debezium-jsn\", expected gravity-json, debezium-json,"
                                + " canal-json, maxwell-json, event-json or avro. Did you mean debezium-json?",
                        "line 5  targets[0].events: found beside format gravity-json,"
                                + " expected it with format event-json alone");
        assertThat(targetProblems(KAFKA + ", format: event-json, events: [{event-type: \"${source}_x\", fields: {a: x,"
                        + " b: x, c: event_type}, operations: {inserted: x}, timestamps: unix, time-zone: Mars}]"))
                .containsExactly(
                        "line 5  targets[0].events[0].tables: missing, expected " + Names.TABLES,
                        "line 5  targets[0].events[0].event-type: found \"${source}_x\", expected " + Names.EVENT_TYPE,
                        "line 5  targets[0].events[0].fields: found the name \"x\" for b and for a,"
                                + " expected another name for one of them",
                        "line 5  targets[0].events[0].fields: found the name \"event_type\" for c and for"
                                + " event-type-field, expected another name for one of them",
                        "line 5  targets[0].events[0].operations.inserted: unknown key. Did you mean insert?",
                        "line 5  targets[0].events[0].timestamps: found \"unix\","
                                + " expected iso, epoch-seconds or epoch-millis.",
                        "line 5  targets[0].events[0].time-zone: found \"Mars\","
                                + " expected a time zone, e.g. UTC or Asia/Shanghai");
    }

    @Test
    void checksKafka() {
        assertThat(targetProblems("{name: k, type: kafka"))
                .containsExactly("line 5  targets[0].brokers: missing,"
                        + " expected a list of brokers, e.g. [\"kafka1:9092\", \"kafka2:9092\"]");
        assertThat(targetProblems("{name: k, type: kafka, brokers: [kafka1, 'k:99999']"))
                .containsExactly(
                        "line 5  targets[0].brokers[0]: found \"kafka1\", expected host:port, e.g. kafka1:9092",
                        "line 5  targets[0].brokers[1]: found \"k:99999\", expected host:port, e.g. kafka1:9092");
        assertThat(targetProblems(KAFKA + ", topic: '${schema}.x'"))
                .containsExactly("line 5  targets[0].topic: found \"${schema}.x\", expected a topic of letters, digits,"
                        + " '.', '_', '-' and ${source}, ${database}, ${table}, ${singular},"
                        + " e.g. ${database}.${table}");
        assertThat(targetProblems(KAFKA + ", properties: {bootstrap.servers: x}"))
                .containsExactly("line 5  targets[0].properties: found bootstrap.servers, which Gravity sets itself,"
                        + " expected other properties of Kafka's producer");
        assertThat(target(KAFKA + ", topic: 'cdc-${source}_${table}'"))
                .isInstanceOfSatisfying(TargetConfig.Kafka.class, kafka -> assertThat(kafka.topic())
                        .isEqualTo("cdc-${source}_${table}"));
    }

    @Test
    void checksDelivery() {
        assertThat(targetProblems(MYSQL + ", batch-size: 100001, batch-bytes: 1B, max-in-flight: 0, type2: x"))
                .containsExactly(
                        "line 5  targets[0].batch-size: found \"100001\","
                                + " expected a whole number from 1 to 100000, e.g. 1000",
                        "line 5  targets[0].batch-bytes: found \"1B\", expected a size from 1KiB to 1GiB, e.g. 4MiB",
                        "line 5  targets[0].max-in-flight: found \"0\", expected a whole number from 1 to 64, e.g. 2",
                        "line 5  targets[0].type2: unknown key. Did you mean type?");
        assertThat(targetProblems(MYSQL + ", retry: {backoff: 2s, max-backoff: 1s}"))
                .containsExactly(
                        "line 5  targets[0].retry.max-backoff: found 1s," + " expected at least backoff, which is 2s");
        assertThat(target(MYSQL + ", retry: {backoff: 1m}").delivery().maxBackoff())
                .isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void refusesAnUnknownTypeOfTargetOnce() {
        assertThat(targetProblems("{name: x, type: mysqll, host: h"))
                .containsExactly("line 5  targets[0].type: found \"mysqll\","
                        + " expected mysql, kafka, clickhouse, file or group. Did you mean mysql?");
    }

    @Test
    void readsRoutes() {
        var config = loadWith("""
                routing:
                  - source-tables: [a, "b_*"]
                    exclude: [b_tmp]
                    targets: [m]
                  - source_tables: [c]
                    targets: [m]
                    strategy: single
                  - source-tables: [d]
                    targets: [m]
                    strategy: conditional
                    conditions:
                      - if: "level in ('A', 'B')"
                        targets: [m]
                """);

        assertThat(config.routes())
                .containsExactly(
                        new RouteRule(
                                List.of(new TablePattern("a"), new TablePattern("b_*")),
                                List.of(new TablePattern("b_tmp")),
                                Strategy.BROADCAST,
                                List.of("m"),
                                List.of()),
                        new RouteRule(
                                List.of(new TablePattern("c")), List.of(), Strategy.SINGLE, List.of("m"), List.of()),
                        new RouteRule(
                                List.of(new TablePattern("d")),
                                List.of(),
                                Strategy.CONDITIONAL,
                                List.of("m"),
                                List.of(new RouteRule.Branch("level in ('A', 'B')", List.of("m")))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{targets: [m]} | routing[0].source-tables: missing, expected a list of table names or patterns, e.g. [\"users\", \"shop.order_*\"]",
                "{source-tables: [a]} | routing[0].targets: missing, expected a list of targets' names",
                "{source-tables: [a], targets: []} | routing[0].targets: found none, expected a list of targets' names",
                "{source-tables: [a], targets: [mm]} | routing[0].targets[0]: found \"mm\", expected the name of a target: m, k. Did you mean m?",
                "{source-tables: [a], targets: [m, m]} | routing[0].targets[1]: found \"m\" twice",
                "{source-tables: [a], targets: [m, k], strategy: single} | routing[0].targets: found 2 targets, expected exactly one with strategy single. For several write strategy: broadcast",
                "{source-tables: [a], targets: [m], strategy: brodcast} | routing[0].strategy: found \"brodcast\", expected broadcast, single, conditional, hash, modulo or range. Did you mean broadcast?",
                "{source-tables: [a], targets: [m], strategy: round-robin} | routing[0].strategy: round-robin is not supported yet, expected broadcast, single, conditional, hash, modulo or range",
                "{source-tables: [a], targets: [m], key: id} | routing[0].key: found beside strategy broadcast, expected with strategy hash or modulo or range",
                "{source-tables: [a], targets: [m, k], strategy: hash} | routing[0].key: missing, expected the column whose value decides, or a list of columns",
                "{source-tables: [a], targets: [m, k], strategy: hash, key: []} | routing[0].key: found none, expected the column whose value decides, or a list of columns",
                "{source-tables: [a], targets: [m], strategy: hash, key: id} | routing[0].targets: found one target, expected two or more to choose from",
                "{source-tables: [a], targets: [m, k], strategy: hash, key: id, modulo: 2} | routing[0].modulo: found beside strategy hash, expected with strategy modulo",
                "{source-tables: [a], strategy: modulo, key: id, modulo: 2} | routing[0].shards: missing, expected a list of shards, each with remainders: and target:",
                "{source-tables: [a], strategy: modulo, key: id, shards: [{remainders: [0, 1, 2, 3], target: m}]} | routing[0].modulo: missing, expected the number to divide by, e.g. 4",
                "{source-tables: [a], strategy: modulo, key: id, modulo: 3, shards: [{remainders: [0], target: m}]} | routing[0].shards: found no shard for the remainder 1, 2, expected each from 0 to 2 in one",
                "{source-tables: [a], strategy: modulo, key: id, modulo: 2, shards: [{remainders: [0, 1], target: m}, {remainders: [1], target: k}]} | routing[0].shards[1].remainders[0]: found 1 a second time, expected each remainder in one shard",
                "{source-tables: [a], strategy: modulo, key: id, modulo: 2, shards: [{remainders: [0, 2], target: m}, {remainders: [1], target: k}]} | routing[0].shards[0].remainders[1]: found \"2\", expected a whole number from 0 to 1, e.g. 0",
                "{source-tables: [a], strategy: range, key: id} | routing[0].ranges: missing, expected a list of ranges, each with range: and target:",
                "{source-tables: [a], targets: [m], strategy: range, key: id, ranges: [{range: 0 to 1, target: m}]} | routing[0].targets: found beside strategy range, expected a target in each of ranges",
                "{source-tables: [a], strategy: range, key: id, ranges: [{range: 0 to 1, target: mm}]} | routing[0].ranges[0].target: found \"mm\", expected the name of a target: m, k. Did you mean m?",
                "{source-tables: [a], strategy: range, key: id, ranges: [{range: 0 - 1, target: m}]} | routing[0].ranges[0].range: found \"0 - 1\", expected a range with both its ends, e.g. \"0 to 9999\", \"2023-01-01 to 2023-12-31\" or \"2023-01-01 00:00:00 to 2023-06-30 23:59:59\"",
                "{source-tables: [a], strategy: range, key: id, ranges: [{range: 0 to 9, target: m}, {range: 9 to 20, target: k}]} | routing[0].ranges[1].range: found \"9 to 20\", which overlaps \"0 to 9\" on line 8, expected ranges that have nothing in common",
                "{source-tables: [a], strategy: range, key: id, ranges: [{range: 0 to 9, target: m}, {range: 11 to 20, target: k}]} | routing[0].ranges[1].range: found \"11 to 20\" and a gap behind \"0 to 9\" on line 8, expected it to begin where that ends, or a default-target for what is between",
                "{source-tables: [a], strategy: range, key: id, ranges: [{range: 0 to 9, target: m}, {range: 2023-01-01 to 2023-12-31, target: k}]} | routing[0].ranges: found numbers and dates, expected all of one kind",
                "{source-tables: [a], targets: [m], conditions: [{if: x = 1, targets: [m]}]} | routing[0].conditions: found beside strategy broadcast, expected with strategy conditional",
                "{source-tables: [a], targets: [m], strategy: conditional} | routing[0].conditions: missing, expected a list of conditions, each with if: and targets:",
                "{source-tables: [a], targets: [m], strategy: conditional, conditions: [{if: x = 1, targets: [k]}]} | routing[0].conditions[0].targets: found k, expected targets that the rule lists in its targets",
                "{source-tables: [a], targets: [m, k], strategy: conditional, conditions: [{if: x = 1, targets: [k]}]} | routing[0].targets: found m, to which no condition sends anything, expected it in one",
                "{source-tables: [a], targets: [m], strategy: conditional, conditions: [{if: x + > 2, targets: [m]}]} | routing[0].conditions[0].if: found \"x + > 2\", which can't be read at \"+\" in column 3, expected an SQL expression on the columns of a row, e.g. amount > 10000 and region in ('US', 'EU')"
            })
    void checksRoutes(String rule, String problem) {
        assertThat(problems("gravity:\n  sources:\n    - " + SOURCE + "}\n  targets:\n    - " + MYSQL + "}\n    - "
                        + KAFKA + "}\n  routing:\n    - " + rule + "\n"))
                .containsExactly("line 8  " + problem);
    }

    @Test
    void readsTheSpecificationsShards() {
        var config = loadTo(
                List.of("user-db-1", "user-db-2", "user-db-3", "user-db-4", "order-db-2023", "order-db-2024"),
                SpecBlock.of("18-4.1"));

        assertThat(config.routes())
                .containsExactly(
                        RouteRule.sharded(
                                List.of(new TablePattern("users")),
                                List.of(),
                                Strategy.HASH,
                                new HashSharding(
                                        List.of("user_id"),
                                        List.of("user-db-1", "user-db-2", "user-db-3", "user-db-4"))),
                        RouteRule.sharded(
                                List.of(new TablePattern("orders")),
                                List.of(),
                                Strategy.RANGE,
                                new RangeSharding(
                                        "order_date",
                                        List.of(
                                                ShardRange.parse("2023-01-01 to 2023-12-31", "order-db-2023"),
                                                ShardRange.parse("2024-01-01 to 2024-12-31", "order-db-2024")),
                                        null)));
        assertThat(load(config.render().replace("\"***\"", "p")).routes()).isEqualTo(config.routes());
    }

    @Test
    void readsShardsByRemainder() {
        var config = loadTo(List.of("users-1", "users-2", "rest"), """
                routing:
                  - source-tables: [users]
                    strategy: modulo
                    key: user_id
                    modulo: 4
                    shards:
                      - {remainders: [0, 1], target: users-1}
                      - {remainders: [2, 3], target: users-2}
                    default-target: rest
                """);
        assertThat(config.routes())
                .containsExactly(RouteRule.sharded(
                        List.of(new TablePattern("users")),
                        List.of(),
                        Strategy.MODULO,
                        new ModuloSharding(
                                "user_id",
                                4,
                                List.of(
                                        new ModuloSharding.Shard(List.of(0, 1), "users-1"),
                                        new ModuloSharding.Shard(List.of(2, 3), "users-2")),
                                "rest")));
    }

    @Test
    void readsTheSpecificationsDistributionRules() {
        var config = loadTo(
                List.of("warehouse", "vip-analytics-db", "risk-control-db", "overseas-db"),
                SpecBlock.of("18-3.2-conditions"));
        var all = List.of(new TablePattern("*"));
        assertThat(config.routes())
                .as("what no rule names gets everything")
                .containsExactly(
                        new RouteRule(all, List.of(), Strategy.BROADCAST, List.of("warehouse"), List.of()),
                        distributed("user_type = 'vip'", "vip-analytics-db"),
                        distributed("amount > 10000", "risk-control-db"),
                        distributed("region in ('US', 'EU')", "overseas-db"));
        assertThat(load(config.render().replace("\"***\"", "p")).routes()).isEqualTo(config.routes());
    }

    private static RouteRule distributed(String condition, String target) {
        var targets = List.of(target);
        return new RouteRule(
                List.of(new TablePattern("*")),
                List.of(),
                Strategy.CONDITIONAL,
                targets,
                List.of(new RouteRule.Branch(condition, targets)));
    }

    @Test
    void readsTheSpecificationsTargetsByName() {
        var config = load("gravity:\n  sources:\n    - " + SOURCE + "}\n"
                + SpecBlock.of("18-3.2-tables")
                        .replace(
                                "mysql-target:\n",
                                "mysql-target:\n    type: mysql\n    host: h\n    username: u\n    password: p\n")
                        .replace("kafka-target:\n", "kafka-target:\n    type: kafka\n    brokers: ['k:9092']\n")
                        .replace("clickhouse-target:\n", "clickhouse-target:\n    type: clickhouse\n    host: c\n")
                        .indent(2));
        assertThat(config.targets())
                .extracting(TargetConfig::name)
                .containsExactly("mysql-target", "kafka-target", "clickhouse-target");
        assertThat(config.targets().get(2).delivery().exclude()).containsExactly(new TablePattern("temp_*"));
        assertThat(config.routes())
                .containsExactly(new RouteRule(
                        List.of(new TablePattern("*")),
                        List.of(),
                        Strategy.BROADCAST,
                        List.of("mysql-target", "kafka-target", "clickhouse-target"),
                        List.of()));
    }

    @Test
    void checksTargetsAndRulesByName() {
        assertThat(problems("gravity:\n  sources:\n    - " + SOURCE + "}\n" + """
                  targets:
                    m: {type: mysql, host: h, username: u, password: p}
                    K_1: {type: kafka, brokers: ["k:9092"]}
                    c: clickhouse
                  routing-rules:
                    a-table: {strategy: hash, key: id, targets: [m, n]}
                    " ": {strategy: single, targets: [m]}
                  distribution-rules:
                    - {condition: "a =", targets: [m]}
                    - {targets: [m], if: b}
                """))
                .containsExactly(
                        "line 6  targets.K_1: found \"K_1\" as a target's name, expected a name of lower-case letters,"
                                + " digits and hyphens, e.g. order-db",
                        "line 7  targets.c: found \"clickhouse\", expected a target with type: and so on",
                        "line 9  routing-rules.a-table.targets[1]: found \"n\", expected the name of a target: m."
                                + " Did you mean m?",
                        "line 10  routing-rules. : found \" \" as the name of a table, expected table or database.table"
                                + " with * and ? as wildcards, e.g. shop.order_*",
                        "line 12  distribution-rules[0].condition: found \"a =\", which can't be read at \"=\" in"
                                + " column 3, expected an SQL expression on the columns of a row, e.g. amount > 10000 and"
                                + " region in ('US', 'EU')",
                        "line 13  distribution-rules[1].condition: missing, expected a condition, e.g. status = 'paid'",
                        "line 13  distribution-rules[1].if: unknown key. Known here: condition, targets, source-tables,"
                                + " exclude");
    }

    /** Returns the configuration of a job to MySQL targets of these names. */
    private SyncConfig loadTo(List<String> targets, String rest) {
        return load("gravity:\n  sources:\n    - " + SOURCE + "}\n  targets:\n"
                + targets.stream()
                        .map(name -> "    - {name: " + name + ", type: mysql, host: h, username: u, password: p}\n")
                        .collect(Collectors.joining())
                + rest.indent(2));
    }

    @Test
    void readsMappings() {
        assertThat(loadWith("table-mapping: [{source: s, tables: [x.t], target: 'all.${table}'}]")
                        .mappings())
                .containsExactly(new TableMapping("s", List.of(new TablePattern("x.t")), "all.${table}"));
        assertThat(problemsWith("table-mapping: [{source: t, tables: [x.t], target: x}]"))
                .containsExactly(
                        "line 6  table-mapping[0].source: found \"t\", expected the name of a source: s",
                        "line 6  table-mapping[0].target: found \"x\", expected database.table with ${source},"
                                + " ${database}, ${table} as placeholders, e.g. shop.${table}");
    }

    @Test
    void readsMappingsByRegularExpressionAndWithColumns() {
        assertThat(loadWith("table-mapping: [{match: '(\\w+)_(\\d+)\\.t', target: 'all.${1}',"
                                + " extra-columns: {_source: '${source}', shard: 'no ${2}'}, key-columns: [shard]}]")
                        .mappings())
                .containsExactly(new TableMapping(
                        null,
                        new TableNaming(List.of(), "(\\w+)_(\\d+)\\.t", "all.${1}"),
                        Map.of("_source", "${source}", "shard", "no ${2}"),
                        List.of("shard")));
        assertThat(problemsWith("""
                        table-mapping:
                          - {match: "(", target: "a.${1}"}
                          - {match: a, tables: [b], target: "a.${table}"}
                          - {target: "a.b", extra-columns: {x: "${1}"}, key-columns: [x]}
                        """))
                .containsExactly(
                        "line 7  table-mapping[0].match: found \"(\", expected a regular expression for the whole of"
                                + " database.table, e.g. shop_(\\d+)\\.orders",
                        "line 7  table-mapping[0].target: found \"a.${1}\", expected database.table with ${source},"
                                + " ${database}, ${table} as placeholders, e.g. shop.${table}",
                        "line 8  table-mapping[1].match: found beside tables, expected one of them",
                        "line 9  table-mapping[2].tables: missing, expected " + Names.TABLES
                                + ", or match: with a regular expression",
                        "line 9  table-mapping[2].extra-columns: found x: \"${1}\", expected names of columns, each"
                                + " with a text and ${source}, ${database}, ${table} as placeholders,"
                                + " e.g. {_source: \"${source}\"}",
                        "line 9  table-mapping[2].key-columns[0]: found \"x\", expected one of extra-columns");
    }

    @Test
    void readsNamesOfATarget() {
        var target = (TargetConfig.MySql) target(MYSQL
                + ", table-mapping: [{tables: [a], target: 'x.${table}'}, {match: '(.*)\\.b', target: 'x.b_${1}'}]");
        assertThat(target.mappings())
                .containsExactly(
                        new TableNaming(List.of(new TablePattern("a")), null, "x.${table}"),
                        new TableNaming(List.of(), "(.*)\\.b", "x.b_${1}"));
        assertThat(targetProblems(CLICKHOUSE + ", table-mapping: [{tables: [a], target: 'x.${source}', source: s}]"))
                .containsExactly(
                        "line 5  targets[0].table-mapping[0].target: found \"x.${source}\", expected database.table"
                                + " with ${database}, ${table} as placeholders, e.g. shop.${table}",
                        "line 5  targets[0].table-mapping[0].source: unknown key. Known here: tables, match, target");
    }

    @Test
    void refusesTablesThatATargetWouldWriteIntoOne() {
        var yaml = """
                gravity:
                  sources:
                    - {name: s, type: mysql, host: h, username: u, password: p, tables: [a.t, b.t, "c.*", d.t]}
                  targets:
                    - {name: m, type: mysql, host: h, username: u, password: p, database: dw}
                    - {name: k, type: kafka, brokers: ["b:1"]}
                    - {name: c, type: clickhouse, host: h, database: dw, exclude: [b.t, d.t]}
                """;
        assertThat(problems(yaml))
                .containsExactly("line 5  targets[0]: target m: b.t and a.t would both be written to dw.t, where their"
                        + " rows would overwrite each other unresolved. Give them different names in the target's"
                        + " table-mapping, or let them meet before they are compared: in the table-mapping of the"
                        + " whole job.");
        assertThat(problems(yaml + "  table-mapping: [{tables: [\"?.t\"], target: x.t}]\n"))
                .isEmpty();
        assertThat(problems(yaml.replace(
                        "database: dw}",
                        "database: dw, table-mapping: [{tables: [t], target: \"dw.${database}_t\"}]}")))
                .isEmpty();
    }

    @Test
    void checksConflictResolution() {
        assertThat(problemsWith("""
                        conflict-resolution:
                          strategy: merge
                          default-strategy: timestamp-latst
                          source-priorities: {t: 1, s: 0}
                          custom-rules: [{strategy: merge, tables: [], merge-rules: [{field: a, strategy: priority}]}]
                          special-rules: [{table: t, strategy: custom, scope: row}]
                        """))
                .containsExactly(
                        "line 7  conflict-resolution.strategy: found beside default-strategy, expected one of them",
                        "line 8  conflict-resolution.default-strategy: found \"timestamp-latst\", expected"
                                + " source-priority, timestamp-latest, timestamp-earliest, merge, error-stop or custom."
                                + " Did you mean timestamp-latest?",
                        "line 9  conflict-resolution.source-priorities.t: unknown source,"
                                + " expected the name of a source: s. Did you mean s?",
                        "line 9  conflict-resolution.source-priorities.s: found \"0\","
                                + " expected a whole number from 1 to 1000, e.g. 1",
                        "line 10  conflict-resolution.custom-rules[0].tables: found none, expected a list of table"
                                + " names or patterns, e.g. [\"users\", \"shop.order_*\"]",
                        "line 10  conflict-resolution.custom-rules[0].merge-rules[0].priority: missing, expected a list"
                                + " of values, the first wins",
                        "line 11  conflict-resolution.special-rules[0].scope: found without strategy: error-stop,"
                                + " expected only with it",
                        "line 11  conflict-resolution.special-rules[0].resolver: missing, expected the name a resolver"
                                + " in a jar of yours gives itself");
    }

    @Test
    void readsAllOfConflictResolution() {
        var config = loadWith("""
                conflict-resolution:
                  default-strategy: merge
                  merge-default: source-priority
                  merge_rules:
                    - {field: updated_at, strategy: max}
                    - {field: status, strategy: priority, priority: [active, pending]}
                    - {field: notes, strategy: concat, separator: "; "}
                    - {field: hits, strategy: sum-of-deltas}
                  custom-rules:
                    - {tables: [users], strategy: timestamp-earliest}
                    - {tables: [shop.*], strategy: custom, resolver: mine}
                  special-rules:
                    - {table: financial_records, strategy: error-stop, scope: table}
                  handover-after: 1s
                  row-ttl: 90d
                  audit: true
                """).resolve();

        var fields = new LinkedHashMap<String, FieldRule>();
        fields.put("updated_at", FieldRule.Simple.MAX);
        fields.put("status", new FieldRule.Priority(List.of("active", "pending")));
        fields.put("notes", new FieldRule.Concat("; "));
        fields.put("hits", FieldRule.Simple.SUM_OF_DELTAS);
        assertThat(config.strategy()).isEqualTo(new ConflictStrategy.Merge(fields, FieldRule.Simple.SOURCE_PRIORITY));
        assertThat(config.strategyOf(TableId.parse("any.users"))).isEqualTo(new ConflictStrategy.TimestampEarliest());
        assertThat(config.strategyOf(TableId.parse("shop.carts"))).isEqualTo(new ConflictStrategy.Custom("mine"));
        assertThat(config.strategyOf(TableId.parse("bank.financial_records")))
                .isEqualTo(new ConflictStrategy.ErrorStop(ConflictStrategy.ErrorStop.Scope.TABLE));
        assertThat(config.handoverAfter()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.rowTtl()).isEqualTo(Duration.ofDays(90));
        assertThat(config.audit()).isEqualTo(TableId.parse("gravity.conflicts"));
    }

    @Test
    void readsTheSpecificationsConflictResolution() {
        var config =
                load("""
                gravity:
                  sources:
                    - {name: user-slave-db, type: mysql, host: a, username: u, password: p, tables: [t]}
                    - {name: user-master-db, type: mysql, host: b, username: u, password: p, tables: [t]}
                  targets:
                """ + "    - " + MYSQL + "}\n" + SpecBlock.of("18-5.2").indent(2));

        assertThat(config.sources()).extracting(SourceConfig::priority).containsExactly(2, 1);
        assertThat(config.resolve().strategy()).isEqualTo(new ConflictStrategy.SourcePriority());
        assertThat(config.resolve().strategyOf(TableId.parse("bank.financial_records")))
                .isEqualTo(new ConflictStrategy.ErrorStop(ConflictStrategy.ErrorStop.Scope.ROW));
        assertThat(config.resolve().strategyOf(TableId.parse("shop.user_preferences")))
                .isEqualTo(new ConflictStrategy.Merge(Map.of(), FieldRule.Simple.LATEST));
    }

    @Test
    void refusesAResolverThatNoJarHas() {
        assertThat(problemsWith("conflict-resolution: {strategy: custom, resolver: mnie}"))
                .containsExactly(
                        "line 6  conflict-resolution.resolver: no ConflictResolver \"mnie\" is on the class"
                                + " path, expected one of mine. Did you mean mine? Name the jar of your own under"
                                + " extensions: {path: ...}; it needs a line in META-INF/services/io.gravity.udf.ConflictResolver");
    }

    @Test
    void readsWhatBecomesOfALostBinlog() {
        assertThat(source("clock-offset: 0ms").onBinlogLost()).isEqualTo(SourceConfig.OnBinlogLost.STOP);
        assertThat(source("on-binlog-lost: resnapshot").onBinlogLost()).isEqualTo(SourceConfig.OnBinlogLost.RESNAPSHOT);
        assertThat(sourceProblems("on-binlog-lost: resnapshot, startup: {mode: latest}"))
                .containsExactly("line 3  sources[0].on-binlog-lost: found resnapshot beside startup mode latest, which"
                        + " copies no tables, expected stop, or startup mode initial");
    }

    @Test
    void readsWhenChangesCountAsMade() {
        assertThat(source("database: shop, event-time: {\"order_*\": updated_at, crm.log: t}, clock-offset: -1500ms")
                        .timing())
                .isEqualTo(new SourceConfig.Timing(
                        List.of(
                                new SourceConfig.TimeColumn(new TablePattern("shop.order_*"), "updated_at"),
                                new SourceConfig.TimeColumn(new TablePattern("crm.log"), "t")),
                        Duration.ofMillis(-1500)));
        assertThat(sourceProblems("event-time: {\"a b\": c, d: [], e: \" \"}, clock-offset: 2d"))
                .containsExactly(
                        "line 3  sources[0].event-time.a b: found the key \"a b\", expected table or database.table with"
                                + " * and ? as wildcards, e.g. shop.order_*",
                        "line 3  sources[0].event-time.d: found an empty list, expected the name of a column,"
                                + " e.g. updated_at",
                        "line 3  sources[0].event-time.e: found \" \", expected the name of a column, e.g. updated_at",
                        "line 3  sources[0].clock-offset: found \"2d\", expected a duration from -1d to 1d, e.g. 0ms");
        assertThat(sourceProblems("event-time: updated_at"))
                .containsExactly("line 3  sources[0].event-time: found \"updated_at\","
                        + " expected table names or patterns, each with a column");
    }

    @Test
    void readsMergeAndCheckpoints() {
        var config = loadWith("merge: {strategy: parallel, max-delay: 0ms, max-buffered-changes: 7,"
                + " max-buffered-bytes: 2KiB}\ncheckpoint_interval_seconds: 1");

        assertThat(config.order()).isEqualTo(new OrderConfig(OrderConfig.Strategy.PARALLEL, Duration.ZERO, 7, 2048));
        assertThat(config.checkpointInterval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(problemsWith("merge: {strategy: by-tabel, max-buffered-changes: 0, max-buffered-bytes: 1}"))
                .containsExactly(
                        "line 6  merge.strategy: found \"by-tabel\", expected by-row, by-table, time-series or parallel."
                                + " Did you mean by-table?",
                        "line 6  merge.max-buffered-changes: found \"0\","
                                + " expected a whole number from 1 to 10000000, e.g. 100000",
                        "line 6  merge.max-buffered-bytes: found \"1\","
                                + " expected a size from 1KiB to 16GiB, e.g. 64MiB");
    }

    @ParameterizedTest
    @CsvSource({
        "by-row,,ROW",
        "by-row,by-row,ROW",
        "by-row,by-table,TABLE",
        "by-row,time-series,ALL",
        "by-table,,TABLE",
        "by-table,by-row,ROW",
        "time-series,,ALL",
        "time-series,by-table,TABLE",
        "parallel,,ROW",
        "parallel,time-series,ALL"
    })
    void aTargetsOwnStrategyGoesBeforeThatOfAll(String ofAll, String own, OrderScope expected) {
        var config = load(yaml(
                SOURCE + "}",
                MYSQL + (own == null ? "}" : ", merge-strategy: " + own + "}"),
                "merge: {strategy: " + ofAll + "}"));

        assertThat(config.targets().get(0).delivery().scope()).isEqualTo(expected);
    }

    @Test
    void refusesAStrategyThatTheLineCannotKeep() {
        assertThat(targetProblems(MYSQL + ", merge-strategy: parallel"))
                .containsExactly("line 5  targets[0].merge-strategy: found parallel beside merge.strategy by-row,"
                        + " expected by-table, time-series or by-row: whether rows wait is decided for all targets at"
                        + " once");
        assertThat(problems(yaml(SOURCE + "}", MYSQL + ", merge-strategy: by-row}", "merge: {strategy: parallel}")))
                .containsExactly("line 5  targets[0].merge-strategy: found by-row beside merge.strategy parallel,"
                        + " expected by-table, time-series or parallel: whether rows wait is decided for all targets at"
                        + " once");
        assertThat(problemsWith("merge: {strategy: by-table, max-delay: 0ms}"))
                .containsExactly("line 5  targets[0].merge-strategy: by-table beside merge.max-delay 0ms, expected a"
                        + " delay of 1ms or more: nothing can be put in order without waiting");
    }

    @Test
    void readsTheQuarantine() {
        assertThat(loadWith("").quarantine()).isNull();
        var config = loadWith("quarantine: {target: m}");
        assertThat(config.quarantine()).isEqualTo(new QuarantineConfig("m", "gravity.dead_letters"));
        assertThat(config.quarantineTarget()).contains(config.targets().get(0));
        assertThat(loadWith("quarantine: {target: m, table: ops.letters}").quarantine())
                .isEqualTo(new QuarantineConfig("m", "ops.letters"));
        assertThat(target(MYSQL + ", hold-limit: 5m").delivery().holdLimit()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void readsAFileForDeadLetters(@TempDir Path letters) {
        var config =
                load(yaml(SOURCE + "}", MYSQL + "}\n    - {name: f, type: file, path: /var/letters}", QUARANTINE_F));
        assertThat(config.quarantineTarget())
                .containsInstanceOf(TargetConfig.File.class)
                .hasValueSatisfying(target -> {
                    assertThat(((TargetConfig.File) target).path()).hasToString("file:///var/letters");
                    assertThat(target.delivery().batchTimeout()).isEqualTo(Duration.ofSeconds(1));
                });
        assertThat(config.routes()).singleElement().satisfies(rule -> assertThat(rule.targets())
                .containsExactly("m"));
        assertThat(config.render()).contains("type: file", "path: \"file:///var/letters\"");
        for (var path : List.of(
                "s3://bucket/letters", "hdfs:///letters", letters.toUri().toString())) {
            var file = (TargetConfig.File) target("{name: f, type: file, path: '" + path + "'");
            assertThat(file.path()).hasToString(path);
        }
    }

    @Test
    void checksAFileForDeadLetters(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("file"), "");
        var place = "line 5  targets[0].path: ";
        var expected = "expected an absolute path or URI of a folder, e.g. file:///var/lib/gravity/letters";
        assertThat(targetProblems("{name: f, type: file")).containsExactly(place + "missing, " + expected);
        for (var path : List.of("letters", "./letters", "file:letters", "s3://bucket", "file:///", "a b:c")) {
            assertThat(targetProblems("{name: f, type: file, path: '" + path + "'"))
                    .containsExactly(place + "found \"" + path + "\", " + expected);
        }
        assertThat(targetProblems("{name: f, type: file, path: 's4://bucket/x'"))
                .containsExactly(place + "found the scheme \"s4\", expected one that Flink has a file system for: file,"
                        + " hdfs, viewfs, s3, s3a, s3p, gs, oss, abfs, abfss, wasb, wasbs. Did you mean s3?");
        assertThat(targetProblems("{name: f, type: file, path: 'file://var/letters'"))
                .containsExactly(place + "found the host var, expected three slashes: file:///var/letters");
        assertThat(targetProblems("{name: f, type: file, path: '" + file + "'"))
                .containsExactly(place + "found " + file + ", which is a file, expected a folder: each batch of letters"
                        + " becomes a file in it");
        assertThat(targetProblems("{name: f, type: file, path: /x, consistency: strong"))
                .containsExactly(
                        "line 5  targets[0].consistency: found strong, expected eventual: a file has no ledger");
        assertThat(problems(yaml(
                        SOURCE + "}",
                        MYSQL + "}\n    - {name: f, type: file, path: /x}",
                        "routing:\n  - {source-tables: [t], targets: [m, f]}")))
                .containsExactly("line 6  targets[1]: a rule sends rows to this file, expected none: a file is for dead"
                        + " letters alone. Name another target in the rule");
    }

    @Test
    void checksTheQuarantine() {
        assertThat(problemsWith("quarantine: {}"))
                .containsExactly("line 6  quarantine.target: missing, expected the name of a target: m");
        assertThat(problemsWith("quarantine: {target: mm, table: letters, tabel: a.b}"))
                .containsExactly(
                        "line 6  quarantine.target: found \"mm\", expected the name of a target: m. Did you mean m?",
                        "line 6  quarantine.table: found \"letters\", expected database.table, e.g. gravity.dead_letters",
                        "line 6  quarantine.tabel: unknown key. Did you mean table?");
        assertThat(targetProblems(MYSQL + ", hold-limit: 2d"))
                .singleElement()
                .asString()
                .startsWith("line 5  targets[0].hold-limit: found \"2d\", expected");
    }

    @Test
    void readsTheConsistencyOfATarget() {
        assertThat(target(MYSQL).delivery().consistency()).isEqualTo(TargetConfig.Consistency.EVENTUAL);
        assertThat(target(MYSQL + ", consistency: eventual").delivery().consistency())
                .isEqualTo(TargetConfig.Consistency.EVENTUAL);
        assertThat(target(MYSQL + ", consistency: strong").delivery().consistency())
                .isEqualTo(TargetConfig.Consistency.STRONG);
    }

    @Test
    void refusesWhatDoesNotGoWithStrongConsistency() {
        assertThat(targetProblems(MYSQL + ", consistency: srong"))
                .singleElement()
                .asString()
                .startsWith("line 5  targets[0].consistency: found \"srong\", expected");
        assertThat(targetProblems(MYSQL + ", consistency: strong, batch-timeout-ms: 5, max-in-flight: 2, queue: {}"))
                .containsExactly(
                        "line 5  targets[0].batch-timeout: found beside consistency strong, expected none: batches go out"
                                + " one by one, when a checkpoint is complete",
                        "line 5  targets[0].max-in-flight: found beside consistency strong, expected none: batches go out"
                                + " one by one, when a checkpoint is complete",
                        "line 5  targets[0].queue: found beside consistency strong, expected none: all changes wait in"
                                + " state there");
        assertThat(targetProblems(KAFKA + ", consistency: strong,"
                        + " properties: {transactional.id: x, transaction.timeout.ms: '3600000'}"))
                .hasSize(2)
                .anyMatch(problem -> problem.contains("found transactional.id, which Gravity sets itself"))
                .anyMatch(problem -> problem.contains("found transaction.timeout.ms 3600000, expected 1000 to 900000"));
    }

    @Test
    void aQueueHasAPolicyAndASize() {
        assertThat(target(MYSQL).delivery().queue()).isEqualTo(new Queue(Queue.Policy.SPILL, 10L << 30));
        assertThat(target(MYSQL + ", queue: {policy: block}").delivery().queue().policy())
                .isEqualTo(Queue.Policy.BLOCK);
        var lettered =
                yaml(SOURCE + "}", MYSQL + ", queue: {policy: dead-letter, size: 2GiB}}", "quarantine: {target: m}");
        assertThat(load(lettered).targets().get(0).delivery().queue())
                .isEqualTo(new Queue(Queue.Policy.DEAD_LETTER, 2L << 30));
    }

    @Test
    void aQueueThatCanNotWorkIsRefused() {
        assertThat(targetProblems(MYSQL + ", queue: {policy: dead-letter}"))
                .containsExactly("line 5  targets[0].queue.policy: found dead-letter, expected with quarantine:, which"
                        + " says where dead letters are kept");
        assertThat(targetProblems(MYSQL + ", queue: {policy: block, size: 1GiB}"))
                .containsExactly("line 5  targets[0].queue.size: found beside policy block, expected with spill or"
                        + " dead-letter: only these use it");
        assertThat(targetProblems(MYSQL + ", queue: {policy: drop}"))
                .singleElement()
                .asString()
                .startsWith("line 5  targets[0].queue.policy: found \"drop\", expected");
    }

    @Test
    void printsNoSecretOfRecords() {
        var config = load(yaml(
                SOURCE.replace("password: p", "password: hunter2") + ", jdbc-properties: {trustPassword: hunter2}}",
                KAFKA + ", properties: {sasl.jaas.config: hunter2}}",
                ""));

        assertThat(config.toString()).doesNotContain("hunter2");
        assertThat(config.render()).doesNotContain("hunter2");
    }

    @Test
    void survivesJavaSerialization() throws Exception {
        var config = loadWith("routing: [{source-tables: [d], targets: [m], strategy: conditional,"
                + " conditions: [{if: a = 1, targets: [m]}]}]\ntable-mapping: [{tables: [a], target: a.b}]\n"
                + "quarantine: {target: m}");
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(config);
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(config);
        }
    }

    @Test
    void throwsTheCodeOfConfigurationErrors() {
        assertThatThrownBy(() -> load("gravity: 1"))
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("job.yaml has 1 problem:\n  line 1  found \"1\","
                        + " expected the keys sources, targets and so on");
    }
}
