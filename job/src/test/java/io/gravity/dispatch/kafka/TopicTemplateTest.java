package io.gravity.dispatch.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.dispatch.TargetConfig.Kafka.TopicRule;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicTemplateTest {

    @Test
    void fillsInNamesAndReplacesWhatKafkaForbids() {
        var topic = new TopicTemplate("cdc/${source}.${database}.${table}-v1");
        assertThat(topic.topic("eu", new TableId("shop", "größe 1"))).isEqualTo("cdc_eu.shop.gr__e_1-v1");
    }

    @Test
    void theFirstRuleThatMatchesATableGoesBeforeTheTargetsTemplate() {
        var names = new TopicNames(
                List.of(
                        new TopicRule(new TablePattern("users"), "user-events"),
                        new TopicRule(new TablePattern("shop.*"), "${singular}-log")),
                "${source}.${table}");
        assertThat(names.of("eu", new TableId("shop", "users"))).isEqualTo("user-events");
        assertThat(names.of("eu", new TableId("shop", "orders"))).isEqualTo("order-log");
        assertThat(names.of("eu", new TableId("crm", "orders"))).isEqualTo("eu.orders");
        assertThat(names.of("us", new TableId("crm", "orders"))).isEqualTo("us.orders");
    }

    @Test
    void refusesNamesThatKafkaNeverTakes() {
        assertThatThrownBy(() -> new TopicTemplate("${table}").topic("eu", new TableId("shop", "..")))
                .hasMessage(
                        "topic \"${table}\" becomes \"..\" for shop..., expected 1 to 249 characters other than . and ..");
        assertThatThrownBy(() -> new TopicTemplate("${table}").topic("eu", new TableId("shop", "x".repeat(250))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
