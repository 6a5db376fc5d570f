package io.gravity.extension;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ColumnType.Kind;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardedCallsTest {
    private final AtomicLong clock = new AtomicLong();
    private final GuardedCalls calls = new GuardedCalls(Duration.ofMillis(100), clock::get);
    private final Own.Shout shout = new Own.Shout();

    @AfterEach
    void close() {
        calls.close();
        Own.endLoops();
    }

    @Test
    void givesWhatTheFunctionReturns() {
        assertThat(text("abc")).isEqualTo(Outcome.of("ABC"));
        assertThat(text("nothing")).isEqualTo(Outcome.of(null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "throw  | threw java.lang.IllegalStateException: no such word",
                "deep   | threw java.lang.StackOverflowError",
                "link   | threw java.lang.NoClassDefFoundError: org/example/Gone",
                "number | returned a Long, expected a String or null",
            })
    void aFaultCostsItsCallAlone(String value, String failure) {
        assertThat(text(value).failure()).isEqualTo("io.gravity.extension.Own$Shout " + failure);
        assertThat(text("abc")).isEqualTo(Outcome.of("ABC"));
    }

    @Test
    void aLoopCostsOneWaitAndTheFunctionAPause() {
        long from = System.nanoTime();
        assertThat(text("loop").failure()).isEqualTo("io.gravity.extension.Own$Shout did not return within 100 ms");
        for (int i = 0; i < 1000; i++) {
            assertThat(text("abc").failure()).contains("is not called for a while");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(1));
        assertThat(calls.apply(new Own.Twice(), Kind.INTEGER, 4L)).isEqualTo(Outcome.of(8L));

        clock.addAndGet(Duration.ofSeconds(6).toNanos());
        assertThat(text("abc")).isEqualTo(Outcome.of("ABC"));
    }

    @Test
    void aFunctionThatKeepsLoopingIsGivenUp() {
        for (int i = 0; i < GuardedCalls.MAX_STRAYS; i++) {
            assertThat(text("loop").failure()).contains("did not return");
            clock.addAndGet(Duration.ofDays(1).toNanos());
        }
        assertThat(text("abc").failure()).contains("is not called for a while");
    }

    @Test
    void slowCallsUseUpTheLimitAndThenTheFunctionPauses() {
        try (var patient = new GuardedCalls(Duration.ofSeconds(2), clock::get)) {
            int answered = 0;
            while (!patient.apply(shout, Kind.TEXT, "slow").isFailure()) {
                answered++;
            }
            assertThat(answered).isBetween(1, 7);
            assertThat(patient.apply(shout, Kind.TEXT, "abc").failure())
                    .contains("is not called for a while, as it took too long before");

            clock.addAndGet(Duration.ofSeconds(21).toNanos());
            assertThat(patient.apply(shout, Kind.TEXT, "slow")).isEqualTo(Outcome.of("SLOW"));
        }
    }

    @Test
    void functionsThatLoopOneAfterTheOtherShareTheLimit() {
        for (int i = 0; i < 5; i++) {
            assertThat(calls.apply(new Own.Shout(), Kind.TEXT, "loop").failure())
                    .endsWith("did not return within " + (i == 0 ? 100 : 50) + " ms");
        }
    }

    @Test
    void evenTheMessageOfAnExceptionMayThrow() {
        assertThat(text("unspeakable").failure())
                .isEqualTo("io.gravity.extension.Own$Shout threw io.gravity.extension.Own$Unspeakable");
    }

    private Outcome text(String value) {
        return calls.apply(shout, Kind.TEXT, value);
    }
}
