package io.gravity.dispatch.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.dispatch.TargetConfig.Group.Failover;
import io.gravity.error.ErrorCode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HealthTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Health health = new Health(new Failover(Duration.ofSeconds(30), Duration.ofSeconds(60), 3));

    @Test
    void isDownAfterTheLastRetryOfAServerThatCannotBeReached() {
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(health.failed(ErrorCode.TARGET_UNREACHABLE, attempt)).isFalse();
        }
        assertThat(health.failed(ErrorCode.TARGET_UNREACHABLE, 4)).isTrue();
    }

    @Test
    void beginsToCountAnewAfterAnAnswer() {
        for (int round = 0; round < 5; round++) {
            for (int attempt = 0; attempt < 3; attempt++) {
                assertThat(health.failed(ErrorCode.TARGET_UNREACHABLE, 20 * SECOND * round))
                        .isFalse();
            }
            assertThat(health.isSuspect()).isTrue();
            health.answered();
            assertThat(health.isSuspect()).isFalse();
        }
    }

    @Test
    void isDownIfItDoesNothingButFailForTheDetectionTime() {
        for (int second = 0; second < 30; second++) {
            assertThat(health.failed(ErrorCode.TARGET_BUSY, Long.MAX_VALUE + second * SECOND))
                    .isFalse();
        }
        assertThat(health.failed(ErrorCode.TARGET_BUSY, Long.MAX_VALUE + 30 * SECOND))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"TARGET_UNREACHABLE", "TARGET_BUSY"},
            mode = EnumSource.Mode.EXCLUDE)
    void takesAnyOtherErrorForAnAnswer(ErrorCode code) {
        health.failed(ErrorCode.TARGET_UNREACHABLE, 0);

        assertThat(health.failed(code, 100 * SECOND)).isFalse();
        assertThat(health.isSuspect()).isFalse();
    }

    @Test
    void isFreeOfOldFailuresOnceItIsBack() {
        for (int attempt = 0; attempt < 4; attempt++) {
            health.failed(ErrorCode.TARGET_UNREACHABLE, 0);
        }
        health.down();
        assertThat(health.isUp()).isFalse();
        health.up();

        assertThat(health.isSuspect()).isFalse();
        assertThat(health.failed(ErrorCode.TARGET_UNREACHABLE, 100 * SECOND)).isFalse();
    }
}
