package io.gravity.dispatch.kafka;

import io.gravity.dispatch.TargetConfig.Kafka.TopicRule;
import io.gravity.event.TableId;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/** Finds the topic of each table: by the first rule that matches it, else by the target's template. Thread-safe. */
final class TopicNames {
    private final List<TopicRule> rules;
    private final String otherwise;
    private final ConcurrentHashMap<Origin, String> known = new ConcurrentHashMap<>();

    private record Origin(String source, TableId table) {}

    TopicNames(List<TopicRule> rules, String otherwise) {
        this.rules = List.copyOf(rules);
        this.otherwise = otherwise;
    }

    /** Returns the topic; throws as {@link TopicTemplate#topic} does. */
    String of(String source, TableId table) {
        return known.computeIfAbsent(
                new Origin(source, table), origin -> template(table).topic(source, table));
    }

    private TopicTemplate template(TableId table) {
        return new TopicTemplate(rules.stream()
                .filter(rule -> rule.tables().matches(table))
                .map(TopicRule::topic)
                .findFirst()
                .orElse(otherwise));
    }
}
