package io.gravity.local.target;

import static io.gravity.local.target.AllKinds.insert;
import static io.gravity.local.target.AllKinds.update;
import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.audit.DeadLetters;
import io.gravity.dispatch.DispatchOperatorFactory;
import io.gravity.dispatch.Lanes;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetWriters;
import io.gravity.dispatch.clickhouse.ClickHouseWriter;
import io.gravity.dispatch.kafka.KafkaWriter;
import io.gravity.dispatch.mysql.MySqlWriter;
import io.gravity.dispatch.schema.SchemaPolicy;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.local.demo.Home;
import io.gravity.local.demo.SqlScript;
import io.gravity.local.server.ClickHouseServer;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import io.gravity.local.server.KafkaBroker;
import io.gravity.local.server.MySql9;
import io.gravity.types.EventTypes;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A dispatcher and the quarantine behind it, with real servers: one row at fault of ten thousand misses, and no other. */
@Timeout(120)
class QuarantineIT {
    private static final int ROWS = 10_000;
    private static final TableId GOODS = new TableId("shop", "goods");
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false),
                    new Column("code", ColumnType.of(Kind.TEXT, "VARCHAR"), true),
                    new Column("stock", ColumnType.of(Kind.INTEGER, "INT"), true),
                    new Column("supplier", ColumnType.of(Kind.INTEGER, "INT"), true)),
            0);

    @TempDir
    private Path folder;

    @Test
    void ofTenThousandRowsInMariaDbOnlyOneOfEachFaultIsMissing() throws Exception {
        try (var server = DatabaseServers.start("target", folder)) {
            deliversAllButOneOfEachFault(server);
        }
    }

    @Test
    void ofTenThousandRowsInMySql9OnlyOneOfEachFaultIsMissing() throws Exception {
        try (var server = MySql9.start("target", folder)) {
            deliversAllButOneOfEachFault(server);
        }
    }

    private static void deliversAllButOneOfEachFault(DatabaseServer server) throws Exception {
        createTables(server);
        var changes = new ArrayList<ChangeEvent>();
        for (int id = 0; id < ROWS; id++) {
            changes.add(
                    switch (id) {
                        case 1_000 -> good(id, "far too long for it", 1L, null);
                        case 2_500 -> good(id, null, 1L, null);
                        case 4_000 -> good(id, "c" + id, 100_000L, null);
                        case 5_500 -> good(id, "c" + id, 1L, 77L);
                        case 7_000 -> good(id, "c0", 1L, null);
                        default -> good(id, "c" + id, 1L, null);
                    });
        }

        run(changes, MySqlWriter.of(mySql(server)), Duration.ofSeconds(2));

        assertThat(server.query("SELECT COUNT(*) FROM shop.goods")).containsExactly("9995");
        assertThat(server.query(
                        "SELECT CONCAT(JSON_EXTRACT(row_key, '$.id'), ' ', reason, ' ', operation, ' ', table_name, ' ', target)"
                                + " FROM gravity.dead_letters ORDER BY 1"))
                .containsExactly(
                        "1000 too-long insert shop.goods warehouse",
                        "2500 null insert shop.goods warehouse",
                        "4000 out-of-range insert shop.goods warehouse",
                        "5500 parent-missing insert shop.goods warehouse",
                        "7000 unique-taken insert shop.goods warehouse");
        assertThat(
                        server.query(
                                "SELECT JSON_UNQUOTE(JSON_EXTRACT(row_data, '$.after.code')) FROM gravity.dead_letters WHERE reason = 'too-long'"))
                .containsExactly("far too long for it");
        assertThat(server.query("SELECT message FROM gravity.dead_letters WHERE reason = 'unique-taken'"))
                .singleElement()
                .asString()
                .contains("shop.goods (key id=7000) needs code=c0 of the unique index code, which the row id=0 holds");
    }

    @Test
    void uniqueValuesThatMoveAndParentsThatComeLateEndRightWithoutDeadLetters() throws Exception {
        try (var server = DatabaseServers.start("target", folder)) {
            createTables(server);
            var suppliers = new TableSchema(List.of(new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false)), 0);
            var random = new Random(1);
            var codes = new ArrayList<String>();
            var changes = new ArrayList<ChangeEvent>();
            for (int id = 0; id < 200; id++) {
                codes.add("c" + id);
                changes.add(good(id, "c" + id, 1L, (long) id % 10));
            }
            for (int id = 0; id < 10; id++) {
                changes.add(insert(new TableId("shop", "suppliers"), suppliers, Row.of((long) id)));
            }
            for (int swap = 0; swap < 500; swap++) {
                int one = random.nextInt(200);
                int other = (one + 1 + random.nextInt(199)) % 200;
                changes.add(moved(one, codes.get(one), "t" + swap));
                changes.add(moved(other, codes.get(other), codes.get(one)));
                changes.add(moved(one, "t" + swap, codes.get(other)));
                codes.set(other, codes.set(one, codes.get(other)));
            }

            run(changes, MySqlWriter.of(mySql(server)), Duration.ofSeconds(60));

            assertThat(server.query("SELECT reason FROM gravity.dead_letters")).isEmpty();
            assertThat(server.query("SELECT code FROM shop.goods ORDER BY id")).isEqualTo(codes);
        }
    }

    @Test
    void ofTenThousandRecordsInKafkaOnlyTheOneTooLargeIsMissing() throws Exception {
        try (var broker = KafkaBroker.start(folder, Map.of())) {
            var changes = goods();
            var large = new StringBuilder();
            new Random(1).ints(3_000_000, '0', 'z').forEach(letter -> large.append((char) letter));
            changes.set(4_321, good(4_321, large.toString(), 1L, null));
            var target = new TargetConfig.Kafka(
                    "bus", List.of(broker.bootstrapServers()), "${database}.${table}", Map.of(), delivery());

            run(changes, KafkaWriter.of(target), Duration.ofSeconds(1));

            assertThat(records(broker, "shop.goods")).hasSize(ROWS - 1).doesNotContainKey("{\"id\":4321}");
            var letters = records(broker, "gravity.dead_letters");
            assertThat(letters).hasSize(1);
            assertThat(letters.values().iterator().next())
                    .contains(
                            "\"reason\":\"too-long\"",
                            "\"row_key\":\"{\\\"id\\\":4321}\"",
                            "\\\"cut\\\":[\\\"code\\\"]");
        }
    }

    @Test
    void ofTenThousandRowsInClickHouseOnlyTheOneOutOfRangeIsMissing() throws Exception {
        try (var server = ClickHouseServer.start(folder)) {
            var schema = new TableSchema(
                    List.of(
                            new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false),
                            new Column("day", ColumnType.of(Kind.DATE, "DATE"), true)),
                    0);
            var changes = new ArrayList<ChangeEvent>();
            for (int id = 0; id < ROWS; id++) {
                changes.add(insert(GOODS, schema, Row.of((long) id, LocalDate.of(id == 4_321 ? 9999 : 2024, 1, 1))));
            }
            var target = new TargetConfig.ClickHouse(
                    "lake",
                    server.host(),
                    server.port(),
                    server.user(),
                    AllKinds.secret(server.password()),
                    null,
                    Map.of(),
                    delivery());

            run(changes, ClickHouseWriter.of(target), Duration.ofSeconds(1));

            assertThat(server.query("SELECT count() FROM shop.goods FINAL").strip())
                    .isEqualTo("9999");
            assertThat(server.query("SELECT reason, row_key FROM gravity.dead_letters FINAL")
                            .strip())
                    .isEqualTo("out-of-range\t{\"id\":4321}");
        }
    }

    private static void createTables(DatabaseServer server) throws Exception {
        server.execute(
                "DROP DATABASE IF EXISTS gravity",
                "DROP DATABASE IF EXISTS shop",
                "CREATE DATABASE shop DEFAULT CHARACTER SET utf8mb4",
                "CREATE TABLE shop.suppliers (id INT PRIMARY KEY)",
                "CREATE TABLE shop.goods (id INT PRIMARY KEY, code VARCHAR(10) NOT NULL, stock SMALLINT, supplier INT,"
                        + " UNIQUE (code), FOREIGN KEY (supplier) REFERENCES shop.suppliers (id))");
        SqlScript.run(server, Home.find().resolve("sql/target/dead_letters.sql"));
    }

    /** Runs until all is delivered or given up. */
    private static void run(List<ChangeEvent> changes, TargetWriters writers, Duration holdLimit) throws Exception {
        var env = StreamExecutionEnvironment.createLocalEnvironment(2, new Configuration());
        env.setMaxParallelism(Lanes.COUNT);
        var letters = new DeadLetters("gravity.dead_letters", "dispatch", "warehouse");
        env.fromData(changes, EventTypes.CHANGE)
                .keyBy(ChangeEvent::key, EventTypes.ROW_KEY)
                .transform(
                        "Dispatch",
                        EventTypes.CHANGE,
                        new DispatchOperatorFactory("warehouse", delivery(holdLimit), writers, letters))
                .keyBy(ChangeEvent::key, EventTypes.ROW_KEY)
                .transform(
                        "Quarantine",
                        EventTypes.CHANGE,
                        new DispatchOperatorFactory("warehouse", delivery(), writers, null));
        env.execute();
    }

    private static TargetConfig.Delivery delivery() {
        return delivery(Duration.ofSeconds(1));
    }

    private static TargetConfig.Delivery delivery(Duration holdLimit) {
        return new TargetConfig.Delivery(
                List.of(),
                List.of(),
                1000,
                4 << 20,
                Duration.ofMillis(20),
                2,
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                holdLimit);
    }

    private static TargetConfig.MySql mySql(DatabaseServer server) {
        return new TargetConfig.MySql(
                        "warehouse",
                        server.host(),
                        server.port(),
                        server.user(),
                        AllKinds.secret(server.password()),
                        null,
                        Map.of(),
                        delivery())
                .withSchema(SchemaPolicy.none());
    }

    private static List<ChangeEvent> goods() {
        var changes = new ArrayList<ChangeEvent>();
        for (int id = 0; id < ROWS; id++) {
            changes.add(good(id, "c" + id, 1L, null));
        }
        return changes;
    }

    private static ChangeEvent good(long id, String code, Long stock, Long supplier) {
        return insert(GOODS, SCHEMA, Row.of(id, code, stock, supplier));
    }

    private static ChangeEvent moved(long id, String from, String to) {
        return update(GOODS, SCHEMA, Row.of(id, from, 1L, id % 10), Row.of(id, to, 1L, id % 10));
    }

    /** Returns the last value under each key of a topic. */
    private static Map<String, String> records(KafkaBroker broker, String topic) {
        var settings =
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            var records = new HashMap<String, String>();
            while (partitions.stream().mapToLong(consumer::position).sum() < end) {
                consumer.poll(Duration.ofSeconds(1)).forEach(record -> records.put(record.key(), record.value()));
            }
            return records;
        }
    }
}
