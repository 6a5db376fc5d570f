package io.gravity.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {
    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private Path file;
    private Problems problems;

    @BeforeEach
    void open() {
        file = directory.resolve("job.yaml");
        problems = new Problems("job.yaml");
    }

    private enum Colour {
        DARK_RED,
        GREEN
    }

    private Section read(String yaml) {
        try {
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return ConfigFile.read(file, "app", environment::get, problems);
    }

    private List<String> found() {
        try {
            problems.throwIfAny();
            return List.of();
        } catch (ConfigException e) {
            return e.problems().stream().map(Problem::toString).toList();
        }
    }

    private void assertRefused(String yaml, String problem) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOfSatisfying(
                        ConfigException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                .hasMessage("job.yaml has 1 problem:\n  " + problem);
    }

    @Test
    void takesKebabAndSnakeCaseAlike() {
        var section = read("app:\n  max-rows: 1\n  min_rows: 2\n");

        assertThat(section.number("max-rows", 0, 9, 5)).isEqualTo(1);
        assertThat(section.number("min-rows", 0, 9, 5)).isEqualTo(2);
        assertThat(section.number("rows", 0, 9, 5)).isEqualTo(5);
        section.refuseOthers();
        assertThat(found()).isEmpty();
    }

    @Test
    void reportsAKeyThatStandsTwiceInEitherCase() {
        read("app:\n  max-rows: 1\n  max_rows: 2\n");

        assertThat(found()).containsExactly("line 3  max_rows: found twice, first on line 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10k", "1.5", "010", "0x10", "-1", "101", "9999999999999999999", "\"\"", "true"})
    void refusesWhatIsNoWholeNumberInRange(String text) {
        assertThat(read("app: {rows: " + text + "}").number("rows", 0, 100, 10)).isEqualTo(10);

        assertThat(found())
                .containsExactly("line 1  rows: found \"" + text.replace("\"", "")
                        + "\", expected a whole number from 0 to 100, e.g. 10");
    }

    @ParameterizedTest
    @CsvSource({"7,7", "'\"7\"',7", "1_000,1000", "0,0", "${env:ROWS},42"})
    void readsWholeNumbers(String text, int number) {
        environment.put("ROWS", "42");
        assertThat(read("app:\n  rows: " + text).number("rows", 0, 1000, 10)).isEqualTo(number);
        assertThat(found()).isEmpty();
    }

    @Test
    void describesListsMappingsAndNothingWhereAValueIsExpected() {
        var section = read("app:\n  a: [1]\n  b: {c: 1}\n  d:\n  e: []\n");
        for (var key : List.of("a", "b", "d", "e")) {
            section.text(key, "a name", text -> true);
        }

        assertThat(found())
                .containsExactly(
                        "line 2  a: found a list, expected a name",
                        "line 3  b: found a mapping, expected a name",
                        "line 4  d: found nothing, expected a name",
                        "line 5  e: found an empty list, expected a name");
    }

    @Test
    void reportsAMissingKeyAtItsSection() {
        read("app:\n  x: 1\n  inner:\n    y: 1\n").section("inner").text("name", "a name", text -> true);

        assertThat(found()).containsExactly("line 3  inner.name: missing, expected a name");
    }

    @Test
    void takesOnlyTrueAndFalseForFlags() {
        var section = read("app:\n  a: true\n  b: false\n  c: yes\n  d: True\n");

        assertThat(section.flag("a", false)).isTrue();
        assertThat(section.flag("b", true)).isFalse();
        section.flag("c", false);
        section.flag("d", false);
        assertThat(found())
                .containsExactly(
                        "line 4  c: found \"yes\", expected true or false",
                        "line 5  d: found \"True\", expected true or false");
    }

    @Test
    void readsDurationsWithUnitsInValueOrKey() {
        var section = read("app:\n  a: 20ms\n  b-ms: 20\n  c_seconds: 3\n  d_ms: 2s\n  e: 5 min\n");
        var none = Duration.ZERO;
        var most = Duration.ofHours(1);

        assertThat(section.duration("a", none, most, none)).isEqualTo(Duration.ofMillis(20));
        assertThat(section.duration("b", none, most, none)).isEqualTo(Duration.ofMillis(20));
        assertThat(section.duration("c", none, most, none)).isEqualTo(Duration.ofSeconds(3));
        assertThat(section.duration("d", none, most, none)).isEqualTo(Duration.ofSeconds(2));
        assertThat(section.duration("e", none, most, none)).isEqualTo(Duration.ofMinutes(5));
        section.refuseOthers();
        assertThat(found()).isEmpty();
    }

    @Test
    void refusesDurationsWithoutUnitOutOfRangeOrTwice() {
        var section = read("app:\n  a: 20\n  b: 2h\n  c: 1s\n  c-ms: 5\n");
        for (var key : List.of("a", "b", "c")) {
            section.duration(key, Duration.ofMillis(1), Duration.ofHours(1), Duration.ofMillis(20));
        }

        assertThat(found())
                .containsExactly(
                        "line 2  a: found \"20\", expected a duration from 1ms to 1h, e.g. 20ms",
                        "line 3  b: found \"2h\", expected a duration from 1ms to 1h, e.g. 20ms",
                        "line 5  c-ms: found another key for the same duration, expected one of them");
    }

    @Test
    void readsSizes() {
        var section = read("app:\n  a: 4MB\n  b: 4MiB\n  c: 4096\n  d: 4 mb\n  e: 4TB\n");

        assertThat(section.size("a", 1, 1 << 30, 1)).isEqualTo(4_000_000);
        assertThat(section.size("b", 1, 1 << 30, 1)).isEqualTo(4 << 20);
        assertThat(section.size("c", 1, 1 << 30, 1)).isEqualTo(4096);
        assertThat(section.size("d", 1, 1 << 30, 1)).isEqualTo(4_000_000);
        section.size("e", 1, 1 << 30, 4 << 20);
        assertThat(found()).containsExactly("line 6  e: found \"4TB\", expected a size from 1 to 1GiB, e.g. 4MiB");
    }

    @Test
    void readsChoicesAndNamesTheNearest() {
        var section = read("app:\n  a: dark-red\n  b: dark_red\n  c: gren\n  d: blue\n  e: pink\n");
        var later = Set.of("pink");

        assertThat(section.choice("a", Colour.class, Colour.GREEN, later)).isEqualTo(Colour.DARK_RED);
        assertThat(section.choice("b", Colour.class, Colour.GREEN, later)).isEqualTo(Colour.DARK_RED);
        for (var key : List.of("c", "d", "e", "f")) {
            section.choice(key, Colour.class, later);
        }
        assertThat(found())
                .containsExactly(
                        "line 1  f: missing, expected dark-red or green",
                        "line 4  c: found \"gren\", expected dark-red or green. Did you mean green?",
                        "line 5  d: found \"blue\", expected dark-red or green.",
                        "line 6  e: pink is not supported yet, expected dark-red or green");
    }

    @Test
    void refusesUnknownKeysWithTheNearestInTheSameSpelling() {
        var section = read("app:\n  max-row: 1\n  mxa_rows: 1\n  zzz: 1\n  flow: 1\n");
        section.number("max-rows", 1, 9, 1);
        section.number("other", 1, 9, 1);
        section.later("flow", "absent");
        section.refuseOthers();

        assertThat(found())
                .containsExactly(
                        "line 2  max-row: unknown key. Did you mean max-rows?",
                        "line 3  mxa_rows: unknown key. Did you mean max_rows?",
                        "line 4  zzz: unknown key. Known here: max-rows, other",
                        "line 5  flow: not supported yet");
    }

    @Test
    void pointsAtItemsOfLists() {
        var section = read("app:\n  names:\n    - a\n    - \"\"\n    - [b]\n    - a\n  items: [1]\n  none: x\n");
        section.texts("names", "a list of names", "a name", text -> !text.isEmpty());
        section.sections("items", "items, each with name:");
        section.list("none", "a list of names");

        assertThat(found())
                .containsExactly(
                        "line 4  names[1]: found \"\", expected a name",
                        "line 5  names[2]: found a list, expected a name",
                        "line 6  names[3]: found \"a\" twice",
                        "line 7  items[0]: found \"1\", expected items, each with name:",
                        "line 8  none: found \"x\", expected a list of names");
    }

    @Test
    void resolvesVariablesAndFiles() throws IOException {
        environment.put("HOST", "db1");
        environment.put("EMPTY", "");
        Files.writeString(directory.resolve("password.txt"), "s3cret \n");
        var section = read("""
                app:
                  a: ${env:HOST}
                  b: ${env:PORT:33:06}
                  c: "jdbc://${env:HOST}:${env:PORT:1}/${table}"
                  d: ${file:password.txt}
                  e: $${env:HOST}
                  f: ${env:EMPTY:x}
                """);

        assertThat(List.of("a", "b", "c", "d", "e", "f").stream().map(key -> section.text(key, "a text", text -> true)))
                .containsExactly("db1", "33:06", "jdbc://db1:1/${table}", "s3cret ", "${env:HOST}", "");
        assertThat(found()).isEmpty();
    }

    @Test
    void reportsMissingVariablesAndFilesWithTheLine() throws IOException {
        Files.write(directory.resolve("binary"), new byte[] {(byte) 0xC3, 0x28});
        Files.write(directory.resolve("large"), new byte[65 * 1024]);
        var section = read("""
                app:
                  a: ${env:NOPE}
                  b: ${file:nope.txt}
                  c: "${env:NOPE"
                  d: ${env:}
                  e: ${file:binary}
                  f: ${file:large}
                """);
        for (var key : List.of("a", "b", "c", "d", "e", "f")) {
            section.secret(key);
        }

        assertThat(found())
                .containsExactly(
                        "line 2  a: the environment variable NOPE is not set."
                                + " Set it, or give a default: ${env:NOPE:default}",
                        "line 3  b: ${file:nope.txt}: there is no such file. Relative paths start at this file's folder",
                        "line 4  c: ${env: is not closed by }",
                        "line 5  d: found ${env:} without a name, expected one, e.g. ${env:DB_PASSWORD}",
                        "line 6  e: ${file:binary}: the file is not UTF-8 text",
                        "line 7  f: ${file:large}: the file is larger than 64 KiB, expected a single value");
    }

    @Test
    void quotesThePlaceholderAndNotWhatItStandsFor() {
        environment.put("PASSWORD", "hunter2");
        read("app:\n  rows: ${env:PASSWORD}\n").number("rows", 1, 9, 1);

        assertThat(found())
                .containsExactly(
                        "line 2  rows: found \"${env:PASSWORD}\", expected a whole number from 1 to 9, e.g. 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password: [hunter2]",
                "password: {hunter2: hunter2}",
                "password: !hunter2",
                "password: &hunter2",
                "password:",
                "pasword: hunter2",
                "password: *hunter2",
                "password: hunter2: hunter2",
                "password: \"hunter2",
                "password: hunter2\n\tx: 1",
                "password: !hunter2!x hunter2",
                "password: %hunter2",
                "password: ${env::hunter2}",
                "password: ${env:A:hunter2",
                "password: hunter2\npassword: hunter2"
            })
    void neverShowsAPassword(String line) {
        try {
            var section = read("app:\n  " + line.replace("\n", "\n  ").replace("\n  \t", "\n\t") + "\n");
            section.secret("password");
            section.refuseOthers();
        } catch (ConfigException e) {
            problems = new Problems("again");
            problems.add(1, "", e.getMessage());
        }

        assertThat(found()).isNotEmpty();
        assertThat(String.join("\n", found()).replace("&hunter2 before", "")).doesNotContain("hunter2");
    }

    @Test
    void keepsPasswordsAsWritten() {
        var section = read("app:\n  a: 0123\n  b: yes\n  c: 1e3\n  d: \"\"\n  e: ab#c\n");

        assertThat(List.of("a", "b", "c", "d", "e").stream()
                        .map(key -> section.secret(key).reveal()))
                .containsExactly("0123", "yes", "1e3", "", "ab#c");
        assertThat(section.secret("a")).hasToString("***");
    }

    @Test
    void takesAnchorsAliasesAndMerges() {
        var section = read("""
                app:
                  base: &base {host: a, port: 1}
                  x:
                    <<: *base
                    port: 2
                  y: *base
                  z:
                    <<: [*base, {user: u}]
                """);

        assertThat(section.section("x").text("host", "a host", text -> true)).isEqualTo("a");
        assertThat(section.section("x").number("port", 1, 9, 9)).isEqualTo(2);
        assertThat(section.section("y").number("port", 1, 9, 9)).isEqualTo(1);
        assertThat(section.section("z").text("user", "a user", text -> true)).isEqualTo("u");
        assertThat(found()).isEmpty();
    }

    @Test
    void refusesAMergeOfNoMapping() {
        read("app:\n  <<: 3\n");

        assertThat(found())
                .containsExactly("line 2  <<: found \"3\", expected an alias of a mapping, e.g. <<: *defaults");
    }

    @Test
    void survivesAMappingThatMergesItself() {
        read("app: &a\n  <<: *a\n  x: 1\n").refuseOthers();

        assertThat(found()).containsExactly("line 3  x: unknown key. Known here: ");
    }

    @Test
    void saysWhatIsWrongWithTheFile() {
        assertRefused("# nothing\n", "the file is empty, expected the key app:");
    }

    @Test
    void saysWhatIsWrongWithTheRoot() {
        assertRefused("- a\n", "line 1  found a list, expected the key app: with everything inside it");
    }

    @Test
    void namesTheRootThatIsMissing() {
        assertThatThrownBy(() -> read("ap:\n  x: 1\nother: 1\n")).hasMessage("""
                        job.yaml has 3 problems:
                          the key app: is missing, expected everything inside it
                          line 1  ap: unknown key. Did you mean app?
                          line 3  other: found outside app:, expected inside it""");
    }

    @Test
    void saysWhereTheSyntaxBreaks() {
        assertRefused("app:\n\tx: 1\n", "line 2  not YAML: found a tab, expected spaces");
    }

    @Test
    void saysWhereAnAliasIsUndefined() {
        assertRefused(
                "app:\n  x: *y\n",
                "line 2  not YAML: found *name without &name before it."
                        + " Put quotes around a value that starts with * or &");
    }

    @Test
    void saysWhereTheIndentBreaks() {
        assertRefused(
                "app:\n  x: 1\n    y: 2\n",
                "line 3  not YAML: found a second \": \" in a line, or a key indented unlike its neighbours."
                        + " Put quotes around a value that holds \": \"");
    }

    @Test
    void saysWhereAControlCharacterStands() {
        assertRefused("app:\n  x: a\u0007b\n", "line 2  not YAML: found the control character 0x07. Remove it");
    }

    @Test
    void refusesSeveralDocuments() {
        assertRefused("app: {}\n---\napp: {}\n", "line 2  not YAML: found a second document after ---, expected one");
    }

    @Test
    void refusesLargeFiles() {
        assertRefused(
                "app: " + "x".repeat(1024 * 1024) + "\n",
                "the file is larger than 1 MiB, expected a configuration of one job");
    }

    @Test
    void refusesDeepNesting() {
        assertRefused(
                "app: " + "[".repeat(1000) + "\n", "not YAML that can be read: too deeply nested, or too many aliases");
    }

    @Test
    void refusesWhatIsNoReadableFile() throws IOException {
        assertThatThrownBy(() -> ConfigFile.read(directory.resolve("nope.yaml"), "app", name -> null, problems))
                .hasMessage("job.yaml has 1 problem:\n  there is no such file");
        problems = new Problems("job.yaml");
        assertThatThrownBy(() -> ConfigFile.read(directory, "app", name -> null, problems))
                .hasMessageStartingWith("job.yaml has 1 problem:\n  the file can't be read: it is a folder");
        Files.write(file, new byte[] {(byte) 0xC3, 0x28});
        problems = new Problems("job.yaml");
        assertThatThrownBy(() -> ConfigFile.read(file, "app", name -> null, problems))
                .hasMessage("job.yaml has 1 problem:\n  the file is not UTF-8 text");
    }

    @Test
    void shortensWhatIsLong() {
        read("app:\n  x: " + "y".repeat(100) + "\n").number("x", 1, 2, 1);

        assertThat(found())
                .containsExactly(
                        "line 2  x: found \"" + "y".repeat(60) + "...\", expected a whole number from 1 to 2, e.g. 1");
    }

    @Test
    void readsPropertiesByNamesAsWritten() {
        var section = read("app:\n  properties:\n    max_rows: 1\n    a.b-c: x\n    d: [1]\n");

        assertThat(section.properties("properties")).isEqualTo(Map.of("max_rows", "1", "a.b-c", "x"));
        assertThat(found()).containsExactly("line 5  properties.d: found a list, expected a text or number");
    }
}
