package io.gravity.local.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Test
    void spreadsChangesOverTime() {
        var pace = new Pace(1_000, 0);

        assertThat(pace.done(1, 0)).isEqualTo(SECOND / 1_000);
        assertThat(pace.done(4, SECOND / 1_000)).isEqualTo(4 * SECOND / 1_000);
    }

    @Test
    void paysForABurstAfterwards() {
        var pace = new Pace(1_000, 0);

        assertThat(pace.done(500, 0)).isEqualTo(SECOND / 2);
    }

    @Test
    void catchesUpOnlyWithTheLastSecond() {
        var pace = new Pace(1_000, 0);

        assertThat(pace.done(1, 60 * SECOND)).isEqualTo(-SECOND);
    }
}
