package io.gravity.local.verify;

import io.gravity.SyncConfig;
import io.gravity.dispatch.TargetConfig;
import io.gravity.local.load.Workload;
import io.gravity.source.SourceConfig;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Measures how long a change takes from its commit at the source until it is visible to readers of a target.
 *
 * <p>For each target, 20 times a second, a row of a table that is routed there is inserted or updated in a transaction
 * of its own. The clock starts right before COMMIT is sent, so the source's own commit is part of the figure. It ends
 * when the target answers with the row: MySQL is asked by primary key every millisecond, ClickHouse every five, Kafka
 * by a consumer that reads all records of the topic. Probe rows are ordinary rows with keys from {@link
 * Workload#RESERVED_KEYS} on; they stay, and the {@link Verifier} compares them with the others. Rows are written on
 * time even if earlier ones are not visible yet.
 */
public final class LatencyProbe implements AutoCloseable {
    private static final long ROWS_PER_TARGET = 1_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Map<String, TargetProbe> probes = new LinkedHashMap<>();

    private LatencyProbe() {}

    /**
     * Prepares the measurement; the tables of {@code sql/source} must be among those that are routed.
     *
     * @param expected what has to be where, from {@link Verifier#expected}
     * @param idle sources not to write to; a target that only these feed is not measured
     * @param load tells how many changes were committed, for {@link #behind}
     */
    public static LatencyProbe of(SyncConfig config, List<Expected> expected, Set<String> idle, Workload load) {
        var probe = new LatencyProbe();
        for (var target : config.targets()) {
            expected.stream()
                    .filter(one -> one.target().equals(target.name()) && !idle.contains(one.source()))
                    .filter(one -> ProbeTable.of(one.table()).isPresent())
                    .findFirst()
                    .ifPresent(one -> probe.add(config, target, one, expected, load));
        }
        return probe;
    }

    public void start() {
        probes.values().forEach(TargetProbe::start);
    }

    /** Ends writing, and waits for what is not visible yet. */
    public void stop() throws InterruptedException {
        for (var probe : probes.values()) {
            probe.stop(PATIENCE);
        }
    }

    /** Latencies since the start, by target. */
    public Map<String, Latency> latencies() {
        var all = new LinkedHashMap<String, Latency>();
        probes.forEach((target, probe) -> all.put(target, probe.latencies().all()));
        return all;
    }

    /** Latencies since the last call, by target. */
    public Map<String, Latency> recent() {
        var recent = new LinkedHashMap<String, Latency>();
        probes.forEach((target, probe) -> recent.put(target, probe.latencies().recent()));
        return recent;
    }

    /**
     * How many changes were committed in a target's tables since the oldest probe that is not visible there: rows behind
     * at most, since the figure also counts changes that a condition keeps away from the target, and later probes of
     * other rows may be visible.
     */
    public Map<String, Long> behind() {
        var behind = new LinkedHashMap<String, Long>();
        probes.forEach((target, probe) -> behind.put(target, probe.behind()));
        return behind;
    }

    @Override
    public void close() throws InterruptedException {
        for (var probe : probes.values()) {
            probe.close();
        }
    }

    private void add(SyncConfig config, TargetConfig target, Expected route, List<Expected> all, Workload load) {
        var source = config.sources().stream()
                .filter(one -> one.name().equals(route.source()))
                .findFirst()
                .orElseThrow();
        var table = ProbeTable.of(route.table()).orElseThrow();
        var tables = all.stream()
                .filter(one -> one.target().equals(target.name()))
                .map(one -> one.table().toString())
                .toList();
        probes.put(
                target.name(),
                new TargetProbe(
                        target.name(),
                        table,
                        ProbeTable.level(route.condition()),
                        Workload.RESERVED_KEYS + probes.size() * ROWS_PER_TARGET,
                        () -> connect(source),
                        () -> sight(target, route, table),
                        target instanceof TargetConfig.ClickHouse ? 5 : 1,
                        () -> changes(load, tables)));
    }

    private static long changes(Workload load, List<String> tables) {
        var changes = load.changesByTable();
        return tables.stream()
                .mapToLong(table -> changes.getOrDefault(table, 0L))
                .sum();
    }

    private static Connection connect(SourceConfig source) throws SQLException {
        return MySqlRows.connect(
                url(source.host(), source.port()),
                source.username(),
                source.password().reveal());
    }

    private static Sight sight(TargetConfig target, Expected route, ProbeTable table) throws SQLException {
        if (target instanceof TargetConfig.MySql mysql) {
            var connection = MySqlRows.connect(
                    url(mysql.host(), mysql.port()),
                    mysql.username(),
                    mysql.password().reveal());
            return new MySqlSight(connection, TargetReader.in(mysql.database(), route.targetTable()), table.mark());
        }
        if (target instanceof TargetConfig.Kafka kafka) {
            String topic = KafkaTarget.topic(kafka.topic(), route.source(), route.targetTable());
            return new KafkaSight(String.join(",", kafka.brokers()), topic, table.mark());
        }
        if (target instanceof TargetConfig.ClickHouse clickHouse) {
            var endpoint = URI.create("http://" + clickHouse.host() + ":" + clickHouse.port() + "/");
            var http = new ClickHouseHttp(
                    endpoint, clickHouse.username(), clickHouse.password().reveal());
            return new ClickHouseSight(http, TargetReader.in(clickHouse.database(), route.targetTable()), table.mark());
        }
        throw new IllegalArgumentException("no probe for a target of " + target.getClass());
    }

    private static String url(String host, int port) {
        return "jdbc:mysql://" + host + ":" + port + "/?sslMode=PREFERRED&allowPublicKeyRetrieval=true";
    }
}
