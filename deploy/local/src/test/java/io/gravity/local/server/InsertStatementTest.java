package io.gravity.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InsertStatementTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "INSERT INTO t FORMAT RowBinary\\n\\n\\n|INSERT INTO t |RowBinary|\\n\\n",
                "insert into t (`format`, b) values (1, 'x')|insert into t (`format`, b) |Values| (1, 'x')",
                "/* INSERT */ INSERT INTO a.b SETTINGS x=1 FORMAT CSV; 1,2|/* INSERT */ INSERT INTO a.b SETTINGS x=1 |CSV|1,2",
            })
    void cutsStatementFormatAndRows(String request, String sql, String format, String rows) {
        var insert = InsertStatement.parse(bytes(request)).orElseThrow();
        assertThat(new String(insert.sql(), StandardCharsets.UTF_8)).isEqualTo(sql.translateEscapes());
        assertThat(insert.format()).isEqualTo(format);
        assertThat(new String(insert.rows(), StandardCharsets.UTF_8)).isEqualTo(rows.translateEscapes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 1 FORMAT CSV", "INSERT INTO t SELECT 1 FORMAT CSV", "INSERT INTO t", ""})
    void leavesOtherStatementsAlone(String request) {
        assertThat(InsertStatement.parse(bytes(request))).isEmpty();
    }

    private static byte[] bytes(String text) {
        return text.translateEscapes().getBytes(StandardCharsets.UTF_8);
    }
}
