package io.gravity;

import io.gravity.config.Section;
import io.gravity.config.Value;
import io.gravity.dispatch.EventMapping;
import io.gravity.dispatch.EventMapping.Timestamps;
import io.gravity.dispatch.TargetConfig.Kafka.Format;
import io.gravity.dispatch.TargetConfig.Kafka.TopicRule;
import io.gravity.event.Operation;
import io.gravity.event.TablePattern;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads what a {@code kafka} target says of its records: topics of single tables, the format, the events. */
final class KafkaRecordSettings {
    private static final String TOPICS = "table patterns with their topics, e.g. {users: user-events}";
    private static final String EVENTS = "events, each with tables: and what else differs from the defaults";
    private static final String FIELDS = "columns with their names in the event, e.g. {id: user_id, name: user_name}";
    private static final String WORD = "a word, e.g. created";
    private static final String ZONE = "a time zone, e.g. UTC or Asia/Shanghai";

    private final Section section;

    KafkaRecordSettings(Section section) {
        this.section = section;
    }

    List<TopicRule> topics() {
        var rules = new ArrayList<TopicRule>();
        members(section, "topics", TOPICS)
                .forEach((pattern, value) -> value.text(Names.TOPIC).ifPresent(topic -> {
                    if (!Names.isTable(pattern)) {
                        value.problem("found the key \"" + pattern + "\", expected " + Names.TABLE);
                    } else if (!Names.isTopic(topic)) {
                        value.expected(Names.TOPIC);
                    } else {
                        rules.add(new TopicRule(new TablePattern(pattern), topic));
                    }
                }));
        return rules;
    }

    Format format() {
        return section.choice("format", Format.class, Format.GRAVITY_JSON, Set.of());
    }

    List<EventMapping> events(Format format) {
        if (section.has("events") && format != Format.EVENT_JSON) {
            section.problem(
                    "events",
                    "found beside format " + Value.nameOf(format) + ", expected it with format event-json alone");
        }
        return section.sections("events", EVENTS).stream().map(this::event).toList();
    }

    private EventMapping event(Section event) {
        var tables = Names.tables(event, "tables", null);
        if (!event.has("tables")) {
            event.problem("tables", "missing, expected " + Names.TABLES);
        }
        var typeField =
                event.text("event-type-field", "a field's name", Names::isText, EventMapping.DEFAULT_TYPE_FIELD);
        var type = event.text("event-type", Names.EVENT_TYPE, Names::isEventType, EventMapping.DEFAULT_TYPE);
        var fields = fields(event, typeField);
        var mapping = new EventMapping(
                tables,
                typeField == null ? EventMapping.DEFAULT_TYPE_FIELD : typeField,
                type == null ? EventMapping.DEFAULT_TYPE : type,
                operations(event.section("operations")),
                fields,
                event.choice("timestamps", Timestamps.class, Timestamps.ISO, Set.of()),
                zone(event));
        event.refuseOthers();
        return mapping;
    }

    private static Map<String, String> fields(Section event, String typeField) {
        var fields = event.properties("fields");
        if (event.has("fields") && fields.isEmpty()) {
            event.problem("fields", "found none, expected " + FIELDS);
        }
        var columns = new HashMap<String, String>();
        fields.forEach((column, name) -> {
            var other = name.equals(typeField) ? "event-type-field" : columns.put(name, column);
            if (name.isBlank()) {
                event.problem("fields", "found no name for " + column + ", expected " + FIELDS);
            } else if (other != null) {
                event.problem(
                        "fields",
                        "found the name \"" + name + "\" for " + column + " and for " + other
                                + ", expected another name for one of them");
            }
        });
        return fields;
    }

    private static Map<Operation, String> operations(Section section) {
        var words = new EnumMap<Operation, String>(EventMapping.DEFAULT_OPERATIONS);
        for (var operation : Operation.ofRows()) {
            var word = section.text(Value.nameOf(operation), WORD, Names::isText, words.get(operation));
            words.put(operation, word == null ? words.get(operation) : word);
        }
        section.refuseOthers();
        return words;
    }

    private static ZoneId zone(Section event) {
        var text = event.text("time-zone", ZONE, KafkaRecordSettings::isZone, EventMapping.DEFAULT_TIME_ZONE.getId());
        return text == null ? EventMapping.DEFAULT_TIME_ZONE : ZoneId.of(text);
    }

    private static boolean isZone(String text) {
        try {
            return !ZoneId.of(text).getId().isEmpty();
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static Map<String, Value> members(Section section, String key, String expected) {
        return section.value(key).map(value -> value.members(expected)).orElse(Map.of());
    }
}
