package io.gravity.local.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.event.TableId;
import io.gravity.local.verify.CheckedTable.CheckedColumn;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class TopicRowsTest {
    private final TopicRows topic = new TopicRows(new CheckedTable(
            new TableId("db", "t"),
            List.of(
                    new CheckedColumn("id", Form.NUMBER),
                    new CheckedColumn("price", Form.NUMBER),
                    new CheckedColumn("avatar", Form.BINARY)),
            List.of("id")));

    @Test
    void keepsTheLastImageOfEachKey() {
        accept("{\"id\":1}", "{\"op\":\"c\",\"before\":null,\"after\":{\"id\":1,\"price\":\"1.00\",\"avatar\":null}}");
        accept(
                "{\"id\":1}",
                "{\"op\":\"u\",\"before\":{\"id\":1},\"after\":{\"id\":1,\"price\":\"2.50\",\"avatar\":\"Cv8=\"}}");

        assertThat(topic.rows()).isEqualTo(Map.of(row("1"), row("1", "2.5", "0AFF")));
        assertThat(topic.records()).isEqualTo(2);
    }

    @Test
    void removesRowsAtATombstoneAndAtADelete() {
        for (var end : Arrays.asList(null, "{\"op\":\"d\",\"before\":{\"id\":1},\"after\":null}")) {
            accept("{\"id\":1}", "{\"op\":\"c\",\"after\":{\"id\":1,\"price\":\"1\",\"avatar\":null}}");
            accept("{\"id\":1}", end);

            assertThat(topic.rows()).isEmpty();
        }
    }

    @Test
    void showsColumnsThatAreNotThere() {
        accept("{\"id\":1}", "{\"op\":\"c\",\"after\":{\"id\":1,\"price\":null}}");

        assertThat(topic.rows()).containsValue(row("1", null, "(absent)"));
    }

    @Test
    void namesTheRecordThatIsNoEnvelope() {
        assertThatThrownBy(() -> accept("{\"id\":1}", "[]"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no envelope at offset 0 of topic-0");
    }

    private void accept(String key, String value) {
        topic.accept(new ConsumerRecord<>("topic", 0, 0, bytes(key), value == null ? null : bytes(value)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String row(String... values) {
        return CheckedRow.join(Arrays.asList(values));
    }
}
