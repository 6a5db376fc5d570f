package io.gravity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gravity.config.ConfigException;
import io.gravity.config.Problem;
import io.gravity.config.Value;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.extension.GuardedCalls;
import io.gravity.quality.Checks;
import io.gravity.quality.Issue;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The rules as {@code check-cases.yaml} states them: what they say of rows, and which of them are refused. */
class CheckCasesTest {
    private static final TableId TABLE = new TableId("shop", "rows");
    private static final Pattern TYPE =
            Pattern.compile("([A-Z]+(?: UNSIGNED)?)(?:\\((\\d+)(?:,(\\d+))?\\))?( NOT NULL)?");
    private static final String HEAD = """
            gravity:
              sources: [{name: s, type: mysql, host: h, username: u, password: p, tables: [t]}]
              targets: [{name: m, type: mysql, host: h, username: u, password: p}]
              quarantine: {target: m}
              data-quality:
                realtime-checks:
            """;

    private static final GuardedCalls CALLS = new GuardedCalls();
    private static final String PATH = "data-quality.realtime-checks.";

    @TempDir
    Path folder;

    @AfterAll
    static void endCalls() {
        CALLS.close();
    }

    @TestFactory
    Stream<DynamicTest> judgesRows() {
        var tests = new ArrayList<DynamicTest>();
        for (var group : list(cases().get("groups"))) {
            var name = group.get("group") + ": ";
            var checks = checks(new Yaml().dump(group.get("checks")));
            var schema = schema(map(group.get("columns")));
            for (var entry : (List<?>) group.get("cases")) {
                var expected = ((List<?>) entry)
                        .stream().skip(1).map(String.class::cast).toList();
                var values = map(((List<?>) entry).get(0));
                var row = row(schema, map(group.get("row")), values);
                tests.add(DynamicTest.dynamicTest(name + values, () -> judges(checks, schema, row, expected)));
            }
        }
        assertThat(tests).hasSizeGreaterThan(150);
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> refusesMalformedRules() {
        return list(cases().get("refused")).stream()
                .map(refused -> DynamicTest.dynamicTest(
                        refused.get("checks").toString(),
                        () -> refuses(refused.get("checks").toString(), (List<?>) refused.get("problems"))));
    }

    private static void judges(Checks checks, TableSchema schema, Row row, List<String> expected) {
        var issues = checks.judge(TABLE, schema, row);

        assertThat(issues).as("issues " + issues).hasSameSizeAs(expected);
        for (int i = 0; i < issues.size(); i++) {
            var issue = issues.get(i);
            var head = head(issue);
            boolean withMessage = expected.get(i).split(" \\| ").length > 4;
            assertThat(withMessage ? head + " | " + issue.message() : head).isEqualTo(expected.get(i));
            assertThat(issue.message().length()).isLessThan(1_000);
        }
        assertThat(checks.judge(TABLE, schema, row)).isEqualTo(issues);
    }

    private static String head(Issue issue) {
        return String.join(
                " | ",
                issue.check().word(),
                issue.rule(),
                issue.field() == null ? "-" : issue.field(),
                Value.nameOf(issue.severity()));
    }

    private void refuses(String checks, List<?> expected) {
        var refused = catchThrowableOfType(ConfigException.class, () -> checks(checks));

        assertThat(refused).isNotNull();
        var problems = refused.problems().stream().map(CheckCasesTest::told).toList();
        assertThat(problems).as("problems " + problems).hasSameSizeAs(expected);
        for (int i = 0; i < problems.size(); i++) {
            assertThat(problems.get(i)).startsWith(expected.get(i).toString());
            assertThat(problems.get(i))
                    .hasSizeGreaterThan(expected.get(i).toString().length() - 1);
        }
    }

    private static String told(Problem problem) {
        return problem.line() - HEAD.lines().count() + " " + problem.path().replace(PATH, "") + ": " + problem.text();
    }

    private Checks checks(String yaml) {
        try {
            var file = Files.writeString(folder.resolve("checks.yaml"), HEAD + yaml.indent(6));
            return new Checks(
                    SyncConfigLoader.load(file, name -> null).quality().checks(), CALLS);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static TableSchema schema(Map<String, Object> columns) {
        return new TableSchema(
                columns.entrySet().stream()
                        .map(column -> column(column.getKey(), column.getValue().toString()))
                        .toList(),
                0);
    }

    private static Column column(String name, String declared) {
        var type = TYPE.matcher(declared);
        assertThat(type.matches()).as(declared).isTrue();
        return new Column(
                name,
                new ColumnType(kind(type.group(1)), type.group(1), number(type.group(2)), number(type.group(3))),
                type.group(4) == null);
    }

    private static int number(String text) {
        return text == null ? -1 : Integer.parseInt(text);
    }

    private static Kind kind(String type) {
        return switch (type) {
            case "TINYINT", "TINYINT UNSIGNED", "SMALLINT", "MEDIUMINT UNSIGNED", "INT", "INT UNSIGNED", "BIGINT" ->
                Kind.INTEGER;
            case "BIGINT UNSIGNED" -> Kind.UNSIGNED_BIGINT;
            case "VARCHAR", "CHAR", "TINYTEXT", "TEXT", "LONGTEXT" -> Kind.TEXT;
            case "BLOB", "VARBINARY" -> Kind.BINARY;
            case "BIT" -> Kind.BITS;
            default -> Kind.valueOf(type);
        };
    }

    private static Row row(TableSchema schema, Map<String, Object> base, Map<String, Object> values) {
        assertThat(schema.columns().stream().map(Column::name).toList()).containsAll(values.keySet());
        return Row.of(schema.columns().stream()
                .map(column -> values.containsKey(column.name()) ? read(column, values) : read(column, base))
                .toArray());
    }

    private static Object read(Column column, Map<String, Object> values) {
        var value = values.get(column.name());
        if (value == null) {
            return null;
        }
        var text = value instanceof Map<?, ?> made ? made(made) : value.toString();
        return switch (column.type().kind()) {
            case INTEGER, YEAR -> Long.valueOf(text);
            case UNSIGNED_BIGINT -> new BigInteger(text);
            case DECIMAL -> new BigDecimal(text);
            case FLOAT -> Float.valueOf(text);
            case DOUBLE -> Double.valueOf(text);
            case DATE -> LocalDate.parse(text);
            case DATETIME -> LocalDateTime.parse(text);
            case TIMESTAMP -> Instant.parse(text);
            case TIME -> Duration.parse(text);
            case TEXT, ENUM, SET, JSON -> text;
            case BITS, BINARY, GEOMETRY -> HexFormat.of().parseHex(text);
        };
    }

    private static String made(Map<?, ?> made) {
        var then = made.containsKey("then") ? made.get("then").toString() : "";
        return made.containsKey("lone")
                ? (char) Integer.parseInt(made.get("lone").toString(), 16) + then
                : made.get("text").toString().repeat((Integer) made.get("times")) + then;
    }

    private static Map<String, Object> cases() {
        try (InputStream in = CheckCasesTest.class.getResourceAsStream("/check-cases.yaml")) {
            return map(new Yaml().load(in));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Map<String, Object>> list(Object parsed) {
        return ((List<?>) parsed).stream().map(CheckCasesTest::map).toList();
    }

    @SuppressWarnings("unchecked") // what the parser gives for a mapping
    private static Map<String, Object> map(Object parsed) {
        return (Map<String, Object>) parsed;
    }
}
