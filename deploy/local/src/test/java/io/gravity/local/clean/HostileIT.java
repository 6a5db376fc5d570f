package io.gravity.local.clean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.SyncConfig;
import io.gravity.SyncConfigLoader;
import io.gravity.local.demo.Home;
import io.gravity.local.demo.SqlScript;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.server.DatabaseOptions;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rules and rows that mean harm, in a running job: it lives, what they touch goes to the quarantine with its reason, and
 * rows of another table do not wait for them.
 */
@Timeout(240)
class HostileIT {
    private static final Logger LOG = LoggerFactory.getLogger(HostileIT.class);
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration FUNCTIONS = Duration.ofSeconds(1);
    /** A row of 16 MB that is delivered takes half a second, and several times so on a machine that does other things. */
    private static final Duration HUGE_ROWS = Duration.ofSeconds(5);

    private static final int HUGE = 16 << 20;
    private static final DatabaseOptions OPTIONS = DatabaseOptions.none().with("max_allowed_packet", "128M");

    /** What happens while a probe row is on its way. */
    private static volatile String harm = "none";

    private static final String ORDERS =
            "CREATE TABLE shop.orders (id BIGINT PRIMARY KEY, kind VARCHAR(20), word VARCHAR(20), note LONGTEXT)";
    private static final String PROBES = "CREATE TABLE shop.probes (id BIGINT PRIMARY KEY, note VARCHAR(60))";

    private static final String RULES = """
            quarantine: {target: warehouse}
            routing:
              - {source-tables: ["*"], targets: [warehouse]}
            data_quality:
              realtime_checks:
                format_validation:
                  - {tables: ["shop.*"], rules: {note: "^(a+)+$"}}
                  - {tables: [shop.orders], rules: {word: "^OK$"}}
                business_rules:
                  tables: [shop.orders]
                  rules:
                    - {field: "note", condition: "not regexp '\\\\b(a|b|ab)*c'"}
                custom_rules: {tables: [shop.orders], rules: [hostile_rule]}
            auto_repair:
              format_correction:
                tables: [shop.orders]
                corrections:
                  word: {correction: "hostile_function"}
                  note: {pattern: "\\\\b(x+x+)+y", correction: "trim_and_lowercase"}
            """;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @AfterEach
    void endLoops() {
        Hostile.end();
    }

    @Test
    void nobodyElseWaitsForThem() throws Exception {
        try (var source = DatabaseServers.start("source", folder.resolve("source"), OPTIONS);
                var warehouse = DatabaseServers.start("warehouse", folder.resolve("warehouse"), OPTIONS)) {
            SqlScript.run(warehouse, Home.find().resolve("sql/target/dead_letters.sql"));
            source.execute("CREATE DATABASE shop", ORDERS, PROBES);
            warehouse.execute("CREATE DATABASE shop", ORDERS, PROBES);
            var config = config(source, warehouse);
            try (var flink = LocalFlink.start(config, 2, folder.resolve("flink"))) {
                var job = flink.submit(config);
                source.execute("INSERT INTO shop.orders VALUES (1, 'ok', 'OK', 'aaa')");
                await().atMost(LIMIT).until(() -> ids(warehouse, "shop.orders").contains("1"));
                try (var probe = new Probe(source, warehouse)) {
                    harm(source, warehouse);
                    probe.finish();
                    var delays = probe.millisByHarm();
                    System.out.println("Largest delay of " + probe.delays.size()
                            + " probe rows in milliseconds, by harm: " + delays);
                    assertThat(probe.delays).hasSizeGreaterThan(500);
                    assertThat(delays).allSatisfy((harm, millis) -> assertThat(millis)
                            .as("milliseconds by harm: " + delays)
                            .isLessThan((harm.equals("16 MB") ? HUGE_ROWS : FUNCTIONS).toMillis()));
                }
                assertThat(job.metrics().restarts()).isZero();
                job.cancel();
            }
        }
    }

    private static void harm(DatabaseServer source, DatabaseServer warehouse) throws Exception {
        harm = "faults";
        var words = List.of("throws", "fails", "null", "wrong");
        for (int i = 0; i < words.size(); i++) {
            source.execute(order(10 + i, words.get(i), "OK", "'a'"), order(20 + i, "ok", words.get(i), "'a'"));
        }
        source.execute(order(30, "ok", "OK", "CONCAT(REPEAT('a', 100000), '!')"));
        letters(warehouse, "10 custom", "11 custom", "12 custom", "13 custom");
        letters(warehouse, "20 format", "21 format", "23 format", "30 format");

        harm = "16 MB";
        source.execute(order(40, "ok", "OK", "REPEAT('a', " + HUGE + ")"));
        await().atMost(LIMIT).untilAsserted(() -> assertThat(
                        query(warehouse, "SELECT CONCAT(id, ' ', LENGTH(note)) FROM shop.orders"))
                .containsExactlyInAnyOrder("1 3", "22 1", "40 " + HUGE));
        harm = "16 MB with a fault";
        source.execute(order(41, "ok", "OK", "CONCAT(REPEAT('a', " + (HUGE - 1) + "), '!')"));
        letters(warehouse, "41 format");

        harm = "loops";
        for (int i = 0; i < 160; i++) {
            source.execute(order(1000 + i, i % 2 == 0 ? "loops" : "ok", "loops", "'a'"));
            pause(50);
        }
        harm = "sleeps";
        for (int i = 0; i < 100; i++) {
            source.execute(order(2000 + i, "sleeps", "sleeps", "'a'"));
            pause(50);
        }
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(ids(warehouse, "gravity.dead_letters WHERE stage = 'quality'"))
                        .hasSizeGreaterThanOrEqualTo(10 + 160));
        var reasons = query(warehouse, "SELECT message FROM gravity.dead_letters");
        assertThat(reasons)
                .anyMatch(reason -> reason.contains("did not return within"))
                .anyMatch(reason -> reason.contains("is not called for a while"))
                .anyMatch(reason -> reason.contains("NoClassDefFoundError"))
                .anyMatch(reason -> reason.contains("returned a Long"))
                .anyMatch(reason -> reason.contains("Unspeakable"));
        harm = "none";
    }

    private static String order(int id, String kind, String word, String note) {
        return "INSERT INTO shop.orders VALUES (" + id + ", '" + kind + "', '" + word + "', " + note + ")";
    }

    private static void letters(DatabaseServer warehouse, String... expected) {
        await().atMost(LIMIT).untilAsserted(() -> assertThat(query(
                        warehouse,
                        "SELECT CONCAT(JSON_EXTRACT(row_key, '$.id'), ' ', reason) FROM gravity.dead_letters"))
                .contains(expected));
    }

    private static void pause(long millis) {
        long until = System.nanoTime() + millis * 1_000_000;
        await().pollInterval(Duration.ofMillis(5)).until(() -> System.nanoTime() >= until);
    }

    private static List<String> ids(DatabaseServer server, String from) throws SQLException {
        var key = from.startsWith("gravity") ? "row_key" : "id";
        return query(server, "SELECT " + key + " FROM " + from);
    }

    private SyncConfig config(DatabaseServer source, DatabaseServer warehouse) throws Exception {
        var yaml = """
                gravity:
                  checkpoint-interval: 2s
                  sources:
                    - {name: source, type: mysql, host: 127.0.0.1, port: %d, username: "%s", password: "${env:PASSWORD}",
                       tables: ["shop.*"]}
                  targets:
                    - {name: warehouse, type: mysql, host: 127.0.0.1, port: %d, username: "%s", password: "${env:PASSWORD}"}
                """.formatted(source.port(), source.user(), warehouse.port(), warehouse.user());
        var file = Files.writeString(folder.resolve("job.yaml"), yaml + RULES.indent(2));
        return SyncConfigLoader.load(file, Map.of("PASSWORD", source.password())::get);
    }

    private static List<String> query(DatabaseServer server, String sql) throws SQLException {
        try (var connection = server.connect()) {
            return query(connection, sql);
        }
    }

    private static List<String> query(Connection connection, String sql) throws SQLException {
        var values = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    /** Rows of another table, one each 20 ms, and when each is seen at the target. */
    private static final class Probe implements AutoCloseable {
        private final Map<Long, Long> delays = new ConcurrentSkipListMap<>();
        private final Map<Long, Long> sent = new ConcurrentSkipListMap<>();
        private final Map<String, Long> harms = new ConcurrentHashMap<>();
        private final Thread writer;
        private final Thread reader;
        private volatile boolean isWriting = true;
        private volatile boolean isReading = true;

        Probe(DatabaseServer source, DatabaseServer warehouse) {
            writer = new Thread(() -> write(source), "probe-writer");
            reader = new Thread(() -> read(warehouse), "probe-reader");
            writer.start();
            reader.start();
        }

        private void write(DatabaseServer source) {
            try (var connection = source.connect();
                    var statement = connection.prepareStatement("INSERT INTO shop.probes VALUES (?, 'aaaa')")) {
                for (long id = 1; isWriting; id++) {
                    statement.setLong(1, id);
                    sent.put(id, System.nanoTime());
                    statement.executeUpdate();
                    pause(20);
                }
            } catch (SQLException e) {
                LOG.error("no more probe rows", e);
            }
        }

        private void read(DatabaseServer warehouse) {
            try (var connection = warehouse.connect()) {
                while (isReading) {
                    long first = sent.keySet().stream()
                            .filter(id -> !delays.containsKey(id))
                            .findFirst()
                            .orElse(Long.MAX_VALUE);
                    for (var id : query(connection, "SELECT id FROM shop.probes WHERE id >= " + first)) {
                        seen(Long.parseLong(id));
                    }
                    pause(5);
                }
            } catch (SQLException e) {
                LOG.error("probe rows are not read any more", e);
            }
        }

        private void seen(long id) {
            if (!delays.containsKey(id)) {
                long delay = System.nanoTime() - sent.get(id);
                delays.put(id, delay);
                harms.merge(harm, delay / 1_000_000, Math::max);
            }
        }

        /** Ends writing, and waits for what is not seen yet. */
        void finish() {
            isWriting = false;
            await().atMost(LIMIT).until(() -> !writer.isAlive() && delays.size() == sent.size());
        }

        Map<String, Long> millisByHarm() {
            return harms;
        }

        @Override
        public void close() throws InterruptedException {
            isWriting = false;
            isReading = false;
            writer.join();
            reader.join();
        }
    }
}
