package io.gravity.types;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.types.SourceRequests.ToSource;
import java.util.concurrent.ExecutionException;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;
import org.apache.flink.runtime.operators.coordination.CoordinatorStoreImpl;
import org.junit.jupiter.api.Test;

/** What becomes of a request whose source is not there; the way to one that is, is walked with a real job. */
class SourceRequestsTest {
    private record Hello() implements CoordinationRequest {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void aSourceThatTheJobHasNotIsSaidToBeMissing() {
        var answer = new ToSource("orders-db", new Hello()).passOn(new CoordinatorStoreImpl());
        assertThat(answer)
                .failsWithin(java.time.Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("the job has no source orders-db");
    }
}
