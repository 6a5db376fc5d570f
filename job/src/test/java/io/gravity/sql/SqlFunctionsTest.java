package io.gravity.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.types.Row;
import org.apache.flink.util.CollectionUtil;
import org.junit.jupiter.api.Test;

/** Runs against Flink's own planner, and the cluster that it starts for a query. */
class SqlFunctionsTest {
    private static final Path SCRIPT = Path.of("../sql/functions.sql");

    private final TableEnvironment tables = TableEnvironment.create(EnvironmentSettings.inBatchMode());

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
        assertThat(results.get(2)).extracting(Row::toString).containsExactly("x");
        assertThat(results.get(3)).extracting(Row::toString).containsExactly("x");
        assertThat(results.get(4)).extracting(Row::toString).containsExactly("x");
    }

    @Test
    void knowsUsersFunctionsAndTheirTypes() {
        tables.executeSql("LOAD MODULE gravity");

        assertThat(tables.listFunctions()).contains("normalize_phone", "trim_and_lowercase", "twice");
        assertThat(query("SELECT twice(n), TWICE(CAST(n AS SMALLINT)), shout(word) FROM (VALUES"
                        + " (21, 'ab'), (CAST(NULL AS INT), 'throw'), (-1, 'number'), (0, 'loop')) AS t (n, word)"))
                .containsExactly("+I[42, 42, AB]", "+I[null, null, null]", "+I[-2, -2, null]", "+I[0, 0, null]");
        assertThatThrownBy(() -> query("SELECT twice('x')"))
                .isInstanceOf(ValidationException.class)
                .hasStackTraceContaining("twice(BIGINT)");
    }

    private List<String> query(String sql) {
        var rows = tables.executeSql(sql).collect();
        return CollectionUtil.iteratorToList(rows).stream().map(Row::toString).toList();
    }
}
