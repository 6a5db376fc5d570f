package io.gravity.local.ddl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.SyncConfig;
import io.gravity.SyncConfigLoader;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.server.ClickHouseServer;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two sources run the same corpus of statements, each at its own pace and with rows written in between and beside. The
 * job must survive each of them without a restart, and in the end the target has the sources' columns and rows; also when
 * its task manager is killed meanwhile.
 *
 * <p>What ALTER TABLE gives to rows that are there follows the clock or a computation of the server's in two columns,
 * {@code c.ts} and {@code c.g}: the rows of before have there what the target's server gives them, or NULL.
 */
@Timeout(300)
class DdlIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int LEAST_STATEMENTS = 80;
    private static final int KILLS = 3;
    /** Tables that are dropped, of which the rows stay at the target. */
    private static final String EXCEPTIONS = "'brief'";

    private static final Pattern DECIMAL = Pattern.compile("Decimal\\(\\d+, (\\d+)\\)");
    /** Has its character set from a database that has another one later; after a restart that is taken for it. */
    private static final String INHERITED = "inherited";

    /** Columns that the server fills in rows that are there. */
    private static final Map<String, List<String>> FILLED = Map.of("c", List.of("g", "ts"));
    /** One takes the other's name: ClickHouse, where several tasks may change a table at once, may mix them. */
    private static final Map<String, List<String>> HANDED_ON = Map.of("c", List.of("handed", "handed_on"));
    /** The first row that came with both. */
    private static final int FIRST_BEHIND_FILLED = 33;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void everyStatementIsSurvivedAndTheTargetEndsAsTheSources() throws Exception {
        assertThat(Corpus.of("/ddl/corpus.sql", "east").stream().filter(statement -> !Corpus.isOfRows(statement)))
                .hasSizeGreaterThan(LEAST_STATEMENTS);
        check(0);
    }

    @Test
    void aTaskManagerThatIsKilledMeanwhileChangesNothing() throws Exception {
        check(KILLS);
    }

    private void check(int kills) throws Exception {
        try (var east = DatabaseServers.start("east", folder.resolve("east"));
                var west = DatabaseServers.start("west", folder.resolve("west"));
                var target = DatabaseServers.start("target", folder.resolve("target"));
                var lake = ClickHouseServer.start(folder.resolve("lake"))) {
            prepare(east, "east");
            prepare(west, "west");
            target.execute("CREATE DATABASE east", "CREATE DATABASE west");
            var config = config(east, west, target, lake);
            try (var flink = LocalFlink.start(config, 4, folder.resolve("flink"))) {
                var job = flink.submit(config);
                job.awaitRunning(LIMIT);
                await().atMost(LIMIT)
                        .ignoreExceptions()
                        .until(() -> !target.query("SELECT id FROM east.pulse").isEmpty()
                                && !target.query("SELECT id FROM west.pulse").isEmpty());

                var done = new AtomicInteger();
                int all = 2 * Corpus.of("/ddl/corpus.sql", "east").size();
                var runs = List.of(running(east, "east", 1, done), running(west, "west", 2, done));
                for (int i = 0; i < kills; i++) {
                    int due = all * (i + 1) / (kills + 1);
                    await().atMost(LIMIT).until(() -> done.get() >= due);
                    flink.startTaskManager();
                    flink.killTaskManager(i);
                    job.awaitRunning(LIMIT);
                }
                for (var run : runs) {
                    run.get();
                }

                var tables = new TreeSet<>(columns(east, "east").keySet());
                if (kills > 0) {
                    tables.remove(INHERITED);
                }
                awaitEqual(east, new Shop(target), "east", tables, Map.of());
                awaitEqual(west, new Shop(target), "west", tables, Map.of());
                var mixed = kills > 0 ? HANDED_ON : Map.<String, List<String>>of();
                awaitEqual(east, new Lake(lake), "east", tables, mixed);
                awaitEqual(west, new Lake(lake), "west", tables, mixed);
                assertFilled(east, target, "east");
                assertFilled(west, target, "west");
                if (kills == 0) {
                    assertThat(job.metrics().restarts()).isZero();
                }
                assertThat(job.ended()).isFalse();
                job.cancel();
            }
        }
    }

    private static void prepare(DatabaseServer server, String database) throws SQLException {
        server.execute(
                "CREATE DATABASE " + database,
                "CREATE TABLE " + database + ".pulse (id INT AUTO_INCREMENT PRIMARY KEY, v INT)",
                "INSERT INTO " + database + ".pulse (v) VALUES (0)");
    }

    private static CompletableFuture<Void> running(
            DatabaseServer server, String database, long seed, AtomicInteger done) {
        return CompletableFuture.runAsync(() -> {
            try {
                run(server, database, new Random(seed), done);
            } catch (SQLException e) {
                throw new IllegalStateException(database, e);
            }
        });
    }

    private static void run(DatabaseServer server, String database, Random random, AtomicInteger done)
            throws SQLException {
        try (var connection = server.connect(database);
                var other = server.connect(database)) {
            for (var statement : Corpus.of("/ddl/corpus.sql", database)) {
                execute(connection, statement);
                done.incrementAndGet();
                for (int i = random.nextInt(4); i > 0; i--) {
                    execute(other, "INSERT INTO pulse (v) VALUES (" + random.nextInt(1000) + ")");
                }
                if (random.nextInt(5) == 0) {
                    execute(other, "UPDATE pulse SET v = v + 1 WHERE id % 7 = " + random.nextInt(7));
                    execute(other, "DO SLEEP(0.1)");
                }
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new SQLException(sql + ": " + e.getMessage(), e);
        }
    }

    /** What a table is like at one end. */
    private interface End {
        Set<String> columns(String database, String table) throws SQLException;

        List<String> rows(String database, String table, List<String> columns) throws SQLException;
    }

    private record Shop(DatabaseServer server) implements End {
        @Override
        public Set<String> columns(String database, String table) throws SQLException {
            return Set.copyOf(DdlIT.columns(server, database).get(table));
        }

        @Override
        public List<String> rows(String database, String table, List<String> columns) throws SQLException {
            return DdlIT.rows(server, database, table, "", columns);
        }
    }

    private record Lake(ClickHouseServer server) implements End {
        @Override
        public Set<String> columns(String database, String table) {
            return types(server, database, table).keySet();
        }

        @Override
        public List<String> rows(String database, String table, List<String> columns) {
            var types = types(server, database, table);
            types.keySet().retainAll(columns);
            return DdlIT.rows(server, database, table, types);
        }
    }

    private static void awaitEqual(
            DatabaseServer source, End target, String database, Set<String> tables, Map<String, List<String>> leftOut)
            throws SQLException {
        var all = columns(source, database);
        for (var name : tables) {
            var expected = all.get(name);
            var comparable = new ArrayList<>(expected);
            comparable.removeAll(FILLED.getOrDefault(name, List.of()));
            comparable.removeAll(leftOut.getOrDefault(name, List.of()));
            await().atMost(LIMIT).ignoreExceptions().untilAsserted(() -> {
                assertThat(target.columns(database, name))
                        .as("columns of %s.%s in %s", database, name, target)
                        .containsExactlyInAnyOrderElementsOf(expected);
                assertThat(target.rows(database, name, comparable))
                        .as("rows of %s.%s in %s", database, name, target)
                        .isEqualTo(rows(source, database, name, "", comparable));
            });
        }
    }

    /** ClickHouse fills in nothing by itself. */
    private static void assertFilled(DatabaseServer source, DatabaseServer target, String database)
            throws SQLException {
        var behind = columns(source, database).get("c");
        assertThat(rows(target, database, "c", " WHERE id >= " + FIRST_BEHIND_FILLED, behind))
                .as("rows of %s.c that came behind the columns that the server fills", database)
                .isEqualTo(rows(source, database, "c", " WHERE id >= " + FIRST_BEHIND_FILLED, behind))
                .isNotEmpty();
        assertThat(target.query("SELECT id FROM " + database + ".c WHERE g <> 2 * d3"))
                .as("computed values of %s.c that are not the source's", database)
                .isEmpty();
    }

    private static Map<String, String> types(ClickHouseServer lake, String database, String table) {
        return lake.query("SELECT name, type FROM system.columns WHERE database = '" + database + "' AND table = '"
                        + table + "' AND NOT startsWith(name, '_') FORMAT TSVRaw")
                .lines()
                .map(line -> line.split("\t", 2))
                .collect(Collectors.toMap(part -> part[0], part -> part[1], (one, other) -> one, TreeMap::new));
    }

    private static List<String> rows(ClickHouseServer lake, String database, String table, Map<String, String> types) {
        var values = types.entrySet().stream()
                .map(column -> "'" + column.getKey().replace("'", "\\'") + "=|', ifNull("
                        + text(quoted(column.getKey()), column.getValue()) + ", 'NULL')")
                .collect(Collectors.joining(", '|', "));
        return lake.query("SELECT concat(" + values + ") FROM " + quoted(database) + "." + quoted(table)
                        + " FINAL WHERE _deleted = 0 FORMAT TSVRaw")
                .lines()
                .sorted()
                .toList();
    }

    /** As MariaDB writes it. */
    private static String text(String column, String type) {
        var decimal = DECIMAL.matcher(type);
        return decimal.find()
                ? "toDecimalString(" + column + ", " + decimal.group(1) + ")"
                : "toString(" + column + ")";
    }

    private static Map<String, List<String>> columns(DatabaseServer server, String database) throws SQLException {
        return server
                .query("SELECT CONCAT(table_name, '\t', column_name) FROM information_schema.columns"
                        + " WHERE table_schema = '" + database + "' AND table_name NOT IN (" + EXCEPTIONS + ")")
                .stream()
                .map(line -> line.split("\t", 2))
                .collect(Collectors.groupingBy(
                        part -> part[0], TreeMap::new, Collectors.mapping(part -> part[1], Collectors.toList())));
    }

    private static List<String> rows(
            DatabaseServer server, String database, String table, String where, List<String> columns)
            throws SQLException {
        var values = columns.stream()
                .sorted()
                .map(column -> "'" + column.replace("'", "''") + "=', COALESCE(" + quoted(column) + ", 'NULL')")
                .collect(Collectors.joining(", "));
        return server
                .query("SELECT CONCAT_WS('|', " + values + ") FROM " + quoted(database) + "." + quoted(table) + where)
                .stream()
                .sorted()
                .toList();
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    private SyncConfig config(DatabaseServer east, DatabaseServer west, DatabaseServer target, ClickHouseServer lake)
            throws Exception {
        var yaml = new StringBuilder("gravity:\n  checkpoint-interval: 1s\n  sources:\n");
        for (var source : List.of(east, west)) {
            yaml.append("    - {name: ")
                    .append(source.name())
                    .append(", type: mysql, host: 127.0.0.1, port: ")
                    .append(source.port())
                    .append(", username: \"")
                    .append(source.user())
                    .append("\", password: \"${env:PASSWORD}\", tables: [\"")
                    .append(source.name())
                    .append(".*\"], exclude: [\"")
                    .append(source.name())
                    .append("._*\"]}\n");
        }
        yaml.append("  targets:\n    - {name: target, type: mysql, host: 127.0.0.1, port: ")
                .append(target.port())
                .append(", username: \"")
                .append(target.user())
                .append("\", password: \"${env:PASSWORD}\", schema-change: {mode: evolve}}\n")
                .append("    - {name: lake, type: clickhouse, host: 127.0.0.1, http-port: ")
                .append(lake.port())
                .append(", schema-change: {mode: evolve}}\n");
        var file = Files.writeString(folder.resolve("ddl.yaml"), yaml);
        return SyncConfigLoader.load(file, Map.of("PASSWORD", target.password())::get);
    }
}
