package io.gravity.local.target;

import static io.gravity.local.target.AllKinds.delete;
import static io.gravity.local.target.AllKinds.insert;
import static io.gravity.local.target.AllKinds.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gravity.dispatch.EventMapping;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetConfig.Kafka.Format;
import io.gravity.dispatch.TargetWriter;
import io.gravity.dispatch.kafka.KafkaWriter;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.event.TableSchema;
import io.gravity.local.server.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaWriterIT {
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false),
                    new Column("name", ColumnType.of(Kind.TEXT, "VARCHAR"), true)),
            0);

    private static KafkaBroker broker;

    @BeforeAll
    static void startBroker(@TempDir Path folder) {
        broker = KafkaBroker.start(folder, Map.of("auto.create.topics.enable", "false", "num.partitions", "3"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void sendsEachChangeUnderItsKeyAndATombstoneAfterADelete() throws Exception {
        var table = new TableId("shop", "orders");
        try (var writer = writer(Map.of())) {
            writer.write(List.of(
                    insert(table, SCHEMA, Row.of(7L, "a")),
                    update(table, SCHEMA, Row.of(7L, "a"), Row.of(7L, "b")),
                    delete(table, SCHEMA, Row.of(7L, "b"))));
        }
        var records = records("cdc.eu.shop.orders");
        assertThat(records).hasSize(4).allMatch(record -> record.startsWith("{\"id\":7} "));
        assertThat(records.get(0))
                .contains("{\"op\":\"c\",\"source\":\"eu\",\"database\":\"shop\",\"table\":\"orders\",")
                .endsWith("\"before\":null,\"after\":{\"id\":7,\"name\":\"a\"}}");
        assertThat(records.get(1)).contains("\"op\":\"u\"");
        assertThat(records.get(2)).contains("\"op\":\"d\"").endsWith("\"after\":null}");
        assertThat(records.get(3)).isEqualTo("{\"id\":7} null");
    }

    /** A broker that is about to lead a topic may take a producer's second request and refuse the first. */
    @Test
    void aNewTopicTakesItsFirstBatchesInOrderAndAtOnce() throws Exception {
        long begun = System.nanoTime();
        try (var writer = writer(Map.of())) {
            for (int topic = 0; topic < 30; topic++) {
                var table = new TableId("shop", "new" + topic);
                writer.write(IntStream.range(0, 3)
                        .mapToObj(row -> insert(table, SCHEMA, Row.of(7L, "a" + row)))
                        .toList());
            }
        }
        // A request out of order is given up after 60 s.
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(45));
        for (int topic = 0; topic < 30; topic++) {
            assertThat(records("cdc.eu.shop.new" + topic))
                    .extracting(record -> record.replaceAll(".*\"name\":\"(a.)\".*", "$1"))
                    .containsExactly("a0", "a1", "a2");
        }
    }

    @Test
    void carriesEveryKindOfValue() throws Exception {
        var table = new TableId("shop", "all kinds");
        try (var writer = writer(Map.of())) {
            writer.write(List.of(
                    insert(table, AllKinds.SCHEMA, AllKinds.low(1)),
                    insert(table, AllKinds.SCHEMA, AllKinds.high(2)),
                    insert(table, AllKinds.SCHEMA, AllKinds.nulls(3))));
        }
        assertThat(records("cdc.eu.shop.all_kinds"))
                .hasSize(3)
                .anyMatch(record -> record.contains("\"ubig\":\"18446744073709551615\""))
                .anyMatch(record -> record.contains("\"span\":\"-838:59:58.999999\""))
                .anyMatch(record -> record.contains("\"ts\":\"2038-01-19T03:14:07.999999Z\""))
                .anyMatch(record -> record.contains("\"geo\":null"));
    }

    @Test
    void sendsTombstonesWhereTheFormatHasThem() throws Exception {
        assertThat(inFormat(Format.DEBEZIUM_JSON)).hasSize(4).satisfies(records -> {
            assertThat(records.get(0)).startsWith("{\"id\":7} {\"before\":null,\"after\":{\"id\":7,");
            assertThat(records.get(2)).contains("\"op\":\"d\"");
            assertThat(records.get(3)).isEqualTo("{\"id\":7} null");
        });
        assertThat(inFormat(Format.CANAL_JSON)).hasSize(3).satisfies(records -> {
            assertThat(records.get(1)).endsWith("\"data\":[{\"id\":\"7\",\"name\":\"b\"}],\"old\":[{\"name\":\"a\"}]}");
            assertThat(records.get(2)).contains("\"type\":\"DELETE\"");
        });
        assertThat(inFormat(Format.MAXWELL_JSON)).hasSize(3).satisfies(records -> {
            assertThat(records.get(1)).endsWith("\"data\":{\"id\":7,\"name\":\"b\"},\"old\":{\"name\":\"a\"}}");
            assertThat(records.get(2)).contains("\"type\":\"delete\"");
        });
        assertThat(inFormat(Format.EVENT_JSON))
                .containsExactly(
                        "{\"id\":7} {\"event_type\":\"order_created\",\"id\":7,\"name\":\"a\"}",
                        "{\"id\":7} {\"event_type\":\"order_updated\",\"id\":7,\"name\":\"b\"}",
                        "{\"id\":7} {\"event_type\":\"order_deleted\",\"id\":7,\"name\":\"b\"}");
    }

    @Test
    void bringsEachAvroRecordsSchemaAlong() throws Exception {
        try (var writer = writer(Format.AVRO)) {
            writer.write(List.of(
                    insert(AllKinds.TABLE, AllKinds.SCHEMA, AllKinds.low(1)),
                    insert(AllKinds.TABLE, AllKinds.SCHEMA, AllKinds.high(2)),
                    insert(AllKinds.TABLE, AllKinds.SCHEMA, AllKinds.nulls(3))));
        }
        var rows = new ArrayList<GenericRecord>();
        for (var record : received("AVRO.all_kinds")) {
            var header = record.headers().lastHeader("avro.schema").value();
            var schema = new Schema.Parser().parse(text(header));
            var decoder = new BinaryMessageDecoder<GenericRecord>(GenericData.get(), schema);
            rows.add((GenericRecord) decoder.decode(record.value()).get("after"));
        }
        assertThat(rows)
                .hasSize(3)
                .anyMatch(row -> row.get("big").equals(Long.MIN_VALUE))
                .anyMatch(row -> row.get("big").equals(Long.MAX_VALUE))
                .anyMatch(row -> row.get("geo") == null);
    }

    @Test
    void refusesEventsOfColumnsThatTheTableDoesNotHave() throws Exception {
        var events = new EventMapping(
                List.of(new TablePattern("*")),
                EventMapping.DEFAULT_TYPE_FIELD,
                EventMapping.DEFAULT_TYPE,
                EventMapping.DEFAULT_OPERATIONS,
                Map.of("nick", "n"),
                EventMapping.Timestamps.ISO,
                EventMapping.DEFAULT_TIME_ZONE);
        try (var writer =
                KafkaWriter.of(config(Format.EVENT_JSON, List.of(events))).open()) {
            var error = failure(writer, List.of(insert(new TableId("a", "b"), SCHEMA, Row.of(1L, "x"))));
            assertThat(error.code()).isEqualTo(ErrorCode.TARGET_MISCONFIGURED);
            assertThat(error).hasMessageContaining("name nick, expected columns that the table has: id, name");
        }
    }

    @Test
    void createsATopicThatWasDeletedWhileItWrote() throws Exception {
        var table = new TableId("shop", "deleted");
        try (var writer = writer(
                        Map.of("delivery.timeout.ms", "4000", "request.timeout.ms", "2000", "max.block.ms", "3000"));
                var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            writer.write(List.of(insert(table, SCHEMA, Row.of(1L, "a"))));
            admin.deleteTopics(List.of("cdc.eu.shop.deleted")).all().get();
            var batch = List.of(insert(table, SCHEMA, Row.of(2L, "b")));
            var error = failure(writer, batch);
            assertThat(error.code()).isEqualTo(ErrorCode.TARGET_UNREACHABLE);
            writer.write(batch);
        }
        assertThat(records("cdc.eu.shop.deleted")).hasSize(1).allMatch(record -> record.contains("\"name\":\"b\""));
    }

    @Test
    void refusesARecordThatTheBrokerDoesNotTake() throws Exception {
        var table = new TableId("shop", "large");
        var random = new Random(1);
        var text = new StringBuilder();
        for (int i = 0; i < 3_000_000; i++) {
            text.append((char) ('0' + random.nextInt(75)));
        }
        try (var writer = writer(Map.of())) {
            var error = failure(writer, List.of(insert(table, SCHEMA, Row.of(1L, text.toString()))));
            assertThat(error.code()).isEqualTo(ErrorCode.VALUE_TOO_LONG);
            assertThat(error)
                    .hasMessageContaining("send shop.large to topic cdc.eu.shop.large (1 row, key id=1)")
                    .hasMessageContaining("max.message.bytes");
            assertThat(error.getMessage()).hasSizeLessThan(2_000);
            writer.write(List.of(insert(table, SCHEMA, Row.of(2L, "small"))));
        }
    }

    @Test
    void sendsTheSameBatchAfterTheBrokerCameBack() throws Exception {
        var table = new TableId("shop", "killed");
        var settings = Map.of("delivery.timeout.ms", "3000", "request.timeout.ms", "1500", "max.block.ms", "2000");
        try (var writer = writer(settings)) {
            writer.write(List.of(insert(table, SCHEMA, Row.of(1L, "a"))));
            writer.check();
            broker.kill();
            assertThat(catchThrowableOfType(GravityException.class, writer::check)
                            .code())
                    .isEqualTo(ErrorCode.TARGET_UNREACHABLE);
            var batch = LongStream.range(0, 100)
                    .mapToObj(id -> insert(table, SCHEMA, Row.of(id, "b")))
                    .toList();
            var error = failure(writer, batch);
            assertThat(error.code()).isEqualTo(ErrorCode.TARGET_UNREACHABLE);
            broker.restart();
            writer.check();
            writer.write(batch);
        }
        var keys = records("cdc.eu.shop.killed").stream()
                .filter(record -> record.contains("\"name\":\"b\""))
                .map(record -> record.substring(0, record.indexOf(' ')))
                .distinct();
        assertThat(keys).hasSize(100);
    }

    @Test
    void saysThatNobodyAnswersAndCloses() {
        var config = new TargetConfig.Kafka(
                "bus", List.of("127.0.0.1:1"), "t", Map.of("max.block.ms", "1000"), AllKinds.delivery());
        var writer = KafkaWriter.of(config).open();
        var error = failure(writer, List.of(insert(new TableId("a", "b"), SCHEMA, Row.of(1L, "x"))));
        assertThat(error.code()).isEqualTo(ErrorCode.TARGET_UNREACHABLE);
        long start = System.nanoTime();
        writer.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    private static TargetWriter writer(Map<String, String> properties) {
        return KafkaWriter.of(new TargetConfig.Kafka(
                        "bus",
                        List.of(broker.bootstrapServers()),
                        "cdc.${source}.${database}.${table}",
                        properties,
                        AllKinds.delivery()))
                .open();
    }

    private static TargetWriter writer(Format format) {
        return KafkaWriter.of(config(format, List.of())).open();
    }

    private static TargetConfig.Kafka config(Format format, List<EventMapping> events) {
        return new TargetConfig.Kafka(
                "bus",
                List.of(broker.bootstrapServers()),
                format + ".${table}",
                List.of(),
                format,
                events,
                Map.of(),
                AllKinds.delivery());
    }

    /** Returns what an insert, an update and a delete of a row become. */
    private static List<String> inFormat(Format format) throws InterruptedException {
        var table = new TableId("shop", "orders");
        try (var writer = writer(format)) {
            writer.write(List.of(
                    insert(table, SCHEMA, Row.of(7L, "a")),
                    update(table, SCHEMA, Row.of(7L, "a"), Row.of(7L, "b")),
                    delete(table, SCHEMA, Row.of(7L, "b"))));
        }
        return records(format + ".orders");
    }

    /** Returns all records of a topic as {@code key value}. */
    private static List<String> records(String topic) {
        return received(topic).stream()
                .map(record -> text(record.key()) + " " + text(record.value()))
                .toList();
    }

    private static List<ConsumerRecord<byte[], byte[]>> received(String topic) {
        var settings =
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
            while (partitions.stream().mapToLong(consumer::position).sum() < end) {
                consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
            }
            return records;
        }
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "null" : new String(bytes, StandardCharsets.UTF_8);
    }

    private static GravityException failure(TargetWriter writer, List<ChangeEvent> batch) {
        return catchThrowableOfType(GravityException.class, () -> writer.write(batch));
    }
}
