package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.source.BinlogRetention.LogFile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a server will have removed what is to be read next. */
class BinlogRetentionTest {
    private static final List<LogFile> FILES =
            List.of(new LogFile("b.7", 1000), new LogFile("b.8", 2000), new LogFile("b.9", 500));
    private static final Map<String, String> HUNDRED_SECONDS = Map.of("binlog_expire_logs_seconds", "100");

    @Test
    void whatIsReadToTheEndIsSafeHoweverOldItIs() {
        assertThat(BinlogRetention.of(FILES, HUNDRED_SECONDS, "b.9", 500, 100_000))
                .isEqualTo(new BinlogRetention(0, 2, 100, false, false));
    }

    @ParameterizedTest
    @CsvSource({"0,100,false", "75,25,false", "76,24,true", "500,0,true"})
    void anOlderFileIsKeptForAsLongAsTheServerSays(long age, long left, boolean isNear) {
        assertThat(BinlogRetention.of(FILES, HUNDRED_SECONDS, "b.8", 300, age))
                .isEqualTo(new BinlogRetention(2200, 1, left, false, isNear));
    }

    @Test
    void aFileThatIsGoneIsSaidToBe() {
        assertThat(BinlogRetention.of(FILES, HUNDRED_SECONDS, "b.6", 300, 0))
                .isEqualTo(new BinlogRetention(3500, 0, 0, true, true));
    }

    @Test
    void aServerThatKeepsAllOrAnAgeThatIsNotKnownGivesNoTime() {
        var never = new BinlogRetention(2200, 1, BinlogRetention.NEVER, false, false);
        assertThat(BinlogRetention.of(FILES, Map.of(), "b.8", 300, 900)).isEqualTo(never);
        assertThat(BinlogRetention.of(
                        FILES,
                        Map.of("binlog_expire_logs_seconds", "0", "expire_logs_days", "0.000000"),
                        "b.8",
                        300,
                        900))
                .isEqualTo(never);
        assertThat(BinlogRetention.of(
                        FILES,
                        Map.of("binlog_expire_logs_seconds", "100", "binlog_expire_logs_auto_purge", "OFF"),
                        "b.8",
                        300,
                        900))
                .isEqualTo(never);
        assertThat(BinlogRetention.of(FILES, HUNDRED_SECONDS, "b.8", 300, -1)).isEqualTo(never);
    }

    @Test
    void mariaDbCountsInDaysAsWell() {
        var days = Map.of("binlog_expire_logs_seconds", "0", "expire_logs_days", "0.5");
        assertThat(BinlogRetention.of(FILES, days, "b.8", 300, 200).secondsLeft())
                .isEqualTo(43_000);
    }
}
