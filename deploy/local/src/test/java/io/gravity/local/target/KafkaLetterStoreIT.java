package io.gravity.local.target;

import static io.gravity.local.target.AllKinds.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.audit.DeadLetters;
import io.gravity.audit.Letter;
import io.gravity.audit.LetterFilter;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetConfig.Kafka.Format;
import io.gravity.dispatch.kafka.KafkaLetterStore;
import io.gravity.dispatch.kafka.KafkaWriter;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.local.server.KafkaBroker;
import io.gravity.local.server.Ports;
import io.gravity.types.ChangeBytes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Letters that the job's writer has put into Kafka, in each format, as the console finds and deletes them. */
@Timeout(60)
class KafkaLetterStoreIT {
    private static final TableId LETTERS = new TableId("gravity", "dead_letters");
    private static final TableId GOODS = new TableId("shop", "goods");
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    new Column("id", ColumnType.of(Kind.TEXT, "VARCHAR"), false),
                    new Column("code", ColumnType.of(Kind.TEXT, "VARCHAR"), true)),
            0);
    private static final LetterFilter ALL = new LetterFilter(List.of(), null, null, null);
    private static final long NOON = 1_700_000_000_000L;

    /** Each is at one place in its source's log. */
    private static final Map<String, ChangeEvent> CHANGES = new HashMap<>();

    private static KafkaBroker broker;

    @BeforeAll
    static void startBroker(@TempDir Path folder) {
        broker = KafkaBroker.start(folder, Map.of("num.partitions", "3"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"GRAVITY_JSON", "DEBEZIUM_JSON", "CANAL_JSON", "MAXWELL_JSON"})
    void readsBackWhatTheWriterWrote(Format format) throws Exception {
        // Letters and rows of all tables in one topic.
        var target = target(format, "all-" + format);
        write(
                target,
                goods("b"),
                letter("b", ErrorCode.VALUE_NULL, NOON + 7),
                letter("a", ErrorCode.VALUE_TOO_LONG, NOON),
                goods("0123456789abcdef0123456789abcdef"));
        try (var store = store(target)) {
            var found = store.find(ALL, 10);
            assertThat(found.stream().map(letter -> letter.writtenAt() + letter.value("row_key")))
                    .containsExactly("2023-11-14 22:13:20{\"id\":\"a\"}", "2023-11-14 22:13:20.007000{\"id\":\"b\"}");
            assertThat(store.find(new LetterFilter(List.of(), "null", "warehouse", "shop.goods"), 10))
                    .extracting(Letter::id)
                    .containsExactly(found.get(1).id());
            assertThat(store.find(ALL, 1))
                    .extracting(Letter::id)
                    .containsExactly(found.get(0).id());

            var whole = store.read(List.of(found.get(1).id()));
            assertThat(whole).singleElement().satisfies(letter -> {
                assertThat(ChangeBytes.read(letter.change().orElseThrow())).isEqualTo(goods("b"));
                assertThat(letter.value("row_data"))
                        .isEqualTo("{\"before\":null,\"after\":{\"id\":\"b\",\"code\":\"c\"}}");
                assertThat(letter.value("event_time")).isEqualTo(found.get(1).value("event_time"));
            });

            assertThat(store.delete(List.of(found.get(0)))).isEqualTo(1);
            assertThat(store.delete(List.of(found.get(0)))).isZero();
            assertThat(store.find(ALL, 10))
                    .extracting(Letter::id)
                    .containsExactly(found.get(1).id());
            assertThat(store.read(List.of(found.get(0).id()))).isEmpty();
        }
    }

    @Test
    void keepsALetterThatWasWrittenAgain() throws Exception {
        var target = target(Format.GRAVITY_JSON, "${database}.${table}");
        write(target, letter("a", ErrorCode.VALUE_NULL, NOON));
        try (var store = store(target)) {
            var read = store.find(ALL, 10);
            write(target, letter("a", ErrorCode.VALUE_NULL, NOON + 1));

            assertThat(store.delete(read)).isZero();
            assertThat(store.find(ALL, 10)).extracting(Letter::writtenAt).containsExactly("2023-11-14 22:13:20.001000");

            assertThat(store.delete(store.find(ALL, 10))).isEqualTo(1);
            write(target, letter("a", ErrorCode.VALUE_NULL, NOON + 2));
            assertThat(store.find(ALL, 10)).extracting(Letter::writtenAt).containsExactly("2023-11-14 22:13:20.002000");
        }
    }

    @Test
    void looksIntoTheTopicOfEachSource() throws Exception {
        var target = target(Format.GRAVITY_JSON, "of-${source}");
        write(target, letter("a", ErrorCode.VALUE_NULL, NOON));
        try (var store = new KafkaLetterStore(
                target, LETTERS, List.of("none-yet", goods("a").source()))) {
            assertThat(store.find(ALL, 10)).hasSize(1);
        }
    }

    @Test
    void saysThatTheBrokersAreAwayOrTheFormatIsAnother() throws Exception {
        var avro = target(Format.AVRO, "avro");
        write(avro, letter("a", ErrorCode.VALUE_NULL, NOON));
        assertThatThrownBy(() -> store(avro)).hasMessageContaining("in the format avro, expected gravity-json");
        try (var store = store(target(Format.GRAVITY_JSON, "avro"))) {
            assertThatThrownBy(() -> store.find(ALL, 10))
                    .isInstanceOf(GravityException.class)
                    .hasMessageContaining("the letter at offset 0 of avro-")
                    .hasMessageContaining("is not in the target's format");
        }
        try (var store = store(new TargetConfig.Kafka(
                "bus",
                List.of("127.0.0.1:" + Ports.free()),
                "x",
                List.of(),
                Format.GRAVITY_JSON,
                List.of(),
                Map.of("default.api.timeout.ms", "1000"),
                delivery()))) {
            assertThatThrownBy(() -> store.find(ALL, 10))
                    .isInstanceOf(GravityException.class)
                    .hasMessageContaining("target bus: read dead letters in x failed")
                    .hasMessageContaining("Check that the brokers run and can be reached");
        }
    }

    private static void write(TargetConfig.Kafka target, ChangeEvent... changes) throws Exception {
        try (var writer = KafkaWriter.of(target).open()) {
            writer.write(List.of(changes));
        }
    }

    private static KafkaLetterStore store(TargetConfig.Kafka target) {
        return new KafkaLetterStore(target, LETTERS, List.of("shop-db"));
    }

    private static ChangeEvent letter(String id, ErrorCode reason, long millis) {
        return new DeadLetters(LETTERS.toString(), "dispatch", "warehouse").of(goods(id), reason, "refused", millis);
    }

    private static ChangeEvent goods(String id) {
        return CHANGES.computeIfAbsent(id, one -> insert(GOODS, SCHEMA, Row.of(one, "c")));
    }

    private static TargetConfig.Kafka target(Format format, String topic) {
        return new TargetConfig.Kafka(
                "bus", List.of(broker.bootstrapServers()), topic, List.of(), format, List.of(), Map.of(), delivery());
    }

    private static TargetConfig.Delivery delivery() {
        return new TargetConfig.Delivery(
                List.of(),
                List.of(),
                1000,
                1 << 20,
                Duration.ofMillis(20),
                2,
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));
    }
}
