package io.gravity.local.ddl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.SyncConfig;
import io.gravity.SyncConfigLoader;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two sources run the same corpus of statements, each at its own pace and with rows written in between and beside. The
 * job must survive each of them without a restart, and in the end the target has the sources' columns and rows.
 */
@Timeout(300)
class DdlIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int LEAST_STATEMENTS = 80;
    /** Tables that are dropped, of which the rows stay at the target. */
    private static final String EXCEPTIONS = "'brief'";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void everyStatementIsSurvivedAndTheTargetEndsAsTheSources() throws Exception {
        var corpus = Corpus.of("/ddl/corpus.sql", "east");
        assertThat(corpus.stream().filter(statement -> !Corpus.isOfRows(statement)))
                .hasSizeGreaterThan(LEAST_STATEMENTS);
        try (var east = DatabaseServers.start("east", folder.resolve("east"));
                var west = DatabaseServers.start("west", folder.resolve("west"));
                var target = DatabaseServers.start("target", folder.resolve("target"))) {
            prepare(east, "east");
            prepare(west, "west");
            target.execute("CREATE DATABASE east", "CREATE DATABASE west");
            var config = config(east, west, target);
            try (var flink = LocalFlink.start(config, 4, folder.resolve("flink"))) {
                var job = flink.submit(config);
                job.awaitRunning(LIMIT);
                await().atMost(LIMIT)
                        .ignoreExceptions()
                        .until(() -> !target.query("SELECT id FROM east.pulse").isEmpty()
                                && !target.query("SELECT id FROM west.pulse").isEmpty());

                var runs = List.of(running(east, "east", 1), running(west, "west", 2));
                for (var run : runs) {
                    run.get();
                }

                awaitEqual(east, target, "east");
                awaitEqual(west, target, "west");
                assertThat(job.metrics().restarts()).isZero();
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

    private static CompletableFuture<Void> running(DatabaseServer server, String database, long seed) {
        return CompletableFuture.runAsync(() -> {
            try {
                run(server, database, new Random(seed));
            } catch (SQLException e) {
                throw new IllegalStateException(database, e);
            }
        });
    }

    private static void run(DatabaseServer server, String database, Random random) throws SQLException {
        try (var connection = server.connect(database);
                var other = server.connect(database)) {
            for (var statement : Corpus.of("/ddl/corpus.sql", database)) {
                execute(connection, statement);
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

    private static void awaitEqual(DatabaseServer source, DatabaseServer target, String database) throws SQLException {
        for (var table : columns(source, database).entrySet()) {
            await().atMost(LIMIT).ignoreExceptions().untilAsserted(() -> {
                assertThat(columns(target, database).get(table.getKey()))
                        .as("columns of %s.%s", database, table.getKey())
                        .containsExactlyInAnyOrderElementsOf(table.getValue());
                assertThat(rows(target, database, table.getKey(), table.getValue()))
                        .as("rows of %s.%s", database, table.getKey())
                        .isEqualTo(rows(source, database, table.getKey(), table.getValue()));
            });
        }
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

    private static List<String> rows(DatabaseServer server, String database, String table, List<String> columns)
            throws SQLException {
        var values = columns.stream()
                .map(column -> "COALESCE(" + quoted(column) + ", 'NULL')")
                .collect(Collectors.joining(", "));
        return server
                .query("SELECT CONCAT_WS('|', " + values + ") FROM " + quoted(database) + "." + quoted(table))
                .stream()
                .sorted()
                .toList();
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    private SyncConfig config(DatabaseServer east, DatabaseServer west, DatabaseServer target) throws Exception {
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
                .append("\", password: \"${env:PASSWORD}\", schema-change: {mode: evolve}}\n");
        var file = Files.writeString(folder.resolve("ddl.yaml"), yaml);
        return SyncConfigLoader.load(file, Map.of("PASSWORD", target.password())::get);
    }
}
