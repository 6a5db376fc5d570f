package io.gravity.local.route;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every way of routing at once, under inserts, updates and deletes that move rows into and out of conditions, ranges and
 * shards. What each target must hold is asked of the source itself, in its own SQL.
 */
@Timeout(180)
class RouteIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int ROWS = 300;
    private static final int STATEMENTS = 3_000;
    private static final String TABLE =
            ".orders (id BIGINT PRIMARY KEY, amount INT, user_type VARCHAR(10), made DATE NOT NULL)";

    /** Which rows of the source belong to a target. */
    private static final Map<String, String> BELONGS = belongs();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private static Map<String, String> belongs() {
        var all = new LinkedHashMap<String, String>();
        all.put("copy", "TRUE");
        all.put("only", "TRUE");
        all.put("vip", "user_type = 'vip' AND amount > 100");
        all.put("hash0", "CRC32(IFNULL(amount, '')) % 3 = 0");
        all.put("hash1", "CRC32(IFNULL(amount, '')) % 3 = 1");
        all.put("hash2", "CRC32(IFNULL(amount, '')) % 3 = 2");
        all.put("early", "made BETWEEN '2025-01-01' AND '2025-06-30'");
        all.put("late", "made > '2025-06-30'");
        return all;
    }

    @Test
    void everyTargetEndsWithTheRowsThatBelongThere() throws Exception {
        try (var source = DatabaseServers.start("source", folder.resolve("source"));
                var warehouse = DatabaseServers.start("warehouse", folder.resolve("warehouse"));
                var lake = ClickHouseServer.start(folder.resolve("lake"))) {
            source.execute("CREATE DATABASE shop", "CREATE TABLE shop" + TABLE);
            for (var database : BELONGS.keySet()) {
                warehouse.execute("CREATE DATABASE " + database, "CREATE TABLE " + database + TABLE);
            }
            var random = new Random(1);
            write(source, random, STATEMENTS / 3);
            var config = config(source, warehouse, lake);
            try (var flink = LocalFlink.start(config, 2, folder.resolve("flink"))) {
                var job = flink.submit(config);
                write(source, random, STATEMENTS);

                for (var target : BELONGS.entrySet()) {
                    var expected = rows(source, "shop", target.getValue());
                    assertThat(expected).as("rows for %s", target.getKey()).isNotEmpty();
                    await().atMost(LIMIT).untilAsserted(() -> assertThat(rows(warehouse, target.getKey(), "TRUE"))
                            .as("rows of %s", target.getKey())
                            .isEqualTo(expected));
                }
                var dear = rows(source, "shop", "amount > 900 OR amount IS NULL");
                await().atMost(LIMIT).ignoreExceptions().untilAsserted(() -> assertThat(
                                lake.query("SELECT concatWithSeparator('|', toString(id),"
                                                + " ifNull(toString(amount), '-'), ifNull(user_type, '-'),"
                                                + " toString(made)) FROM shop.orders FINAL ORDER BY id")
                                        .strip()
                                        .lines())
                        .containsExactlyElementsOf(dear));
                assertThat(job.metrics().restarts()).isZero();
                job.cancel();
            }
        }
    }

    private static void write(DatabaseServer source, Random random, int statements) throws SQLException {
        try (var connection = source.connect("shop");
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (int i = 1; i <= statements; i++) {
                int id = random.nextInt(ROWS);
                var amount = random.nextInt(20) == 0 ? "NULL" : String.valueOf(random.nextInt(1000));
                var type = random.nextBoolean() ? "vip" : "new";
                var made = "DATE '2025-01-01' + INTERVAL " + random.nextInt(365) + " DAY";
                statement.execute(
                        switch (random.nextInt(6)) {
                            case 0 -> "DELETE FROM orders WHERE id = " + id;
                            case 1 -> "UPDATE orders SET amount = " + amount + " WHERE id = " + id;
                            case 2 -> "UPDATE orders SET user_type = '" + type + "' WHERE id = " + id;
                            case 3 -> "UPDATE orders SET made = " + made + " WHERE id = " + id;
                            default ->
                                "REPLACE INTO orders VALUES (" + id + ", " + amount + ", '" + type + "', " + made + ")";
                        });
                if (i % 7 == 0) {
                    connection.commit();
                }
            }
            connection.commit();
        }
    }

    private static List<String> rows(DatabaseServer server, String database, String condition) throws SQLException {
        return server.query("SELECT CONCAT_WS('|', id, IFNULL(amount, '-'), IFNULL(user_type, '-'), made) FROM "
                + database + ".orders WHERE " + condition + " ORDER BY id");
    }

    private SyncConfig config(DatabaseServer source, DatabaseServer warehouse, ClickHouseServer lake) throws Exception {
        var yaml = new StringBuilder("""
                gravity:
                  checkpoint-interval: 2s
                  sources:
                    - {name: source, type: mysql, host: 127.0.0.1, port: %d, username: "%s", password: "${env:PASSWORD}",
                       tables: ["shop.orders"]}
                  routing:
                    - {source-tables: [orders], targets: [copy]}
                    - {source-tables: [orders], targets: [only], strategy: single}
                    - source-tables: [orders]
                      strategy: conditional
                      targets: [vip, lake]
                      conditions:
                        - {if: "user_type = 'vip' and amount > 100", targets: [vip]}
                        - {if: "amount > 900 or amount is null", targets: [lake]}
                    - {source-tables: [orders], strategy: hash, key: amount, targets: [hash0, hash1, hash2]}
                    - source-tables: [orders]
                      strategy: range
                      key: made
                      ranges: [{range: "2025-01-01 to 2025-06-30", target: early}]
                      default-target: late
                  targets:
                    - {name: lake, type: clickhouse, host: 127.0.0.1, http-port: %d}
                """.formatted(source.port(), source.user(), lake.port()));
        for (var database : BELONGS.keySet()) {
            yaml.append("    - {name: ")
                    .append(database)
                    .append(", type: mysql, host: 127.0.0.1, port: ")
                    .append(warehouse.port())
                    .append(", username: \"")
                    .append(warehouse.user())
                    .append("\", password: \"${env:PASSWORD}\", database: ")
                    .append(database)
                    .append("}\n");
        }
        var file = Files.writeString(folder.resolve("route.yaml"), yaml);
        return SyncConfigLoader.load(file, Map.of("PASSWORD", source.password())::get);
    }
}
