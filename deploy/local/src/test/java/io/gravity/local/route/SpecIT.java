package io.gravity.local.route;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.ConflictsCommand;
import io.gravity.SyncConfigLoader;
import io.gravity.local.SpecBlock;
import io.gravity.local.demo.Home;
import io.gravity.local.demo.SqlScript;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.flink.LocalJob;
import io.gravity.local.server.ClickHouseServer;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import io.gravity.local.server.KafkaBroker;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The specification's blocks on routing and conflicts, as it writes them, between real servers. What a block does not say
 * is added around it: sources, and how to reach what it names.
 */
@Timeout(180)
class SpecIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private static DatabaseServer first;
    private static DatabaseServer second;
    private static DatabaseServer warehouse;
    private static DatabaseServer backup;

    @BeforeAll
    static void startServers() {
        first = DatabaseServers.start("first", folder.resolve("first"));
        second = DatabaseServers.start("second", folder.resolve("second"));
        warehouse = DatabaseServers.start("warehouse", folder.resolve("warehouse"));
        backup = DatabaseServers.start("backup", folder.resolve("backup"));
    }

    @AfterAll
    static void stopServers() {
        for (var server : new DatabaseServer[] {first, second, warehouse, backup}) {
            if (server != null) {
                server.close();
            }
        }
    }

    @Test
    void tablesGoToTheTargetsThatNameThem() throws Exception {
        var tables = List.of("users", "orders", "logs", "events", "temp_users");
        try (var broker = KafkaBroker.start(folder.resolve("kafka"));
                var lake = ClickHouseServer.start(folder.resolve("lake"))) {
            first.execute("CREATE DATABASE spec_tables");
            warehouse.execute("CREATE DATABASE spec_tables");
            for (var table : tables) {
                var create = "CREATE TABLE spec_tables." + table + " (id INT PRIMARY KEY, name VARCHAR(20))";
                first.execute(create, "INSERT INTO spec_tables." + table + " VALUES (1, '" + table + "')");
                warehouse.execute(create);
            }
            var block = SpecBlock.of("18-3.2-tables")
                    .replace("mysql-target:\n", "mysql-target:\n    type: mysql\n" + reach(warehouse))
                    .replace(
                            "kafka-target:\n",
                            "kafka-target:\n    type: kafka\n    brokers: [\"" + broker.bootstrapServers() + "\"]\n")
                    .replace(
                            "clickhouse-target:\n",
                            "clickhouse-target:\n    type: clickhouse\n    host: 127.0.0.1\n    http-port: "
                                    + lake.port() + "\n");

            run("tables", sources(Map.of("shop", first), "spec_tables"), block, job -> {
                await().atMost(LIMIT).ignoreExceptions().until(() -> lake.query(
                                "SELECT name FROM system.tables WHERE database = 'spec_tables' ORDER BY name")
                        .strip()
                        .lines()
                        .toList()
                        .equals(List.of("events", "logs", "orders", "users")));
                for (var table : List.of("events", "logs", "orders", "users")) {
                    await().atMost(LIMIT).until(() -> lake.query("SELECT name FROM spec_tables." + table + " FINAL")
                            .strip()
                            .equals(table));
                }
                await().atMost(LIMIT)
                        .until(() -> topics(broker).equals(List.of("spec_tables.events", "spec_tables.logs")));
                await().atMost(LIMIT)
                        .until(() -> names("users").equals(List.of("users"))
                                && names("orders").equals(List.of("orders")));
                assertThat(Stream.of("logs", "events", "temp_users").flatMap(table -> names(table).stream()))
                        .isEmpty();
            });
        }
    }

    private static List<String> names(String table) {
        try {
            return warehouse.query("SELECT name FROM spec_tables." + table);
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> topics(KafkaBroker broker) throws Exception {
        try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()))) {
            return admin.listTopics().names().get().stream().sorted().toList();
        }
    }

    @Test
    void rowsGoWhereTheirContentSays() throws Exception {
        var table = "customers (id INT PRIMARY KEY, user_type VARCHAR(10), amount INT, region VARCHAR(10))";
        var targets = List.of("vip-analytics-db", "risk-control-db", "overseas-db");
        createAtAll("spec_content", targets, table);
        first.execute("INSERT INTO spec_content.customers VALUES (1, 'vip', 1, 'CN'), (2, 'new', 10001, 'CN'),"
                + " (3, 'new', 10000, 'US'), (4, 'vip', 20000, 'EU'), (5, NULL, NULL, NULL)");

        run(
                "content",
                sources(Map.of("shop", first), "spec_content"),
                targets(targets) + SpecBlock.of("18-3.2-conditions"),
                job -> {
                    awaitIds("vip-analytics-db", "customers", 1, 4);
                    awaitIds("risk-control-db", "customers", 2, 4);
                    awaitIds("overseas-db", "customers", 3, 4);
                    first.execute(
                            "UPDATE spec_content.customers SET user_type = 'vip', region = 'CN' WHERE id = 3",
                            "UPDATE spec_content.customers SET user_type = 'new' WHERE id = 1");
                    awaitIds("vip-analytics-db", "customers", 3, 4);
                    awaitIds("risk-control-db", "customers", 2, 4);
                    awaitIds("overseas-db", "customers", 4);
                });
    }

    @Test
    void rowsGoToTheirShards() throws Exception {
        var users = List.of("user-db-1", "user-db-2", "user-db-3", "user-db-4");
        var orders = List.of("order-db-2023", "order-db-2024");
        var all = Stream.concat(users.stream(), orders.stream()).toList();
        createAtAll(
                "spec_shards",
                all,
                "users (id INT PRIMARY KEY, user_id INT)",
                "orders (id INT PRIMARY KEY, order_date DATETIME)");
        first.execute("INSERT INTO spec_shards.users VALUES "
                + IntStream.range(0, 100)
                        .mapToObj(id -> "(" + id + ", " + 7 * id + ")")
                        .collect(joining(", ")));
        first.execute("INSERT INTO spec_shards.orders VALUES (1, '2023-01-01'), (2, '2023-12-31 23:59:59'),"
                + " (3, '2024-01-01'), (4, '2024-12-31 12:00:00')");

        run("shards", sources(Map.of("shop", first), "spec_shards"), targets(all) + SpecBlock.of("18-4.1"), job -> {
            for (int shard = 0; shard < 4; shard++) {
                var expected = first.query(
                        "SELECT id FROM spec_shards.users WHERE CRC32(user_id) % 4 = " + shard + " ORDER BY id");
                assertThat(expected).hasSizeGreaterThan(10);
                var target = users.get(shard);
                await().atMost(LIMIT)
                        .untilAsserted(() -> assertThat(ids(target, "users")).isEqualTo(expected));
            }
            awaitIds("order-db-2023", "orders", 1, 2);
            awaitIds("order-db-2024", "orders", 3, 4);
            first.execute("UPDATE spec_shards.orders SET order_date = '2024-06-01' WHERE id = 1");
            awaitIds("order-db-2023", "orders", 2);
            awaitIds("order-db-2024", "orders", 1, 3, 4);
            assertThat(ids("order-db-2023", "users")).isEmpty();
        });
    }

    @Test
    void theBackupServesWhenNoPrimaryDoes() throws Exception {
        for (var server : List.of(first, second, warehouse, backup)) {
            server.execute("CREATE DATABASE spec_group", "CREATE TABLE spec_group.users (id INT PRIMARY KEY)");
        }
        first.execute("INSERT INTO spec_group.users VALUES (1), (2), (3)");
        var endpoints = new StringBuilder("endpoints:\n");
        Map.of("target-A", second, "target-B", warehouse, "target-C", backup).forEach((name, server) -> endpoints
                .append("  - name: ")
                .append(name)
                .append("\n    type: mysql\n")
                .append(reach(server)));

        run("group", sources(Map.of("shop", first), "spec_group"), endpoints + SpecBlock.of("18-4.3"), job -> {
            var ids = "SELECT id FROM spec_group.users ORDER BY id";
            await().atMost(LIMIT).until(() -> Stream.concat(second.query(ids).stream(), warehouse.query(ids).stream())
                    .sorted()
                    .toList()
                    .equals(List.of("1", "2", "3")));
            try {
                second.kill();
                first.execute("INSERT INTO spec_group.users VALUES (4)");
                await().atMost(LIMIT).until(() -> warehouse.query(ids).contains("4"));
                assertThat(backup.query(ids)).isEmpty();
                warehouse.kill();
                first.execute("INSERT INTO spec_group.users VALUES (5)");
                await().atMost(LIMIT).until(() -> backup.query(ids).contains("5"));
            } finally {
                second.restart();
                warehouse.restart();
            }
        });
    }

    @Test
    void conflictsAreResolvedByTheirTablesStrategies() throws Exception {
        var tables = List.of(
                "users (id INT PRIMARY KEY, name VARCHAR(20))",
                "user_preferences (id INT PRIMARY KEY, theme VARCHAR(10), language VARCHAR(10))",
                "financial_records (id INT PRIMARY KEY, amount INT)");
        for (var server : List.of(first, second, warehouse)) {
            server.execute("CREATE DATABASE spec_conflicts");
            for (var table : tables) {
                server.execute("CREATE TABLE spec_conflicts." + table);
            }
        }
        for (var source : List.of(first, second)) {
            source.execute(
                    "INSERT INTO spec_conflicts.users VALUES (1, '" + source.name() + "')",
                    "INSERT INTO spec_conflicts.user_preferences VALUES (1, 'dark', 'en')");
        }

        run(
                "conflicts",
                sources(Map.of("user-master-db", first, "user-slave-db", second), "spec_conflicts"),
                targets(List.of("warehouse")).replaceAll("    database: .*\n", "") + SpecBlock.of("18-5.2"),
                job -> {
                    var users = "SELECT CONCAT(id, name) FROM spec_conflicts.users ORDER BY id";
                    await().atMost(LIMIT).until(() -> warehouse.query(users).equals(List.of("1first")));
                    second.execute(
                            "UPDATE spec_conflicts.users SET name = 'slave' WHERE id = 1",
                            "INSERT INTO spec_conflicts.users VALUES (2, 'slave')");
                    first.execute("UPDATE spec_conflicts.user_preferences SET theme = 'light'");
                    second.execute("UPDATE spec_conflicts.user_preferences SET language = 'de'");
                    await().atMost(LIMIT).until(() -> warehouse
                            .query("SELECT CONCAT(theme, language) FROM spec_conflicts.user_preferences")
                            .equals(List.of("lightde")));
                    await().atMost(LIMIT).until(() -> warehouse.query(users).equals(List.of("1first", "2slave")));

                    first.execute("INSERT INTO spec_conflicts.financial_records VALUES (7, 100)");
                    var amounts = "SELECT amount FROM spec_conflicts.financial_records";
                    await().atMost(LIMIT).until(() -> warehouse.query(amounts).equals(List.of("100")));
                    second.execute("INSERT INTO spec_conflicts.financial_records VALUES (7, 200)");
                    await().atMost(LIMIT).until(() -> stopped(job).contains("spec_conflicts.financial_records:7"));
                    first.execute("UPDATE spec_conflicts.financial_records SET amount = 300");
                    first.execute("INSERT INTO spec_conflicts.users VALUES (3, 'later')");
                    await().atMost(LIMIT).until(() -> warehouse.query(users).contains("3later"));
                    assertThat(warehouse.query(amounts)).containsExactly("100");
                });
    }

    /** GoldenGate's five, between two servers, each with its record in the target's table. */
    @Test
    void eachClassOfConflictIsRecorded() throws Exception {
        for (var server : List.of(first, second, warehouse)) {
            server.execute(
                    "CREATE DATABASE spec_audit",
                    "CREATE TABLE spec_audit.accounts (id INT PRIMARY KEY, name VARCHAR(20))");
        }
        SqlScript.run(warehouse, Home.find().resolve("sql/target/conflicts.sql"));
        for (var source : List.of(first, second)) {
            source.execute("INSERT INTO spec_audit.accounts VALUES (2, 'same'), (3, 'same'), (4, 'same'), (5, 'same')");
        }
        second.execute("INSERT INTO spec_audit.accounts VALUES (9, 'own')");

        run(
                "audit",
                sources(Map.of("user-master-db", first, "user-slave-db", second), "spec_audit"),
                targets(List.of("warehouse")).replaceAll("    database: .*\n", "") + """
                        conflict-resolution:
                          default-strategy: source-priority
                          source-priorities: {user-master-db: 1, user-slave-db: 2}
                          handover-after: 1h
                          audit: true
                        """,
                job -> {
                    var rows = "SELECT CONCAT(id, name) FROM spec_audit.accounts ORDER BY id";
                    await().atMost(LIMIT)
                            .until(() ->
                                    warehouse.query(rows).equals(List.of("2same", "3same", "4same", "5same", "9own")));
                    first.execute(
                            "INSERT INTO spec_audit.accounts VALUES (1, 'first')",
                            "UPDATE spec_audit.accounts SET name = 'first' WHERE id IN (2, 4)",
                            "DELETE FROM spec_audit.accounts WHERE id IN (3, 5)");
                    var expected = List.of("1first", "2first", "4first", "9own");
                    await().atMost(LIMIT).until(() -> warehouse.query(rows).equals(expected));
                    second.execute(
                            "INSERT INTO spec_audit.accounts VALUES (1, 'second')",
                            "UPDATE spec_audit.accounts SET name = 'second' WHERE id IN (2, 3)",
                            "DELETE FROM spec_audit.accounts WHERE id IN (4, 5)");
                    var records = "SELECT CONCAT_WS(' ', JSON_EXTRACT(row_key, '$.id'), class, strategy, decision,"
                            + " table_name, ours_source, theirs_source, theirs_operation,"
                            + " JSON_VALUE(theirs_before, '$.name'), JSON_VALUE(theirs_row, '$.name'))"
                            + " FROM gravity.conflicts WHERE table_name = 'spec_audit.accounts'"
                            + " AND ours_position <> '' AND theirs_position <> '' AND ours_time <= theirs_time ORDER BY 1";
                    var sides = "source-priority ours spec_audit.accounts user-master-db user-slave-db ";
                    await().atMost(LIMIT).untilAsserted(() -> assertThat(warehouse.query(records))
                            .containsExactly(
                                    "1 insert-exists " + sides + "insert second",
                                    "2 update-exists " + sides + "update same second",
                                    "3 update-missing " + sides + "update same second",
                                    "4 delete-exists " + sides + "delete same",
                                    "5 delete-missing " + sides + "delete same"));
                    assertThat(warehouse.query(rows)).isEqualTo(expected);
                });
    }

    /** The specification's third class of conflicts, at the target: its record is the dead letter. */
    @Test
    void constraintConflict() throws Exception {
        for (var server : List.of(first, second, warehouse)) {
            server.execute("CREATE DATABASE spec_constraints");
        }
        for (var source : List.of(first, second)) {
            source.execute(
                    "CREATE TABLE spec_constraints.users (id INT PRIMARY KEY, email VARCHAR(40))",
                    "CREATE TABLE spec_constraints.orders (id INT PRIMARY KEY, user_id INT)");
        }
        warehouse.execute(
                "CREATE TABLE spec_constraints.users (id INT PRIMARY KEY, email VARCHAR(40) UNIQUE)",
                "CREATE TABLE spec_constraints.orders (id INT PRIMARY KEY, user_id INT,"
                        + " FOREIGN KEY (user_id) REFERENCES spec_constraints.users (id))");
        SqlScript.run(warehouse, Home.find().resolve("sql/target/dead_letters.sql"));
        first.execute("INSERT INTO spec_constraints.users VALUES (1, 'zhang@example.com')");

        run(
                "constraints",
                sources(Map.of("user-master-db", first, "user-slave-db", second), "spec_constraints"),
                targets(List.of("warehouse")).replaceAll("    database: .*\n", "    hold-limit: 500ms\n")
                        + "quarantine:\n  target: warehouse\n",
                job -> {
                    var users = "SELECT id FROM spec_constraints.users ORDER BY id";
                    var orders = "SELECT id FROM spec_constraints.orders ORDER BY id";
                    await().atMost(LIMIT).until(() -> warehouse.query(users).equals(List.of("1")));
                    first.execute("INSERT INTO spec_constraints.orders VALUES (10, 1), (11, 999), (12, 1)");
                    second.execute("INSERT INTO spec_constraints.users VALUES (2, 'zhang@example.com'), (3, NULL)");
                    await().atMost(LIMIT).until(() -> warehouse.query(users).equals(List.of("1", "3")));
                    await().atMost(LIMIT).until(() -> warehouse.query(orders).equals(List.of("10", "12")));
                    var records = "SELECT CONCAT_WS(' ', reason, stage, target, source, table_name, operation,"
                            + " JSON_EXTRACT(row_key, '$.id'), JSON_EXTRACT(row_data, '$.before'),"
                            + " JSON_VALUE(row_data, '$.after.user_id'), JSON_VALUE(row_data, '$.after.email'))"
                            + " FROM gravity.dead_letters WHERE source_position <> '' ORDER BY 1";
                    await().atMost(LIMIT).untilAsserted(() -> assertThat(warehouse.query(records))
                            .containsExactly(
                                    "parent-missing dispatch warehouse user-master-db spec_constraints.orders"
                                            + " insert 11 null 999",
                                    "unique-taken dispatch warehouse user-slave-db spec_constraints.users"
                                            + " insert 2 null zhang@example.com"));
                    assertThat(warehouse.query(
                                    "SELECT message FROM gravity.dead_letters WHERE reason = 'unique-taken'"))
                            .singleElement()
                            .asString()
                            .contains("which the row id=1 holds");
                    assertThat(warehouse.query("SELECT id FROM gravity.dead_letters"
                                    + " WHERE ABS(TIMESTAMPDIFF(SECOND, event_time, UTC_TIMESTAMP())) < 120"))
                            .hasSize(2);
                });
    }

    private static String stopped(RunningJob running) {
        var out = new ByteArrayOutputStream();
        var print = new PrintStream(out, true, StandardCharsets.UTF_8);
        ConflictsCommand.run(List.of("list", "--flink", running.flink().webUi().toString()), print, print);
        return out.toString(StandardCharsets.UTF_8);
    }

    private record RunningJob(LocalFlink flink, LocalJob job) {}

    /** What is done while the job runs. */
    private interface Meanwhile {
        void with(RunningJob job) throws Exception;
    }

    private static void run(String name, String sources, String block, Meanwhile meanwhile) throws Exception {
        var yaml = "gravity:\n" + ("checkpoint-interval: 2s\n" + sources + block).indent(2);
        var file = Files.writeString(folder.resolve(name + ".yaml"), yaml);
        var config = SyncConfigLoader.load(file, variable -> null);
        try (var flink = LocalFlink.start(config, 2, folder.resolve("flink-" + name))) {
            var job = flink.submit(config);
            meanwhile.with(new RunningJob(flink, job));
            assertThat(job.metrics().restarts()).isZero();
            job.cancel();
        }
    }

    private static String sources(Map<String, DatabaseServer> servers, String database) {
        return servers.entrySet().stream()
                .map(server -> "  - name: " + server.getKey() + "\n    type: mysql\n" + reach(server.getValue())
                        + "    tables: [\"" + database + ".*\"]\n")
                .collect(joining("", "sources:\n", ""));
    }

    /** Each target is a database of its own. */
    private static String targets(List<String> names) {
        return names.stream()
                .map(name -> "  - name: " + name + "\n    type: mysql\n" + reach(warehouse) + "    database: "
                        + database(name) + "\n")
                .collect(joining("", "targets:\n", ""));
    }

    private static String reach(DatabaseServer server) {
        return "    host: " + server.host() + "\n    port: " + server.port() + "\n    username: \"" + server.user()
                + "\"\n    password: \"" + server.password() + "\"\n";
    }

    private static void createAtAll(String database, List<String> targets, String... tables) throws Exception {
        first.execute("CREATE DATABASE " + database);
        for (var table : tables) {
            first.execute("CREATE TABLE " + database + "." + table);
        }
        for (var target : targets) {
            warehouse.execute("CREATE DATABASE " + database(target));
            for (var table : tables) {
                warehouse.execute("CREATE TABLE " + database(target) + "." + table);
            }
        }
    }

    private static String database(String target) {
        return target.replace('-', '_');
    }

    private static void awaitIds(String target, String table, Integer... ids) {
        var expected = Stream.of(ids).map(String::valueOf).toList();
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(ids(target, table)).as(target).isEqualTo(expected));
    }

    private static List<String> ids(String target, String table) throws Exception {
        return warehouse.query("SELECT id FROM " + database(target) + "." + table + " ORDER BY id");
    }
}
