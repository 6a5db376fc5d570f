package io.gravity.dispatch;

import io.gravity.event.ChangeEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The queue of some lanes in memory, and the one batch of them that is under way. Pure: when to send is asked with the
 * time, sending is the caller's.
 */
final class Worker {
    private final TargetConfig.Delivery limits;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private List<ChangeEvent> underWay = List.of();
    private long underWayBytes;
    private int failures;

    private record Waiting(ChangeEvent event, long sinceMillis, long bytes) {}

    Worker(TargetConfig.Delivery limits) {
        this.limits = limits;
    }

    void add(ChangeEvent event, long nowMillis) {
        long bytes = event.estimatedBytes();
        waiting.add(new Waiting(event, nowMillis, bytes));
        waitingBytes += bytes;
    }

    boolean isBusy() {
        return !underWay.isEmpty();
    }

    boolean isEmpty() {
        return waiting.isEmpty() && underWay.isEmpty();
    }

    int rows() {
        return waiting.size() + underWay.size();
    }

    long bytes() {
        return waitingBytes + underWayBytes;
    }

    /** Returns when the next batch is due, if nothing more comes; {@link Long#MAX_VALUE} for never. */
    long dueMillis() {
        if (isBusy() || waiting.isEmpty()) {
            return Long.MAX_VALUE;
        }
        return isFull()
                ? Long.MIN_VALUE
                : waiting.peek().sinceMillis() + limits.batchTimeout().toMillis();
    }

    private boolean isFull() {
        return waiting.size() >= limits.batchSize() || waitingBytes >= limits.batchBytes();
    }

    /** Takes the next batch, which is under way from now on. At least one row, however large. */
    List<ChangeEvent> take() {
        var batch = new ArrayList<ChangeEvent>(Math.min(waiting.size(), limits.batchSize()));
        while (!waiting.isEmpty() && batch.size() < limits.batchSize()) {
            long bytes = waiting.peek().bytes();
            if (!batch.isEmpty() && underWayBytes + bytes > limits.batchBytes()) {
                break;
            }
            batch.add(waiting.poll().event());
            waitingBytes -= bytes;
            underWayBytes += bytes;
        }
        underWay = List.copyOf(batch);
        return underWay;
    }

    List<ChangeEvent> underWay() {
        return underWay;
    }

    void delivered() {
        underWay = List.of();
        underWayBytes = 0;
        failures = 0;
    }

    /** Notes a failure and returns how many there were in a row. */
    int failed() {
        return ++failures;
    }

    int failures() {
        return failures;
    }

    /** Returns all that is not acknowledged, in order. */
    List<ChangeEvent> unacknowledged() {
        var all = new ArrayList<>(underWay);
        waiting.forEach(one -> all.add(one.event()));
        return all;
    }
}
