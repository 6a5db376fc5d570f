package io.gravity;

import io.gravity.config.Durations;
import io.gravity.config.Problems;
import io.gravity.config.Secret;
import io.gravity.config.Section;
import io.gravity.config.Value;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetConfig.Consistency;
import io.gravity.dispatch.TargetConfig.Delivery;
import io.gravity.dispatch.TargetConfig.Queue;
import io.gravity.dispatch.UnfitValues;
import io.gravity.order.OrderConfig;
import io.gravity.route.RouteRule;
import io.gravity.types.OrderScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Reads {@code targets} of the YAML. */
final class TargetSettings {
    private static final int NATIVE_PORT = 9000;
    private static final int NATIVE_TLS_PORT = 9440;
    private static final int HTTP_PORT = 8123;
    private static final String TRANSACTION_TIMEOUT = "transaction.timeout.ms";
    private static final int MAX_TRANSACTION_MILLIS = 900_000;
    private static final Set<String> OWN_KAFKA_PROPERTIES = Set.of(
            "bootstrap.servers",
            "key.serializer",
            "value.serializer",
            "acks",
            "enable.idempotence",
            "transactional.id");

    private final Problems problems;
    private final OrderConfig order;
    private final boolean quarantines;
    private final Integer batchSize;
    private final Duration batchTimeout;
    private final Map<String, Integer> lineByName = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final List<TargetConfig> targets = new ArrayList<>();
    private final GroupSettings groups;

    /** Creates a reader; what {@code realtime.stream} sets goes before the defaults of each type. */
    TargetSettings(Problems problems, Section stream, OrderConfig order, boolean quarantines, Section failover) {
        this.problems = problems;
        this.groups = new GroupSettings(problems, this::server, failover);
        this.quarantines = quarantines;
        this.order = order;
        int size = batchSize(stream, Type.MYSQL.batchSize);
        this.batchSize = stream.has("batch-size") ? size : null;
        var timeout = batchTimeout(stream, Type.MYSQL.batchTimeout);
        this.batchTimeout = stream.hasDuration("batch-timeout") ? timeout : null;
    }

    enum Type {
        MYSQL(1000, Duration.ofMillis(20)),
        KAFKA(1000, Duration.ofMillis(20)),
        CLICKHOUSE(10_000, Duration.ofMillis(200)),
        /** Each batch is a file. */
        FILE(1000, Duration.ofSeconds(1)),
        /** A group's batches are as its first member wants them. */
        GROUP(1000, Duration.ofMillis(20));

        private final int batchSize;
        private final Duration batchTimeout;

        Type(int batchSize, Duration batchTimeout) {
            this.batchSize = batchSize;
            this.batchTimeout = batchTimeout;
        }
    }

    /** Reads targets by their names. */
    void readNamed(Value value) {
        var members = value.members("targets by their names");
        if (members.isEmpty()) {
            value.expected("a list of targets, each with name:, type: and so on");
        }
        for (var member : members.entrySet()) {
            var section = member.getValue().section("a target with type: and so on");
            if (!Names.isName(member.getKey())) {
                member.getValue()
                        .problem("found \"" + member.getKey() + "\" as a target's name, expected " + Names.NAME);
            } else if (section != null) {
                read(section, member.getKey());
            }
        }
    }

    void read(Section section) {
        read(section, section.text("name", Names.NAME, Names::isName));
    }

    private void read(Section section, String name) {
        int before = problems.count();
        if (name != null) {
            var first = lineByName.putIfAbsent(name, section.line());
            if (first != null) {
                section.problem("name", "found \"" + name + "\" twice, first on line " + first);
            } else {
                names.add(name);
            }
        }
        var type = section.choice("type", Type.class, Set.of());
        if (type == null) {
            return;
        }
        var group = type == Type.GROUP ? groups.read(section, name) : null;
        var delivery = delivery(section, group == null ? type : group.type());
        if (group != null) {
            refuseStrong(section, delivery, "a group's members would each need the ledger");
        }
        if (type == Type.FILE) {
            refuseStrong(section, delivery, "a file has no ledger");
        }
        var target = group == null ? server(section, name, type) : group.at();
        section.refuseOthers();
        if (problems.count() == before) {
            targets.add(target.apply(delivery));
        }
    }

    /** Reads the one group that there is beside {@code endpoints}. */
    void readGroup(Section section) {
        int before = problems.count();
        var name = section.text("name", Names.NAME, Names::isName, "group");
        names.add(name);
        var group = groups.read(section, name);
        var delivery = delivery(section, group.type());
        refuseStrong(section, delivery, "a group's members would each need the ledger");
        section.refuseOthers();
        if (problems.count() == before) {
            targets.add(group.at().apply(delivery));
        }
    }

    /** A ledger counts at the server that holds it: behind another door it might say less than has been applied. */
    private static void refuseStrong(Section section, Delivery delivery, String reason) {
        if (delivery.consistency() == Consistency.STRONG) {
            section.problem("consistency", "found strong, expected eventual: " + reason);
        }
    }

    /** Reads how to reach a server; how to deliver to it is told later. */
    Function<Delivery, TargetConfig> server(Section section, String name, Type type) {
        return switch (type) {
            case MYSQL -> mySql(section, name);
            case KAFKA -> kafka(section, name);
            case CLICKHOUSE -> clickHouse(section, name);
            case FILE -> file(section, name);
            case GROUP -> throw new IllegalArgumentException("a group is no server");
        };
    }

    GroupSettings groups() {
        return groups;
    }

    /** A file has no form for rows that change: it takes dead letters, which never do. */
    void refuseRowsInFiles(List<RouteRule> rules) {
        for (var target : targets) {
            if (target instanceof TargetConfig.File
                    && rules.stream().anyMatch(rule -> rule.targets().contains(target.name()))) {
                problems.add(
                        lineOf(target.name()),
                        "targets[" + names.indexOf(target.name()) + "]",
                        "a rule sends rows to this file, expected none: a file is for dead letters alone. Name another"
                                + " target in the rule");
            }
        }
    }

    /** Returns the names read so far, also those of targets with problems. */
    List<String> names() {
        return names;
    }

    int lineOf(String name) {
        return lineByName.get(name);
    }

    /** Returns the targets without problems. */
    List<TargetConfig> targets() {
        return targets;
    }

    private Function<Delivery, TargetConfig> mySql(Section section, String name) {
        var host = section.text("host", Names.HOST, Names::isHost);
        int port = section.number("port", 1, 65535, 3306);
        var username = section.text("username", Names.USER, Names::isText);
        var password = section.secret("password");
        var database = section.text("database", Names.DATABASE, Names::isDatabase, null);
        var mappings = TableMappingSettings.ofTarget(section, problems);
        var jdbcProperties = section.properties("jdbc-properties");
        var schema = SchemaChangeSettings.read(section.section("schema-change"));
        return delivery -> new TargetConfig.MySql(
                name, host, port, username, password, database, mappings, jdbcProperties, schema, delivery);
    }

    private Function<Delivery, TargetConfig> kafka(Section section, String name) {
        int before = problems.count();
        var expected = "a list of brokers, e.g. [\"kafka1:9092\", \"kafka2:9092\"]";
        var brokers = section.texts("brokers", expected, Names.BROKER, Names::isBroker);
        if (brokers.isEmpty() && problems.count() == before) {
            section.problem("brokers", (section.has("brokers") ? "found none" : "missing") + ", expected " + expected);
        }
        var topic = section.text("topic", Names.TOPIC, Names::isTopic, "${database}.${table}");
        var records = new KafkaRecordSettings(section);
        var topics = records.topics();
        var format = records.format();
        var events = records.events(format);
        var properties = section.properties("properties");
        for (var own : OWN_KAFKA_PROPERTIES) {
            if (properties.containsKey(own)) {
                section.problem(
                        "properties",
                        "found " + own + ", which Gravity sets itself, expected other properties of Kafka's producer");
            }
        }
        transactionTimeout(section, properties.get(TRANSACTION_TIMEOUT));
        return delivery -> new TargetConfig.Kafka(name, brokers, topic, topics, format, events, properties, delivery);
    }

    /** Brokers may allow less or more; what they say at the first transaction counts then. */
    private static void transactionTimeout(Section section, String millis) {
        if (millis != null && !(millis.matches("\\d{4,6}") && Integer.parseInt(millis) <= MAX_TRANSACTION_MILLIS)) {
            section.problem(
                    "properties",
                    "found " + TRANSACTION_TIMEOUT + " " + millis + ", expected 1000 to " + MAX_TRANSACTION_MILLIS
                            + ", the brokers' own maximum by default (transaction.max.timeout.ms)");
        }
    }

    private Function<Delivery, TargetConfig> clickHouse(Section section, String name) {
        var host = section.text("host", Names.HOST, Names::isHost);
        int port = httpPort(section);
        var username = section.text("username", Names.USER, Names::isText, "default");
        var password = section.secret("password", Secret.of(""));
        var database = section.text("database", Names.DATABASE, Names::isDatabase, null);
        var mappings = TableMappingSettings.ofTarget(section, problems);
        var settings = section.properties("settings");
        var schema = SchemaChangeSettings.read(section.section("schema-change"));
        return delivery -> new TargetConfig.ClickHouse(
                name, host, port, username, password, database, mappings, settings, schema, delivery);
    }

    private static Function<Delivery, TargetConfig> file(Section section, String name) {
        var path = LetterPath.read(section, "path");
        return delivery -> new TargetConfig.File(name, path, delivery);
    }

    /** Returns the port of ClickHouse's HTTP interface; {@code port} alone may name the native protocol's 9000. */
    private static int httpPort(Section section) {
        int port = section.number("port", 1, 65535, HTTP_PORT);
        int httpPort = section.number("http-port", 1, 65535, port == NATIVE_PORT ? HTTP_PORT : port);
        boolean separate = section.has("http-port");
        boolean isNative = port == NATIVE_PORT || port == NATIVE_TLS_PORT;
        if (httpPort == NATIVE_PORT || httpPort == NATIVE_TLS_PORT) {
            section.problem(
                    separate ? "http-port" : "port",
                    httpPort + " is ClickHouse's native protocol" + (httpPort == NATIVE_PORT ? "" : " with TLS")
                            + ", expected the port of its HTTP interface, usually 8123 (8443 with TLS)");
        } else if (separate && section.has("port") && !isNative && port != httpPort) {
            section.problem("port", "found " + port + " beside http-port " + httpPort + ", expected one of them");
        }
        return httpPort;
    }

    private Delivery delivery(Section section, Type type) {
        var tables = Names.tables(section, "tables", null);
        var exclude = Names.tables(section, "exclude", null);
        int rows = batchSize(section, batchSize == null ? type.batchSize : batchSize);
        long bytes = section.size("batch-bytes", 1024, 1 << 30, 4 << 20);
        var timeout = batchTimeout(section, batchTimeout == null ? type.batchTimeout : batchTimeout);
        int maxInFlight = section.number("max-in-flight", 1, 64, 2);
        var retry = section.section("retry");
        var backoff = retry.duration("backoff", Duration.ofMillis(1), Duration.ofHours(1), Duration.ofMillis(100));
        var longest = Duration.ofSeconds(10);
        var maxBackoff = retry.duration(
                "max-backoff",
                Duration.ofMillis(1),
                Duration.ofHours(1),
                backoff.compareTo(longest) > 0 ? backoff : longest);
        retry.refuseOthers();
        var holdLimit = section.duration("hold-limit", Duration.ZERO, Duration.ofDays(1), Duration.ofSeconds(30));
        if (backoff.compareTo(maxBackoff) > 0) {
            retry.problem(
                    "max-backoff",
                    "found " + Durations.format(maxBackoff) + ", expected at least backoff, which is "
                            + Durations.format(backoff));
            maxBackoff = backoff;
        }
        var queue = queue(section.section("queue"));
        var consistency = section.choice("consistency", Consistency.class, Consistency.EVENTUAL, Set.of());
        if (consistency == Consistency.STRONG) {
            for (var meaningless : new String[] {"batch-timeout", "max-in-flight"}) {
                if (section.hasDuration(meaningless)) {
                    section.problem(
                            meaningless,
                            "found beside consistency strong, expected none: batches go out one by one, when a"
                                    + " checkpoint is complete");
                }
            }
            if (section.has("queue")) {
                section.problem(
                        "queue", "found beside consistency strong, expected none: all changes wait in state there");
            }
            timeout = Duration.ZERO;
            maxInFlight = 1;
            queue = Queue.DEFAULT;
        }
        return new Delivery(
                tables,
                exclude,
                rows,
                bytes,
                timeout,
                maxInFlight,
                backoff,
                maxBackoff,
                scope(section),
                holdLimit,
                queue,
                consistency,
                unfitValues(section, type));
    }

    /** Where a type holds less than the sources' types do. */
    private static UnfitValues unfitValues(Section section, Type type) {
        return type == Type.CLICKHOUSE || type == Type.KAFKA
                ? section.choice("unfit-values", UnfitValues.class, UnfitValues.REFUSE, Set.of())
                : UnfitValues.REFUSE;
    }

    private Queue queue(Section section) {
        var policy = section.choice("policy", Queue.Policy.class, Queue.DEFAULT.policy(), Set.of());
        long bytes = section.size("size", 1 << 20, 1L << 40, Queue.DEFAULT.bytes());
        if (policy == Queue.Policy.DEAD_LETTER && !quarantines) {
            section.problem(
                    "policy", "found dead-letter, expected with quarantine:, which says where dead letters are kept");
        }
        if (policy == Queue.Policy.BLOCK && section.has("size")) {
            section.problem("size", "found beside policy block, expected with spill or dead-letter: only these use it");
        }
        section.refuseOthers();
        return new Queue(policy, bytes);
    }

    /**
     * Returns within what the target wants its changes in order. Rows are put in order before targets part, or not at
     * all, so a target can ask for more than {@code merge.strategy} says, but for nothing else.
     */
    private OrderScope scope(Section section) {
        var strategy = section.choice("merge-strategy", OrderConfig.Strategy.class, order.strategy(), Set.of());
        boolean parallel = strategy == OrderConfig.Strategy.PARALLEL;
        boolean byRow = strategy == OrderConfig.Strategy.BY_ROW;
        if ((parallel && order.strategy() != OrderConfig.Strategy.PARALLEL)
                || (byRow && order.strategy() == OrderConfig.Strategy.PARALLEL)) {
            section.problem(
                    "merge-strategy",
                    "found " + Value.nameOf(strategy) + " beside merge.strategy " + Value.nameOf(order.strategy())
                            + ", expected by-table, time-series or " + (parallel ? "by-row" : "parallel")
                            + ": whether rows wait is decided for all targets at once");
        } else if (!parallel && !byRow && order.maxDelay().isZero()) {
            section.problem(
                    "merge-strategy",
                    Value.nameOf(strategy) + " beside merge.max-delay 0ms, expected a delay of 1ms or more:"
                            + " nothing can be put in order without waiting");
        }
        return switch (strategy) {
            case BY_ROW, PARALLEL -> OrderScope.ROW;
            case BY_TABLE -> OrderScope.TABLE;
            case TIME_SERIES -> OrderScope.ALL;
        };
    }

    private static int batchSize(Section section, int fallback) {
        return section.number("batch-size", 1, 100_000, fallback);
    }

    private static Duration batchTimeout(Section section, Duration fallback) {
        return section.duration("batch-timeout", Duration.ZERO, Duration.ofMinutes(1), fallback);
    }
}
