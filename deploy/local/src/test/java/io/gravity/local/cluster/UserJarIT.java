package io.gravity.local.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gravity.RulesCommand;
import io.gravity.SyncConfigLoader;
import io.gravity.local.demo.Home;
import io.gravity.local.demo.SqlScript;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A function, a rule and a resolver in a jar that this build knows nothing of mend, judge and decide the rows of two
 * sources; whichever way the job and the jar come to Flink.
 */
@Timeout(240)
class UserJarIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private static final String OFFERS = "CREATE TABLE %s.offers (id BIGINT PRIMARY KEY, sku VARCHAR(40),"
            + " price DECIMAL(10, 2), supplier VARCHAR(40), offers BIGINT)";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private static DatabaseServer east;
    private static DatabaseServer west;
    private static DatabaseServer warehouse;
    private static StandaloneCluster cluster;
    private static Path jar;

    /** How the job comes to Flink, and how the jar does. */
    enum Way {
        /** Flink's REST interface; the job manager reads the configuration, which names the jar. */
        REST,
        /** {@code flink run}, which reads the configuration; that names the jar. */
        COMMAND_LINE,
        /** {@code flink run --classpath}; the configuration does not name the jar. */
        CLASS_PATH,
        /** Flink in this JVM; the configuration names the jar. */
        LOCAL
    }

    /** What runs; ends it. */
    private interface Job extends AutoCloseable {}

    @BeforeAll
    static void start() throws Exception {
        jar = UserJar.build(folder);
        east = DatabaseServers.start("east", folder.resolve("east"));
        west = DatabaseServers.start("west", folder.resolve("west"));
        warehouse = DatabaseServers.start("warehouse", folder.resolve("warehouse"));
        SqlScript.run(warehouse, Home.find().resolve("sql/target/dead_letters.sql"));
        cluster = StandaloneCluster.start(Home.find(), folder.resolve("flink"), 1, 2);
    }

    @AfterAll
    static void stop() throws Exception {
        for (var one : new AutoCloseable[] {cluster, east, west, warehouse}) {
            if (one != null) {
                one.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void decidesAboutRows(Way way) throws Exception {
        assertThatThrownBy(() -> Class.forName("org.example.SkuFunction")).isInstanceOf(ClassNotFoundException.class);
        var database = way.name().toLowerCase(Locale.ROOT);
        for (var server : List.of(east, west, warehouse)) {
            server.execute("CREATE DATABASE " + database, OFFERS.formatted(database));
        }
        var table = database + ".offers";
        east.execute("INSERT INTO " + table + " VALUES (1, 'ab-12 c', 10, 'fair', 0), (2, ' x.7', 3, 'fair', 0),"
                + " (3, 'q1', 2, 'shady', 0), (6, 'k-6', 6, 'fair', 0)");
        west.execute("INSERT INTO " + table + " VALUES (1, 'AB12-C', 8, 'west', 0), (4, 'z', 1, 'west', 0)");

        try (var job = submit(way, database)) {
            awaitRows(table, "1|AB12C|8.00|west|2", "2|X7|3.00|fair|1", "4|Z|1.00|west|1", "6|K6|6.00|fair|1");

            east.execute(
                    "UPDATE " + table + " SET price = 5 WHERE id = 1",
                    "UPDATE " + table + " SET sku = 'x-7-b' WHERE id = 2",
                    "UPDATE " + table + " SET supplier = 'shady' WHERE id = 6");
            west.execute(
                    "INSERT INTO " + table + " VALUES (2, 'x7b', 4, 'west', 0), (5, 'v 5', 9, 'shady', 0)",
                    "DELETE FROM " + table + " WHERE id = 4");

            awaitRows(table, "1|AB12C|5.00|fair|2", "2|X7B|3.00|fair|2", "6|K6|6.00|fair|1");
            await().atMost(LIMIT).untilAsserted(() -> assertThat(
                            query("SELECT CONCAT(JSON_EXTRACT(row_key, '$.id'), ' ', operation, ': ', message) FROM"
                                    + " gravity.dead_letters WHERE table_name = '" + table + "' ORDER BY 1"))
                    .containsExactly(
                            "3 read: custom acme_supplier: shady is blocked",
                            "5 insert: custom acme_supplier: shady is blocked",
                            "6 update: custom acme_supplier: shady is blocked"));
        }
    }

    @Test
    void isTriedOnRowsWithoutACluster() throws Exception {
        var rows = Files.writeString(folder.resolve("rows.jsonl"), """
                {"id": 1, "supplier": "fair"}
                {"id": 2, "supplier": "shady"}
                """);
        var arguments = List.of("test", configuration(Way.LOCAL, "tried").toString(), "--input", rows.toString());
        var out = new ByteArrayOutputStream();
        var print = new PrintStream(out, true, UTF_8);

        assertThat(RulesCommand.run(arguments, name -> null, print, System.err)).isOne();
        assertThat(out.toString(UTF_8).lines())
                .containsExactly("1\tpass", "2\tquarantine\tcustom\tacme_supplier\t-\tshady is blocked");
    }

    private static void awaitRows(String table, String... rows) {
        await().atMost(LIMIT).untilAsserted(() -> assertThat(
                        query("SELECT CONCAT_WS('|', id, sku, price, supplier, offers) FROM " + table + " ORDER BY id"))
                .containsExactly(rows));
    }

    private static Job submit(Way way, String database) throws Exception {
        var file = configuration(way, database);
        if (way == Way.LOCAL) {
            var config = SyncConfigLoader.load(file, name -> null);
            assertThat(config.render())
                    .contains(
                            "# FieldFunction acme_sku, " + UserJar.VERSION + ", of acme.jar",
                            "# QualityRule acme_supplier, " + UserJar.VERSION + ", of acme.jar",
                            "# ConflictResolver acme_cheapest, " + UserJar.VERSION + ", of acme.jar");
            var flink = LocalFlink.start(config, 2, folder.resolve("local"));
            flink.submit(config);
            return flink::close;
        }
        var rest = cluster.rest();
        var id = way == Way.REST
                ? rest.run(rest.upload(ShadedJar.find()), file, 2, Optional.empty())
                : cluster.run(
                        way == Way.CLASS_PATH
                                ? List.of("--classpath", jar.toUri().toString())
                                : List.of(),
                        file);
        return () -> {
            rest.cancel(id);
            await().atMost(LIMIT).until(() -> rest.state(id).equals("CANCELED"));
        };
    }

    private static Path configuration(Way way, String database) throws Exception {
        var yaml = """
                gravity:
                  checkpoint-interval: 1s
                  %s
                  sources:
                    - {name: east, type: mysql, host: 127.0.0.1, port: %d, username: "%s", password: "%s", tables: ["%s.*"]}
                    - {name: west, type: mysql, host: 127.0.0.1, port: %d, username: "%s", password: "%s", tables: ["%s.*"]}
                  targets:
                    - {name: warehouse, type: mysql, host: 127.0.0.1, port: %d, username: "%s", password: "%s"}
                  quarantine: {target: warehouse}
                  auto-repair:
                    format-correction: {corrections: {sku: {correction: acme_sku}}}
                  data-quality:
                    realtime-checks:
                      custom-rules: {rules: [acme_supplier]}
                  conflict-resolution:
                    custom-rules:
                      - {tables: [offers], strategy: custom, resolver: acme_cheapest}
                """.formatted(
                        way == Way.CLASS_PATH ? "# The jar is on the class path." : "extensions: {path: acme.jar}",
                        east.port(),
                        east.user(),
                        east.password(),
                        database,
                        west.port(),
                        west.user(),
                        west.password(),
                        database,
                        warehouse.port(),
                        warehouse.user(),
                        warehouse.password());
        return Files.writeString(folder.resolve(database + ".yaml"), yaml);
    }

    private static List<String> query(String sql) throws SQLException {
        var values = new ArrayList<String>();
        try (var connection = warehouse.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }
}
