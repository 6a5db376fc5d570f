package io.gravity.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.types.Changes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Workers between a source whose history is right and a target that, as a database does, takes a batch as a whole, keeps
 * the last change of each row, and refuses amounts that another row holds and rows that are poisoned.
 */
class TriageTest {
    private static final long FIRST_POISONED = 1000;
    private static final int STEPS = 400_000;

    @Property(tries = 2000)
    void allButThePoisonedRowsAreDeliveredOnceAndInOrder(@ForAll long seed) {
        var run = new Run(seed, true);
        run.untilDone(false);

        assertThat(run.dead).containsExactlyInAnyOrderElementsOf(run.history.poisoned);
        assertThat(run.target).isEqualTo(run.history.rows);
        var settled = new ArrayList<>(run.acknowledged);
        settled.addAll(run.dead);
        assertThat(settled).containsExactlyInAnyOrderElementsOf(run.history.changes);
        assertThat(byRow(run.acknowledged)).isEqualTo(byRow(run.history.healthy()));
        assertThat(run.workers).allSatisfy(worker -> {
            assertThat(worker.held().changes()).isZero();
            assertThat(worker.held().bytes()).isZero();
            assertThat(worker.bytes()).isZero();
            assertThat(worker.rows()).isZero();
        });
    }

    @Property(tries = 1000)
    void withoutQuarantinePoisonedRowsAreKeptAndHoldNobodyUp(@ForAll long seed) {
        var run = new Run(seed, false);
        run.untilDone(false);

        assertThat(run.dead).isEmpty();
        assertThat(run.target).isEqualTo(run.history.rows);
        var left = new ArrayList<ChangeEvent>();
        run.workers.forEach(worker -> left.addAll(worker.unacknowledged()));
        assertThat(left).containsExactlyInAnyOrderElementsOf(run.history.poisoned);
    }

    @Property(tries = 2000)
    void restoredAtAnyMomentWithAnotherNumberOfWorkersTheTargetEndsEqual(@ForAll long seed) {
        var run = new Run(seed, true);
        run.untilDone(true);

        assertThat(run.dead).containsAll(run.history.poisoned);
        assertThat(run.history.poisoned).containsAll(run.dead);
        assertThat(run.target).isEqualTo(run.history.rows);
    }

    private static Map<RowKey, List<ChangeEvent>> byRow(List<ChangeEvent> changes) {
        var rows = new HashMap<RowKey, List<ChangeEvent>>();
        changes.forEach(change ->
                rows.computeIfAbsent(change.key(), key -> new ArrayList<>()).add(change));
        return rows;
    }

    /** What a source with a unique amount can have gone through. */
    private static final class History {
        private final List<ChangeEvent> changes = new ArrayList<>();
        private final List<ChangeEvent> poisoned = new ArrayList<>();
        private final Map<Long, Long> rows = new LinkedHashMap<>();
        private final Random random;
        private long nextAmount = 100;

        private History(Random random) {
            this.random = random;
            int count = 2 + random.nextInt(8);
            for (int i = 0; i < 60; i++) {
                long one = random.nextInt(count);
                long other = random.nextInt(count);
                switch (random.nextInt(6)) {
                    case 0 -> set(one, nextAmount++);
                    case 1 -> remove(one);
                    case 2, 3 -> handOver(one, other);
                    case 4 -> swap(one, other);
                    default -> {
                        if (random.nextInt(4) == 0) {
                            poison(FIRST_POISONED + i);
                        }
                    }
                }
            }
        }

        private void handOver(long from, long to) {
            var amount = rows.get(from);
            if (amount != null && from != to) {
                if (random.nextBoolean()) {
                    remove(from);
                } else {
                    set(from, nextAmount++);
                }
                set(to, amount);
            }
        }

        private void swap(long one, long other) {
            var first = rows.get(one);
            var second = rows.get(other);
            if (first != null && second != null && one != other) {
                set(one, nextAmount++);
                set(other, first);
                set(one, second);
            }
        }

        private void set(long row, long amount) {
            changes.add(at().update(row, amount));
            rows.put(row, amount);
        }

        private void remove(long row) {
            if (rows.remove(row) != null) {
                changes.add(at().delete(row));
            }
        }

        private void poison(long row) {
            changes.add(at().insert(row, 0));
            poisoned.add(changes.get(changes.size() - 1));
        }

        private Changes at() {
            return Changes.from("a").at(changes.size() + 1, changes.size());
        }

        private List<ChangeEvent> healthy() {
            var healthy = new ArrayList<>(changes);
            healthy.removeAll(poisoned);
            return healthy;
        }
    }

    private static final class Run {
        private final Random random;
        private final boolean quarantines;
        private final History history;
        private final Map<Long, Long> target = new HashMap<>();
        private final List<ChangeEvent> acknowledged = new ArrayList<>();
        private final List<ChangeEvent> dead = new ArrayList<>();
        private List<Worker> workers;
        private long now;
        private int added;

        private Run(long seed, boolean quarantines) {
            this.random = new Random(seed);
            this.quarantines = quarantines;
            this.history = new History(random);
            this.workers = workers();
        }

        private List<Worker> workers() {
            var all = new ArrayList<Worker>();
            int count = 1 + random.nextInt(4);
            int batchSize = 1 + random.nextInt(12);
            for (int i = 0; i < count; i++) {
                all.add(new Worker(Deliveries.holding(batchSize, Duration.ofDays(1)), quarantines, random));
            }
            return all;
        }

        private void untilDone(boolean restores) {
            for (int step = 0; step < STEPS; step++) {
                if (isDone()) {
                    return;
                }
                int action = random.nextInt(100);
                if (action < 20 && added < history.changes.size()) {
                    worker(history.changes.get(added)).add(history.changes.get(added++), now);
                } else if (action < 40) {
                    now += random.nextInt(30);
                } else if (action < 41 && restores && random.nextInt(10) == 0) {
                    restore();
                } else {
                    move(workers.get(random.nextInt(workers.size())));
                }
            }
            throw new AssertionError("stuck with " + target + " instead of " + history.rows);
        }

        private boolean isDone() {
            if (added < history.changes.size()) {
                return false;
            }
            return quarantines
                    ? workers.stream().allMatch(Worker::isEmpty)
                    : workers.stream()
                                    .mapToInt(worker -> worker.unacknowledged().size())
                                    .sum()
                            == history.poisoned.size();
        }

        private Worker worker(ChangeEvent change) {
            return workers.get((int) (row(change) % workers.size()));
        }

        private void move(Worker worker) {
            if (!worker.isBusy()) {
                if (worker.dueMillis() <= now) {
                    worker.take(now, false);
                }
                return;
            }
            if (random.nextInt(10) == 0) {
                worker.failed();
                return;
            }
            var batch = worker.underWay();
            var refused = write(batch);
            if (refused == null) {
                acknowledged.addAll(batch);
                worker.delivered(now);
            } else {
                var refusal = worker.refused(new GravityException(refused, "told to"), now, 0);
                if (refusal.fate() == Refusal.Fate.QUARANTINED) {
                    dead.add(refusal.change());
                }
            }
        }

        /** Whether the target has got what was under way is anybody's guess. */
        private void restore() {
            var before = workers;
            workers = workers();
            for (var worker : before) {
                if (worker.isBusy() && random.nextBoolean()) {
                    write(worker.underWay());
                }
                worker.unacknowledged().forEach(change -> worker(change).add(change, now));
            }
        }

        private ErrorCode write(List<ChangeEvent> batch) {
            var last = new LinkedHashMap<Long, ChangeEvent>();
            batch.forEach(change -> last.put(row(change), change));
            var rows = new HashMap<>(target);
            last.values().stream().filter(ChangeEvent::isDelete).forEach(change -> rows.remove(row(change)));
            for (var change : last.values()) {
                if (row(change) >= FIRST_POISONED) {
                    return ErrorCode.VALUE_NULL;
                }
                if (!change.isDelete()) {
                    long amount = (long) change.after().value(1);
                    rows.remove(row(change));
                    if (rows.containsValue(amount)) {
                        return ErrorCode.CONSTRAINT_UNIQUE;
                    }
                    rows.put(row(change), amount);
                }
            }
            target.clear();
            target.putAll(rows);
            return null;
        }

        private static long row(ChangeEvent change) {
            return (long) change.image().value(0);
        }
    }
}
