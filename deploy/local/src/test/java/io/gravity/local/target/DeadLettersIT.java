package io.gravity.local.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.DeadLettersCommand;
import io.gravity.SyncConfigLoader;
import io.gravity.local.demo.Home;
import io.gravity.local.demo.SqlScript;
import io.gravity.local.flink.LocalFlink;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Works with dead letters as an operator does, beside a running job, wherever they are kept. */
@Timeout(180)
class DeadLettersIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private static DatabaseServer server;
    private static KafkaBroker broker;
    private static ClickHouseServer clickHouse;

    @BeforeAll
    static void startServers() {
        server = DatabaseServers.start("shop", folder.resolve("mysql"));
        broker = KafkaBroker.start(folder.resolve("kafka"));
        clickHouse = ClickHouseServer.start(folder.resolve("clickhouse"));
    }

    @AfterAll
    static void stopServers() {
        clickHouse.close();
        broker.close();
        server.close();
    }

    private record Result(int status, List<String> lines, String err) {}

    @ParameterizedTest
    @ValueSource(strings = {"warehouse", "bus", "lake", "letters"})
    void listsReplaysAndDrops(String quarantine) throws Exception {
        createTables();
        var file = configuration(quarantine);
        var config = SyncConfigLoader.load(file, Map.<String, String>of()::get);
        try (var flink = LocalFlink.start(config, 2, folder.resolve("flink-" + quarantine))) {
            var url = flink.webUi().toString();
            var job = flink.submit(config);
            // A row that is copied and comes in the binlog too would make two letters.
            await().atMost(LIMIT).until(() -> goods().equals(List.of("1 fits")));
            server.execute("INSERT INTO shop.goods VALUES (2, 'far too long'), (3, 'much too long')");
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(run("list", file).lines())
                            .hasSize(2)
                            .allSatisfy(line -> assertThat(line)
                                    .contains("too-long\twarehouse\tdw.goods")
                                    .endsWith("\treplayable")));
            assertThat(goods()).containsExactly("1 fits");

            // The one cause is mended, the other row changed.
            server.execute(
                    "ALTER TABLE dw.goods MODIFY code VARCHAR(20)",
                    "UPDATE shop.goods SET code = 'short' WHERE id = 3");
            await().atMost(LIMIT).until(() -> goods().contains("3 short"));
            assertThat(run("show", file, "--id", id(file, 2)).lines())
                    .contains("reason: too-long", "row_key: {\"id\":2}", "    \"code\" : \"far too long\"");

            var two = id(file, 2);
            var three = id(file, 3);
            var replay = run("replay", file, "--flink", url, "--all");
            assertThat(replay.lines())
                    .as(replay.err())
                    .containsExactlyInAnyOrder(two + "\treplayed", three + "\tsuperseded");
            assertThat(replay.status()).isZero();
            await().atMost(LIMIT).until(() -> goods().equals(List.of("1 fits", "2 far too long", "3 short")));
            assertThat(run("list", file).lines()).isEmpty();

            // Refused once more, it is the same letter.
            server.execute("INSERT INTO shop.goods VALUES (4, 'too long for twenty letters')");
            await().atMost(LIMIT).until(() -> run("list", file).lines().size() == 1);
            var first = run("list", file).lines().get(0);
            assertThat(run("replay", file, "--flink", url, "--reason", "too-long")
                            .lines())
                    .containsExactly(first.substring(0, 32) + "\treplayed");
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(run("list", file).lines())
                            .singleElement()
                            .isNotEqualTo(first)
                            .asString()
                            .startsWith(first.substring(0, 32)));

            assertThat(run("drop", file, "--table", "dw.goods").err()).isEqualTo("1 dropped\n");
            assertThat(run("list", file).lines()).isEmpty();
            assertThat(run("drop", file, "--table", "dw.goods").err()).isEqualTo("0 dropped\n");
            assertThat(job.metrics().restarts()).isZero();
            job.cancel();
        }
    }

    private static List<String> goods() throws Exception {
        return server.query("SELECT CONCAT(id, ' ', code) FROM dw.goods ORDER BY id");
    }

    private static String id(Path file, int row) {
        return run("list", file).lines().stream()
                .filter(line -> line.contains("{\"id\":" + row + "}") || line.contains("{\"id\": " + row + "}"))
                .map(line -> line.substring(0, 32))
                .findFirst()
                .orElseThrow();
    }

    private static Result run(String action, Path file, String... further) {
        var args = new ArrayList<>(List.of(action, file.toString()));
        args.addAll(List.of(further));
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int status = DeadLettersCommand.run(
                args,
                name -> null,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Result(
                status, out.toString(StandardCharsets.UTF_8).lines().toList(), err.toString(StandardCharsets.UTF_8));
    }

    private static void createTables() throws Exception {
        server.execute(
                "DROP DATABASE IF EXISTS shop",
                "DROP DATABASE IF EXISTS dw",
                "DROP DATABASE IF EXISTS gravity",
                "CREATE DATABASE shop",
                "CREATE DATABASE dw",
                "CREATE TABLE shop.goods (id INT PRIMARY KEY, code VARCHAR(100) NOT NULL)",
                "INSERT INTO shop.goods VALUES (1, 'fits')",
                "CREATE TABLE dw.goods (id INT PRIMARY KEY, code VARCHAR(10) NOT NULL)");
        SqlScript.run(server, Home.find().resolve("sql/target/dead_letters.sql"));
    }

    private static Path configuration(String quarantine) throws Exception {
        var yaml = """
                gravity:
                  checkpoint-interval: 1s
                  sources:
                    - {name: shop, type: mysql, host: %1$s, port: %2$d, username: %3$s, password: "%4$s",
                       tables: ["shop.*"]}
                  table-mapping:
                    - {tables: ["shop.goods"], target: "dw.goods"}
                  targets:
                    - {name: warehouse, type: mysql, host: %1$s, port: %2$d, username: %3$s, password: "%4$s",
                       schema-change: {mode: ignore}}
                    - {name: bus, type: kafka, brokers: ["%5$s"]}
                    - {name: lake, type: clickhouse, host: %6$s, port: %7$d, username: %8$s, password: "%9$s"}
                    - {name: letters, type: file, path: "%10$s"}
                  routing:
                    - {source-tables: ["shop.*"], targets: [warehouse]}
                  quarantine: {target: %11$s}
                """.formatted(
                        server.host(),
                        server.port(),
                        server.user(),
                        server.password(),
                        broker.bootstrapServers(),
                        clickHouse.host(),
                        clickHouse.port(),
                        clickHouse.user(),
                        clickHouse.password(),
                        folder.resolve("letters").toUri(),
                        quarantine);
        return Files.writeString(folder.resolve(quarantine + ".yaml"), yaml);
    }
}
