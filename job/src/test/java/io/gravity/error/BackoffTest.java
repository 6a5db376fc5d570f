package io.gravity.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final long HUNDRED_YEARS = Duration.ofDays(36_500).toMillis();

    @Test
    void doublesUpToTheMaximum() {
        var backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1));
        var random = new Random(1);
        for (int i = 0; i < 100; i++) {
            assertThat(backoff.millis(1, random)).isBetween(75L, 100L);
            assertThat(backoff.millis(2, random)).isBetween(150L, 200L);
            assertThat(backoff.millis(4, random)).isBetween(600L, 800L);
            assertThat(backoff.millis(5, random)).isBetween(750L, 1000L);
            assertThat(backoff.millis(Integer.MAX_VALUE, random)).isBetween(750L, 1000L);
        }
    }

    @Property
    void staysWithinItsBoundsHoweverLongItFails(
            @ForAll @LongRange(min = 1, max = 10_000_000_000_000L) long first,
            @ForAll @LongRange(min = 1, max = 10_000_000_000_000L) long max,
            @ForAll @IntRange(min = 1) int failures,
            @ForAll long seed) {
        long pause = new Backoff(Duration.ofMillis(first), Duration.ofMillis(max)).millis(failures, new Random(seed));
        assertThat(pause).isBetween(1L, max);
        assertThat(pause).isGreaterThanOrEqualTo(Math.min(first, max) * 3 / 4);
        assertThat(pause).isLessThan(HUNDRED_YEARS * 4);
    }

    @Test
    void waitsAtLeastAMoment() {
        assertThat(new Backoff(Duration.ZERO, Duration.ofSeconds(1)).millis(3, new Random(1)))
                .isEqualTo(1);
    }

    @Test
    void workersDoNotComeBackAllAtOnce() {
        var backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
        var random = new Random(1);
        assertThat(java.util.stream.LongStream.range(0, 100)
                        .map(i -> backoff.millis(1, random))
                        .distinct()
                        .count())
                .isGreaterThan(50);
    }
}
