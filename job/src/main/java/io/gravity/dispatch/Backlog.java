package io.gravity.dispatch;

import io.gravity.event.ChangeEvent;
import io.gravity.types.EventTypes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * What of a subtask's queue is in state because memory's share is full: a queue for each lane, taken from in the order in
 * which the changes came to the lanes of one worker.
 *
 * <p>State by lane: {@code queue}, the changes numbered through with the time each came, and {@code queue-ends}, the
 * numbers of the first and of the one behind the last, and their bytes. What is taken is removed, an empty lane leaves
 * nothing; there is no TTL, as a change must not expire before it is delivered. The ends are kept in memory and written
 * at a checkpoint, since nobody reads them before a restore.
 */
final class Backlog {
    private static final long MICROS_PER_MILLI = 1000;

    private final MapState<Long, Tuple2<Long, ChangeEvent>> changes;
    private final ValueState<Tuple3<Long, Long, Long>> ends;
    private final Consumer<Integer> keyContext;
    private final Lane[] lanes = new Lane[Lanes.COUNT];
    private final List<PriorityQueue<Lane>> byWorker = new ArrayList<>();
    private long lastStamp;
    private long rows;
    private long bytes;

    private static final class Lane {
        private final int number;
        private long head;
        private long tail;
        private long bytes;
        private boolean isDirty;
        /** The first change, read ahead if it has been the second; its stamp is known anyway. */
        private ChangeEvent first;

        private long firstStamp;

        private Lane(int number) {
            this.number = number;
        }

        private boolean isEmpty() {
            return head == tail;
        }

        private long firstStamp() {
            return firstStamp;
        }
    }

    /**
     * Finds what a restored state holds.
     *
     * @param keyContext sets the key whose state is read and written
     * @param workers how many share the lanes: lane modulo their number
     */
    Backlog(KeyedStateStore state, KeyGroupRange range, Consumer<Integer> keyContext, int workers, boolean isRestored)
            throws Exception {
        this.changes = state.getMapState(
                new MapStateDescriptor<>("queue", Types.LONG, Types.TUPLE(Types.LONG, EventTypes.CHANGE)));
        this.ends = state.getState(
                new ValueStateDescriptor<>("queue-ends", Types.TUPLE(Types.LONG, Types.LONG, Types.LONG)));
        this.keyContext = keyContext;
        for (int i = 0; i < workers; i++) {
            byWorker.add(new PriorityQueue<>(
                    Comparator.comparingLong(Lane::firstStamp).thenComparingInt(lane -> lane.number)));
        }
        for (int number : range) {
            lanes[number] = new Lane(number);
            if (isRestored) {
                restore(lanes[number]);
            }
        }
    }

    private void restore(Lane lane) throws Exception {
        keyContext.accept(Lanes.keyOf(lane.number));
        var stored = ends.value();
        if (stored == null) {
            return;
        }
        lane.head = stored.f0;
        lane.tail = stored.f1;
        lane.bytes = stored.f2;
        rows += lane.tail - lane.head;
        bytes += lane.bytes;
        readFirst(lane);
        queue(lane).add(lane);
    }

    private PriorityQueue<Lane> queue(Lane lane) {
        return byWorker.get(lane.number % byWorker.size());
    }

    /** Reads the change that has become the lane's first; the lane's key is set. */
    private void readFirst(Lane lane) throws Exception {
        var entry = changes.get(lane.head);
        if (entry == null) {
            throw new IllegalStateException("the queue of lane " + lane.number + " lacks change " + lane.head + " of "
                    + lane.tail + ": its state is damaged");
        }
        lane.firstStamp = entry.f0;
        lane.first = entry.f1;
    }

    boolean isEmpty(int worker) {
        return byWorker.get(worker).isEmpty();
    }

    /** Returns how many changes all lanes hold. */
    long rows() {
        return rows;
    }

    /** Returns their estimated size. */
    long bytes() {
        return bytes;
    }

    /** Returns since when the oldest change has been here; {@link Long#MAX_VALUE} if there is none. */
    long sinceMillis() {
        long oldest = Long.MAX_VALUE;
        for (var queue : byWorker) {
            if (!queue.isEmpty()) {
                oldest = Math.min(oldest, queue.peek().firstStamp / MICROS_PER_MILLI);
            }
        }
        return oldest;
    }

    /** Puts a change at the end of its lane. */
    void append(int number, ChangeEvent change, long nowMillis) throws Exception {
        var lane = lanes[number];
        // Never the same twice, so that lanes keep the order in which their changes came.
        lastStamp = Math.max(lastStamp + 1, nowMillis * MICROS_PER_MILLI);
        keyContext.accept(Lanes.keyOf(number));
        changes.put(lane.tail, Tuple2.of(lastStamp, change));
        if (lane.isEmpty()) {
            lane.firstStamp = lastStamp;
            lane.first = null;
            lane.tail++;
            queue(lane).add(lane);
        } else {
            lane.tail++;
        }
        count(lane, change);
    }

    /** Puts a change in front of all others of its worker. */
    void prepend(int number, ChangeEvent change, long nowMillis) throws Exception {
        var lane = lanes[number];
        var queue = queue(lane);
        long stamp;
        if (queue.isEmpty()) {
            lastStamp = Math.max(lastStamp + 1, nowMillis * MICROS_PER_MILLI);
            stamp = lastStamp;
        } else {
            stamp = queue.peek().firstStamp - 1;
        }
        queue.remove(lane);
        keyContext.accept(Lanes.keyOf(number));
        lane.head--;
        changes.put(lane.head, Tuple2.of(stamp, change));
        lane.firstStamp = stamp;
        lane.first = change;
        queue.add(lane);
        count(lane, change);
    }

    private void count(Lane lane, ChangeEvent added) {
        long size = added.estimatedBytes();
        lane.bytes += size;
        lane.isDirty = true;
        bytes += size;
        rows++;
    }

    /** Removes and returns the oldest change of a worker that has some. */
    ChangeEvent take(int worker) throws Exception {
        var lane = byWorker.get(worker).remove();
        keyContext.accept(Lanes.keyOf(lane.number));
        if (lane.first == null) {
            readFirst(lane);
        }
        var change = lane.first;
        changes.remove(lane.head);
        lane.head++;
        lane.first = null;
        lane.isDirty = true;
        long size = lane.isEmpty() ? lane.bytes : Math.min(lane.bytes, change.estimatedBytes());
        lane.bytes -= size;
        bytes -= size;
        rows--;
        if (!lane.isEmpty()) {
            readFirst(lane);
            byWorker.get(worker).add(lane);
        }
        return change;
    }

    /** Writes the ends of the lanes that have changed. */
    void snapshot() throws Exception {
        for (var lane : lanes) {
            if (lane == null || !lane.isDirty) {
                continue;
            }
            keyContext.accept(Lanes.keyOf(lane.number));
            if (lane.isEmpty()) {
                ends.clear();
            } else {
                ends.update(Tuple3.of(lane.head, lane.tail, lane.bytes));
            }
            lane.isDirty = false;
        }
    }
}
