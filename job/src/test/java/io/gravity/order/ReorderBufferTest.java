package io.gravity.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.types.Changes;
import io.gravity.types.OrderScope;
import io.gravity.types.ScopeKeys;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ReorderBufferTest {
    private static final Map<String, Integer> PRIORITIES = Map.of("a", 1, "b", 2, "c", 3);
    private static final TableId STOCK = TableId.parse("shop.stock");
    private static final int NO_LIMIT = 1_000_000;

    private final Recorder left = new Recorder();

    /** What has left, in order. */
    private static final class Recorder implements ReorderBuffer.Exit {
        private final List<ChangeEvent> events = new ArrayList<>();
        private int late;
        private int early;

        @Override
        public void emit(ChangeEvent event) {
            events.add(event);
        }

        @Override
        public void late() {
            late++;
        }

        @Override
        public void early() {
            early++;
        }
    }

    @Test
    void byTimeThenByPriorityThenByPosition() {
        var a = Changes.from("a");
        var b = Changes.from("b");
        var expected = List.of(
                b.at(1, 10).insert(1, 1),
                a.at(1, 20).insert(2, 2),
                a.at(2, 20).update(3, 3),
                b.at(2, 20).update(4, 4),
                a.at(3, 30).update(5, 5));
        for (int seed = 0; seed < 20; seed++) {
            var recorder = new Recorder();
            var buffer = buffer(OrderScope.ALL, NO_LIMIT, recorder);
            var shuffled = new ArrayList<>(expected);
            Collections.shuffle(shuffled, new Random(seed));
            shuffled.forEach(change -> buffer.add(change, 0));
            buffer.advance(Long.MAX_VALUE);
            assertThat(recorder.events).isEqualTo(expected);
        }
    }

    @Test
    void aSourceWithoutPriorityComesLast() {
        var buffer = buffer(OrderScope.ROW, NO_LIMIT, left);
        var unknown = Changes.from("unknown").at(1, 10).insert(1, 1);
        var c = Changes.from("c").at(1, 10).insert(1, 1);
        buffer.add(unknown, 0);
        buffer.add(c, 0);
        buffer.advance(10);
        assertThat(left.events).containsExactly(c, unknown);
    }

    @Test
    void ofARowWhatWasResolvedLaterLeavesLaterInALargerScope() {
        var buffer = buffer(OrderScope.TABLE, NO_LIMIT, left);
        var first = Changes.from("b").at(1, 20).insert(1, 1).resolved(1, true);
        var winner = Changes.from("a").at(1, 20).update(1, 2).resolved(2, false);
        var steppedBack = Changes.from("a").at(2, 10).update(1, 3).resolved(3, false);
        var other = Changes.from("a").at(3, 15).insert(2, 4).resolved(1, true);
        for (var change : List.of(first, winner, steppedBack, other)) {
            buffer.add(change, 0);
        }
        buffer.advance(20);
        assertThat(left.events).containsExactly(other, first, winner, steppedBack.asLate());
    }

    @Test
    void aSnapshotRowWaitsOnlyForAnEarlierChangeOfItsRow() {
        var buffer = buffer(OrderScope.ALL, NO_LIMIT, left);
        var change = Changes.from("b").at(1, 20).insert(1, 1);
        var behindIt = Changes.from("a").at(0, 500).read(1, 2);
        var free = Changes.from("a").at(0, 500).read(2, 2);
        buffer.add(change, 0);
        buffer.add(behindIt, 0);
        buffer.add(free, 0);
        assertThat(left.events).containsExactly(free);
        buffer.advance(20);
        assertThat(left.events).containsExactly(free, change, behindIt);
        assertThat(left.late).isZero();
    }

    @Test
    void atTheBoundTheOldestLeavesWithAllBeforeItInItsScope() {
        var buffer = buffer(OrderScope.ROW, 3, left);
        var oldest = Changes.from("a").at(1, 30).insert(1, 1);
        var other = Changes.from("a").at(2, 10).insert(2, 1);
        var before = Changes.from("b").at(1, 20).update(1, 2);
        var behind = Changes.from("b").at(2, 40).update(1, 3);
        buffer.add(oldest, 0);
        buffer.add(other, 0);
        buffer.add(before, 0);
        assertThat(left.events).isEmpty();
        buffer.add(behind, 0);
        assertThat(left.events).containsExactly(before, oldest);
        assertThat(left.early).isEqualTo(2);
        assertThat(buffer.held()).containsExactly(other, behind);
    }

    @Test
    void bytesAreBoundedAsWell() {
        long three = 3 * Changes.from("a").insert(1, 1).estimatedBytes();
        var config = new OrderConfig(OrderConfig.Strategy.TIME_SERIES, Duration.ofMillis(20), NO_LIMIT, three);
        var buffer = new ReorderBuffer(OrderScope.ALL, config, PRIORITIES, left);
        for (int i = 1; i <= 10; i++) {
            buffer.add(Changes.from("a").at(i, 10 + i).insert(i, 1), 0);
            assertThat(buffer.bytes()).isLessThanOrEqualTo(three);
        }
        assertThat(buffer.size()).isEqualTo(3);
        assertThat(left.early).isEqualTo(7);
    }

    @Test
    void aClockThatIsSetBackKeepsNothingWaiting() {
        var buffer = buffer(OrderScope.ROW, NO_LIMIT, left);
        var change = Changes.from("a").at(1, 10).insert(1, 1);
        buffer.add(change, 1_000_000);
        buffer.expire(1_000);
        assertThat(left.events).containsExactly(change);
    }

    /**
     * Whatever comes when, and however little may be held: nothing is lost or doubled, no scope goes back in time
     * unmarked, what has to keep its order keeps it, and nothing waits for longer than it may.
     */
    @Property(tries = 2000)
    void keepsItsPromisesUnderEveryInterleaving(
            @ForAll OrderScope scope,
            @ForAll Random random,
            @ForAll @IntRange(min = 1, max = 40) int most,
            @ForAll @IntRange(min = 0, max = 30) int maxDelay) {
        var config = new OrderConfig(OrderConfig.Strategy.BY_ROW, Duration.ofMillis(maxDelay), most, NO_LIMIT);
        var recorder = new Recorder();
        var buffer = new ReorderBuffer(scope, config, PRIORITIES, recorder);
        var scripts = scripts(random);
        var sent = new ArrayList<ChangeEvent>();
        long now = 0;
        long watermark = Long.MIN_VALUE;
        while (!scripts.isEmpty()) {
            int next = random.nextInt(scripts.size());
            var change = scripts.get(next).remove();
            if (scripts.get(next).isEmpty()) {
                scripts.remove(next);
            }
            buffer.add(change, now);
            sent.add(change);
            assertThat(buffer.size()).isLessThanOrEqualTo(most);
            if (random.nextInt(4) == 0) {
                watermark = Math.max(watermark, random.nextInt(60) - 10);
                buffer.advance(watermark);
            }
            now += random.nextInt(4);
            buffer.expire(now);
            assertThat(buffer.nextDueMillis()).isGreaterThan(now);
            assertThat(sent).hasSize(buffer.size() + recorder.events.size());
            // What left a row is not remembered across a restart.
            if (scope != OrderScope.ROW && random.nextInt(20) == 0) {
                buffer = restarted(buffer, scope, config, recorder, now);
            }
        }
        buffer.advance(Long.MAX_VALUE);

        assertThat(buffer.size()).isZero();
        assertThat(buffer.bytes()).isZero();
        assertThat(buffer.nextDueMillis()).isEqualTo(Long.MAX_VALUE);
        assertThat(names(recorder.events)).containsExactlyInAnyOrderElementsOf(names(sent));
        assertThat(recorder.events.stream().filter(ChangeEvent::late)).hasSize(recorder.late);
        assertTimesAscendUnlessMarked(scope, recorder.events);
        assertThat(threads(scope, recorder.events)).isEqualTo(threads(scope, sent));
    }

    /** With time and room enough nothing is late, and each scope leaves in the order of its times. */
    @Property(tries = 500)
    void withTimeAndRoomEnoughTheOrderIsThatOfTimes(@ForAll OrderScope scope, @ForAll Random random) {
        var recorder = new Recorder();
        var buffer = buffer(scope, NO_LIMIT, recorder);
        var scripts = new ArrayList<Deque<ChangeEvent>>();
        for (var source : PRIORITIES.keySet()) {
            var script = new ArrayDeque<ChangeEvent>();
            for (int i = 1; i <= 10; i++) {
                // A row of its own for each source, as the order of arrival counts within a resolved row.
                script.add(Changes.from(source).at(i, i / 3).insert(source.charAt(0), i));
            }
            scripts.add(script);
        }
        while (!scripts.isEmpty()) {
            var script = scripts.get(random.nextInt(scripts.size()));
            buffer.add(script.remove(), 0);
            scripts.removeIf(Deque::isEmpty);
        }
        for (int watermark = 0; watermark <= 3; watermark++) {
            buffer.advance(watermark);
        }
        assertThat(recorder.events).hasSize(30);
        assertThat(recorder.late).isZero();
        assertThat(recorder.early).isZero();
        for (var own : scopes(scope, recorder.events).values()) {
            assertThat(own.stream().map(ChangeEvent::eventTimeMicros)).isSorted();
        }
    }

    private static ReorderBuffer restarted(
            ReorderBuffer buffer, OrderScope scope, OrderConfig config, Recorder recorder, long now) {
        var next = new ReorderBuffer(scope, config, PRIORITIES, recorder);
        buffer.emitted().forEach(next::restoreEmitted);
        buffer.held().forEach(change -> next.add(change, now));
        next.expire(now);
        return next;
    }

    private static ReorderBuffer buffer(OrderScope scope, int most, Recorder recorder) {
        var config = new OrderConfig(OrderConfig.Strategy.BY_ROW, Duration.ofMillis(20), most, NO_LIMIT);
        return new ReorderBuffer(scope, config, PRIORITIES, recorder);
    }

    /** Each source's changes in the order of its positions; its times step back now and then. */
    private static List<Deque<ChangeEvent>> scripts(Random random) {
        var scripts = new ArrayList<Deque<ChangeEvent>>();
        for (var source : PRIORITIES.keySet()) {
            var script = new ArrayDeque<ChangeEvent>();
            long time = random.nextInt(20);
            int count = 1 + random.nextInt(20);
            for (int position = 1; position <= count; position++) {
                time += random.nextInt(6) - 1;
                var at = Changes.from(source).at(position, time);
                var table = random.nextBoolean() ? at : at.of(STOCK);
                script.add(
                        random.nextInt(10) == 0
                                ? table.read(random.nextInt(3), position)
                                : table.update(random.nextInt(3), position));
            }
            scripts.add(script);
        }
        return scripts;
    }

    private static void assertTimesAscendUnlessMarked(OrderScope scope, List<ChangeEvent> events) {
        for (var own : scopes(scope, events).values()) {
            long latest = Long.MIN_VALUE;
            for (var change : own) {
                if (!change.isSnapshot()) {
                    assertThat(change.late() || change.eventTimeMicros() >= latest)
                            .as("%s of %s", change, own)
                            .isTrue();
                    latest = Math.max(latest, change.eventTimeMicros());
                }
            }
        }
    }

    /** Returns the changes of each thread that has to keep its order. */
    private static Map<Object, List<String>> threads(OrderScope scope, List<ChangeEvent> events) {
        var threads = new HashMap<Object, List<String>>();
        for (var change : events) {
            var thread = scope == OrderScope.ROW ? List.of(change.key(), change.source()) : change.key();
            threads.computeIfAbsent(thread, any -> new ArrayList<>()).add(name(change));
        }
        return threads;
    }

    private static Map<RowKey, List<ChangeEvent>> scopes(OrderScope scope, List<ChangeEvent> events) {
        var keys = new ScopeKeys(scope);
        var scopes = new HashMap<RowKey, List<ChangeEvent>>();
        for (var change : events) {
            scopes.computeIfAbsent(keys.getKey(change), any -> new ArrayList<>())
                    .add(change);
        }
        return scopes;
    }

    private static List<String> names(List<ChangeEvent> events) {
        return events.stream().map(ReorderBufferTest::name).toList();
    }

    private static String name(ChangeEvent change) {
        return change.source() + change.position();
    }
}
