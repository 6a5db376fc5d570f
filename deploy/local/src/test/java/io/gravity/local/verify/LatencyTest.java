package io.gravity.local.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatencyTest {

    @Test
    void givesMeasuredValuesAsPercentiles() {
        var latency = Latency.of(
                LongStream.rangeClosed(1, 200).map(millis -> millis * 1_000_000).toArray());

        assertThat(latency).isEqualTo(new Latency(200, 100, 190, 198, 200));
    }

    @Test
    void isNotANumberWithoutMeasurements() {
        assertThat(Latency.of(new long[0]).p99()).isNaN();
    }

    @Test
    void reportsEachLatencyOnceAsRecent() {
        var latencies = new Latencies();
        latencies.record(1);
        assertThat(latencies.recent().count()).isEqualTo(1);
        latencies.record(2);
        latencies.record(3);

        assertThat(latencies.recent().count()).isEqualTo(2);
        assertThat(latencies.recent().count()).isZero();
        assertThat(latencies.all().count()).isEqualTo(3);
    }
}
