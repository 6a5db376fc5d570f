package io.gravity.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Row;
import io.gravity.field.FieldRule;
import io.gravity.resolve.ConflictStrategy.ErrorStop.Scope;
import io.gravity.resolve.Resolution.Outcome;
import io.gravity.resolve.Resolution.TableRules;
import io.gravity.types.Changes;
import io.gravity.udf.ConflictResolver;
import io.gravity.udf.SourceVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/**
 * The laws of resolution: which row stands does not depend on the order in which changes of different sources arrive,
 * nor on replays, restarts, or the moment a snapshot row comes. README.md has the table of claims; {@link #CLAIMING} is
 * that table.
 */
class ResolutionTest {
    private static final Map<String, Integer> PRIORITIES = Map.of("a", 1, "b", 2, "c", 2, "d", 3, "e", 3);
    private static final long NOW = 1_000_000;

    /** Strategies that claim to be independent of the order of arrival. Of all there are, error-stop alone does not. */
    private static final Map<String, TableRules> CLAIMING = claiming();

    private final Resolution resolution = resolution();
    private final TableRules latest = new TableRules(new ConflictStrategy.TimestampLatest(), true, null);
    private final TableRules byPriority = new TableRules(new ConflictStrategy.SourcePriority(), true, null);

    private static Map<String, TableRules> claiming() {
        var all = new LinkedHashMap<String, TableRules>();
        all.put("timestamp-latest", new TableRules(new ConflictStrategy.TimestampLatest(), true, null));
        all.put("source-priority", new TableRules(new ConflictStrategy.SourcePriority(), true, null));
        all.put("timestamp-earliest", new TableRules(new ConflictStrategy.TimestampEarliest(), true, null));
        all.put("custom", new TableRules(new ConflictStrategy.Custom("longest"), true, new Longest()));
        for (var rule : FieldRule.Simple.values()) {
            all.put("merge " + rule.label(), merge("hits", rule));
        }
        all.put("merge union of sets", merge("tags", FieldRule.Simple.UNION));
        all.put("merge priority", merge("name", new FieldRule.Priority(List.of("n2", "n1"))));
        all.put("merge concat", merge("name", new FieldRule.Concat("; ")));
        all.remove("merge union");
        return all;
    }

    private static TableRules merge(String field, FieldRule rule) {
        return new TableRules(new ConflictStrategy.Merge(Map.of(field, rule), FieldRule.Simple.LATEST), true, null);
    }

    /** A resolver of a user: the longest name with the most hits. */
    private static final class Longest implements ConflictResolver {
        @Override
        public String name() {
            return "longest";
        }

        @Override
        public Optional<Map<String, Object>> resolve(List<SourceVersion> versions) {
            var live = versions.stream().filter(one -> !one.deleted()).toList();
            if (live.isEmpty()) {
                return Optional.empty();
            }
            var row = new HashMap<>(live.get(live.size() - 1).values());
            live.stream()
                    .map(one -> (Long) one.values().get("hits"))
                    .filter(hits -> hits != null)
                    .max(Comparator.naturalOrder())
                    .ifPresent(hits -> row.put("hits", hits));
            return Optional.of(row);
        }
    }

    @Test
    void theTableOfClaimsIsThatOfTheReadme() throws IOException {
        var readme = Files.readString(Path.of("..", "README.md"));
        var section = readme.substring(readme.indexOf("### Strategies"));
        var table = section.substring(0, section.indexOf("Assumptions:"));
        var claims = Pattern.compile("(?m)^\\| `([a-z-]+)` \\|.*\\| (yes|no)[^|]*\\|$")
                .matcher(table)
                .results()
                .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
        var expected = CLAIMING.keySet().stream()
                .map(name -> name.replaceFirst(" .*", ""))
                .distinct()
                .collect(Collectors.toMap(name -> name, name -> "yes"));
        expected.put("error-stop", "no");
        assertThat(claims).isEqualTo(expected);
        assertThat(claims).hasSize(ConflictStrategy.class.getPermittedSubclasses().length);
    }

    @Test
    void whatErrorStopLeavesDependsOnWhoCameFirst() {
        var errorStop = new TableRules(new ConflictStrategy.ErrorStop(Scope.ROW), true, null);
        var one = Changes.from("a").at(1, 100).insert(1, 1);
        var other = Changes.from("b").at(1, 200).insert(1, 2);
        assertThat(play(errorStop, List.of(one, other), null).row()).isEqualTo(one.after());
        assertThat(play(errorStop, List.of(other, one), null).row()).isEqualTo(other.after());
    }

    /** 10,000 histories, each under every strategy that claims it. */
    @Property(tries = 10_000)
    void everyInterleavingEndsWithTheSameRow(@ForAll Random random) {
        var histories = histories(random);
        var arrivals = List.of(
                interleaved(histories, random),
                interleaved(histories, random),
                withReplays(interleaved(histories, random), random));
        CLAIMING.forEach((name, rules) -> {
            var first = play(rules, arrivals.get(0), null);
            for (var arrival : arrivals.subList(1, arrivals.size())) {
                var other = play(rules, arrival, random);
                assertThat(other.row()).as(name).isEqualTo(first.row());
                assertThat(deleted(other)).as(name).isEqualTo(deleted(first));
            }
        });
    }

    /** The oracle knows nothing of states and arrivals: it looks at what each source did, and says who is last. */
    @Property(tries = 2_000)
    void theLatestChangeOfAllStands(@ForAll Random random) {
        var histories = histories(random);
        var end = play(CLAIMING.get("timestamp-latest"), interleaved(histories, random), random);

        String winner = null;
        long winnersTime = 0;
        Row expected = null;
        for (var history : histories) {
            if (history.changes().isEmpty() && history.snapshot() == null) {
                continue;
            }
            long time = history.changes().stream()
                    .mapToLong(ChangeEvent::eventTimeMicros)
                    .max()
                    .orElse(Long.MIN_VALUE);
            boolean better = winner == null
                    || time > winnersTime
                    || (time == winnersTime && PRIORITIES.get(history.source()) < PRIORITIES.get(winner));
            if (better) {
                winner = history.source();
                winnersTime = time;
                expected = history.changes().isEmpty()
                        ? history.snapshot().after()
                        : history.changes().get(history.changes().size() - 1).after();
            }
        }
        assertThat(end.row()).isEqualTo(expected);
    }

    /** Counters of several sources: what stands is the base and all that was added, whoever was heard first. */
    @Property(tries = 1_000)
    void noIncrementIsLost(@ForAll Random random) {
        var base = (long) random.nextInt(100);
        long total = base;
        var histories = new ArrayList<RowHistory>();
        for (var source : List.of("a", "b", "c")) {
            var changes = new ArrayList<ChangeEvent>();
            long hits = base;
            for (int position = 1; position <= 1 + random.nextInt(4); position++) {
                long delta = random.nextInt(21) - 10;
                changes.add(RowHistory.change(
                        source,
                        io.gravity.event.Operation.UPDATE,
                        Row.of(1L, "n", hits, "a"),
                        Row.of(1L, "n", hits + delta, "a"),
                        random.nextInt(6),
                        position));
                hits += delta;
                total += delta;
            }
            var snapshot =
                    RowHistory.change(source, io.gravity.event.Operation.READ, null, Row.of(1L, "n", base, "a"), 3, 0);
            histories.add(new RowHistory(source, changes, snapshot));
        }
        var end = play(merge("hits", FieldRule.Simple.SUM_OF_DELTAS), interleaved(histories, random), random);
        assertThat(end.row().value(2)).isEqualTo(total);
    }

    /** A table that is copied once more, from each of its sources, holds what those hold. */
    @Property(tries = 2_000)
    void aCopyOfALaterTimeChangesNoRow(@ForAll Random random) {
        var histories = histories(random);
        var changes = interleaved(histories, random);
        var again = new ArrayList<ChangeEvent>(changes);
        for (var history : histories) {
            var last = history.changes().isEmpty()
                    ? history.snapshot()
                    : history.changes().get(history.changes().size() - 1);
            if (last != null && last.after() != null) {
                again.add(RowHistory.change(
                        history.source(), io.gravity.event.Operation.READ, null, last.after(), 3, 1_000));
            }
        }
        CLAIMING.forEach((name, rules) -> assertThat(play(rules, again, random).row())
                .as(name)
                .isEqualTo(play(rules, changes, null).row()));
    }

    @Test
    void aCopyOfALaterTimeReachesTheTargetAlsoIfItIsNoNews() {
        var rules = merge("hits", FieldRule.Simple.SUM_OF_DELTAS);
        var first = row("a", 1, 10, Row.of(1L, "n", 1L, "a"), Row.of(1L, "n", 5L, "a"));
        var state = apply(rules, first);
        var read = RowHistory.change("a", io.gravity.event.Operation.READ, null, first.after(), 3, 1_000);
        var verdict = resolution.judge(state, read, rules, NOW);
        assertThat(verdict.outcome()).isEqualTo(Outcome.WINS);
        assertThat(verdict.passed().after()).isEqualTo(first.after());
    }

    @Property
    void everythingOnceMoreAfterTheEndChangesNothing(@ForAll Random random) {
        var once = interleaved(histories(random), random);
        var again = new ArrayList<>(once);
        again.addAll(once);
        CLAIMING.forEach(
                (name, rules) -> assertThat(play(rules, again, null)).as(name).isEqualTo(play(rules, once, null)));
    }

    @Property
    void versionsGrowWithEveryChangePassedOn(@ForAll Random random) {
        var changes = interleaved(histories(random), random);
        CLAIMING.forEach(
                (name, rules) -> assertThat(play(rules, changes, random).versions())
                        .as(name)
                        .isSortedAccordingTo(Comparator.naturalOrder())
                        .doesNotHaveDuplicates());
    }

    @Test
    void ofOneSourceThePositionDecidesEvenIfItsClockStepsBack() {
        var row = apply(latest, Changes.from("a").at(1, 100).insert(1, 1));
        var next = resolution.judge(row, Changes.from("a").at(2, 90).update(1, 2), latest, NOW);
        assertThat(next.outcome()).isEqualTo(Outcome.WINS);
        assertThat(next.next().standing().effectiveMicros()).isEqualTo(100_000);
        assertThat(next.next().version()).isEqualTo(100_001);
    }

    @Test
    void aReplayOfASourceThatLostIsKnownToo() {
        var row = apply(
                latest,
                Changes.from("a").at(1, 100).insert(1, 1),
                Changes.from("b").at(5, 50).insert(1, 2));
        assertThat(row.standing().source()).isEqualTo("a");
        assertThat(resolution
                        .judge(row, Changes.from("b").at(5, 50).insert(1, 2), latest, NOW)
                        .outcome())
                .isEqualTo(Outcome.REPLAY);
    }

    @Test
    void latestTimeWinsThenPriorityThenName() {
        assertThat(apply(
                                latest,
                                Changes.from("a").at(1, 10).insert(1, 1),
                                Changes.from("d").at(1, 11).insert(1, 2))
                        .standing()
                        .source())
                .isEqualTo("d");
        assertThat(apply(
                                latest,
                                Changes.from("d").at(1, 10).insert(1, 1),
                                Changes.from("b").at(1, 10).insert(1, 2))
                        .standing()
                        .source())
                .isEqualTo("b");
        assertThat(apply(
                                latest,
                                Changes.from("c").at(1, 10).insert(1, 1),
                                Changes.from("b").at(1, 10).insert(1, 2))
                        .standing()
                        .source())
                .isEqualTo("b");
    }

    @Test
    void withSourcePriorityAnOlderChangeOfABetterSourceWins() {
        assertThat(apply(
                                byPriority,
                                Changes.from("b").at(1, 100).insert(1, 1),
                                Changes.from("a").at(1, 10).insert(1, 2))
                        .standing()
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
                        .standing()
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
        assertThat(applyTo(latest, row, Changes.from("b").at(10, 101).insert(1, 3)))
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
        assertThat(row.standing().source()).isEqualTo("b");
    }

    @Test
    void ofTwoSnapshotRowsThatOfTheBetterSourceWins() {
        assertThat(apply(
                                latest,
                                Changes.from("a").at(0, 100).read(1, 1),
                                Changes.from("b").at(0, 200).read(1, 2))
                        .standing()
                        .source())
                .isEqualTo("a");
    }

    @Test
    void aChangeStampedBeforeItsSourcesSnapshotWinsOverItWhateverComesFirst() {
        // The binlog's clock has full seconds and stamps a statement with its start.
        var snapshot = Changes.from("a").at(0, 100_500).read(1, 1);
        var change = Changes.from("a").at(1, 100_000).update(1, 2);
        var other = Changes.from("b").at(1, 100_200).update(1, 3);

        assertThat(play(latest, List.of(snapshot, change, other), null).row())
                .isEqualTo(play(latest, List.of(change, other, snapshot), null).row())
                .isEqualTo(other.after());
    }

    @Test
    void theFirstSourceOfARowOwnsItUntilItRemovesIt() {
        var rules = CLAIMING.get("timestamp-earliest");
        var a = row("a", 1, 10, null, Row.of(1L, "of a", 1L, "a"));
        var b = row("b", 1, 5, null, Row.of(1L, "of b", 1L, "a"));
        var later = row("a", 2, 20, a.after(), Row.of(1L, "later", 1L, "a"));
        assertThat(play(rules, List.of(a, b, later), null).row()).isEqualTo(b.after());

        var gone = row("b", 2, 30, b.after(), null);
        assertThat(play(rules, List.of(a, b, later, gone), null).row()).isEqualTo(later.after());
    }

    @Test
    void fieldsThatTwoSourcesChangedBothSurviveAMerge() {
        var rules = merge("hits", FieldRule.Simple.MAX);
        var start = Row.of(1L, "n", 1L, "a");
        var end = play(
                rules,
                List.of(
                        row("a", 1, 10, start, start.with(1, "renamed at a")),
                        row("b", 1, 20, start, start.with(3, "b")),
                        row("b", 2, 30, start.with(3, "b"), start.with(3, "b").with(2, 7L))),
                null);
        assertThat(end.row()).isEqualTo(Row.of(1L, "renamed at a", 7L, "b"));
    }

    @Test
    void aMergedRowIsPassedOnAsAnUpdateOfWhatStood() {
        var rules = merge("tags", FieldRule.Simple.UNION);
        var first = resolution.judge(null, row("a", 1, 10, null, Row.of(1L, "n", 1L, "a")), rules, NOW);
        var second = resolution.judge(first.next(), row("b", 1, 20, null, Row.of(1L, "n", 1L, "c")), rules, NOW);
        assertThat(second.passed().operation()).isEqualTo(io.gravity.event.Operation.UPDATE);
        assertThat(second.passed().before()).isEqualTo(Row.of(1L, "n", 1L, "a"));
        assertThat(second.passed().after()).isEqualTo(Row.of(1L, "n", 1L, "a,c"));
        assertThat(second.conflict().decision()).isEqualTo(Conflict.Decision.MERGED);
        assertThat(second.conflict().decisions()).containsExactly(Map.entry("tags", "union"));
    }

    @Test
    void valuesThatCannotBeBroughtTogetherStopTheRow() {
        var rules = merge("name", FieldRule.Simple.SUM_OF_DELTAS);
        var row = apply(rules, row("a", 1, 10, null, Row.of(1L, "x", 1L, "a")));
        var verdict = resolution.judge(row, row("b", 1, 10, null, Row.of(1L, "y", 1L, "a")), rules, NOW);
        assertThat(verdict.outcome()).isEqualTo(Outcome.STOPS);
        assertThat(verdict.next()).isSameAs(row);
        assertThat(verdict.problem()).isEqualTo("merge could not decide: found String, expected a number");
    }

    @Test
    void aTableThatOnlyOneSourceWritesHasNoConflicts() {
        var alone = new TableRules(new ConflictStrategy.Merge(Map.of(), FieldRule.Simple.LATEST), false, null);
        var verdict = resolution.judge(
                null,
                row("a", 1, 10, Row.of(1L, "x", 1L, "a"), Row.of(1L, "y", 1L, "a"))
                        .withCompleteHistory(),
                alone,
                NOW);
        assertThat(verdict.conflict()).isNull();
        assertThat(verdict.next().standing().image()).isNull();
    }

    private static ChangeEvent row(String source, long position, long timeMillis, Row before, Row after) {
        var operation = before == null
                ? io.gravity.event.Operation.INSERT
                : after == null ? io.gravity.event.Operation.DELETE : io.gravity.event.Operation.UPDATE;
        return RowHistory.change(source, operation, before, after, timeMillis, position);
    }

    /** What a target that starts empty holds in the end. */
    private record End(RowState state, Row row, List<Long> versions) {}

    private static boolean deleted(End end) {
        return end.state() == null || end.state().deleted();
    }

    /** Plays the changes; with a random, the state goes through its serializer now and then, as in a restart. */
    private static End play(TableRules rules, List<ChangeEvent> changes, Random restarts) {
        var resolution = resolution();
        RowState state = null;
        Row row = null;
        var versions = new ArrayList<Long>();
        for (var change : changes) {
            var verdict = resolution.judge(state, change, rules, NOW);
            if (!(rules.strategy() instanceof ConflictStrategy.ErrorStop)) {
                assertThat(verdict.outcome()).as(verdict.problem()).isNotEqualTo(Outcome.STOPS);
            }
            state = verdict.next();
            if (verdict.outcome() == Outcome.WINS) {
                row = verdict.passed().after();
                versions.add(verdict.passed().version());
            }
            if (restarts != null && state != null && restarts.nextInt(4) == 0) {
                state = restored(state);
            }
        }
        return new End(state, row, versions);
    }

    private static RowState restored(RowState state) {
        try {
            var out = new DataOutputSerializer(128);
            new RowStateSerializer().serialize(state, out);
            return new RowStateSerializer().deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RowState apply(TableRules rules, ChangeEvent... changes) {
        return applyTo(rules, null, changes);
    }

    private RowState applyTo(TableRules rules, RowState row, ChangeEvent... changes) {
        var state = row;
        for (var change : changes) {
            state = resolution.judge(state, change, rules, NOW).next();
        }
        return state;
    }

    private static Resolution resolution() {
        return new Resolution(ResolveConfig.defaults(), PRIORITIES);
    }

    /** Draws what two to five sources do to one row. */
    private static List<RowHistory> histories(Random random) {
        return List.of("a", "b", "c", "d", "e").subList(0, 2 + random.nextInt(4)).stream()
                .map(source -> RowHistory.draw(source, random))
                .toList();
    }

    /** Mixes the sources' changes, each source's in their order, and their snapshot rows at any place. */
    private static List<ChangeEvent> interleaved(List<RowHistory> histories, Random random) {
        var queues = new ArrayList<Deque<ChangeEvent>>();
        histories.forEach(history -> queues.add(new ArrayDeque<>(history.changes())));
        var all = new ArrayList<ChangeEvent>();
        queues.removeIf(Deque::isEmpty);
        while (!queues.isEmpty()) {
            all.add(queues.get(random.nextInt(queues.size())).poll());
            queues.removeIf(Deque::isEmpty);
        }
        for (var history : histories) {
            if (history.snapshot() != null) {
                all.add(random.nextInt(all.size() + 1), history.snapshot());
            }
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
}
