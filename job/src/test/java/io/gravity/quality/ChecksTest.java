package io.gravity.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.event.TableSchema;
import io.gravity.extension.GuardedCalls;
import io.gravity.udf.QualityRule;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksTest {
    private static final TableId TABLE = new TableId("shop", "orders");
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false),
                    new Column("name", ColumnType.of(Kind.TEXT, "TEXT"), true)),
            0);

    private static final CompletenessCheck NAMED =
            new CompletenessCheck(List.of(), List.of("name"), Severity.QUARANTINE);

    @TempDir
    Path jar;

    private static ChangeEvent change(Operation operation, Row before, Row after) {
        return ChangeEvent.captured("s", TABLE, TABLE, operation, SCHEMA, before, after, 0, SourcePosition.NONE, 0);
    }

    @Test
    void judgesWhatAChangeLeavesAndNoDelete() {
        var whole = Row.of(1L, "x");
        var lacking = Row.of(1L, null);
        try (var calls = new GuardedCalls()) {
            var checks = new Checks(new ChecksConfig(List.of(NAMED)), calls);
            assertThat(checks.judge(change(Operation.INSERT, null, lacking))).hasSize(1);
            assertThat(checks.judge(change(Operation.READ, null, lacking))).hasSize(1);
            assertThat(checks.judge(change(Operation.UPDATE, whole, lacking))).hasSize(1);
            assertThat(checks.judge(change(Operation.UPDATE, lacking, whole))).isEmpty();
            assertThat(checks.judge(change(Operation.DELETE, lacking, null))).isEmpty();
        }
    }

    @Test
    void tablesOfOneSchemaHaveRulesOfTheirOwn() {
        var other = new CompletenessCheck(List.of(new TablePattern("shop.others")), List.of("name"), Severity.WARN);
        try (var calls = new GuardedCalls()) {
            var checks = new Checks(new ChecksConfig(List.of(other)), calls);
            for (int i = 0; i < 2; i++) {
                assertThat(checks.judge(TABLE, SCHEMA, Row.of(1L, null))).isEmpty();
                assertThat(checks.judge(new TableId("shop", "others"), SCHEMA, Row.of(1L, null)))
                        .hasSize(1);
            }
        }
    }

    @Test
    void theHeaviestIssueCounts() {
        var warning = new Issue(Check.FORMAT, "r", null, Severity.WARN, "m");
        var heavy = new Issue(Check.FORMAT, "r", null, Severity.STOP_TABLE, "m");

        assertThat(Issue.worst(List.of())).isNull();
        assertThat(Issue.worst(List.of(warning, heavy, warning))).isEqualTo(Severity.STOP_TABLE);
    }

    @Test
    void asksTheUsersOwnRules() throws IOException {
        assertThat(judgedByOwn("good")).isEmpty();
        assertThat(judgedByOwn("bad")).containsExactly("custom own null WARN the name is bad");
        assertThat(judgedByOwn("throws"))
                .containsExactly("custom own null WARN the rule can't judge the row: " + Own.class.getName()
                        + " threw java.lang.IllegalStateException: no idea");
        assertThat(judgedByOwn("null")).singleElement().asString().contains("the rule can't judge the row: ");
        assertThat(judgedByOwn("deep")).singleElement().asString().contains("StackOverflowError");
    }

    @Test
    void aRuleThatDoesNotReturnCostsItsRowsOnly() throws IOException {
        assertThat(judgedByOwn("loops")).singleElement().asString().contains("did not return within 500 ms");
        Own.isStopped = true;
    }

    private List<String> judgedByOwn(String name) throws IOException {
        var list = jar.resolve("META-INF/services/" + QualityRule.class.getName());
        Files.createDirectories(list.getParent());
        Files.writeString(list, Own.class.getName());
        var before = Thread.currentThread().getContextClassLoader();
        var config = new ChecksConfig(List.of(new CustomCheck(List.of(), List.of("own"), Severity.WARN)));
        try (var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, before);
                var calls = new GuardedCalls()) {
            Thread.currentThread().setContextClassLoader(loader);
            return new Checks(config, calls)
                    .judge(TABLE, SCHEMA, Row.of(1L, name)).stream()
                            .map(issue -> String.join(
                                    " ",
                                    issue.check().word(),
                                    issue.rule(),
                                    issue.field(),
                                    issue.severity().name(),
                                    issue.message()))
                            .toList();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    /** Does with a row what its name says. */
    public static final class Own implements QualityRule {
        private static volatile boolean isStopped;

        @Override
        public String name() {
            return "own";
        }

        @Override
        public Optional<String> complaint(Map<String, Object> row) {
            return switch ((String) row.get("name")) {
                case "good" -> Optional.empty();
                case "bad" -> Optional.of("the name is bad");
                case "throws" -> throw new IllegalStateException("no idea");
                case "deep" -> complaint(row);
                case "loops" -> {
                    while (!isStopped) {
                        Thread.onSpinWait();
                    }
                    yield Optional.empty();
                }
                default -> null;
            };
        }
    }
}
