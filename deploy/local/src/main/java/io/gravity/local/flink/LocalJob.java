package io.gravity.local.flink;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;

/** A job that was submitted to {@link LocalFlink}. */
public final class LocalJob {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration SAVEPOINT_LIMIT = Duration.ofMinutes(5);
    private static final long POLL_MILLIS = 50;

    private final MiniCluster cluster;
    private final JobID id;
    private final Path savepoints;
    private final FlinkMetrics metrics;
    private final CompletableFuture<JobResult> result;

    LocalJob(MiniCluster cluster, JobID id, Path savepoints, FlinkMetrics metrics) {
        this.cluster = cluster;
        this.id = id;
        this.savepoints = savepoints;
        this.metrics = metrics;
        this.result = cluster.requestJobResult(id);
    }

    public JobID id() {
        return id;
    }

    public JobStatus status() throws Exception {
        return cluster.getJobStatus(id).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    public FlinkMetrics metrics() {
        return metrics;
    }

    /** Whether the job has ended, by failure or otherwise. */
    public boolean ended() {
        return result.isDone();
    }

    /** Why the job failed for good; empty while it runs and if it ended otherwise. */
    public Optional<Throwable> failure() {
        if (!result.isDone()) {
            return Optional.empty();
        }
        return result.handle((done, problem) -> problem != null
                        ? Optional.of(problem)
                        : done.getSerializedThrowable()
                                .map(failure -> failure.deserializeError(LocalJob.class.getClassLoader())))
                .join();
    }

    /** Waits until every task runs. */
    public void awaitRunning(Duration limit) throws Exception {
        long end = System.nanoTime() + limit.toNanos();
        var never = new CountDownLatch(1);
        while (!running(graph())) {
            if (ended()) {
                throw new IllegalStateException("the job ended", failure().orElse(null));
            }
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        "the job is " + status() + " after " + limit.toSeconds() + " s, not all tasks run");
            }
            never.await(POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** How many checkpoints were completed since the job was submitted. */
    public long completedCheckpoints() throws Exception {
        var statistics = graph().getCheckpointStatsSnapshot();
        return statistics == null ? 0 : statistics.getCounts().getNumberOfCompletedCheckpoints();
    }

    /** Takes a checkpoint now, and returns how long it took. */
    public long checkpointMillis() throws Exception {
        checkpoint();
        return graph().getCheckpointStatsSnapshot()
                .getHistory()
                .getLatestCompletedCheckpoint()
                .getEndToEndDuration();
    }

    /** Takes a checkpoint now, and returns its number. */
    public long checkpoint() throws Exception {
        return cluster.triggerCheckpoint(id, CheckpointType.CONFIGURED)
                .get(SAVEPOINT_LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Takes a savepoint while the job goes on, and returns its address. */
    public String savepoint() throws Exception {
        return cluster.triggerSavepoint(id, target(), false, SavepointFormatType.CANONICAL)
                .get(SAVEPOINT_LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Takes a savepoint and ends the job, and returns the savepoint's address. */
    public String stop() throws Exception {
        String savepoint = cluster.stopWithSavepoint(id, target(), false, SavepointFormatType.CANONICAL)
                .get(SAVEPOINT_LIMIT.toSeconds(), TimeUnit.SECONDS);
        result.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        return savepoint;
    }

    /** Ends the job; returns when it is over. */
    public void cancel() throws Exception {
        cluster.cancelJob(id).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        result.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private String target() {
        return savepoints.toUri().toString();
    }

    private AccessExecutionGraph graph() throws Exception {
        return cluster.getExecutionGraph(id).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private static boolean running(AccessExecutionGraph graph) {
        for (var vertex : graph.getAllExecutionVertices()) {
            if (vertex.getExecutionState() != ExecutionState.RUNNING) {
                return false;
            }
        }
        return graph.getState() == JobStatus.RUNNING;
    }
}
