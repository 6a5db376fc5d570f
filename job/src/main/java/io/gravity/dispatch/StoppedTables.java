package io.gravity.dispatch;

import io.gravity.event.ChangeEvent;
import io.gravity.event.TableId;
import io.gravity.types.EventTypes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * The changes of tables that a target does not take as they are, while it takes others: a queue for each table and lane,
 * beside the one for all. A table is tried again with one change; once that is delivered the queue is emptied, and what
 * comes meanwhile goes behind it.
 *
 * <p>State by lane: {@code stopped-changes}, the changes of each table numbered through, and {@code stopped-ends}, each
 * queue's first number, the one behind the last, and its bytes. What is taken is removed, an empty queue leaves nothing;
 * there is no TTL, as a change must not expire before it is delivered. The ends are written at a checkpoint.
 */
final class StoppedTables {
    private final MapState<Tuple2<String, Long>, ChangeEvent> changes;
    private final MapState<String, Tuple3<Long, Long, Long>> ends;
    private final Consumer<Integer> keyContext;
    private final Map<TableId, Table> tables = new HashMap<>();
    private final List<Tuple2<TableId, List<Integer>>> emptied = new ArrayList<>();
    private long rows;
    private long bytes;

    private enum Stage {
        STOPPED,
        TRIED,
        DRAINING
    }

    private static final class Queue {
        private long head;
        private long tail;
        private long bytes;
        private boolean isDirty;

        private boolean isEmpty() {
            return head == tail;
        }
    }

    private static final class Table {
        private final TreeMap<Integer, Queue> lanes = new TreeMap<>();
        private Stage stage = Stage.STOPPED;
        private ChangeEvent trial;
        private long againAtMillis;
        private int failures;

        private boolean isEmpty() {
            return lanes.values().stream().allMatch(Queue::isEmpty);
        }
    }

    /** Finds what a restored state holds; its tables are tried again at once. */
    StoppedTables(KeyedStateStore state, KeyGroupRange range, Consumer<Integer> keyContext, boolean isRestored)
            throws Exception {
        this.changes = state.getMapState(
                new MapStateDescriptor<>("stopped-changes", Types.TUPLE(Types.STRING, Types.LONG), EventTypes.CHANGE));
        this.ends = state.getMapState(new MapStateDescriptor<>(
                "stopped-ends", Types.STRING, Types.TUPLE(Types.LONG, Types.LONG, Types.LONG)));
        this.keyContext = keyContext;
        if (isRestored) {
            for (int lane : range) {
                restore(lane);
            }
        }
    }

    private void restore(int lane) throws Exception {
        keyContext.accept(Lanes.keyOf(lane));
        for (var entry : ends.entries()) {
            var queue = queue(TableId.parse(entry.getKey()), lane);
            queue.head = entry.getValue().f0;
            queue.tail = entry.getValue().f1;
            queue.bytes = entry.getValue().f2;
            rows += queue.tail - queue.head;
            bytes += queue.bytes;
        }
    }

    private Queue queue(TableId table, int lane) {
        return tables.computeIfAbsent(table, any -> new Table()).lanes.computeIfAbsent(lane, any -> new Queue());
    }

    boolean isEmpty() {
        return tables.isEmpty();
    }

    /** Returns whether a change has to wait with those of its table; what it says of the table itself does not. */
    boolean holds(ChangeEvent change) {
        return !tables.isEmpty() && !change.isMarker() && tables.containsKey(change.target());
    }

    int tables() {
        return tables.size();
    }

    long rows() {
        return rows;
    }

    long bytes() {
        return bytes;
    }

    /** Notes that the table has not been taken, and returns how often so far. */
    int refused(TableId id) {
        var table = tables.computeIfAbsent(id, any -> new Table());
        table.stage = Stage.STOPPED;
        table.trial = null;
        return ++table.failures;
    }

    void tryAgainAt(TableId id, long millis) {
        tables.get(id).againAtMillis = millis;
    }

    /** Puts a change behind the others of its table. */
    void append(int lane, ChangeEvent change) throws Exception {
        var queue = queue(change.target(), lane);
        keyContext.accept(Lanes.keyOf(lane));
        changes.put(Tuple2.of(change.target().toString(), queue.tail++), change);
        count(queue, change.estimatedBytes(), 1);
    }

    /** Puts a change before the others of its table; one that was to be tried is to be tried again. */
    @SuppressWarnings("ReferenceEquality") // the trial itself, and no change like it
    void prepend(int lane, ChangeEvent change) throws Exception {
        var queue = queue(change.target(), lane);
        var table = tables.get(change.target());
        if (table.trial == change) {
            table.trial = null;
            table.stage = Stage.STOPPED;
        }
        keyContext.accept(Lanes.keyOf(lane));
        changes.put(Tuple2.of(change.target().toString(), --queue.head), change);
        count(queue, change.estimatedBytes(), 1);
    }

    private void count(Queue queue, long size, int change) {
        queue.isDirty = true;
        queue.bytes += size;
        bytes += size;
        rows += change;
    }

    /** Takes one change of each table whose time has come, by which it is seen whether the target takes the table now. */
    List<ChangeEvent> takeTrials(long nowMillis) throws Exception {
        var trials = new ArrayList<ChangeEvent>();
        for (var entry : tables.entrySet()) {
            var table = entry.getValue();
            if (table.stage == Stage.STOPPED && table.againAtMillis <= nowMillis) {
                table.trial = take(entry.getKey(), table, any -> true);
                table.stage = table.trial == null ? Stage.DRAINING : Stage.TRIED;
                if (table.trial != null) {
                    trials.add(table.trial);
                }
            }
        }
        release();
        return trials;
    }

    /** Notes that the target has answered to changes as to any table's, and returns the tables that it takes again. */
    @SuppressWarnings("ReferenceEquality") // the trial itself, and no change like it
    List<TableId> answered(List<ChangeEvent> batch, long nowMillis) {
        var taken = new ArrayList<TableId>();
        for (var change : batch) {
            var table = tables.get(change.target());
            if (table != null && table.stage == Stage.TRIED && table.trial == change) {
                table.stage = Stage.DRAINING;
                table.trial = null;
                taken.add(change.target());
            } else if (table != null && table.stage == Stage.STOPPED && change.isMarker()) {
                // The table's columns have changed, so others may fit as well.
                table.againAtMillis = nowMillis;
            }
        }
        release();
        return taken;
    }

    /** Returns whether a table that the target takes again has changes for one of some lanes. */
    boolean drains(int worker, int workers) {
        for (var table : tables.values()) {
            if (table.stage == Stage.DRAINING) {
                for (var lane : table.lanes.entrySet()) {
                    if (lane.getKey() % workers == worker && !lane.getValue().isEmpty()) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Takes the oldest change of a table that the target takes again; there is one, see {@link #drains}. */
    ChangeEvent drain(int worker, int workers) throws Exception {
        for (var entry : tables.entrySet()) {
            if (entry.getValue().stage == Stage.DRAINING) {
                var change = take(entry.getKey(), entry.getValue(), lane -> lane % workers == worker);
                if (change != null) {
                    release();
                    return change;
                }
            }
        }
        throw new IllegalStateException("worker " + worker + " has no changes of tables that were stopped");
    }

    private ChangeEvent take(TableId id, Table table, IntPredicate lanes) throws Exception {
        for (var entry : table.lanes.entrySet()) {
            var queue = entry.getValue();
            if (!lanes.test(entry.getKey()) || queue.isEmpty()) {
                continue;
            }
            keyContext.accept(Lanes.keyOf(entry.getKey()));
            var place = Tuple2.of(id.toString(), queue.head);
            var change = changes.get(place);
            if (change == null) {
                throw new IllegalStateException("the queue of " + id + " in lane " + entry.getKey() + " lacks change "
                        + queue.head + " of " + queue.tail + ": its state is damaged");
            }
            changes.remove(place);
            queue.head++;
            count(queue, -(queue.isEmpty() ? queue.bytes : Math.min(queue.bytes, change.estimatedBytes())), -1);
            return change;
        }
        return null;
    }

    /** Forgets tables that the target takes and nothing is left of; their ends are written as any others. */
    private void release() {
        var released = tables.entrySet().iterator();
        while (released.hasNext()) {
            var entry = released.next();
            if (entry.getValue().stage == Stage.DRAINING && entry.getValue().isEmpty()) {
                emptied.add(Tuple2.of(
                        entry.getKey(), new ArrayList<>(entry.getValue().lanes.keySet())));
                released.remove();
            }
        }
    }

    /** Writes the ends of the queues that have changed. */
    void snapshot() throws Exception {
        for (var gone : emptied) {
            for (int lane : gone.f1) {
                keyContext.accept(Lanes.keyOf(lane));
                ends.remove(gone.f0.toString());
            }
        }
        emptied.clear();
        for (var table : tables.entrySet()) {
            for (var lane : table.getValue().lanes.entrySet()) {
                var queue = lane.getValue();
                if (queue.isDirty) {
                    keyContext.accept(Lanes.keyOf(lane.getKey()));
                    if (queue.isEmpty()) {
                        ends.remove(table.getKey().toString());
                    } else {
                        ends.put(table.getKey().toString(), Tuple3.of(queue.head, queue.tail, queue.bytes));
                    }
                    queue.isDirty = false;
                }
            }
        }
    }
}
