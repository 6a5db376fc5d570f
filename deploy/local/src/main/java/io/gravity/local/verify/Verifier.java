package io.gravity.local.verify;

import io.gravity.SyncConfig;
import io.gravity.dispatch.TargetConfig;
import io.gravity.source.SourceConfig;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Compares every source row with every target it is routed to, in all columns. Connects to the servers that a
 * configuration names, and derives from it what has to be where.
 *
 * <p>Sources should be quiet meanwhile; {@link #awaitQuiet} waits for the targets. Holds the rows of one table of one
 * target at a time in memory, and those of Kafka topics all the time.
 */
public final class Verifier implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(300);

    private final Map<String, SourceConfig> sources;
    private final Map<String, TargetReader> targets;
    private final List<Expected> expected;
    private final Map<String, CheckedTable> tables = new LinkedHashMap<>();

    private Verifier(SyncConfig config) throws SQLException {
        this.sources = config.sources().stream().collect(Collectors.toMap(SourceConfig::name, source -> source));
        this.targets = new LinkedHashMap<>();
        this.expected = new ArrayList<>();
        var expectations = new Expectations(config);
        for (var source : config.sources()) {
            try (var connection = connect(source.name())) {
                for (var one : expectations.of(source, connection)) {
                    expected.add(one);
                    tables.put(
                            id(one), CheckedTable.read(connection, one.table()).named(one.targetTable()));
                }
            }
        }
        config.targets().forEach(target -> targets.put(target.name(), reader(target)));
    }

    /** Reads the sources' catalogues; targets are reached when they are read. */
    public static Verifier of(SyncConfig config) throws SQLException {
        return new Verifier(config);
    }

    /** What has to be where. */
    public List<Expected> expected() {
        return List.copyOf(expected);
    }

    /** Compares now; one result per target, in the configuration's order. */
    public Map<String, TargetResult> compare() throws Exception {
        var comparisons = new LinkedHashMap<String, Comparison>();
        targets.keySet().forEach(target -> comparisons.put(target, new Comparison(target)));
        // Several sources may share a table of a target: it is read once, and the rows of all taken out of it.
        var groups = expected.stream()
                .collect(Collectors.groupingBy(Verifier::place, LinkedHashMap::new, Collectors.toList()));
        for (var group : groups.values()) {
            var first = group.get(0);
            var table = table(first);
            var comparison = comparisons.get(first.target());
            var held = targets.get(first.target()).rows(first.source(), table);
            for (var one : group) {
                try (var connection = connect(one.source())) {
                    MySqlRows.read(
                            connection,
                            one.table(),
                            table(one),
                            one.condition(),
                            (key, row) -> comparison.row(table, held, key, row));
                }
            }
            comparison.left(table, held);
        }
        var results = new LinkedHashMap<String, TargetResult>();
        comparisons.forEach((target, comparison) -> results.put(target, comparison.result()));
        return results;
    }

    /**
     * Waits until all targets are equal to the sources, or none has changed for {@code settle}, and returns the last
     * comparison. A server that can't be reached counts as a change.
     *
     * @throws IllegalStateException if a server could not be read until the deadline; the cause tells why
     */
    public Map<String, TargetResult> awaitQuiet(Duration deadline, Duration settle) throws InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        long changed = System.nanoTime();
        String last = null;
        Map<String, TargetResult> results = null;
        Exception problem = null;
        var never = new CountDownLatch(1);
        while (true) {
            try {
                String now = signature();
                if (!now.equals(last)) {
                    changed = System.nanoTime();
                    last = now;
                    results = null;
                } else if (results == null) {
                    results = compare();
                    if (results.values().stream().allMatch(TargetResult::equal)) {
                        return results;
                    }
                }
                problem = null;
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                problem = e;
                last = null;
                results = null;
            }
            long time = System.nanoTime();
            boolean settled = results != null && time - changed > settle.toNanos();
            if (settled || time > end) {
                return results != null ? results : lastly(problem);
            }
            never.await(POLL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Rows that have to be in each target by now. */
    public Map<String, Long> rowsExpected() throws SQLException {
        var counts = new LinkedHashMap<String, Long>();
        for (var one : expected) {
            try (var connection = connect(one.source())) {
                counts.merge(one.target(), MySqlRows.count(connection, one.table(), one.condition()), Long::sum);
            }
        }
        return counts;
    }

    /** Rows that are in each target now. */
    public Map<String, Long> rowsHeld() throws Exception {
        var counts = new LinkedHashMap<String, Long>();
        var seen = new ArrayList<String>();
        for (var one : expected) {
            if (!seen.contains(place(one))) {
                seen.add(place(one));
                counts.merge(one.target(), targets.get(one.target()).count(one.source(), table(one)), Long::sum);
            }
        }
        return counts;
    }

    @Override
    public void close() {
        targets.values().forEach(TargetReader::close);
    }

    private String signature() throws Exception {
        var text = new StringBuilder();
        for (var one : expected) {
            text.append(targets.get(one.target()).signature(one.source(), table(one)))
                    .append('\n');
        }
        return text.toString();
    }

    /** Compares at the deadline, with whatever is under way. */
    private Map<String, TargetResult> lastly(Exception problem) {
        try {
            return compare();
        } catch (Exception e) {
            e.addSuppressed(problem == null ? new IllegalStateException("targets kept changing") : problem);
            throw new IllegalStateException("a source or a target can't be read: " + e.getMessage(), e);
        }
    }

    private CheckedTable table(Expected one) {
        return tables.get(id(one));
    }

    private static String id(Expected one) {
        return one.source() + "/" + one.table();
    }

    private static String place(Expected one) {
        return one.target() + "/" + one.targetTable();
    }

    private Connection connect(String source) throws SQLException {
        var config = sources.get(source);
        return MySqlRows.connect(
                "jdbc:mysql://" + config.host() + ":" + config.port()
                        + "/?sslMode=PREFERRED&allowPublicKeyRetrieval=true",
                config.username(),
                config.password().reveal());
    }

    private static TargetReader reader(TargetConfig target) {
        if (target instanceof TargetConfig.MySql mysql) {
            return new MySqlTarget(
                    mysql.host(),
                    mysql.port(),
                    mysql.username(),
                    mysql.password().reveal(),
                    mysql.database());
        }
        if (target instanceof TargetConfig.Kafka kafka) {
            return new KafkaTarget(String.join(",", kafka.brokers()), kafka.topic());
        }
        if (target instanceof TargetConfig.ClickHouse clickHouse) {
            var endpoint = URI.create("http://" + clickHouse.host() + ":" + clickHouse.port() + "/");
            return new ClickHouseTarget(
                    endpoint, clickHouse.username(), clickHouse.password().reveal(), clickHouse.database());
        }
        throw new IllegalArgumentException("no reader for a target of " + target.getClass());
    }
}
