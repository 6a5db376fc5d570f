package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.InvalidDate;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import org.junit.jupiter.api.Test;

class TemporalsTest {

    @Test
    void readsTextsOfTheServer() {
        assertThat(Temporals.date(Temporals.parsedDate("9999-12-31"))).isEqualTo(LocalDate.of(9999, 12, 31));
        assertThat(Temporals.date(Temporals.parsedDate("2023-02-30")))
                .isEqualTo(new InvalidDate(2023, 2, 30, LocalTime.MIDNIGHT));
        assertThat(Temporals.dateTime(Temporals.parsedDate("0000-00-00 00:00:00")))
                .isEqualTo(InvalidDate.ZERO);
        assertThat(Temporals.dateTime(Temporals.parsedDate("0001-01-01 23:59:59.000001")))
                .isEqualTo(LocalDateTime.of(1, 1, 1, 23, 59, 59, 1000));
        assertThat(Temporals.dateTime(Temporals.parsedDate("2024-02-29 01:02:03.5")))
                .isEqualTo(LocalDateTime.of(2024, 2, 29, 1, 2, 3, 500_000_000));
    }

    @Test
    void keepsTheSignOfSpansBelowAnHour() {
        assertThat(Temporals.time(Temporals.parsedTime("-00:00:01"))).isEqualTo(Duration.ofSeconds(-1));
        assertThat(Temporals.time(Temporals.parsedTime("-00:00:00.000001"))).isEqualTo(Duration.ofNanos(-1000));
        assertThat(Temporals.time(Temporals.parsedTime("838:59:59")))
                .isEqualTo(Duration.ofHours(838).plusMinutes(59).plusSeconds(59));
    }
}
