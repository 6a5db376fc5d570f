package io.gravity.local.converge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.SyncConfig;
import io.gravity.SyncConfigLoader;
import io.gravity.local.demo.SqlScript;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.isolate.DelayingProxy;
import io.gravity.local.server.ClickHouseServer;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two servers write the same 1,000 rows, 2,000 changes a second. The job reads one of them with random delays, begins
 * with the snapshot while the load runs already, and loses its task manager in the middle. Both targets must end as an
 * oracle says that knows the binlogs and nothing of the job.
 *
 * <p>{@code -Dgravity.convergence.seconds=600} writes longer.
 */
class ConvergenceIT {
    private static final int CHANGES_PER_SECOND = 2_000;
    private static final int ROWS = HotTables.ALL.size() * HotTables.KEYS_EACH;
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration DOWN = Duration.ofSeconds(2);
    private static final Duration SETTLE = Duration.ofMinutes(3);
    private static final Duration QUIET = Duration.ofSeconds(5);
    private static final List<String> SOURCES = List.of("left", "right");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void everyStrategyEndsInBothTargetsAsTheBinlogsSay() throws Exception {
        try (var left = DatabaseServers.start("left", folder.resolve("left"));
                var right = DatabaseServers.start("right", folder.resolve("right"));
                var warehouse = DatabaseServers.start("warehouse", folder.resolve("warehouse"));
                var clickHouse = ClickHouseServer.start(folder.resolve("clickhouse"));
                var proxy = DelayingProxy.random(right.host(), right.port())) {
            for (var server : List.of(left, right, warehouse)) {
                createTables(server);
            }
            SqlScript.run(warehouse, Path.of("..", "..", "sql", "target", "conflicts.sql"));
            var config = config(left, right, proxy, warehouse, clickHouse);
            try (var flink = LocalFlink.start(config, 2, folder.resolve("flink"));
                    var leftLoad = new HotLoad(left, "left", CHANGES_PER_SECOND / 2, 1);
                    var rightLoad = new HotLoad(right, "right", CHANGES_PER_SECOND / 2, 2)) {
                leftLoad.preload(1);
                rightLoad.preload(2);
                var job = flink.submit(config);
                // A row of each source has come, so both have recorded where they begin; most of the snapshot is to
                // come.
                await().atMost(START).pollInterval(Duration.ofMillis(20)).until(() -> gates(warehouse)
                        .equals("1,2"));
                int atStart = count(warehouse);
                long delaysBefore = proxy.delays();
                long begun = System.nanoTime();
                leftLoad.start();
                rightLoad.start();
                pause(HotLoad.seconds().dividedBy(2));
                flink.killTaskManager(0);
                pause(DOWN);
                flink.startTaskManager();
                pause(HotLoad.seconds().dividedBy(2).minus(DOWN));
                // A machine that is busy at the beginning makes up for it.
                await().atMost(HotLoad.seconds())
                        .until(() -> leftLoad.changes() + rightLoad.changes()
                                >= CHANGES_PER_SECOND * HotLoad.seconds().toSeconds());
                leftLoad.stop();
                rightLoad.stop();
                long changes = leftLoad.changes() + rightLoad.changes();
                say("%d rows were delivered when the load began, %d changes in %d s, %d delays of %d ms in all"
                        .formatted(
                                atStart,
                                changes,
                                Duration.ofNanos(System.nanoTime() - begun).toSeconds(),
                                proxy.delays(),
                                proxy.delayedMillis()));
                assertThat(atStart).as("the load begins within the snapshot").isLessThan(ROWS / 2);
                assertThat(proxy.delays()).as("under the load").isGreaterThan(delaysBefore);

                long ended = System.nanoTime();
                var oracle = oracle(List.of(left, right));
                awaitEnd(oracle, warehouse, clickHouse);
                say("at rest " + Duration.ofNanos(System.nanoTime() - ended).toSeconds() + " s after the load");
                compare(oracle, warehouse, clickHouse);
                assertConflictsAreRecorded(warehouse, clickHouse);
                assertThat(job.metrics().restarts()).as("one for the kill").isPositive();
                job.cancel();
            }
        }
    }

    /** The oracle's own check: it must know what each source holds. */
    private static Oracle oracle(List<DatabaseServer> sources) throws Exception {
        var oracle = new Oracle();
        for (int i = 0; i < sources.size(); i++) {
            oracle.add(BinlogHistory.read(sources.get(i)));
            for (var table : HotTables.ALL) {
                assertThat(oracle.rowsOf(i, table))
                        .as("rows of %s in source %s by its binlog", table, SOURCES.get(i))
                        .isEqualTo(rows(sources.get(i), table));
            }
        }
        return oracle;
    }

    /** Waits until the targets are right and stay so, or long enough to say that they don't become it. */
    private static void awaitEnd(Oracle oracle, DatabaseServer warehouse, ClickHouseServer clickHouse) {
        try {
            await().atMost(SETTLE)
                    .pollInterval(Duration.ofMillis(500))
                    .during(QUIET)
                    .until(() -> HotTables.ALL.stream()
                            .allMatch(table -> differences(oracle.rows(table), rowsOrNone(warehouse, table))
                                            .isEmpty()
                                    && differences(oracle.rows(table), rows(clickHouse, table))
                                            .isEmpty()));
        } catch (ConditionTimeoutException e) {
            // The comparison that follows says what differs.
        }
    }

    private static void compare(Oracle oracle, DatabaseServer warehouse, ClickHouseServer clickHouse) throws Exception {
        var all = new TreeMap<String, List<String>>();
        for (var table : HotTables.ALL) {
            var expected = oracle.rows(table);
            all.put(table + " in MySQL", differences(expected, rows(warehouse, table)));
            all.put(table + " in ClickHouse", differences(expected, rows(clickHouse, table)));
            say("%s: %d rows of %d keys, %d different in MySQL, %d in ClickHouse"
                    .formatted(
                            table,
                            expected.size(),
                            HotTables.KEYS_EACH,
                            all.get(table + " in MySQL").size(),
                            all.get(table + " in ClickHouse").size()));
            // A table that is all or nothing would prove little.
            assertThat(expected.size()).as(table).isBetween(HotTables.KEYS_EACH / 4, HotTables.KEYS_EACH);
        }
        assertThat(all)
                .allSatisfy((place, differences) ->
                        assertThat(differences).as(place).isEmpty());
    }

    /** How many there are is chance: what is a conflict depends on who comes first. */
    private static void assertConflictsAreRecorded(DatabaseServer warehouse, ClickHouseServer clickHouse)
            throws SQLException {
        var found = new TreeMap<String, Long>();
        try (var connection = warehouse.connect("gravity");
                var statement = connection.createStatement();
                var result = statement.executeQuery("SELECT class, COUNT(*) FROM conflicts GROUP BY class")) {
            while (result.next()) {
                found.put(result.getString(1), result.getLong(2));
            }
        }
        say("conflicts recorded in MySQL: " + found);
        assertThat(found).containsKeys("insert-exists", "update-exists", "stale-update", "delete-exists");
        assertThat(clickHouse
                        .query("SELECT count(DISTINCT class) FROM gravity.conflicts FORMAT TSVRaw")
                        .strip())
                .isEqualTo(String.valueOf(found.size()));
    }

    private static List<String> differences(Map<String, String> expected, Map<String, String> found) {
        var differences = new ArrayList<String>();
        var ids = new TreeSet<>(expected.keySet());
        ids.addAll(found.keySet());
        for (var id : ids) {
            if (!String.valueOf(expected.get(id)).equals(String.valueOf(found.get(id)))) {
                differences.add("expected " + expected.get(id) + ", found " + found.get(id));
            }
        }
        return differences;
    }

    private SyncConfig config(
            DatabaseServer left,
            DatabaseServer right,
            DelayingProxy proxy,
            DatabaseServer warehouse,
            ClickHouseServer clickHouse)
            throws Exception {
        var yaml = """
                gravity:
                  checkpoint-interval: 2s
                  sources:
                    - {name: left, type: mysql, host: %1$s, port: %2$d, username: %3$s, password: "${env:PASSWORD}",
                       priority: 1, tables: ["hot.*"], chunk-size: 10, fetch-size: 5}
                    - {name: right, type: mysql, host: 127.0.0.1, port: %4$d, username: %5$s,
                       password: "${env:PASSWORD}", priority: 2, tables: ["hot.*"], chunk-size: 10, fetch-size: 5}
                  targets:
                    - {name: warehouse, type: mysql, host: %6$s, port: %7$d, username: %8$s,
                       password: "${env:PASSWORD}"}
                    - {name: reports, type: clickhouse, host: %9$s, http-port: %10$d, username: %11$s,
                       password: "${env:PASSWORD}"}
                  conflict-resolution:
                    audit: true
                    custom-rules:
                      - {tables: [hot_latest], strategy: timestamp-latest}
                      - {tables: [hot_priority], strategy: source-priority}
                      - {tables: [hot_earliest], strategy: timestamp-earliest}
                      - tables: [hot_merge]
                        strategy: merge
                        merge-rules:
                          - {field: counter, strategy: sum-of-deltas}
                          - {field: peak, strategy: max}
                          - {field: status, strategy: priority, priority: [closed, paid, open]}
                          - {field: note, strategy: latest}
                      - {tables: [hot_custom], strategy: custom, resolver: greatest-counter}
                """.formatted(
                        left.host(),
                        left.port(),
                        left.user(),
                        proxy.port(),
                        right.user(),
                        warehouse.host(),
                        warehouse.port(),
                        warehouse.user(),
                        clickHouse.host(),
                        clickHouse.port(),
                        clickHouse.user());
        var file = Files.writeString(folder.resolve("job.yaml"), yaml);
        return SyncConfigLoader.load(file, Map.of("PASSWORD", left.password())::get);
    }

    private static void createTables(DatabaseServer server) throws SQLException {
        server.execute("CREATE DATABASE hot", HotTables.create(HotTables.GATE));
        for (var table : HotTables.ALL) {
            server.execute(HotTables.create(table));
        }
    }

    private static String gates(DatabaseServer warehouse) throws SQLException {
        try (var connection = warehouse.connect("hot");
                var statement = connection.createStatement();
                var result = statement.executeQuery("SELECT GROUP_CONCAT(id ORDER BY id) FROM " + HotTables.GATE)) {
            result.next();
            return String.valueOf(result.getString(1));
        }
    }

    private static int count(DatabaseServer warehouse) throws SQLException {
        int count = 0;
        for (var table : HotTables.ALL) {
            count += rows(warehouse, table).size();
        }
        return count;
    }

    private static Map<String, String> rowsOrNone(DatabaseServer server, String table) {
        try {
            return rows(server, table);
        } catch (SQLException e) {
            throw new IllegalStateException("can't read " + table + " of " + server.name(), e);
        }
    }

    private static Map<String, String> rows(DatabaseServer server, String table) throws SQLException {
        var rows = new TreeMap<String, String>();
        try (var connection = server.connect("hot");
                var statement = connection.createStatement();
                var result = statement.executeQuery("SELECT * FROM " + table)) {
            while (result.next()) {
                var row = new String[HotTables.COLUMNS.size()];
                for (int i = 0; i < row.length; i++) {
                    row[i] = result.getString(i + 1);
                }
                rows.put(row[0], String.join("|", Oracle.text(row)));
            }
        }
        return rows;
    }

    private static Map<String, String> rows(ClickHouseServer server, String table) {
        var rows = new TreeMap<String, String>();
        var columns = HotTables.COLUMNS.stream()
                .map(column -> "ifNull(toString(" + column + "), 'NULL')")
                .toList();
        server.query("SELECT " + String.join(" || '|' || ", columns) + " FROM hot." + table
                        + " FINAL WHERE _deleted = 0 FORMAT TSVRaw")
                .lines()
                .forEach(line -> rows.put(line.substring(0, line.indexOf('|')), line));
        return rows;
    }

    private static void say(String line) {
        System.out.println("ConvergenceIT: " + line);
    }

    private static void pause(Duration time) throws InterruptedException {
        new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
    }
}
