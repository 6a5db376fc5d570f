package io.gravity.local.kill;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.local.cluster.FlinkRest;
import io.gravity.local.cluster.ShadedJar;
import io.gravity.local.cluster.StandaloneCluster;
import io.gravity.local.cluster.ZooKeeper;
import io.gravity.local.demo.Home;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import io.gravity.local.server.KafkaBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two sources are written while job manager, task managers, whole clusters, the target's server and the broker are killed
 * at random, each a process of its own that gets a SIGKILL. Targets with {@code consistency: strong} must see each change exactly once, those with {@code eventual} at least once,
 * and all must end as the sources.
 *
 * <p>At a source, rows are added to {@code log}, and numbers in {@code counter} go up by one at a time. What a MySQL
 * target applies is recorded by triggers.
 *
 * <p>{@code -Dgravity.strong.kills=20} kills more often, {@code -Dgravity.strong.seed=7} others.
 */
class ExactlyOnceIT {
    private static final int KILLS = Integer.getInteger("gravity.strong.kills", 5);
    private static final long SEED = Long.getLong("gravity.strong.seed", 1);
    private static final List<String> SOURCES = List.of("left", "right");
    private static final int COUNTERS = 20;
    private static final int CHANGES_PER_SECOND = 150;
    private static final Duration DOWN = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final Duration QUIET = Duration.ofSeconds(5);
    private static final int TASK_MANAGERS = 2;
    private static final int SLOTS_EACH = 2;
    private static final Pattern IDS = Pattern.compile("\"after\":\\{\"id\":(\\d+),\"n\":(\\d+)");

    private enum Victim {
        TASK_MANAGER,
        /** Task managers live on; the next job manager learns of the job from ZooKeeper. */
        JOB_MANAGER,
        TARGET,
        BROKER,
        /** All of Flink's processes; a cluster that knows nothing goes on from the last checkpoint, rescaled. */
        CLUSTER
    }

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private final Random random = new Random(SEED);
    private Path config;
    private StandaloneCluster cluster;
    private ZooKeeper zooKeeper;
    private FlinkRest flink;
    private String job;
    private int clusters;

    @Test
    void strongTargetsSeeEachChangeOnceAndEventualOnesAtLeastOnce() throws Exception {
        try (var left = DatabaseServers.start("left", folder.resolve("left"));
                var right = DatabaseServers.start("right", folder.resolve("right"));
                var warehouse = DatabaseServers.start("warehouse", folder.resolve("warehouse"));
                var broker = KafkaBroker.start(folder.resolve("kafka"));
                var processes = StandaloneCluster.assemble(Home.find(), folder.resolve("flink"));
                var coordinator = ZooKeeper.start(folder.resolve("zookeeper"), processes.classPath())) {
            cluster = processes;
            zooKeeper = coordinator;
            flink = cluster.rest();
            createTables(List.of(left, right), warehouse);
            assertRepeatsShow(warehouse);
            config = config(left, right, warehouse, broker);
            startCluster(Optional.empty());
            try (var leftLoad = new CountingLoad(left, "left", COUNTERS, CHANGES_PER_SECOND / 2);
                    var rightLoad = new CountingLoad(right, "right", COUNTERS, CHANGES_PER_SECOND / 2)) {
                await().atMost(LIMIT)
                        .until(() ->
                                applied(warehouse, "strong", "counter_left").size()
                                                + applied(warehouse, "strong", "counter_right")
                                                        .size()
                                        == 2 * COUNTERS);
                leftLoad.start();
                rightLoad.start();
                var victims = victims();
                for (int kill = 0; kill < KILLS; kill++) {
                    pause(Duration.ofMillis(1_500 + random.nextInt(3_000)));
                    say("kill %d of %d: %s", kill + 1, KILLS, victims.get(kill));
                    kill(victims.get(kill), warehouse, broker);
                }
                pause(Duration.ofSeconds(2));
                leftLoad.stop();
                rightLoad.stop();
                say(
                        "%d rows added, %d counted up",
                        leftLoad.rows() + rightLoad.rows(), leftLoad.steps() + rightLoad.steps());
                assertAll(Map.of("left", leftLoad, "right", rightLoad), warehouse, broker);
            } catch (Throwable e) {
                say("%s", cluster.tails());
                throw e;
            }
        }
    }

    /** Returns who is killed, one after the other: all of them before one comes again. */
    private List<Victim> victims() {
        var victims = new ArrayList<Victim>();
        while (victims.size() < KILLS) {
            var round = Arrays.asList(Victim.values());
            Collections.shuffle(round, random);
            victims.addAll(round);
        }
        return victims;
    }

    private void kill(Victim victim, DatabaseServer warehouse, KafkaBroker broker) throws Exception {
        switch (victim) {
            case TASK_MANAGER -> {
                cluster.killTaskManager(1 + random.nextInt(TASK_MANAGERS));
                pause(DOWN);
                startMissing();
            }
            case JOB_MANAGER -> {
                awaitCheckpoint();
                cluster.killJobManager();
                pause(DOWN);
                startMissing();
                awaitRunning();
            }
            case TARGET -> {
                warehouse.kill();
                pause(DOWN);
                warehouse.restart();
            }
            case BROKER -> {
                broker.kill();
                pause(DOWN);
                broker.restart();
            }
            case CLUSTER -> {
                awaitCheckpoint();
                cluster.killJobManager();
                for (int number = 1; number <= TASK_MANAGERS; number++) {
                    cluster.killTaskManager(number);
                }
                // Clears up what the processes left, as there are none.
                cluster.stop();
                startCluster(Optional.of(lastCheckpoint()));
            }
        }
    }

    private void startCluster(Optional<String> checkpoint) throws Exception {
        int parallelism = 2 + clusters % 2;
        var settings = Map.of(
                "high-availability.type",
                "zookeeper",
                "high-availability.zookeeper.quorum",
                zooKeeper.address(),
                "high-availability.zookeeper.client.session-timeout",
                "3000",
                "high-availability.zookeeper.client.connection-timeout",
                "3000",
                "high-availability.storageDir",
                folder.resolve("jobs").toUri().toString(),
                "high-availability.cluster-id",
                "/cluster-" + clusters++);
        cluster.start(TASK_MANAGERS, SLOTS_EACH, settings);
        job = flink.run(flink.upload(ShadedJar.find()), config, parallelism, checkpoint);
        awaitRunning();
    }

    private void startMissing() {
        cluster.start(TASK_MANAGERS, SLOTS_EACH, Map.of());
    }

    /** A job manager that has just been elected may not know its jobs yet. */
    private void awaitRunning() {
        await().atMost(LIMIT).ignoreExceptions().until(() -> flink.state(job).equals("RUNNING"));
    }

    private void awaitCheckpoint() {
        await().atMost(LIMIT)
                .ignoreExceptions()
                .until(() -> flink.get("/jobs/" + job + "/checkpoints")
                                .at("counts")
                                .at("completed")
                                .number()
                        > 0);
    }

    private String lastCheckpoint() throws IOException {
        try (var files = Files.find(
                cluster.folder().resolve("checkpoints").resolve(job),
                2,
                (path, attributes) -> path.getFileName().toString().equals("_metadata"))) {
            return files.map(Path::getParent)
                    .max((one, other) -> Long.compare(number(one), number(other)))
                    .orElseThrow()
                    .toUri()
                    .toString();
        }
    }

    private static long number(Path checkpoint) {
        return Long.parseLong(checkpoint.getFileName().toString().substring("chk-".length()));
    }

    private void assertAll(Map<String, CountingLoad> loads, DatabaseServer warehouse, KafkaBroker broker)
            throws Exception {
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(500)).until(() -> {
            for (var load : loads.entrySet()) {
                var source = load.getKey();
                for (var target : List.of("strong", "eventual")) {
                    if (!rows(warehouse, target, "log_" + source)
                                    .equals(load.getValue().log())
                            || !rows(warehouse, target, "counter_" + source)
                                    .equals(load.getValue().counters())
                            || records(broker, target + ".log_" + source).size()
                                    < load.getValue().rows()
                            || records(broker, target + ".counter_" + source).size()
                                    < load.getValue().steps() + COUNTERS) {
                        return false;
                    }
                }
            }
            return true;
        });
        // What is applied twice may come a little later.
        pause(QUIET);
        for (var load : loads.entrySet()) {
            var source = load.getKey();
            assertMySql(warehouse, source, load.getValue());
            assertKafka(broker, source, load.getValue());
        }
    }

    private static void assertMySql(DatabaseServer warehouse, String source, CountingLoad load) throws SQLException {
        var strong = applied(warehouse, "strong", "log_" + source);
        assertThat(strong).as("rows added, strong").hasSize(load.rows()).doesNotHaveDuplicates();
        var steps = applied(warehouse, "strong", "counter_" + source);
        assertThat(steps).as("steps, strong").doesNotHaveDuplicates();
        byId(steps).forEach((id, counts) -> assertThat(counts)
                .as("counter %s, strong", id)
                .isSorted()
                .endsWith(load.counters().get(id)));

        var eventual = applied(warehouse, "eventual", "log_" + source);
        assertThat(eventual).as("rows added, eventual").containsAll(strong);
        say(
                "MySQL, %s: %d rows added; strong applied %d, eventual %d",
                source, load.rows(), strong.size(), eventual.size());
    }

    private static void assertKafka(KafkaBroker broker, String source, CountingLoad load) {
        var rows = records(broker, "strong.log_" + source);
        assertThat(rows).as("rows added, strong").hasSize(load.rows()).doesNotHaveDuplicates();
        var steps = byId(records(broker, "strong.counter_" + source));
        load.counters().forEach((id, last) -> assertThat(steps.get(id))
                .as("counter %s, strong", id)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(0, last).boxed().toList()));

        var eventual = records(broker, "eventual.counter_" + source);
        assertThat(eventual).as("steps, eventual").containsAll(records(broker, "strong.counter_" + source));
        say(
                "Kafka, %s: %d steps; strong has %d, eventual %d",
                source,
                load.steps() + COUNTERS,
                steps.values().stream().mapToInt(List::size).sum(),
                eventual.size());
    }

    private static Map<Long, List<Long>> byId(List<String> changes) {
        return changes.stream()
                .map(change -> change.split("=", 2))
                .collect(groupingBy(
                        change -> Long.valueOf(change[0]),
                        TreeMap::new,
                        mapping(change -> Long.valueOf(change[1]), toList())));
    }

    private static void createTables(List<DatabaseServer> sources, DatabaseServer warehouse) throws SQLException {
        for (int i = 0; i < SOURCES.size(); i++) {
            var source = SOURCES.get(i);
            sources.get(i)
                    .execute("CREATE DATABASE shop", table("shop.log_" + source), table("shop.counter_" + source));
            for (int id = 0; id < COUNTERS; id++) {
                sources.get(i).execute("INSERT INTO shop.counter_" + source + " VALUES (" + id + ", 0)");
            }
        }
        for (var target : List.of("strong", "eventual")) {
            warehouse.execute(
                    "CREATE DATABASE " + target,
                    "CREATE TABLE " + target + ".history (number BIGINT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20),"
                            + " id BIGINT, n BIGINT)");
            for (var source : SOURCES) {
                for (var kind : List.of("log_", "counter_")) {
                    var name = kind + source;
                    warehouse.execute(table(target + "." + name));
                    // Gravity writes with INSERT alone, and an update that changes nothing sets off no AFTER UPDATE.
                    warehouse.execute("CREATE TRIGGER " + target + "." + name + " BEFORE INSERT ON " + target + "."
                            + name + " FOR EACH ROW INSERT INTO " + target + ".history (name, id, n) VALUES ('"
                            + name + "', NEW.id, NEW.n)");
                }
            }
        }
    }

    /** A row that is written again as it is shows in the history, or this test would prove nothing. */
    private static void assertRepeatsShow(DatabaseServer warehouse) throws SQLException {
        var upsert = "INSERT INTO strong.log_left VALUES (1, 1) ON DUPLICATE KEY UPDATE id = VALUES(id), n = VALUES(n)";
        warehouse.execute(upsert, upsert);
        assertThat(applied(warehouse, "strong", "log_left")).containsExactly("1=1", "1=1");
        warehouse.execute("DELETE FROM strong.log_left", "DELETE FROM strong.history");
    }

    private static String table(String name) {
        return "CREATE TABLE " + name + " (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)";
    }

    /** The file is read in the job manager's process. */
    private Path config(DatabaseServer left, DatabaseServer right, DatabaseServer warehouse, KafkaBroker broker)
            throws IOException {
        var yaml = """
                gravity:
                  checkpoint-interval: 1s
                  sources:
                    - {name: left, type: mysql, host: %1$s, port: %2$d, username: %3$s, password: "%11$s",
                       tables: ["shop.*"]}
                    - {name: right, type: mysql, host: %4$s, port: %5$d, username: %6$s, password: "%11$s",
                       tables: ["shop.*"]}
                  targets:
                    - {name: strong-db, type: mysql, host: %7$s, port: %8$d, username: %9$s,
                       password: "%11$s", database: strong, consistency: strong, batch-size: 50}
                    - {name: eventual-db, type: mysql, host: %7$s, port: %8$d, username: %9$s,
                       password: "%11$s", database: eventual}
                    - {name: strong-bus, type: kafka, brokers: ["%10$s"], topic: "strong.${table}",
                       consistency: strong, batch-size: 50}
                    - {name: eventual-bus, type: kafka, brokers: ["%10$s"], topic: "eventual.${table}"}
                """.formatted(
                        left.host(),
                        left.port(),
                        left.user(),
                        right.host(),
                        right.port(),
                        right.user(),
                        warehouse.host(),
                        warehouse.port(),
                        warehouse.user(),
                        broker.bootstrapServers(),
                        left.password());
        return Files.writeString(folder.resolve("job.yaml"), yaml);
    }

    /** Returns what a target has applied to a table, as {@code id=n}, in order. */
    private static List<String> applied(DatabaseServer warehouse, String target, String table) throws SQLException {
        return warehouse.query(
                "SELECT CONCAT(id, '=', n) FROM " + target + ".history WHERE name = '" + table + "' ORDER BY number");
    }

    private static Map<Long, Long> rows(DatabaseServer warehouse, String target, String table) throws SQLException {
        var rows = new HashMap<Long, Long>();
        for (var row : warehouse.query("SELECT CONCAT(id, '=', n) FROM " + target + "." + table)) {
            rows.put(
                    Long.valueOf(row.substring(0, row.indexOf('='))),
                    Long.valueOf(row.substring(row.indexOf('=') + 1)));
        }
        return rows;
    }

    /** Returns what a reader of committed records sees of a topic, as {@code id=n}, in order. */
    private static List<String> records(KafkaBroker broker, String topic) {
        var settings = Map.<String, Object>of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest");
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            var records = new ArrayList<String>();
            while (partitions.stream().mapToLong(consumer::position).sum() < end) {
                consumer.poll(Duration.ofSeconds(1)).forEach(record -> {
                    var found = IDS.matcher(new String(record.value(), StandardCharsets.UTF_8));
                    assertThat(found.find()).isTrue();
                    records.add(found.group(1) + "=" + found.group(2));
                });
            }
            return records;
        }
    }

    private static void say(String text, Object... values) {
        System.out.println("ExactlyOnceIT: " + text.formatted(values));
    }

    private static void pause(Duration time) throws InterruptedException {
        new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
    }
}
