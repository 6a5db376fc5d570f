package io.gravity.resolve;

import io.gravity.resolve.ConflictStrategy.ErrorStop.Scope;
import io.gravity.types.SourceRequests;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;
import org.apache.flink.runtime.operators.coordination.CoordinationRequestHandler;
import org.apache.flink.runtime.operators.coordination.CoordinationResponse;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows what is stopped in all subtasks of the resolve stage, spreads a stop that concerns a table or the job, and takes
 * the operator's decisions, which come through Flink's own REST interface. Likewise it hands dead letters that are to go
 * out once more to the subtasks, and remembers what became of them until the console has asked. What the console asks of a
 * source passes through.
 *
 * <p>It keeps no state of its own: what is stopped is in the subtasks' state, and they tell it again after a restart. A
 * decision that a failure undoes, because it came after the last checkpoint, has to be made again.
 */
final class ConflictCoordinator implements OperatorCoordinator, CoordinationRequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ConflictCoordinator.class);
    /** The console lists no more than this; a table that stops can hold millions of rows. */
    private static final int MOST_LISTED = 10_000;
    /** A console that is gone never asks again. */
    private static final int MOST_RUNS = 100;

    private final Context context;
    private final Map<Integer, SubtaskGateway> subtasks = new HashMap<>();
    /** By row; of the subtask that told. */
    private final Map<String, Told> stops = new LinkedHashMap<>();

    private final Map<String, Replays.Run> replays = new LinkedHashMap<>();

    private record Told(Stops.Stop stop, int subtask) {}

    private ConflictCoordinator(Context context) {
        this.context = context;
    }

    /** Makes the coordinator on the JobManager. */
    static final class Provider implements OperatorCoordinator.Provider {
        private static final long serialVersionUID = 1L;

        private final OperatorID operator;

        Provider(OperatorID operator) {
            this.operator = operator;
        }

        @Override
        public OperatorID getOperatorId() {
            return operator;
        }

        @Override
        public OperatorCoordinator create(Context context) {
            return new ConflictCoordinator(context);
        }
    }

    @Override
    public synchronized void handleEventFromOperator(int subtask, int attempt, OperatorEvent event) {
        if (event instanceof Replays.Done done && replays.containsKey(done.run())) {
            replays.get(done.run()).done(done.letter(), done.outcome());
        }
        if (event instanceof Stops.Stopped stopped) {
            var stop = stopped.stop();
            if (stops.size() < MOST_LISTED) {
                stops.put(stop.row(), new Told(stop, subtask));
            }
            if (stop.scope() != Scope.ROW) {
                subtasks.values().forEach(gateway -> send(gateway, new Stops.Hold(stop)));
            }
        }
    }

    @Override
    public synchronized CompletableFuture<CoordinationResponse> handleCoordinationRequest(CoordinationRequest request) {
        if (request instanceof Stops.ListRequest list) {
            return CompletableFuture.completedFuture(answer(stops.values().stream()
                    .map(Told::stop)
                    .filter(list::concerns)
                    .toList()));
        }
        if (request instanceof Stops.Release release) {
            return CompletableFuture.completedFuture(release(release));
        }
        if (request instanceof Replays.Begin begin) {
            return CompletableFuture.completedFuture(replay(begin));
        }
        if (request instanceof Replays.Ask ask) {
            var run = replays.get(ask.run());
            return CompletableFuture.completedFuture(run == null ? Replays.Run.unknown() : run.answer());
        }
        if (request instanceof SourceRequests.ToSource toSource) {
            return toSource.passOn(context.getCoordinatorStore());
        }
        return CompletableFuture.failedFuture(new IllegalArgumentException(
                "unknown request " + request.getClass().getName()));
    }

    /** Each goes to all subtasks; the one that has the row answers. */
    private CoordinationResponse replay(Replays.Begin begin) {
        var run = new Replays.Run(begin.changes().size());
        replays.put(begin.run(), run);
        if (replays.size() > MOST_RUNS) {
            replays.remove(replays.keySet().iterator().next());
        }
        LOG.info(
                "{} dead letters are passed on again by an operator",
                begin.changes().size());
        for (var order : Replays.orders(begin)) {
            subtasks.values().forEach(gateway -> send(gateway, order));
        }
        return run.answer();
    }

    private CoordinationResponse release(Stops.Release release) {
        var concerned = stops.values().stream()
                .filter(told -> release.concerns(told.stop()))
                .toList();
        var released = concerned.stream().map(Told::stop).toList();
        if (released.isEmpty() && stops.size() < MOST_LISTED) {
            return answer(released);
        }
        stops.values().removeAll(concerned);
        if (release.row() != null) {
            concerned.forEach(this::keepWhole);
        }
        LOG.info("released by an operator, {}: {}", release.choice(), released);
        var order = new Stops.LetGo(release.tableId().orElse(null), release.row(), release.choice());
        subtasks.values().forEach(gateway -> send(gateway, order));
        return answer(released);
    }

    /** What a row has stopped beyond itself stays stopped, and listed, without the row. */
    private void keepWhole(Told told) {
        var stop = told.stop();
        if (stop.scope() != Scope.ROW) {
            var whole = Stops.Stop.whole(stop.scope(), stop.table(), stop.reason());
            stops.putIfAbsent(whole.row(), new Told(whole, told.subtask()));
        }
    }

    private static CoordinationResponse answer(List<Stops.Stop> all) {
        return new Stops.Answer(all.subList(0, Math.min(all.size(), 1000)), all.size());
    }

    private static void send(SubtaskGateway gateway, OperatorEvent event) {
        var unused = gateway.sendEvent(event).whenComplete((done, error) -> {
            if (error != null) {
                LOG.warn("subtask {} did not receive {}", gateway.getSubtask(), event, error);
            }
        });
    }

    @Override
    public synchronized void executionAttemptReady(int subtask, int attempt, SubtaskGateway gateway) {
        subtasks.put(subtask, gateway);
        // It was not there to be told of what was stopped meanwhile.
        stops.values().stream()
                .map(Told::stop)
                .filter(stop -> stop.scope() != Scope.ROW)
                .forEach(stop -> send(gateway, new Stops.Hold(stop)));
    }

    @Override
    public synchronized void executionAttemptFailed(int subtask, int attempt, Throwable reason) {
        subtasks.remove(subtask);
        replays.clear();
        stops.values().removeIf(told -> told.subtask() == subtask);
    }

    @Override
    public synchronized void subtaskReset(int subtask, long checkpointId) {
        subtasks.remove(subtask);
        replays.clear();
        stops.values().removeIf(told -> told.subtask() == subtask);
    }

    @Override
    public void start() {
        LOG.debug("the resolve stage of {} subtasks has its coordinator", context.currentParallelism());
    }

    @Override
    public synchronized void checkpointCoordinator(long checkpointId, CompletableFuture<byte[]> result) {
        replays.values().forEach(run -> run.checkpointBegins(checkpointId));
        result.complete(new byte[0]);
    }

    @Override
    public synchronized void notifyCheckpointComplete(long checkpointId) {
        replays.values().forEach(run -> run.checkpointComplete(checkpointId));
    }

    @Override
    public synchronized void resetToCheckpoint(long checkpointId, byte[] checkpoint) {
        subtasks.clear();
        stops.clear();
        replays.clear();
    }

    @Override
    public void close() {}
}
