package io.gravity.local.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoOptionsTest {

    @Test
    void hasDefaultsForEverything() {
        assertThat(DemoOptions.parse())
                .isEqualTo(
                        new DemoOptions(Duration.ofSeconds(60), 2_000, 50_000, Optional.empty(), false, Set.of(), 1));
    }

    @Test
    void readsAllOptions() {
        assertThat(DemoOptions.parse(
                        "--exit --duration 2m --rate 10 --rows 20 --report r.json --idle log-db --seed 3".split(" ")))
                .isEqualTo(new DemoOptions(
                        Duration.ofMinutes(2), 10, 20, Optional.of(Path.of("r.json")), true, Set.of("log-db"), 3));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--fast         | unknown option --fast",
                "--rate         | --rate: expected a value after it, found nothing",
                "--rate many    | --rate: expected a number, found \"many\"",
                "--rate 0       | --rate: expected a number from 1, found 0",
                "--duration 10  | --duration: expected a time such as 60s or 5m, found 10",
                "--idle nowhere | --idle: expected one of [user-master, order-db, log-db], found [nowhere]",
            })
    void saysWhatIsWrong(String line, String message) {
        assertThatThrownBy(() -> DemoOptions.parse(line.split(" ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
