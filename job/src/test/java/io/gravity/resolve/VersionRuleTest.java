package io.gravity.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ChangeEvent;
import io.gravity.resolve.ResolveConfig.Strategy;
import io.gravity.resolve.VersionRule.Outcome;
import io.gravity.types.Changes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The laws of resolution: the winner does not depend on the order of arrival, and twice equals once. */
class VersionRuleTest {
    private static final Map<String, Integer> PRIORITIES = Map.of("a", 1, "b", 2, "c", 2, "d", 3);
    private static final long NOW = 1_000_000;

    private final VersionRule latest = rule(Strategy.TIMESTAMP_LATEST);
    private final VersionRule byPriority = rule(Strategy.SOURCE_PRIORITY);

    @Property
    void everyInterleavingEndsWithTheSameWinner(@ForAll Strategy strategy, @ForAll long seed) {
        var random = new Random(seed);
        var history = history(random);
        var first = play(strategy, interleaved(history, random));
        for (int i = 0; i < 5; i++) {
            var other = play(strategy, interleaved(history, random));
            assertThat(other.value()).isEqualTo(first.value());
            assertThat(other.row().winner()).isEqualTo(first.row().winner());
            assertThat(other.row().deleted()).isEqualTo(first.row().deleted());
        }
    }

    @Property
    void replaysChangeNothing(@ForAll Strategy strategy, @ForAll long seed) {
        var random = new Random(seed);
        var history = history(random);
        var once = interleaved(history, random);
        var twice = withReplays(once, random);
        assertThat(play(strategy, twice)).isEqualTo(play(strategy, once));
    }

    @Property
    void everythingOnceMoreAfterTheEndChangesNothing(@ForAll Strategy strategy, @ForAll long seed) {
        var random = new Random(seed);
        var once = interleaved(history(random), random);
        var again = new ArrayList<>(once);
        again.addAll(once);
        assertThat(play(strategy, again)).isEqualTo(play(strategy, once));
    }

    @Property
    void snapshotRowsMayArriveAtAnyMoment(@ForAll Strategy strategy, @ForAll long seed) {
        var random = new Random(seed);
        var history = history(random);
        var first = play(strategy, withSnapshotRows(interleaved(history, random), random(seed)));
        for (int i = 0; i < 5; i++) {
            var other = withSnapshotRows(interleaved(history, random), random(seed));
            moveSnapshotRows(other, random);
            var end = play(strategy, other);
            assertThat(end.value()).isEqualTo(first.value());
            assertThat(end.row().winner()).isEqualTo(first.row().winner());
        }
    }

    @Property
    void versionsGrowWithEveryWinner(@ForAll Strategy strategy, @ForAll long seed) {
        var random = new Random(seed);
        var changes = withSnapshotRows(interleaved(history(random), random), random);
        assertThat(play(strategy, changes).versions()).isSortedAccordingTo(Comparator.naturalOrder());
        assertThat(play(strategy, changes).versions()).doesNotHaveDuplicates();
    }

    @Test
    void ofOneSourceThePositionDecidesEvenIfItsClockStepsBack() {
        var row = apply(latest, Changes.from("a").at(1, 100).insert(1, 1));
        var next = latest.judge(row, Changes.from("a").at(2, 90).update(1, 2), NOW);
        assertThat(next.outcome()).isEqualTo(Outcome.WINS);
        assertThat(next.next().winner().effectiveMicros()).isEqualTo(100_000);
        assertThat(next.next().version()).isEqualTo(100_001);
    }

    @Test
    void aReplayOfASourceThatLostIsKnownToo() {
        var row = apply(
                latest,
                Changes.from("a").at(1, 100).insert(1, 1),
                Changes.from("b").at(5, 50).insert(1, 2));
        assertThat(row.winner().source()).isEqualTo("a");
        assertThat(latest.judge(row, Changes.from("b").at(5, 50).insert(1, 2), NOW)
                        .outcome())
                .isEqualTo(Outcome.REPLAY);
    }

    @Test
    void latestTimeWinsThenPriorityThenName() {
        assertThat(apply(
                                latest,
                                Changes.from("a").at(1, 10).insert(1, 1),
                                Changes.from("d").at(1, 11).insert(1, 2))
                        .winner()
                        .source())
                .isEqualTo("d");
        assertThat(apply(
                                latest,
                                Changes.from("d").at(1, 10).insert(1, 1),
                                Changes.from("b").at(1, 10).insert(1, 2))
                        .winner()
                        .source())
                .isEqualTo("b");
        assertThat(apply(
                                latest,
                                Changes.from("c").at(1, 10).insert(1, 1),
                                Changes.from("b").at(1, 10).insert(1, 2))
                        .winner()
                        .source())
                .isEqualTo("b");
    }

    @Test
    void withSourcePriorityAnOlderChangeOfABetterSourceWins() {
        assertThat(apply(
                                byPriority,
                                Changes.from("b").at(1, 100).insert(1, 1),
                                Changes.from("a").at(1, 10).insert(1, 2))
                        .winner()
                        .source())
                .isEqualTo("a");
        assertThat(apply(
                                byPriority,
                                Changes.from("a").at(1, 10).insert(1, 1),
                                Changes.from("b").at(1, 100).delete(1))
                        .deleted())
                .isFalse();
    }

    @Test
    void aSourceWithoutPriorityComesLast() {
        assertThat(apply(
                                byPriority,
                                Changes.from("unknown").at(1, 100).insert(1, 1),
                                Changes.from("d").at(1, 10).insert(1, 2))
                        .winner()
                        .source())
                .isEqualTo("d");
    }

    @Test
    void aDeleteLeavesATombstoneThatOlderChangesDoNotRaise() {
        var row = apply(
                latest,
                Changes.from("a").at(1, 100).delete(1),
                Changes.from("b").at(9, 99).update(1, 2));
        assertThat(row.deleted()).isTrue();
        assertThat(row.expiresAtMillis()).isEqualTo(NOW + Duration.ofDays(7).toMillis());
        assertThat(apply(latest, row, Changes.from("b").at(10, 101).insert(1, 3)))
                .satisfies(alive -> assertThat(alive.deleted()).isFalse(), alive -> assertThat(alive.expiresAtMillis())
                        .isZero());
    }

    @Test
    void aSnapshotRowLosesToAnyChange() {
        var row = apply(
                latest,
                Changes.from("b").at(3, 50).delete(1),
                Changes.from("a").at(0, 100).read(1, 1));
        assertThat(row.deleted()).isTrue();
        assertThat(row.winner().source()).isEqualTo("b");
    }

    @Test
    void ofTwoSnapshotRowsThatOfTheBetterSourceWins() {
        assertThat(apply(
                                latest,
                                Changes.from("a").at(0, 100).read(1, 1),
                                Changes.from("b").at(0, 200).read(1, 2))
                        .winner()
                        .source())
                .isEqualTo("a");
    }

    @Test
    void aChangeStampedBeforeItsSourcesSnapshotWinsOverItWhateverComesFirst() {
        // The binlog's clock has full seconds and stamps a statement with its start.
        var snapshot = Changes.from("a").at(0, 100_500).read(1, 1);
        var change = Changes.from("a").at(1, 100_000).update(1, 2);
        var other = Changes.from("b").at(1, 100_200).update(1, 3);

        assertThat(play(Strategy.TIMESTAMP_LATEST, List.of(snapshot, change, other))
                        .value())
                .isEqualTo(play(Strategy.TIMESTAMP_LATEST, List.of(change, other, snapshot))
                        .value())
                .isEqualTo(other);
    }

    private record End(RowVersion row, ChangeEvent value, List<Long> versions) {}

    private static End play(Strategy strategy, List<ChangeEvent> changes) {
        var rule = rule(strategy);
        RowVersion row = null;
        ChangeEvent value = null;
        var versions = new ArrayList<Long>();
        for (var change : changes) {
            var verdict = rule.judge(row, change, NOW);
            row = verdict.next();
            if (verdict.outcome() == Outcome.WINS) {
                value = change;
                versions.add(row.version());
            }
        }
        return new End(row, value, versions);
    }

    private static RowVersion apply(VersionRule rule, ChangeEvent... changes) {
        return apply(rule, null, changes);
    }

    private static RowVersion apply(VersionRule rule, RowVersion row, ChangeEvent... changes) {
        var state = row;
        for (var change : changes) {
            state = rule.judge(state, change, NOW).next();
        }
        return state;
    }

    private static VersionRule rule(Strategy strategy) {
        return new VersionRule(new ResolveConfig(strategy, Duration.ofDays(7)), PRIORITIES);
    }

    /** Draws the changes of one row at two to four sources, by position; times are close together and step back. */
    private static List<List<ChangeEvent>> history(Random random) {
        var history = new ArrayList<List<ChangeEvent>>();
        for (var source : List.of("a", "b", "c", "d").subList(0, 2 + random.nextInt(3))) {
            var own = new ArrayList<ChangeEvent>();
            for (int position = 1; position <= 1 + random.nextInt(5); position++) {
                var at = Changes.from(source).at(position, random.nextInt(6));
                own.add(
                        switch (random.nextInt(3)) {
                            case 0 -> at.insert(1, random.nextInt());
                            case 1 -> at.update(1, random.nextInt());
                            default -> at.delete(1);
                        });
            }
            history.add(own);
        }
        return history;
    }

    private static List<ChangeEvent> interleaved(List<List<ChangeEvent>> history, Random random) {
        var queues = new ArrayList<Deque<ChangeEvent>>();
        history.forEach(own -> queues.add(new ArrayDeque<>(own)));
        var all = new ArrayList<ChangeEvent>();
        while (!queues.isEmpty()) {
            var queue = queues.get(random.nextInt(queues.size()));
            all.add(queue.poll());
            queues.removeIf(Deque::isEmpty);
        }
        return all;
    }

    /** A source may go back to any earlier change and send all from there once more. */
    private static List<ChangeEvent> withReplays(List<ChangeEvent> changes, Random random) {
        var all = new ArrayList<ChangeEvent>();
        for (int i = 0; i < changes.size(); i++) {
            all.add(changes.get(i));
            if (random.nextInt(3) == 0) {
                var source = changes.get(random.nextInt(i + 1)).source();
                var own = changes.subList(0, i + 1).stream()
                        .filter(change -> change.source().equals(source))
                        .toList();
                all.addAll(own.subList(random.nextInt(own.size()), own.size()));
            }
        }
        return all;
    }

    private static Random random(long seed) {
        return new Random(seed + 1);
    }

    /** Adds at most one snapshot row for each source, with any time. */
    private static List<ChangeEvent> withSnapshotRows(List<ChangeEvent> changes, Random random) {
        var all = new ArrayList<>(changes);
        for (var source : List.of("a", "b", "c", "d")) {
            if (random.nextBoolean()) {
                all.add(0, Changes.from(source).at(0, random.nextInt(8)).read(1, random.nextInt()));
            }
        }
        return all;
    }

    private static void moveSnapshotRows(List<ChangeEvent> changes, Random random) {
        var rows = changes.stream().filter(ChangeEvent::isSnapshot).toList();
        changes.removeAll(rows);
        for (var row : rows) {
            changes.add(random.nextInt(changes.size() + 1), row);
        }
    }
}
