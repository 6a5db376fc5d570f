package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How long a reader of chunks waits. */
class RowPaceTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void waitsUntilTheRowsAreWorthTheirTime() {
        var pace = new RowPace(100);
        assertThat(pace.pauseNanos(5 * SECOND)).isZero();
        pace.passed(50, 5 * SECOND);
        assertThat(pace.pauseNanos(5 * SECOND)).isEqualTo(SECOND / 2);
        pace.passed(100, 5 * SECOND);
        assertThat(pace.pauseNanos(5 * SECOND)).isEqualTo(SECOND * 3 / 2);
    }

    @Test
    void givesNoCreditForIdleTime() {
        var pace = new RowPace(100);
        pace.passed(50, 0);
        pace.passed(100, 60 * SECOND);
        assertThat(pace.pauseNanos(60 * SECOND)).isEqualTo(SECOND);
    }

    @Test
    void neverWaitsWithoutALimit() {
        var pace = new RowPace(0);
        pace.passed(1_000_000, SECOND);
        assertThat(pace.pauseNanos(SECOND)).isZero();
    }
}
