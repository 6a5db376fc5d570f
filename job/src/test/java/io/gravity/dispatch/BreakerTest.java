package io.gravity.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BreakerTest {
    private final Breaker breaker = new Breaker();

    @Test
    void oneFailureOpensNothing() {
        assertThat(breaker.failed()).isFalse();
        assertThat(breaker.isClosed()).isTrue();
        assertThat(breaker.letsTry()).isTrue();
        assertThat(breaker.letsTry()).isTrue();
    }

    @Test
    void anAnswerBetweenTwoFailuresKeepsItClosed() {
        breaker.failed();
        assertThat(breaker.answered()).isFalse();
        assertThat(breaker.failed()).isFalse();
        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
    }

    @Test
    void letsOneTryAtATimeWhileItIsOpen() {
        breaker.failed();
        assertThat(breaker.failed()).isTrue();
        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);

        assertThat(breaker.letsTry()).isTrue();
        assertThat(breaker.state()).isEqualTo(Breaker.State.HALF_OPEN);
        assertThat(breaker.letsTry()).isFalse();

        assertThat(breaker.failed()).isFalse();
        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
        assertThat(breaker.letsTry()).isTrue();
        assertThat(breaker.answered()).isTrue();
        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
    }

    @Test
    void opensAtOnceWhereOnlyAnOperatorHelps() {
        assertThat(breaker.trip()).isTrue();
        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
        assertThat(breaker.trip()).isFalse();
        assertThat(breaker.answered()).isTrue();
    }
}
