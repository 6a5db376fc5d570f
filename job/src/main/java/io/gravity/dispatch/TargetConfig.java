package io.gravity.dispatch;

import io.gravity.config.Secret;
import io.gravity.event.TablePattern;
import java.io.Serializable;
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
     */
    record Delivery(
            List<TablePattern> tables,
            List<TablePattern> exclude,
            int batchSize,
            long batchBytes,
            Duration batchTimeout,
            int maxInFlight,
            Duration backoff,
            Duration maxBackoff)
            implements Serializable {}

    /**
     * A MySQL or MariaDB server.
     *
     * @param database where tables are written; {@code null}: into the database they have after mapping
     */
    record MySql(
            String name,
            String host,
            int port,
            String username,
            Secret password,
            String database,
            Map<String, String> jdbcProperties,
            Delivery delivery)
            implements TargetConfig {}

    /**
     * A Kafka cluster.
     *
     * @param brokers host:port each
     * @param topic template with {@code ${source}}, {@code ${database}}, {@code ${table}}
     * @param properties further producer properties
     */
    record Kafka(String name, List<String> brokers, String topic, Map<String, String> properties, Delivery delivery)
            implements TargetConfig {}

    /**
     * A ClickHouse server, written through its HTTP interface.
     *
     * @param port of the HTTP interface
     * @param database where tables are written; {@code null}: into the database they have after mapping
     */
    record ClickHouse(
            String name,
            String host,
            int port,
            String username,
            Secret password,
            String database,
            Map<String, String> settings,
            Delivery delivery)
            implements TargetConfig {}
}
