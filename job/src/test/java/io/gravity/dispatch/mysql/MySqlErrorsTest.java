package io.gravity.dispatch.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.error.ErrorCode;
import java.io.EOFException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MySqlErrorsTest {

    @ParameterizedTest
    @CsvSource({
        "1213, 40001, TARGET_BUSY",
        "1205, HY000, TARGET_BUSY",
        "1040, 08004, TARGET_BUSY",
        "1290, HY000, TARGET_BUSY",
        "1836, HY000, TARGET_BUSY",
        "1053, 08S01, TARGET_UNREACHABLE",
        "0, 08S01, TARGET_UNREACHABLE",
        "1406, 22001, VALUE_TOO_LONG",
        "1264, 22003, VALUE_OUT_OF_RANGE",
        "1048, 23000, VALUE_NULL",
        "1366, HY000, TARGET_REFUSED_ROW",
        "1292, 22007, TARGET_REFUSED_ROW",
        "1452, 23000, CONSTRAINT_PARENT",
        "1451, 23000, CONSTRAINT_CHILD",
        "1062, 23000, CONSTRAINT_UNIQUE",
        "1242, 21000, CONSTRAINT_UNIQUE",
        "9999, 22032, TARGET_REFUSED_ROW",
        "1146, 42S02, TARGET_MISCONFIGURED",
        "1054, 42S22, TARGET_MISCONFIGURED",
        "1049, 42000, TARGET_MISCONFIGURED",
        "1045, 28000, TARGET_MISCONFIGURED",
        "1142, 42000, TARGET_MISCONFIGURED",
        "9999, HY000, TARGET_MISCONFIGURED"
    })
    void sortsByNumberThenState(int number, String state, ErrorCode expected) {
        assertThat(MySqlErrors.answer(new SQLException("x", state, number)).code())
                .isEqualTo(expected);
    }

    @Test
    void looksBehindThePoolsOwnTimeout() {
        var timeout = new SQLTransientConnectionException("pool timed out", "08001", 0);
        timeout.setNextException(new SQLException("Access denied", "28000", 1045));
        assertThat(MySqlErrors.answer(timeout).code()).isEqualTo(ErrorCode.TARGET_MISCONFIGURED);
    }

    @Test
    void takesALostStreamForALostServer() {
        var error = new SQLException("read failed", null, 0, new EOFException());
        assertThat(MySqlErrors.answer(error).code()).isEqualTo(ErrorCode.TARGET_UNREACHABLE);
    }

    @Test
    void unfoldsTheChainOnceAndCutsLongTexts() {
        var error = new SQLException("y".repeat(5000), "22001", 1406);
        error.setNextException(new SQLException("second", "HY000", 7));
        error.initCause(error.getNextException());
        var message =
                MySqlErrors.triaged(error, "dwh", "upsert into a.b", List.of()).getMessage();
        assertThat(message)
                .startsWith("target dwh: upsert into a.b failed: yyy")
                .containsOnlyOnce("second [7 HY000]")
                .hasSizeLessThan(1000);
    }
}
