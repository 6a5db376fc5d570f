package io.gravity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/**
 * Holds the README to what it says: its examples load, its commands and files exist, and its tables of keys name every
 * key, with the defaults that the loader fills in.
 *
 * <p>A table after {@code <!-- keys: PATH -->} documents the keys at that path of {@link #BASE}. In its second column a
 * code span at the beginning is the default; one after "e.g." is a value that is accepted.
 */
class ReadmeTest {
    private static final Path ROOT = root();
    private static final String README = read(ROOT.resolve("README.md"));
    private static final String NO_KEY = "qqqqqqqqqqqq";

    private static final String BASE = """
            sources:
              - {name: order-db, type: mysql, host: h, username: u, password: p, tables: [t]}
            targets:
              - {name: data-warehouse, type: mysql, host: h, username: u, password: p, table-mapping: [{tables: [x], target: a.x}]}
              - {name: analytics-kafka, type: kafka, brokers: ['k:9092']}
              - {name: real-time-analytics, type: clickhouse, host: h, table-mapping: [{tables: [x], target: a.x}]}
              - {name: events, type: kafka, brokers: ['k:9092'], format: event-json, events: [{tables: [t]}]}
              - {name: cluster, type: group, primary: [cluster-1, cluster-2], backup: [cluster-3]}
              - {name: letters, type: file, path: "file:///tmp/letters"}
            endpoints:
              - {name: cluster-1, type: mysql, host: h1, username: u, password: p}
              - {name: cluster-2, type: mysql, host: h2, username: u, password: p}
              - {name: cluster-3, type: mysql, host: h3, username: u, password: p}
            failover: {}
            routing:
              - {source-tables: [t], targets: [data-warehouse]}
              - source-tables: [logs]
                targets: [analytics-kafka, real-time-analytics]
                strategy: conditional
                conditions:
                  - {if: "level = 'a'", targets: [analytics-kafka]}
                  - {if: "level = 'b'", targets: [analytics-kafka, real-time-analytics]}
              - {source-tables: [u], strategy: hash, key: id, targets: [data-warehouse, analytics-kafka]}
              - source-tables: [v]
                strategy: modulo
                key: id
                modulo: 2
                shards: [{remainders: [0], target: data-warehouse}, {remainders: [1], target: analytics-kafka}]
              - source-tables: [w]
                strategy: range
                key: id
                ranges: [{range: 0 to 9999, target: data-warehouse}]
            distribution-rules:
              - {condition: a = 1, targets: [data-warehouse]}
            table-mapping:
              - {tables: [x], target: shop.x}
            conflict-resolution:
              custom-rules:
                - {tables: [a], strategy: merge, merge-rules: [{field: a, strategy: max}]}
              audit: {}
            quarantine: {target: data-warehouse}
            merge: {}
            data-quality:
              report: {}
              realtime-checks:
                duplicate-detection: {key-fields: [id]}
                completeness-check: {required-fields: [id]}
                format-validation: {rules: {email: "@"}}
                business-rules: {rules: [{field: amount, condition: ">= 0"}, {expression: "a > b"}]}
                foreign-keys: {rules: [{field: a, references: b}]}
                schema-check: {}
                custom-rules: {enabled: false}
            auto-repair:
              duplicate-handling: {detection: {key-fields: [id]}}
              missing-data-fill:
                strategies:
                  default-values: {a: b}
                  derive-from-history: {fields: [a]}
                  lookup-from-related: [{field: a, source-table: b, key-field: c}]
              format-correction: {corrections: {phone: {correction: normalize_phone}}}
            realtime: {stream: {}, binlog: {}}
            transformer:
              transforms:
                - {type: field_mapping, config: {mappings: {a: b}}}
                - {type: data_filter, config: {conditions: [{field: a, operator: '=', value: x}]}}
                - {type: derived_column, config: {name: n, expression: a, type: int}}
                - {type: drop_columns, config: {columns: [a]}}
                - {type: mask, config: {fields: {a: hash}}}
                - {type: cast, config: {field: a, type: int}}
                - {type: function, config: {field: a, function: trim}}
                - {type: row_transform, config: {name: tidy_row}}
            """;

    private static final Pattern EXAMPLE =
            Pattern.compile("(?m)^( *)```yaml\n(\\s*gravity:\n.*?)^ *```$", Pattern.DOTALL);
    private static final Pattern COMMAND = Pattern.compile("deploy/gravity ([a-z][a-z-]*)");
    private static final Pattern HELP = Pattern.compile("(?m)^#   ([a-z-]+)( |$)");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern KEYS = Pattern.compile("<!-- keys:([^>]*)-->\n((?:\\|.*\n)+)");
    private static final Pattern LATER = Pattern.compile("<!-- later -->\n((?:\\|.*\n)+)");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern FOR_EXAMPLE = Pattern.compile("e\\.g\\. `([^`]+)`");
    private static final Pattern KNOWN_HERE = Pattern.compile("Known here: ([a-z, -]+)");

    @TempDir
    private Path folder;

    /** A row of a table of keys. */
    private record Documented(String path, String key, String value) {
        String place() {
            return path.isEmpty() ? key : path + "." + key;
        }
    }

    @TestFactory
    Stream<DynamicTest> examplesLoad() {
        var examples = EXAMPLE.matcher(README)
                .results()
                .map(example -> example.group(2).stripIndent())
                .toList();
        assertThat(examples).hasSizeGreaterThan(1);
        return examples.stream()
                .map(example ->
                        DynamicTest.dynamicTest("example " + (examples.indexOf(example) + 1), () -> load(example)));
    }

    @Test
    void namesOnlyCommandsThatTheLauncherHas() {
        var launcher = read(ROOT.resolve("deploy/gravity"));
        var commands = found(HELP, launcher);

        assertThat(commands).contains("demo", "help");
        assertThat(commands).containsAll(found(COMMAND, README));
    }

    @Test
    void linksOnlyToWhatExists() {
        var anchors = found(HEADING, README).stream()
                .map(heading -> "#"
                        + heading.toLowerCase(Locale.ROOT)
                                .replaceAll("[^a-z0-9 -]", "")
                                .replace(' ', '-'))
                .toList();
        for (var link : found(LINK, README)) {
            if (link.startsWith("#")) {
                assertThat(anchors).contains(link);
            } else if (!link.contains("://")) {
                assertThat(ROOT.resolve(link)).exists();
            }
        }
    }

    @Test
    void tellsTheTestCommandThatCiRuns() {
        var command = "mvn -B -ntp verify";

        assertThat(README.lines()).contains(command);
        assertThat(read(ROOT.resolve(".ci/run")).lines()).anyMatch(line -> line.startsWith(command));
    }

    @TestFactory
    Stream<DynamicTest> keysHaveTheDefaultsThatTheTablesTell() {
        var base = load(yaml(base())).render();
        return documented().stream()
                .filter(row -> row.value().startsWith("`"))
                .map(row -> DynamicTest.dynamicTest(row.place(), () -> {
                    var config = base();
                    put(
                            config,
                            row.place(),
                            parsed(found(CODE, row.value()).iterator().next()));
                    assertThat(load(yaml(config)).render()).isEqualTo(base);
                }));
    }

    @TestFactory
    Stream<DynamicTest> keysAcceptTheValuesThatTheTablesGiveAsExamples() {
        return documented().stream().flatMap(row -> found(FOR_EXAMPLE, row.value()).stream()
                .map(value -> DynamicTest.dynamicTest(row.place() + ": " + value, () -> {
                    var config = base();
                    put(config, row.place(), parsed(value));
                    load(yaml(config));
                })));
    }

    @TestFactory
    Stream<DynamicTest> tablesNameEveryKey() {
        var byPath = documented().stream()
                .collect(Collectors.groupingBy(
                        Documented::path,
                        LinkedHashMap::new,
                        Collectors.mapping(row -> firstPart(row.key()), Collectors.toSet())));
        // Several tables document one kind of section.
        for (var strategy : List.of("routing.1", "routing.2", "routing.3", "routing.4")) {
            byPath.get("routing.0").addAll(byPath.remove(strategy));
        }
        return byPath.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey().isEmpty() ? "top level" : entry.getKey(),
                        () -> assertThat(entry.getValue()).containsExactlyInAnyOrderElementsOf(known(entry.getKey()))));
    }

    @TestFactory
    Stream<DynamicTest> refusesWhatIsNotSupportedYet() {
        return later().entrySet().stream().flatMap(place -> place.getValue().stream()
                .map(word -> DynamicTest.dynamicTest(place.getKey() + ": " + word, () -> {
                    var config = base();
                    switch (place.getKey()) {
                        case "gravity" -> put(config, word, "x");
                        default -> {
                            var path = place.getKey().replace("[]", ".0");
                            put(
                                    config,
                                    path.endsWith("strategy") ? path : path + "." + word,
                                    path.endsWith("strategy") ? word : "x");
                        }
                    }
                    assertThatThrownBy(() -> load(yaml(config)))
                            .isInstanceOf(ConfigException.class)
                            .hasMessageContaining(word)
                            .hasMessageContaining("not supported yet");
                })));
    }

    @Test
    void namesAllThatIsNotSupportedYet() {
        var expected = Map.of("gravity", Set.of(LaterKeys.ROOT), "routing[].strategy", LaterKeys.ROUTING_STRATEGIES);

        assertThat(later()).isEqualTo(expected);
    }

    /** Returns the keys that the loader names when it meets one it does not know. */
    private Set<String> known(String path) {
        var config = base();
        put(config, path.isEmpty() ? NO_KEY : path + "." + NO_KEY, "x");
        try {
            load(yaml(config));
            throw new AssertionError(NO_KEY + " is accepted at " + path);
        } catch (ConfigException e) {
            var names = found(KNOWN_HERE, e.getMessage());
            assertThat(names).as(e.getMessage()).hasSize(1);
            return Set.of(names.iterator().next().split(", "));
        }
    }

    private static List<Documented> documented() {
        var rows = new ArrayList<Documented>();
        KEYS.matcher(README).results().forEach(table -> {
            var paths = table.group(1).strip();
            for (var path : paths.split(" ")) {
                cells(table.group(2)).forEach(cells -> {
                    var key = CODE.matcher(cells.get(0));
                    assertThat(key.find()).as("a key in " + cells).isTrue();
                    rows.add(new Documented(path, key.group(1), cells.get(1)));
                });
            }
        });
        assertThat(rows).hasSizeGreaterThan(60);
        return rows;
    }

    private static Map<String, Set<String>> later() {
        var table = LATER.matcher(README);
        assertThat(table.find()).isTrue();
        return cells(table.group(1)).stream()
                .collect(Collectors.toMap(
                        cells -> found(CODE, cells.get(0)).iterator().next(), cells -> found(CODE, cells.get(1))));
    }

    /** Returns the cells of each row but the table's head. */
    private static List<List<String>> cells(String table) {
        return table.lines()
                .skip(2)
                .map(line -> Stream.of(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList())
                .toList();
    }

    private SyncConfig load(String yaml) {
        try {
            var file = Files.writeString(folder.resolve("readme.yaml"), yaml);
            return SyncConfigLoader.load(file, name -> "value-of-" + name);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<Object, Object> base() {
        return mapping(parsed(BASE));
    }

    private static Object parsed(String text) {
        return new Yaml().load(text);
    }

    private static String yaml(Map<Object, Object> gravity) {
        return new Yaml().dump(Map.of("gravity", gravity));
    }

    /** Sets the value at a path such as {@code targets.0.retry.backoff}; mappings on the way are created. */
    private static void put(Map<Object, Object> config, String path, Object value) {
        Object at = config;
        var parts = path.split("\\.");
        for (int i = 0; i < parts.length - 1; i++) {
            at = at instanceof List<?> list
                    ? list.get(Integer.parseInt(parts[i]))
                    : mapping(at).computeIfAbsent(parts[i], part -> new LinkedHashMap<>());
        }
        mapping(at).put(parts[parts.length - 1], value);
    }

    @SuppressWarnings("unchecked") // what the parser gives for a mapping
    private static Map<Object, Object> mapping(Object parsed) {
        return (Map<Object, Object>) parsed;
    }

    private static String firstPart(String key) {
        return key.split("\\.")[0];
    }

    private static Set<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(result -> result.group(1))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Path root() {
        var at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("deploy/gravity"))) {
            at = at.getParent();
            if (at == null) {
                throw new AssertionError(
                        "no folder with deploy/gravity above " + Path.of("").toAbsolutePath());
            }
        }
        return at;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
