package io.gravity.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.yaml.snakeyaml.nodes.MappingNode;

/**
 * A mapping whose keys its reader knows. Keys are asked for in kebab-case and found in snake_case as well.
 *
 * <p>Getters with a fallback return it if the key is absent. After a problem every getter returns the fallback or, for a
 * key that must be there, {@code null}: the reader goes on to find further problems, and makes nothing of the section if
 * {@link Problems#count()} grew.
 */
public final class Section {
    private static final List<Map.Entry<String, ChronoUnit>> UNIT_SUFFIXES =
            List.of(Map.entry("-ms", ChronoUnit.MILLIS), Map.entry("-seconds", ChronoUnit.SECONDS));

    private final Scope scope;
    private final String path;
    private final int line;
    private final Map<String, Entry> entries;
    private final Set<String> offered = new LinkedHashSet<>();
    private final Set<String> accepted = new LinkedHashSet<>();
    private final Set<String> refused = new LinkedHashSet<>();

    private Section(Scope scope, String path, int line, Map<String, Entry> entries) {
        this.scope = scope;
        this.path = path;
        this.line = line;
        this.entries = entries;
    }

    static Section of(Scope scope, String path, int line, MappingNode mapping) {
        return new Section(scope, path, line, Entry.of(scope, path, mapping, Section::canonical));
    }

    public int line() {
        return line;
    }

    /** Returns the line of the key, or the section's if the key is absent. */
    public int lineOf(String key) {
        return entries.containsKey(key) ? entries.get(key).line() : line;
    }

    public String path() {
        return path;
    }

    /** Adds a problem about the key, or about its absence. */
    public void problem(String key, String text) {
        var entry = entries.get(key);
        scope.problems()
                .add(entry == null ? line : entry.line(), Entry.join(path, entry == null ? key : entry.key()), text);
    }

    /** Adds a problem about the section as a whole. */
    public void problem(String text) {
        scope.problems().add(line, path, text);
    }

    public boolean has(String key) {
        return entries.containsKey(key);
    }

    /** Returns the key's value, whatever it is. */
    public Optional<Value> value(String key) {
        offered.add(key);
        return at(key);
    }

    /** Returns the key's value; its absence is a problem. */
    public Optional<Value> required(String key, String expected) {
        var value = value(key);
        if (value.isEmpty()) {
            problem(key, "missing, expected " + expected);
        }
        return value;
    }

    /** Returns a text that must be there and pass the check. */
    public String text(String key, String expected, Predicate<String> check) {
        return required(key, expected)
                .map(value -> checked(value, expected, check))
                .orElse(null);
    }

    /** Returns a text that may be absent. */
    public String text(String key, String expected, Predicate<String> check, String fallback) {
        return value(key).map(value -> checked(value, expected, check)).orElse(fallback);
    }

    public Secret secret(String key) {
        return required(key, "a password, e.g. ${env:DB_PASSWORD}")
                .flatMap(Value::secret)
                .orElse(null);
    }

    public Secret secret(String key, Secret fallback) {
        return value(key).flatMap(Value::secret).orElse(fallback);
    }

    public int number(String key, int min, int max, int fallback) {
        return (int) number(key, (long) min, max, fallback);
    }

    public long number(String key, long min, long max, long fallback) {
        return value(key)
                .map(value -> value.number(min, max, fallback).orElse(fallback))
                .orElse(fallback);
    }

    public boolean flag(String key, boolean fallback) {
        return value(key).flatMap(Value::flag).orElse(fallback);
    }

    /** Returns a size in bytes. */
    public long size(String key, long min, long max, long fallback) {
        return value(key)
                .map(value -> value.size(min, max, fallback).orElse(fallback))
                .orElse(fallback);
    }

    /** Returns a duration; the key may end in {@code -ms} or {@code -seconds}, and the value is a plain number then. */
    public Duration duration(String key, Duration min, Duration max, Duration fallback) {
        var duration = value(key).flatMap(value -> value.duration(min, max, fallback, null));
        boolean found = has(key);
        for (var suffix : UNIT_SUFFIXES) {
            var suffixed = key + suffix.getKey();
            accepted.add(suffixed);
            if (has(suffixed)) {
                if (found) {
                    problem(suffixed, "found another key for the same duration, expected one of them");
                } else {
                    found = true;
                    duration = at(suffixed).flatMap(value -> value.duration(min, max, fallback, suffix.getValue()));
                }
            }
        }
        return duration.orElse(fallback);
    }

    /** Returns a duration; a plain number counts seconds. */
    public Duration seconds(String key, Duration min, Duration max, Duration fallback) {
        return value(key)
                .flatMap(value -> value.duration(min, max, fallback, ChronoUnit.SECONDS))
                .orElse(fallback);
    }

    /** Returns whether the key is there, with or without its unit. */
    public boolean hasDuration(String key) {
        return has(key) || UNIT_SUFFIXES.stream().anyMatch(suffix -> has(key + suffix.getKey()));
    }

    /** Returns the constant of that name; names of {@code later} are known but refused. */
    public <E extends Enum<E>> E choice(String key, Class<E> type, E fallback, Set<String> later) {
        return value(key).flatMap(value -> value.choice(type, later)).orElse(fallback);
    }

    /** Returns the constant that must be there; {@code null} after a problem. */
    public <E extends Enum<E>> E choice(String key, Class<E> type, Set<String> later) {
        return required(key, Value.alternatives(type))
                .flatMap(value -> value.choice(type, later))
                .orElse(null);
    }

    /** Returns a list's items; none if the key is absent. */
    public List<Value> list(String key, String expected) {
        return value(key).map(value -> value.items(expected)).orElse(List.of());
    }

    /** Returns a list of texts that pass the check; none if the key is absent. */
    public List<String> texts(String key, String expected, String expectedItem, Predicate<String> check) {
        var texts = new ArrayList<String>();
        for (var item : list(key, expected)) {
            var text = checked(item, expectedItem, check);
            if (text != null && texts.contains(text)) {
                item.problem("found \"" + text + "\" twice");
            } else if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** Returns a mapping of names to texts that the file's author is free to choose. */
    public Map<String, String> properties(String key) {
        var properties = new LinkedHashMap<String, String>();
        value(key).ifPresent(value -> value.members("names with their values")
                .forEach((name, member) ->
                        member.text("a text or number").ifPresent(text -> properties.put(name, text))));
        return properties;
    }

    /** Returns the section of the key; an empty one if the key is absent or is none. */
    public Section section(String key) {
        return value(key)
                .map(value -> value.section("a mapping"))
                .orElseGet(() -> new Section(scope, Entry.join(path, key), line, Map.of()));
    }

    /** Returns a list's items, each a section. */
    public List<Section> sections(String key, String expected) {
        return list(key, "a list of " + expected).stream()
                .map(item -> item.section(expected))
                .filter(Objects::nonNull)
                .toList();
    }

    /** Refuses keys that are known but that nothing answers to yet. */
    public void later(String... keys) {
        for (var key : keys) {
            refused.add(key);
            if (has(key)) {
                problem(key, "not supported yet");
            }
        }
    }

    /** Refuses what nobody asked for. */
    public void refuseOthers() {
        for (var entry : entries.entrySet()) {
            var known = new ArrayList<>(offered);
            known.addAll(accepted);
            if (known.contains(entry.getKey()) || refused.contains(entry.getKey())) {
                continue;
            }
            boolean snake = entry.getValue().key().contains("_");
            var nearest = Nearest.to(entry.getKey(), known).map(key -> snake ? key.replace('-', '_') : key);
            problem(
                    entry.getKey(),
                    nearest.map(key -> "unknown key. Did you mean " + key + "?")
                            .orElseGet(() -> "unknown key. Known here: " + String.join(", ", offered)));
        }
    }

    private Optional<Value> at(String key) {
        var entry = entries.get(key);
        return entry == null
                ? Optional.empty()
                : Optional.of(new Value(scope, Entry.join(path, entry.key()), entry.line(), entry.node()));
    }

    private static String checked(Value value, String expected, Predicate<String> check) {
        var text = value.text(expected);
        if (text.isPresent() && !check.test(text.get())) {
            value.expected(expected);
            return null;
        }
        return text.orElse(null);
    }

    private static String canonical(String key) {
        return key.replace('_', '-');
    }
}
