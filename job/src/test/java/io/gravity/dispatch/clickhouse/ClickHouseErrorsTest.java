package io.gravity.dispatch.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import com.clickhouse.client.api.ServerException;
import io.gravity.error.ErrorCode;
import java.net.ConnectException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClickHouseErrorsTest {

    @ParameterizedTest
    @CsvSource({
        "252, TARGET_BUSY",
        "159, TARGET_BUSY",
        "202, TARGET_BUSY",
        "241, TARGET_BUSY",
        "209, TARGET_UNREACHABLE",
        "210, TARGET_UNREACHABLE",
        "60, TARGET_BUSY",
        "81, TARGET_BUSY",
        "117, TARGET_BUSY",
        "516, TARGET_MISCONFIGURED",
        "497, TARGET_MISCONFIGURED",
        "164, TARGET_MISCONFIGURED",
        "469, TARGET_REFUSED_ROW",
        "131, VALUE_TOO_LONG",
        "349, VALUE_NULL",
        "321, VALUE_OUT_OF_RANGE",
        "99999, TARGET_MISCONFIGURED"
    })
    void sortsByTheServersCode(int code, ErrorCode expected) {
        var error = new RuntimeException(new ServerException(code, "x", 500, "query"));
        assertThat(ClickHouseErrors.answer(error).code()).isEqualTo(expected);
    }

    @Test
    void takesWhatTheServerDidNotSayForTheWayToIt() {
        assertThat(ClickHouseErrors.answer(new RuntimeException(new ConnectException("refused")))
                        .code())
                .isEqualTo(ErrorCode.TARGET_UNREACHABLE);
    }

    @Test
    void saysTheServersTextWithItsCodeCutToALength() {
        var error = new ServerException(516, "no such user " + "z".repeat(5000), 403, "query");
        assertThat(ClickHouseErrors.triaged(error, "lake", "insert into a.b", List.of())
                        .getMessage())
                .startsWith("target lake: insert into a.b failed: no such user zzz")
                .contains("[516]. Correct the target's username or password.")
                .hasSizeLessThan(800);
    }
}
