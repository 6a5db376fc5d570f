package io.gravity.config;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * One value of a file, with its path and line. What is not as expected is added to the problems, and the reader gets an
 * empty answer and goes on.
 */
public final class Value {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?(0|[1-9](_?\\d){0,18})");
    private static final int LONGEST_QUOTE = 60;

    private final Scope scope;
    private final String path;
    private final int line;
    private final Node node;

    Value(Scope scope, String path, int line, Node node) {
        this.scope = scope;
        this.path = path;
        this.line = line;
        this.node = requireNonNull(node, "node");
    }

    public String path() {
        return path;
    }

    public int line() {
        return line;
    }

    /** Adds a problem at this value. */
    public void problem(String text) {
        scope.problems().add(line, path, text);
    }

    /** Adds the problem that something else was expected here. */
    public void expected(String expected) {
        problem("found " + describe(node) + ", expected " + expected);
    }

    public boolean isMapping() {
        return node instanceof MappingNode;
    }

    public boolean isList() {
        return node instanceof SequenceNode;
    }

    /** Returns whether it is YAML's null. */
    public boolean isNothing() {
        return isNothing(node);
    }

    public boolean isEmptyList() {
        return node instanceof SequenceNode list && list.getValue().isEmpty();
    }

    /** Returns the text as written, with placeholders resolved. */
    public Optional<String> text(String expected) {
        if (!(node instanceof ScalarNode scalar) || isNothing(node)) {
            expected(expected);
            return Optional.empty();
        }
        return resolved(scalar);
    }

    /** Returns a credential; no problem shows any of it. */
    public Optional<Secret> secret() {
        if (!(node instanceof ScalarNode scalar)) {
            expected("a password");
            return Optional.empty();
        }
        if (isNothing(node)) {
            problem("found nothing, expected a password. Put quotes around one that starts with & * ! or #");
            return Optional.empty();
        }
        return resolved(scalar).map(Secret::of);
    }

    /** Returns a whole number within the bounds; the example is for the problem's text. */
    public OptionalLong number(long min, long max, long example) {
        var expected = "a whole number from " + min + " to " + max + ", e.g. " + example;
        var text = text(expected);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            if (WHOLE_NUMBER.matcher(text.get()).matches()) {
                long number = Long.parseLong(text.get().replace("_", ""));
                if (number >= min && number <= max) {
                    return OptionalLong.of(number);
                }
            }
        } catch (NumberFormatException e) {
            // Beyond the range of a long, so beyond max as well.
        }
        expected(expected);
        return OptionalLong.empty();
    }

    /** Returns {@code true} or {@code false}; nothing else is taken for either. */
    public Optional<Boolean> flag() {
        var text = text("true or false");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        return switch (text.get()) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> {
                expected("true or false");
                yield Optional.empty();
            }
        };
    }

    /**
     * Returns a duration within the bounds.
     *
     * @param unit of a plain number; {@code null} if the value must name its unit
     */
    Optional<Duration> duration(Duration min, Duration max, Duration example, ChronoUnit unit) {
        var expected = "a duration from " + Durations.format(min) + " to " + Durations.format(max) + ", e.g. "
                + Durations.format(example);
        var text = text(expected);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        var duration = Durations.parse(text.get());
        if (duration.isEmpty() && unit != null) {
            duration = Durations.number(text.get(), unit);
        }
        if (duration.isEmpty()
                || duration.get().compareTo(min) < 0
                || duration.get().compareTo(max) > 0) {
            expected(expected);
            return Optional.empty();
        }
        return duration;
    }

    /** Returns a size in bytes within the bounds. */
    public OptionalLong size(long min, long max, long example) {
        var expected =
                "a size from " + Sizes.format(min) + " to " + Sizes.format(max) + ", e.g. " + Sizes.format(example);
        var text = text(expected);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        var size = Sizes.parse(text.get());
        if (size.isEmpty() || size.getAsLong() < min || size.getAsLong() > max) {
            expected(expected);
            return OptionalLong.empty();
        }
        return size;
    }

    /**
     * Returns the constant of that name, written in lower case with hyphens.
     *
     * @param later names that are known but refused
     */
    public <E extends Enum<E>> Optional<E> choice(Class<E> type, Set<String> later) {
        var names = namesOf(type);
        var expected = alternatives(type);
        var text = text(expected);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        var name = text.get().replace('_', '-');
        if (names.contains(name)) {
            return Optional.of(type.getEnumConstants()[names.indexOf(name)]);
        }
        if (later.contains(name)) {
            problem(name + " is not supported yet, expected " + expected);
        } else {
            expected(expected + "." + Nearest.hint(name, names));
        }
        return Optional.empty();
    }

    /** Returns how {@link #choice} reads the constant. */
    public static String nameOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the items of a list. */
    public List<Value> items(String expected) {
        if (!(node instanceof SequenceNode list)) {
            expected(expected);
            return List.of();
        }
        var items = new ArrayList<Value>();
        for (int i = 0; i < list.getValue().size(); i++) {
            var item = list.getValue().get(i);
            items.add(new Value(scope, path + "[" + i + "]", ConfigFile.lineOf(item), item));
        }
        return items;
    }

    /** Returns the values of a mapping by keys that the file's author is free to choose. */
    public Map<String, Value> members(String expected) {
        if (!(node instanceof MappingNode mapping)) {
            expected(expected);
            return Map.of();
        }
        var members = new LinkedHashMap<String, Value>();
        Entry.of(scope, path, mapping, UnaryOperator.identity())
                .forEach((key, entry) ->
                        members.put(key, new Value(scope, Entry.join(path, key), entry.line(), entry.node())));
        return members;
    }

    /** Returns a mapping with keys that the reader knows; {@code null} after a problem. */
    public Section section(String expected) {
        if (!(node instanceof MappingNode mapping)) {
            expected(expected);
            return null;
        }
        return Section.of(scope, path, line, mapping);
    }

    private Optional<String> resolved(ScalarNode scalar) {
        if (scalar.getTag().getValue().startsWith("!")) {
            problem("found a tag. Put quotes around a value that starts with !");
            return Optional.empty();
        }
        try {
            return Optional.of(scope.placeholders().resolve(scalar.getValue()));
        } catch (IllegalArgumentException e) {
            problem(e.getMessage());
            return Optional.empty();
        }
    }

    private static boolean isNothing(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    /** Returns what a node is, in the words of a problem; scalars as written. */
    static String describe(Node node) {
        if (node instanceof ScalarNode scalar && !isNothing(node)) {
            var text =
                    scalar.getValue().replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
            return '"' + (text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "..." : text) + '"';
        }
        if (node instanceof SequenceNode list) {
            return list.getValue().isEmpty() ? "an empty list" : "a list";
        }
        return node instanceof MappingNode ? "a mapping" : "nothing";
    }

    private static List<String> namesOf(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants()).map(Value::nameOf).toList();
    }

    /** Returns the names of the constants as "a, b or c". */
    static String alternatives(Class<? extends Enum<?>> type) {
        var names = namesOf(type);
        int last = names.size() - 1;
        return last == 0 ? names.get(0) : String.join(", ", names.subList(0, last)) + " or " + names.get(last);
    }
}
