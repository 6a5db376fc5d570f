package io.gravity.local.clean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.SyncConfig;
import io.gravity.SyncConfigLoader;
import io.gravity.local.SpecBlock;
import io.gravity.local.demo.Home;
import io.gravity.local.demo.SqlScript;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.server.ClickHouseServer;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The specification's transforms, checks and repairs, as it writes them, on rows with one defect of each kind. */
@Timeout(180)
class CleanIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final String TRANSFORMS = """
            realtime:
              enabled: true
              stream:
                batch_size: 100
                batch_timeout_ms: 50
                worker_threads: 4
                buffer_size: 10000
              binlog:
                read_mode: "realtime"
                heartbeat_interval: 3
                read_timeout: 30
            transformer:
              streaming: true
              transforms:
                - type: "field_mapping"
                  config:
                    mappings:
                      user_id: "uid"
                      created_time: "create_at"
                - type: "data_filter"
                  config:
                    conditions:
                      - field: "status"
                        operator: "!="
                        value: "deleted"
              performance:
                parallel: true
                parallelism: 2
            """;

    private static final String CHECKS_AND_REPAIRS = """
            quarantine: {target: warehouse}
            routing:
              - {source-tables: ["*"], targets: [warehouse, lake]}
            """
            + SpecBlock.of("19-7.2").replace("data_quality:\n", "data_quality:\n  report: {period: 1s}\n")
            + SpecBlock.of("19-7.3").replace("auto_repair:\n", "auto_repair:\n  audit: true\n");

    private static final String ORDERS = "CREATE TABLE shop.orders (id BIGINT PRIMARY KEY, user_id BIGINT, amount INT,"
            + " `timestamp` VARCHAR(40), created_at DATETIME, updated_at DATETIME, email VARCHAR(60), phone VARCHAR(20),"
            + " phone_number VARCHAR(20), status VARCHAR(20), country VARCHAR(20), currency VARCHAR(20),"
            + " user_type VARCHAR(20), region VARCHAR(20), user_name VARCHAR(60))";
    private static final String USERS = "CREATE TABLE shop.users (id BIGINT PRIMARY KEY, `timestamp` VARCHAR(40),"
            + " created_at DATETIME, user_name VARCHAR(60))";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private static DatabaseServer source;
    private static DatabaseServer warehouse;
    private static ClickHouseServer lake;

    @BeforeAll
    static void startServers() throws Exception {
        source = DatabaseServers.start("source", folder.resolve("source"));
        warehouse = DatabaseServers.start("warehouse", folder.resolve("warehouse"));
        lake = ClickHouseServer.start(folder.resolve("lake"));
        for (var table : List.of("dead_letters", "repairs", "quality")) {
            SqlScript.run(warehouse, Home.find().resolve("sql/target/" + table + ".sql"));
        }
    }

    @AfterAll
    static void stopServers() throws Exception {
        for (var server : new AutoCloseable[] {source, warehouse, lake}) {
            if (server != null) {
                server.close();
            }
        }
    }

    @Test
    void mapsFieldsAndFiltersRowsThatEnterAndLeave() throws Exception {
        source.execute(
                "CREATE DATABASE crm",
                "CREATE TABLE crm.members (user_id BIGINT PRIMARY KEY, created_time DATETIME, status VARCHAR(20))",
                "INSERT INTO crm.members VALUES (1, '2026-01-02 03:04:05', 'active'), (2, NOW(), 'deleted'),"
                        + " (3, NOW(), 'active'), (4, '2026-01-02 03:04:05', 'deleted')");
        warehouse.execute(
                "CREATE DATABASE crm",
                "CREATE TABLE crm.members (uid BIGINT PRIMARY KEY, create_at DATETIME, status VARCHAR(20))");
        var config = config("crm", TRANSFORMS);
        try (var flink = LocalFlink.start(config, 2, folder.resolve("flink-crm"))) {
            var job = flink.submit(config);
            var sql = "SELECT CONCAT(uid, '|', create_at, '|', status) FROM crm.members ORDER BY uid";
            await().atMost(LIMIT).until(() -> warehouse.query(sql).size() == 2);
            source.execute(
                    "UPDATE crm.members SET status = 'deleted' WHERE user_id = 3",
                    "UPDATE crm.members SET status = 'new' WHERE user_id = 4");

            await().atMost(LIMIT).untilAsserted(() -> assertThat(warehouse.query(sql))
                    .containsExactly("1|2026-01-02 03:04:05|active", "4|2026-01-02 03:04:05|new"));
            await().atMost(LIMIT).ignoreExceptions().untilAsserted(() -> assertThat(
                            lake.query("SELECT uid, status FROM crm.members FINAL ORDER BY uid")
                                    .strip()
                                    .lines())
                    .containsExactly("1\tactive", "4\tnew"));
            job.cancel();
        }
    }

    @Test
    void mendsWhatCanBeMendedAndTellsTheRest() throws Exception {
        source.execute(
                "CREATE DATABASE shop DEFAULT CHARACTER SET utf8mb4",
                ORDERS,
                USERS,
                "INSERT INTO shop.users VALUES (7, '2026-01-02 03:04:05', NOW(), 'Ann')",
                order("(1, 7, 1, {}, NULL, NULL, NULL, 'active', NULL, NULL, NULL, 'EU', NULL)"),
                order(
                        "(2, 7, 1, {}, ' Bob@Example.ORG ', NULL, '13800138000', 'active', NULL, NULL, NULL, NULL, NULL)"),
                order("(3, 7, -1, {}, NULL, '12', NULL, 'gone', NULL, NULL, NULL, NULL, NULL)"),
                order("(4, NULL, 1, {}, NULL, NULL, NULL, 'active', NULL, NULL, NULL, NULL, NULL)"),
                order("(5, 8, 10, {}, NULL, NULL, NULL, 'active', 'DE', NULL, NULL, NULL, NULL)"),
                "INSERT INTO shop.orders VALUES (6, 7, 1, 'yesterday', NOW(), NOW(), NULL, NULL, NULL, 'active', NULL,"
                        + " NULL, NULL, NULL, NULL)");
        warehouse.execute("CREATE DATABASE shop DEFAULT CHARACTER SET utf8mb4", ORDERS, USERS);
        var config = config("shop", CHECKS_AND_REPAIRS);
        try (var flink = LocalFlink.start(config, 2, folder.resolve("flink-shop"))) {
            var job = flink.submit(config);
            source.execute("INSERT INTO shop.users VALUES (8, '2026-01-02 03:04:05', NOW(), 'Late')");
            var sql =
                    "SELECT CONCAT_WS('|', id, amount, IFNULL(email, '-'), IFNULL(phone_number, '-'), country, currency,"
                            + " IFNULL(region, '-'), user_name) FROM shop.orders ORDER BY id";
            await().atMost(LIMIT).until(() -> warehouse.query(sql).size() == 3);
            source.execute(
                    "UPDATE shop.orders SET amount = 9, region = NULL WHERE id = 1",
                    "UPDATE shop.orders SET amount = 5 WHERE id = 2",
                    "UPDATE shop.orders SET amount = 6 WHERE id = 2");
            var rows = List.of(
                    "1|9|-|-|CN|CNY|EU|Ann",
                    "2|5|bob@example.org|+8613800138000|CN|CNY|-|Ann",
                    "5|10|-|-|DE|CNY|-|Late");

            await().atMost(LIMIT).ignoreExceptions().untilAsserted(() -> assertThat(warehouse.query(sql))
                    .isEqualTo(rows));
            await().atMost(LIMIT).ignoreExceptions().untilAsserted(() -> assertThat(
                            lake.query("SELECT concatWithSeparator('|', toString(id),"
                                            + " toString(amount), ifNull(email, '-'), ifNull(phone_number, '-'),"
                                            + " ifNull(country, '-'), ifNull(currency, '-'), ifNull(region, '-'),"
                                            + " ifNull(user_name, '-')) FROM shop.orders FINAL ORDER BY id")
                                    .strip()
                                    .lines())
                    .containsExactlyElementsOf(rows));
            await().atMost(LIMIT).untilAsserted(() -> assertThat(
                            warehouse.query("SELECT CONCAT(JSON_EXTRACT(row_key, '$.id'), ' ', stage, ' ', reason) FROM"
                                    + " gravity.dead_letters ORDER BY 1"))
                    .hasSize(3)
                    .contains("4 quality completeness")
                    .anyMatch(letter -> letter.startsWith("6 quality format")));
            assertThat(warehouse.query("SELECT message FROM gravity.dead_letters WHERE row_key LIKE '%3%'"))
                    .singleElement()
                    .asString()
                    .contains("phone", "Amount cannot be negative", "Invalid status value");
            await().atMost(LIMIT).ignoreExceptions().untilAsserted(() -> assertThat(warehouse.query(
                            "SELECT CONCAT_WS('|', SUM(judged_rows), SUM(quarantined_rows), MIN(completeness) < 1,"
                                    + " MIN(accuracy) < 1, MIN(consistency)) FROM gravity.quality_by_period"
                                    + " WHERE table_name = 'shop.orders'"))
                    .containsExactly("8|3|1|1|1.0000"));
            assertThat(warehouse.query("SELECT DISTINCT rule FROM gravity.repairs"))
                    .containsExactlyInAnyOrder(
                            "default-values",
                            "derive-from-history",
                            "lookup-from-related",
                            "normalize_phone",
                            "trim_and_lowercase");
            assertThat(job.metrics().restarts()).isZero();
            job.cancel();
        }
    }

    private static String order(String values) {
        return "INSERT INTO shop.orders VALUES " + values.replace("{}", "'2026-01-02 03:04:05', NOW(), NOW()");
    }

    private static SyncConfig config(String database, String more) throws Exception {
        var yaml =
                """
                gravity:
                  checkpoint-interval: 2s
                  sources:
                    - {name: source, type: mysql, host: 127.0.0.1, port: %d, username: "%s", password: "${env:PASSWORD}",
                       tables: ["%s.*"]}
                  targets:
                    - {name: warehouse, type: mysql, host: 127.0.0.1, port: %d, username: "%s", password: "${env:PASSWORD}"}
                    - {name: lake, type: clickhouse, host: 127.0.0.1, http-port: %d}
                """.formatted(source.port(), source.user(), database, warehouse.port(), warehouse.user(), lake.port());
        var file = Files.writeString(folder.resolve(database + ".yaml"), yaml + more.indent(2));
        return SyncConfigLoader.load(file, Map.of("PASSWORD", source.password())::get);
    }
}
