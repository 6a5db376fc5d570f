package io.gravity.types;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;
import org.apache.flink.runtime.operators.coordination.CoordinationResponse;
import org.apache.flink.runtime.operators.coordination.CoordinatorStore;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.runtime.source.event.SourceEventWrapper;

/**
 * The way of a console's request to a source. Flink's REST interface reaches no source's coordinator, so the request goes
 * to a coordinator that takes requests, and from there through the job's store of coordinators.
 */
public final class SourceRequests {

    private SourceRequests() {}

    /** Returns the name under which a source's coordinator is found. */
    public static String listener(String source) {
        return "source-" + source;
    }

    /** A request to one source. */
    public record ToSource(String source, CoordinationRequest request) implements CoordinationRequest {
        private static final long serialVersionUID = 1L;

        /** Passes it on; the source's coordinator completes what is returned. */
        public CompletableFuture<CoordinationResponse> passOn(CoordinatorStore coordinators) {
            var answer = new CompletableFuture<CoordinationResponse>();
            try {
                if (coordinators.get(listener(source)) instanceof OperatorCoordinator coordinator) {
                    coordinator.handleEventFromOperator(0, 0, new SourceEventWrapper(new Asked(request, answer)));
                } else {
                    answer.completeExceptionally(new IllegalArgumentException("the job has no source " + source));
                }
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
            return answer;
        }
    }

    /** The request, at the source's coordinator. It does not leave the process. */
    public static final class Asked implements SourceEvent {
        private static final long serialVersionUID = 1L;

        private final transient CoordinationRequest request;
        private final transient CompletableFuture<CoordinationResponse> answer;

        public Asked(CoordinationRequest request, CompletableFuture<CoordinationResponse> answer) {
            this.request = requireNonNull(request, "request");
            this.answer = requireNonNull(answer, "answer");
        }

        public CoordinationRequest request() {
            return request;
        }

        public void answer(CoordinationResponse response) {
            answer.complete(response);
        }
    }
}
