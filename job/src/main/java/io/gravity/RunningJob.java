package io.gravity;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;
import org.apache.flink.runtime.operators.coordination.CoordinationResponse;
import org.apache.flink.shaded.guava31.com.google.common.hash.Hashing;

/** A job that runs on a cluster, as the console's commands talk to it: through Flink's own REST interface. */
final class RunningJob implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 3;
    private static final Pattern CAUSE_THERE = Pattern.compile("(?m)Exception: ([^\n]+)$");

    /** The operator whose coordinator answers. Flink makes an operator's id out of its uid in this way. */
    private static final OperatorID RESOLVE = new OperatorID(Hashing.murmur3_128(0)
            .newHasher()
            .putString("resolve", StandardCharsets.UTF_8)
            .hash()
            .asBytes());

    private final RestClusterClient<?> cluster;
    private final JobID job;

    private RunningJob(RestClusterClient<?> cluster, JobID job) {
        this.cluster = cluster;
        this.job = job;
    }

    /**
     * Finds the job.
     *
     * @param id {@code null} for the only one that runs there
     */
    static RunningJob find(URI flink, JobID id) throws Exception {
        var cluster = new RestClusterClient<>(client(flink), "gravity");
        try {
            return new RunningJob(cluster, id != null ? id : onlyJob(cluster));
        } catch (Exception e) {
            cluster.close();
            throw e;
        }
    }

    private static Configuration client(URI flink) {
        var settings = new Configuration();
        settings.set(RestOptions.ADDRESS, flink.getHost());
        settings.set(RestOptions.PORT, flink.getPort());
        // Someone waits at the console.
        settings.set(RestOptions.CONNECTION_TIMEOUT, LIMIT.dividedBy(ATTEMPTS));
        settings.set(RestOptions.RETRY_MAX_ATTEMPTS, ATTEMPTS);
        settings.set(RestOptions.RETRY_DELAY, Duration.ofMillis(500));
        return settings;
    }

    private static JobID onlyJob(RestClusterClient<?> cluster) throws Exception {
        var running = get(cluster.listJobs()).stream()
                .filter(job -> job.getJobState() == JobStatus.RUNNING)
                .toList();
        if (running.isEmpty()) {
            throw new IllegalStateException("no job is running there");
        }
        if (running.size() > 1) {
            throw new IllegalStateException(running.size() + " jobs are running there; name one with --job: "
                    + running.stream()
                            .map(job -> job.getJobId() + " (" + job.getJobName() + ")")
                            .collect(Collectors.joining(", ")));
        }
        return running.get(0).getJobId();
    }

    /** Asks the coordinator of the resolve stage. */
    <T extends CoordinationResponse> T ask(CoordinationRequest request, Class<T> answer)
            throws InterruptedException, ExecutionException {
        return answer.cast(get(cluster.sendCoordinationRequest(job, RESOLVE, request)));
    }

    /** Takes a checkpoint; returns when it is complete. */
    void checkpoint() throws InterruptedException, ExecutionException {
        get(cluster.triggerCheckpoint(job, CheckpointType.CONFIGURED));
    }

    private static <T> T get(CompletableFuture<T> future) throws InterruptedException, ExecutionException {
        try {
            return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new ExecutionException("no answer within " + LIMIT.toSeconds() + " s", e);
        }
    }

    /** Returns the first cause, also of a failure in the cluster, which comes as the text of its stack trace. */
    static String reason(Throwable failure) {
        var first = failure;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        var text = String.valueOf(first.getMessage());
        var causes = CAUSE_THERE.matcher(text).results().toList();
        return causes.isEmpty() ? text : causes.get(causes.size() - 1).group(1);
    }

    @Override
    public void close() {
        cluster.close();
    }
}
