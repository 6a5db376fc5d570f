package io.gravity.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.extension.TestJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.types.Row;
import org.apache.flink.util.CollectionUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs against Flink's own planner, and the cluster that it starts for a query. */
class SqlFunctionsTest {
    private static final Path SCRIPT = Path.of("../sql/functions.sql");

    @TempDir
    private Path folder;

    private final TableEnvironment tables = TableEnvironment.create(EnvironmentSettings.newInstance()
            .inBatchMode()
            .withConfiguration(Configuration.fromMap(Map.of("table.exec.resource.default-parallelism", "1")))
            .build());

    @Test
    void theScriptShowsWhatTheFunctionsMake() throws IOException {
        var results = new ArrayList<List<Row>>();
        for (var statement :
                Files.readString(SCRIPT).replaceAll("(?m)^--.*$", "").split(";")) {
            if (!statement.isBlank()) {
                var rows = tables.executeSql(statement.strip()).collect();
                results.add(CollectionUtil.iteratorToList(rows));
            }
        }

        assertThat(results).hasSize(5);
        assertThat(results.get(2))
                .extracting(Row::toString)
                .containsExactly(
                        "+I[1, ann@example.org, +8613800138000, DE, 2026-01-31, 1234.50]",
                        "+I[2, bob@example.org, +16502530000, CN, 2026-02-03, 99.00]",
                        "+I[3, null, null, null, null, null]");
        assertThat(results.get(3))
                .extracting(Row::toString)
                .containsExactly("+I[A**@Example.ORG, ec61f3c6]", "+I[m*********@example.org, 3ad9f10d]");
        assertThat(results.get(4)).extracting(Row::toString).containsExactly("+I[{\"a\":[true,null],\"b\":1}, null]");
    }

    @Test
    void knowsUsersFunctionsAndTheirTypes() throws IOException {
        tables.executeSql("ADD JAR '" + TestJars.writeSayTwice(folder.resolve("ours.jar")) + "'");
        tables.executeSql("LOAD MODULE gravity");

        assertThat(tables.listFunctions()).contains("normalize_phone", "trim_and_lowercase", "twice", "say_twice");
        assertThat(query("SELECT twice(n), TWICE(CAST(n AS SMALLINT)), shout(word), say_twice(word) FROM (VALUES"
                        + " (21, 'ab'), (CAST(NULL AS INT), 'throw'), (-1, 'number'), (0, 'loop')) AS t (n, word)"))
                // Rows of VALUES come in any order.
                .containsExactlyInAnyOrder(
                        "+I[42, 42, AB, ab ab]",
                        "+I[null, null, null, throw throw]",
                        "+I[-2, -2, null, number number]",
                        "+I[0, 0, null, loop loop]");
        assertThatThrownBy(() -> query("SELECT twice('x')"))
                .isInstanceOf(ValidationException.class)
                .hasStackTraceContaining("twice(BIGINT)");
    }

    private List<String> query(String sql) {
        var rows = tables.executeSql(sql).collect();
        return CollectionUtil.iteratorToList(rows).stream().map(Row::toString).toList();
    }
}
