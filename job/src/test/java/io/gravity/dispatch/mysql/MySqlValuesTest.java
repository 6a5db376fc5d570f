package io.gravity.dispatch.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class MySqlValuesTest {

    @Test
    void writesTemporalValuesAsText() {
        assertThat(bound(Kind.DATE, LocalDate.of(1, 2, 3))).isEqualTo("0001-02-03");
        assertThat(bound(Kind.DATETIME, LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_000)))
                .isEqualTo("9999-12-31 23:59:59.999999");
        assertThat(bound(Kind.DATETIME, LocalDateTime.of(2024, 2, 29, 0, 0))).isEqualTo("2024-02-29 00:00:00");
        assertThat(bound(Kind.TIMESTAMP, Instant.parse("2024-03-31T01:30:00.000001Z")))
                .isEqualTo("2024-03-31 01:30:00.000001");
        assertThat(bound(Kind.TIME, Duration.ofSeconds(-1))).isEqualTo("-00:00:01");
        assertThat(bound(Kind.TIME, Duration.ofMillis(-500))).isEqualTo("-00:00:00.500000");
        assertThat(bound(Kind.TIME, Duration.ofHours(838).plusSeconds(3599))).isEqualTo("838:59:59");
    }

    @Test
    void keepsNumbersExact() {
        var greatest = new BigInteger("18446744073709551615");
        assertThat(bound(Kind.UNSIGNED_BIGINT, greatest)).isEqualTo(new BigDecimal(greatest));
        assertThat(bound(Kind.BITS, new byte[] {-1, 0})).isEqualTo(new BigDecimal(65280));
        assertThat(bound(Kind.FLOAT, Float.MAX_VALUE)).isEqualTo((double) Float.MAX_VALUE);
        assertThat(bound(Kind.INTEGER, null)).isNull();
    }

    @Property
    void timeReadsBackAsItself(@ForAll @LongRange(min = -3_020_399_999_999L, max = 3_020_399_999_999L) long micros) {
        var text = (String) bound(Kind.TIME, Duration.ofNanos(micros * 1000));
        var parts = text.replace("-", "").split("[:.]");
        long seconds = Long.parseLong(parts[0]) * 3600 + Long.parseLong(parts[1]) * 60 + Long.parseLong(parts[2]);
        long read = seconds * 1_000_000 + (parts.length > 3 ? Long.parseLong(parts[3]) : 0);
        assertThat(text.startsWith("-") ? -read : read).isEqualTo(micros);
    }

    private static Object bound(Kind kind, Object value) {
        return MySqlValues.bindable(ColumnType.of(kind, kind.name()), value);
    }
}
