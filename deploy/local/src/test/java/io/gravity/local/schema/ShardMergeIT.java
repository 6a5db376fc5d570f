package io.gravity.local.schema;

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
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two sources with four tables each that are one table at two targets, which create it themselves. Each of the eight gets
 * the same six changes of its columns, each in another order, between inserts, updates and deletes.
 */
@Timeout(240)
class ShardMergeIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int SHARDS = 4;
    private static final int STATEMENTS = 4_000;
    private static final int STATEMENTS_PER_DDL = 120;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void endsEqualWhateverTheOrderOfChanges() throws Exception {
        try (var one = DatabaseServers.start("one", folder.resolve("one"));
                var two = DatabaseServers.start("two", folder.resolve("two"));
                var warehouse = DatabaseServers.start("warehouse", folder.resolve("warehouse"));
                var lake = ClickHouseServer.start(folder.resolve("lake"))) {
            var shards = List.of(shards(one, 1), shards(two, 5));
            var config = config(one, two, warehouse, lake);
            try (var flink = LocalFlink.start(config, 2, folder.resolve("flink"))) {
                var job = flink.submit(config);
                // A table that is altered while it is copied has to be copied again; these are copied before.
                var copied = String.valueOf(count(one, shards.get(0)) + count(two, shards.get(1)));
                await().atMost(LIMIT).ignoreExceptions().until(() -> warehouse
                        .query("SELECT COUNT(*) FROM dw.orders")
                        .equals(List.of(copied)));
                await().atMost(LIMIT).ignoreExceptions().until(() -> lake.query("SELECT count() FROM dw.orders FINAL")
                        .strip()
                        .equals(copied));
                change(List.of(one, two), shards);

                var expected = new ArrayList<String>(rows(one, shards.get(0)));
                expected.addAll(rows(two, shards.get(1)));
                assertThat(expected).hasSizeGreaterThan(SHARDS * 2 * 50);
                await().atMost(LIMIT).ignoreExceptions().untilAsserted(() -> assertThat(
                                warehouse.query(select("dw.orders") + " ORDER BY id"))
                        .containsExactlyElementsOf(expected));
                await().atMost(LIMIT).ignoreExceptions().untilAsserted(() -> assertThat(
                                lake.query(select("dw.orders FINAL") + " ORDER BY id")
                                        .strip()
                                        .lines())
                        .containsExactlyElementsOf(expected));
                await().atMost(LIMIT).untilAsserted(() -> assertThat(warehouse.query(
                                "SELECT column_name FROM information_schema.columns WHERE table_schema = 'dw'"
                                        + " AND table_name = 'orders' ORDER BY column_name"))
                        .containsExactly("amount", "flags", "id", "note", "title"));
                await().atMost(LIMIT).untilAsserted(() -> assertThat(
                                lake.query("SELECT name FROM system.columns WHERE database = 'dw'"
                                                + " AND table = 'orders' ORDER BY name")
                                        .strip()
                                        .lines())
                        .containsExactly("_deleted", "_version", "amount", "flags", "id", "note", "title"));
                assertThat(job.metrics().restarts()).isZero();
                job.cancel();
            }
        }
    }

    private static List<Shard> shards(DatabaseServer server, int first) throws SQLException {
        server.execute("CREATE DATABASE shop");
        var shards = IntStream.range(first, first + SHARDS)
                .mapToObj(number -> new Shard("shop.orders_" + number, number))
                .toList();
        for (var shard : shards) {
            server.execute(shard.createStatement());
        }
        change(server, shards, new Random(first), STATEMENTS / 4, false);
        return shards;
    }

    private static void change(List<DatabaseServer> servers, List<List<Shard>> shards) throws Exception {
        var pool = Executors.newFixedThreadPool(servers.size());
        try {
            var tasks = IntStream.range(0, servers.size())
                    .<Callable<Void>>mapToObj(i -> () -> {
                        change(servers.get(i), shards.get(i), new Random(i), STATEMENTS, true);
                        return null;
                    })
                    .toList();
            for (var done : pool.invokeAll(tasks)) {
                done.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static void change(DatabaseServer server, List<Shard> shards, Random random, int statements, boolean alters)
            throws SQLException {
        try (var connection = server.connect();
                var statement = connection.createStatement()) {
            for (int i = 1; i <= statements; i++) {
                var shard = shards.get(random.nextInt(shards.size()));
                shard.change(statement);
                if (alters && i % STATEMENTS_PER_DDL == 0) {
                    var waiting = shards.stream().filter(one -> !one.isDone()).toList();
                    if (!waiting.isEmpty()) {
                        waiting.get(random.nextInt(waiting.size())).alter(statement);
                    }
                }
            }
            for (var shard : alters ? shards : List.<Shard>of()) {
                while (!shard.isDone()) {
                    shard.alter(statement);
                }
            }
        }
    }

    private static long count(DatabaseServer server, List<Shard> shards) throws SQLException {
        long rows = 0;
        for (var shard : shards) {
            rows += Long.parseLong(
                    server.query("SELECT COUNT(*) FROM " + shard.table()).get(0));
        }
        return rows;
    }

    private static List<String> rows(DatabaseServer server, List<Shard> shards) throws SQLException {
        var rows = new ArrayList<String>();
        for (var shard : shards) {
            rows.addAll(server.query(select(shard.table()) + " ORDER BY id"));
        }
        return rows;
    }

    private static String select(String table) {
        return "SELECT CONCAT(id, '|', COALESCE(title, '-'), '|', COALESCE(amount, -1), '|', note, '|', flags) FROM "
                + table;
    }

    private SyncConfig config(DatabaseServer one, DatabaseServer two, DatabaseServer warehouse, ClickHouseServer lake)
            throws Exception {
        var source = """
                    - {name: %s, type: mysql, host: 127.0.0.1, port: %d, username: "%s", password: "%s",
                       tables: ["shop.*"]}
                """;
        var yaml = """
                gravity:
                  checkpoint-interval: 2s
                  sources:
                %s%s
                  table-mapping:
                    - {tables: ["shop.orders_*"], target: "dw.orders"}
                  targets:
                    - {name: warehouse, type: mysql, host: 127.0.0.1, port: %d, username: "%s", password: "%s",
                       schema-change: {mode: evolve}}
                    - {name: lake, type: clickhouse, host: 127.0.0.1, http-port: %d, schema-change: {mode: evolve}}
                """.formatted(
                        source.formatted("one", one.port(), one.user(), one.password()),
                        source.formatted("two", two.port(), two.user(), two.password()),
                        warehouse.port(),
                        warehouse.user(),
                        warehouse.password(),
                        lake.port());
        return SyncConfigLoader.load(
                Files.writeString(folder.resolve("merge.yaml"), yaml), Map.<String, String>of()::get);
    }
}
