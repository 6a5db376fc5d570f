package io.gravity.dispatch;

import static java.util.Objects.requireNonNull;

import io.gravity.config.Secret;
import io.gravity.dispatch.schema.SchemaPolicy;
import io.gravity.event.TablePattern;
import io.gravity.types.OrderScope;
import io.gravity.types.TableNaming;
import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One target. */
public sealed interface TargetConfig extends Serializable {

    /** Unique among targets; part of the operator's uid. */
    String name();

    Delivery delivery();

    /**
     * What all targets share.
     *
     * @param tables source tables it takes; empty: whatever is routed to it
     * @param exclude source tables it does not take, whatever the routes say
     * @param batchSize rows per batch at most, 1 to 100,000
     * @param batchBytes estimated bytes per batch at most
     * @param batchTimeout how long a row waits for its batch to fill at most
     * @param maxInFlight batches under way at once per subtask
     * @param backoff pause before the first retry; doubles up to {@code maxBackoff}, with jitter
     * @param scope within what the target wants its changes in order of their times
     * @param holdLimit how long a row is held that another row's change may make acceptable
     * @param queue what happens to rows that come faster than the target takes them
     * @param consistency how often the target may see a change
     * @param unfitValues what becomes of values that the target's types can't hold
     */
    record Delivery(
            List<TablePattern> tables,
            List<TablePattern> exclude,
            int batchSize,
            long batchBytes,
            Duration batchTimeout,
            int maxInFlight,
            Duration backoff,
            Duration maxBackoff,
            OrderScope scope,
            Duration holdLimit,
            Queue queue,
            Consistency consistency,
            UnfitValues unfitValues)
            implements Serializable {

        public Delivery {
            tables = List.copyOf(tables);
            exclude = List.copyOf(exclude);
            requireNonNull(scope, "scope");
            requireNonNull(holdLimit, "holdLimit");
            requireNonNull(queue, "queue");
            requireNonNull(consistency, "consistency");
            requireNonNull(unfitValues, "unfitValues");
            if (batchSize < 1 || batchBytes < 1 || maxInFlight < 1) {
                throw new IllegalArgumentException("batchSize is " + batchSize + ", batchBytes " + batchBytes
                        + ", maxInFlight " + maxInFlight + ", expected 1 or more each");
            }
            if (backoff.compareTo(maxBackoff) > 0) {
                throw new IllegalArgumentException(
                        "backoff is " + backoff + ", expected maxBackoff at most, which is " + maxBackoff);
            }
        }

        /** Creates settings for a target that refuses what it can't hold. */
        public Delivery(
                List<TablePattern> tables,
                List<TablePattern> exclude,
                int batchSize,
                long batchBytes,
                Duration batchTimeout,
                int maxInFlight,
                Duration backoff,
                Duration maxBackoff,
                OrderScope scope,
                Duration holdLimit,
                Queue queue,
                Consistency consistency) {
            this(
                    tables,
                    exclude,
                    batchSize,
                    batchBytes,
                    batchTimeout,
                    maxInFlight,
                    backoff,
                    maxBackoff,
                    scope,
                    holdLimit,
                    queue,
                    consistency,
                    UnfitValues.REFUSE);
        }

        /** Creates settings for a target that wants each row's changes in order, and no more. */
        public Delivery(
                List<TablePattern> tables,
                List<TablePattern> exclude,
                int batchSize,
                long batchBytes,
                Duration batchTimeout,
                int maxInFlight,
                Duration backoff,
                Duration maxBackoff,
                Duration holdLimit) {
            this(
                    tables,
                    exclude,
                    batchSize,
                    batchBytes,
                    batchTimeout,
                    maxInFlight,
                    backoff,
                    maxBackoff,
                    OrderScope.ROW,
                    holdLimit);
        }

        /** Creates settings for a target with a queue as usual, which may see a change again after a failure. */
        public Delivery(
                List<TablePattern> tables,
                List<TablePattern> exclude,
                int batchSize,
                long batchBytes,
                Duration batchTimeout,
                int maxInFlight,
                Duration backoff,
                Duration maxBackoff,
                OrderScope scope,
                Duration holdLimit) {
            this(
                    tables,
                    exclude,
                    batchSize,
                    batchBytes,
                    batchTimeout,
                    maxInFlight,
                    backoff,
                    maxBackoff,
                    scope,
                    holdLimit,
                    Queue.DEFAULT,
                    Consistency.EVENTUAL);
        }

        public Delivery withScope(OrderScope newScope) {
            return with(newScope, queue, consistency, unfitValues);
        }

        public Delivery withQueue(Queue newQueue) {
            return with(scope, newQueue, consistency, unfitValues);
        }

        public Delivery withConsistency(Consistency newConsistency) {
            return with(scope, queue, newConsistency, unfitValues);
        }

        public Delivery withUnfitValues(UnfitValues newUnfitValues) {
            return with(scope, queue, consistency, newUnfitValues);
        }

        /** Returns these settings for a target whose rows have no other place to go. */
        public Delivery keepingAll() {
            return queue.policy() == Queue.Policy.DEAD_LETTER
                    ? withQueue(new Queue(Queue.Policy.SPILL, queue.bytes()))
                    : this;
        }

        private Delivery with(
                OrderScope newScope, Queue newQueue, Consistency newConsistency, UnfitValues newUnfitValues) {
            return new Delivery(
                    tables,
                    exclude,
                    batchSize,
                    batchBytes,
                    batchTimeout,
                    maxInFlight,
                    backoff,
                    maxBackoff,
                    newScope,
                    holdLimit,
                    newQueue,
                    newConsistency,
                    newUnfitValues);
        }
    }

    /**
     * The part of a target's queue that does not fit into memory.
     *
     * @param bytes estimated size at most of what waits in state, over all subtasks
     */
    record Queue(Policy policy, long bytes) implements Serializable {
        /** A night of a busy source: state on disk is cheap, and what waits holds nobody else back. */
        public static final Queue DEFAULT = new Queue(Policy.SPILL, 10L << 30);

        public Queue {
            requireNonNull(policy, "policy");
            if (bytes < 1) {
                throw new IllegalArgumentException("bytes is " + bytes + ", expected 1 or more");
            }
        }

        /** What happens when memory's share is full. */
        public enum Policy {
            /** Sources wait, and with them all other targets. */
            BLOCK,
            /** Rows wait in RocksDB; sources wait once that is full as well. */
            SPILL,
            /** Rows wait in RocksDB; once that is full, what comes becomes a dead letter. */
            DEAD_LETTER
        }
    }

    /** What a target is promised about how often it sees a change. */
    enum Consistency {
        /** At least once, as soon as possible; what is repeated after a failure leaves the same rows. */
        EVENTUAL,
        /** Exactly once, after the checkpoint that holds the change. */
        STRONG
    }

    /**
     * A MySQL or MariaDB server.
     *
     * @param database where tables are written; {@code null}: into the database they have after mapping
     * @param mappings other names for single tables; the first that matches goes before {@code database}
     * @param schema how its tables follow those of the sources
     * @param origin what each transaction says of itself; {@code null}: nothing
     */
    record MySql(
            String name,
            String host,
            int port,
            String username,
            Secret password,
            String database,
            List<TableNaming> mappings,
            Map<String, String> jdbcProperties,
            SchemaPolicy schema,
            Delivery delivery,
            Origin origin)
            implements TargetConfig {

        /**
         * What transactions say of themselves.
         *
         * @param name the origin they name
         * @param isSource whether the job reads there as well: then a copied row may be older than the one that is there
         */
        public record Origin(String name, boolean isSource) implements Serializable {
            public Origin {
                requireNonNull(name, "name");
            }
        }

        public MySql {
            requireNonNull(name, "name");
            requireNonNull(schema, "schema");
            requireNonNull(delivery, "delivery");
            mappings = List.copyOf(mappings);
            jdbcProperties = Map.copyOf(jdbcProperties);
        }

        /** Creates a target whose tables keep their names. */
        public MySql(
                String name,
                String host,
                int port,
                String username,
                Secret password,
                String database,
                Map<String, String> jdbcProperties,
                Delivery delivery) {
            this(
                    name,
                    host,
                    port,
                    username,
                    password,
                    database,
                    List.of(),
                    jdbcProperties,
                    SchemaPolicy.defaults(),
                    delivery,
                    null);
        }

        /** Returns the same target with tables that follow the sources' in another way. */
        public MySql withSchema(SchemaPolicy other) {
            return new MySql(
                    name, host, port, username, password, database, mappings, jdbcProperties, other, delivery, origin);
        }

        /** Creates a target whose transactions name no origin. */
        public MySql(
                String name,
                String host,
                int port,
                String username,
                Secret password,
                String database,
                List<TableNaming> mappings,
                Map<String, String> jdbcProperties,
                SchemaPolicy schema,
                Delivery delivery) {
            this(name, host, port, username, password, database, mappings, jdbcProperties, schema, delivery, null);
        }

        public MySql withOrigin(Origin newOrigin) {
            return new MySql(
                    name,
                    host,
                    port,
                    username,
                    password,
                    database,
                    mappings,
                    jdbcProperties,
                    schema,
                    delivery,
                    newOrigin);
        }

        @Override
        public String toString() {
            return "MySql[" + name + " at " + host + ":" + port + ", database " + database + ", " + mappings + ", jdbc "
                    + Secret.mask(jdbcProperties) + ", " + schema + ", " + delivery + "]";
        }
    }

    /**
     * A Kafka cluster.
     *
     * @param brokers host:port each
     * @param topic template with {@code ${source}}, {@code ${database}}, {@code ${table}}, {@code ${singular}}
     * @param topics templates for tables of their own; the first that matches goes before {@code topic}
     * @param events how changes are told under {@code EVENT_JSON}; the first that matches a table counts
     * @param properties further producer properties
     */
    record Kafka(
            String name,
            List<String> brokers,
            String topic,
            List<TopicRule> topics,
            Format format,
            List<EventMapping> events,
            Map<String, String> properties,
            Delivery delivery)
            implements TargetConfig {

        /** Forms of a record's value. */
        public enum Format {
            GRAVITY_JSON,
            DEBEZIUM_JSON,
            CANAL_JSON,
            MAXWELL_JSON,
            EVENT_JSON,
            AVRO
        }

        /** The topic of some tables, by their names after mapping. */
        public record TopicRule(TablePattern tables, String topic) implements Serializable {}

        public Kafka {
            requireNonNull(name, "name");
            requireNonNull(format, "format");
            requireNonNull(delivery, "delivery");
            brokers = List.copyOf(brokers);
            topics = List.copyOf(topics);
            events = List.copyOf(events);
            properties = Map.copyOf(properties);
        }

        /** Creates a target in Gravity's own format with one topic template. */
        public Kafka(
                String name, List<String> brokers, String topic, Map<String, String> properties, Delivery delivery) {
            this(name, brokers, topic, List.of(), Format.GRAVITY_JSON, List.of(), properties, delivery);
        }

        @Override
        public String toString() {
            return "Kafka[" + name + " at " + brokers + ", topic " + topic + " " + topics + ", " + format + " " + events
                    + ", properties " + Secret.mask(properties) + ", " + delivery + "]";
        }
    }

    /**
     * A ClickHouse server, written through its HTTP interface.
     *
     * <p>The key {@code port} may name the native protocol's 9000, as the specification's example does; the HTTP
     * interface of that host is then {@code http-port}, 8123 by default.
     *
     * @param port of the HTTP interface, never of the native protocol
     * @param database where tables are written; {@code null}: into the database they have after mapping
     * @param mappings other names for single tables; the first that matches goes before {@code database}
     * @param schema how its tables follow those of the sources
     */
    record ClickHouse(
            String name,
            String host,
            int port,
            String username,
            Secret password,
            String database,
            List<TableNaming> mappings,
            Map<String, String> settings,
            SchemaPolicy schema,
            Delivery delivery)
            implements TargetConfig {

        public ClickHouse {
            requireNonNull(name, "name");
            requireNonNull(schema, "schema");
            requireNonNull(delivery, "delivery");
            mappings = List.copyOf(mappings);
            settings = Map.copyOf(settings);
        }

        /** Creates a target whose tables keep their names. */
        public ClickHouse(
                String name,
                String host,
                int port,
                String username,
                Secret password,
                String database,
                Map<String, String> settings,
                Delivery delivery) {
            this(
                    name,
                    host,
                    port,
                    username,
                    password,
                    database,
                    List.of(),
                    settings,
                    SchemaPolicy.defaults(),
                    delivery);
        }

        /** Returns the same target with tables that follow the sources' in another way. */
        public ClickHouse withSchema(SchemaPolicy other) {
            return new ClickHouse(name, host, port, username, password, database, mappings, settings, other, delivery);
        }

        @Override
        public String toString() {
            return "ClickHouse[" + name + " at " + host + ":" + port + ", database " + database + ", " + mappings
                    + ", settings " + Secret.mask(settings) + ", " + schema + ", " + delivery + "]";
        }
    }

    /**
     * A folder of any file system that Flink knows; for dead letters alone.
     *
     * @param path as URI, e.g. {@code file:///var/lib/gravity/letters}
     */
    record File(String name, URI path, Delivery delivery) implements TargetConfig {

        public File {
            requireNonNull(name, "name");
            requireNonNull(path, "path");
            requireNonNull(delivery, "delivery");
        }
    }

    /**
     * Several servers that serve as one target.
     *
     * @param members at least one that is no backup
     */
    record Group(String name, Strategy strategy, List<Member> members, Failover failover, Delivery delivery)
            implements TargetConfig {

        public Group {
            requireNonNull(name, "name");
            requireNonNull(strategy, "strategy");
            requireNonNull(failover, "failover");
            requireNonNull(delivery, "delivery");
            members = List.copyOf(members);
            if (members.stream().allMatch(Member::isBackup)) {
                throw new IllegalArgumentException("group " + name + " has no member but backups, expected a primary");
            }
        }

        /** How the members share the load. */
        public enum Strategy {
            /** Each in turn, a batch at a time. */
            ROUND_ROBIN,
            /** As often as the weights say. */
            WEIGHTED_ROUND_ROBIN,
            /** The one with the fewest batches under way. */
            LEAST_CONNECTIONS,
            /** Each row always to the same one. */
            CONSISTENT_HASH
        }

        /**
         * One server of a group.
         *
         * @param target how to reach it; what it says of delivery is the group's
         * @param weight its share where the strategy has weights, else 1
         * @param isBackup whether it only serves while no primary does
         */
        public record Member(TargetConfig target, int weight, boolean isBackup) implements Serializable {

            public Member {
                requireNonNull(target, "target");
                if (weight < 1) {
                    throw new IllegalArgumentException("weight is " + weight + ", expected 1 or more");
                }
            }

            public String name() {
                return target.name();
            }
        }

        /**
         * When a member is taken for down, and for up again.
         *
         * @param detectionTimeout how long it may leave a batch unanswered, or do nothing but fail
         * @param retryInterval how often a member that is down is asked whether it is back
         * @param maxRetries how often it may be unreachable again after the first time, without a success between
         */
        public record Failover(Duration detectionTimeout, Duration retryInterval, int maxRetries)
                implements Serializable {

            public Failover {
                requireNonNull(detectionTimeout, "detectionTimeout");
                requireNonNull(retryInterval, "retryInterval");
            }

            public static Failover defaults() {
                return new Failover(Duration.ofSeconds(30), Duration.ofSeconds(60), 3);
            }
        }
    }
}
