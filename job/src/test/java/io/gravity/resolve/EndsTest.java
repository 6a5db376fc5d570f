package io.gravity.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.field.FieldRule;
import io.gravity.resolve.Resolution.Outcome;
import io.gravity.resolve.Resolution.TableRules;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Two databases that are written by applications and by jobs, as small as can be: one row, a binlog each, a lane to each.
 * Whatever happens first, jobs are restored or not, both end with the same row.
 */
class EndsTest {
    private static final List<String> NAMES = List.of("left", "right");
    private static final Map<String, Integer> PRIORITIES = Map.of("left", 1, "right", 2);
    private static final long NOW = 1_000_000;
    private static final int STEPS = 60;
    /** More than any history needs; what goes round would need more. */
    private static final int LIMIT = 2_000;

    private static final Map<String, TableRules> STRATEGIES = strategies();

    private static Map<String, TableRules> strategies() {
        var all = new LinkedHashMap<String, TableRules>();
        all.put("timestamp-latest", new TableRules(new ConflictStrategy.TimestampLatest(), true, null));
        all.put("source-priority", new TableRules(new ConflictStrategy.SourcePriority(), true, null));
        all.put("timestamp-earliest", new TableRules(new ConflictStrategy.TimestampEarliest(), true, null));
        all.put(
                "merge",
                new TableRules(
                        new ConflictStrategy.Merge(Map.of("hits", FieldRule.Simple.MAX), FieldRule.Simple.LATEST),
                        true,
                        null));
        return all;
    }

    /** Also if applications write while the first copy runs. */
    @Property(tries = 5_000)
    void oneJobMakesBothEndsEqualIfTheLatestChangeCounts(@ForAll long seed) {
        var world = new World(STRATEGIES.get("timestamp-latest"), new Random(seed), Set.of("left", "right"));
        world.live();
        assertThat(world.row("left")).isEqualTo(world.row("right"));
        assertThat(world.loops).isZero();
    }

    /** What is copied while the job writes already may be its own, and then counts as that end's from the beginning. */
    @Property(tries = 5_000)
    void oneJobMakesBothEndsEqualOnceTheyAreCopied(@ForAll long seed) {
        STRATEGIES.forEach((name, rules) -> {
            var world = new World(rules, new Random(seed), Set.of("left", "right"));
            world.copy();
            world.live();
            assertThat(world.row("left")).as(name).isEqualTo(world.row("right"));
            assertThat(world.loops).as(name).isZero();
        });
    }

    /**
     * The other strategies ask who has had a row from the beginning, and two jobs may see that differently: what one of
     * them has copied the other one takes for that end's own.
     */
    @Property(tries = 5_000)
    void twoJobsMakeBothEndsEqualIfTheLatestChangeCounts(@ForAll long seed) {
        var world = new World(STRATEGIES.get("timestamp-latest"), new Random(seed), Set.of("left"), Set.of("right"));
        world.live();
        assertThat(world.row("left")).isEqualTo(world.row("right"));
        assertThat(world.loops).isZero();
    }

    /** Both ends are equal at first, and then one application writes, while the first copy runs and after it. */
    @Property(tries = 2_000)
    void anApplicationThatIsAloneIsNeverWrittenTo(@ForAll long seed) {
        var world = new World(STRATEGIES.get("timestamp-latest"), new Random(seed), Set.of("left", "right"));
        var both = world.draw();
        var writer = world.any(NAMES);
        world.ends.values().forEach(end -> end.row = both);
        for (int i = 0; i < STEPS; i++) {
            if (world.random.nextInt(3) == 0) {
                world.ends.get(writer).set(world.draw(), false);
            } else {
                world.work();
            }
        }
        world.settle();
        assertThat(world.ends.get(writer).written).isZero();
        assertThat(world.row("left")).isEqualTo(world.row("right"));
    }

    /** What is under way to an end. */
    private record Written(Row row, boolean onlyAdds) {}

    /** A copied row that waits until the binlogs are read as far as they are now. */
    private record Waiting(ChangeEvent copy, Map<String, Integer> until) {}

    /** One entry of a binlog. */
    private record Entry(boolean marked, Row before, Row after, long millis) {}

    private static final class End {
        private final List<Entry> binlog = new ArrayList<>();
        private Row row;
        private long clock = 10;
        private int written;

        void set(Row next, boolean marked) {
            if (!Objects.equals(row, next)) {
                binlog.add(new Entry(marked, row, next, clock));
                row = next;
                written += marked ? 1 : 0;
            }
        }
    }

    /** A job: what it remembers of the row, how far it has read, and what is under way from it. */
    private static final class Job {
        private final Set<String> targets;
        private final Resolution resolution;
        private RowState state;
        private Map<String, Integer> read = new HashMap<>();
        private Set<String> copied = new HashSet<>();
        private List<Waiting> waiting = new ArrayList<>();
        private Map<String, Deque<Written>> lanes = new HashMap<>();

        Job(Set<String> targets) {
            this.targets = targets;
            this.resolution = new Resolution(ResolveConfig.defaults(), PRIORITIES, targets);
            for (var name : NAMES) {
                read.put(name, 0);
                lanes.put(name, new ArrayDeque<>());
            }
        }

        Job copy() {
            var copy = new Job(targets);
            copy.state = state;
            copy.read = new HashMap<>(read);
            copy.copied = new HashSet<>(copied);
            copy.waiting = new ArrayList<>(waiting);
            copy.lanes = new HashMap<>();
            lanes.forEach((name, lane) -> copy.lanes.put(name, new ArrayDeque<>(lane)));
            return copy;
        }
    }

    private static final class World {
        private final TableRules rules;
        private final Random random;
        private final Map<String, End> ends = new HashMap<>();
        private final List<Job> jobs = new ArrayList<>();
        private final List<Job> checkpoints = new ArrayList<>();
        private int loops;
        private int serial;

        @SafeVarargs
        World(TableRules rules, Random random, Set<String>... targets) {
            this.rules = rules;
            this.random = random;
            NAMES.forEach(name -> ends.put(name, new End()));
            for (var one : targets) {
                jobs.add(new Job(one));
                checkpoints.add(new Job(one));
            }
            for (var end : ends.values()) {
                if (random.nextBoolean()) {
                    end.row = draw();
                }
            }
        }

        Row row(String name) {
            return ends.get(name).row;
        }

        /** The first copy, while nobody writes. */
        void copy() {
            settle();
            for (int i = 0; i < jobs.size(); i++) {
                checkpoints.set(i, jobs.get(i).copy());
            }
        }

        void live() {
            for (int i = 0; i < STEPS; i++) {
                switch (random.nextInt(8)) {
                    case 0, 1 -> write(any(NAMES));
                    case 2 -> crashOrCheckpoint();
                    default -> work();
                }
            }
            settle();
        }

        void settle() {
            int steps = 0;
            while (jobs.stream().anyMatch(this::isBusy)) {
                work();
                assertThat(++steps).as("steps to come to rest").isLessThan(LIMIT);
            }
        }

        private boolean isBusy(Job job) {
            return NAMES.stream()
                    .anyMatch(name -> !job.copied.contains(name)
                            || !job.waiting.isEmpty()
                            || job.read.get(name) < ends.get(name).binlog.size()
                            || !job.lanes.get(name).isEmpty());
        }

        /** An application writes, by a clock that may stand still, step back, or differ from the other end's. */
        void write(String name) {
            var end = ends.get(name);
            end.clock += random.nextInt(4) - 1;
            end.set(end.row != null && random.nextInt(4) == 0 ? null : draw(), false);
        }

        private Row draw() {
            return Row.of(1L, "n" + serial++, (long) random.nextInt(50), "a");
        }

        private void crashOrCheckpoint() {
            int number = random.nextInt(jobs.size());
            if (random.nextInt(4) == 0) {
                jobs.set(number, checkpoints.get(number).copy());
            } else {
                checkpoints.set(number, jobs.get(number).copy());
            }
        }

        /** A job reads, or one of its writes arrives. */
        void work() {
            var job = any(jobs);
            for (var one : List.copyOf(job.waiting)) {
                if (NAMES.stream()
                        .allMatch(name -> job.read.get(name) >= one.until().get(name))) {
                    job.waiting.remove(one);
                    judge(job, one.copy());
                }
            }
            var name = any(NAMES);
            var lane = job.lanes.get(name);
            if (random.nextBoolean() && !lane.isEmpty()) {
                var next = lane.poll();
                while (!lane.isEmpty() && random.nextBoolean()) {
                    // Of several changes in one batch the last one is written.
                    next = lane.poll();
                }
                if (!next.onlyAdds() || row(name) == null) {
                    ends.get(name).set(next.row(), true);
                }
            } else if (random.nextInt(4) == 0 && job.copied.add(name)) {
                // The first copy: of what is there now, as of the position where reading began.
                if (row(name) != null) {
                    copied(job, RowHistory.change(name, Operation.READ, null, row(name), 3, 0));
                }
            } else if (job.read.get(name) < ends.get(name).binlog.size()) {
                read(job, name);
            }
        }

        private void read(Job job, String name) {
            int number = job.read.merge(name, 1, Integer::sum);
            var entry = ends.get(name).binlog.get(number - 1);
            var operation = entry.before() == null
                    ? Operation.INSERT
                    : entry.after() == null ? Operation.DELETE : Operation.UPDATE;
            var change = RowHistory.change(name, operation, entry.before(), entry.after(), entry.millis(), number);
            if (!entry.marked()) {
                judge(job, change);
            } else if (job.targets.contains(name)) {
                send(job, job.resolution.answer(job.state, change.asEcho(), rules), name);
            }
        }

        private void copied(Job job, ChangeEvent copy) {
            if (job.resolution.waits(job.state, copy, rules)) {
                var until = new HashMap<String, Integer>();
                ends.forEach((name, end) -> until.put(name, end.binlog.size()));
                job.waiting.add(new Waiting(copy, until));
            } else {
                judge(job, copy);
            }
        }

        private void judge(Job job, ChangeEvent change) {
            var verdict = job.resolution.judge(job.state, change, rules, NOW);
            if (verdict.outcome() == Outcome.REPLAY) {
                return;
            }
            loops += job.resolution.isLoop(job.state, change, rules) ? 1 : 0;
            job.state = verdict.next();
            if (verdict.outcome() == Outcome.WINS) {
                NAMES.stream()
                        .filter(name -> !name.equals(change.source()))
                        .forEach(name -> send(job, verdict.passed(), name));
            }
            send(job, job.resolution.correction(job.state, change, rules), change.source());
        }

        private static void send(Job job, ChangeEvent change, String to) {
            if (change != null && job.targets.contains(to)) {
                job.lanes.get(to).add(new Written(change.after(), change.isSnapshot() && change.firstSeen()));
            }
        }

        private <T> T any(List<T> list) {
            return list.get(random.nextInt(list.size()));
        }
    }
}
