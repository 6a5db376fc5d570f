package io.gravity.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.event.SourcePosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.junit.jupiter.api.Test;

class PassedChangesTest {
    private static final KeyGroupRange GROUPS = KeyGroupRange.of(3, 5);
    /** So small that each run fills several generations. */
    private static final int LINES = 16;

    private final Blocks state = new Blocks();

    /** What is noted, by group and likeness. */
    private record Noted(int group, Likeness likeness, long timeMicros, long goneAt) {}

    @Property(tries = 60)
    void knowsTheLastOfEachLikenessUntilItMayForgetIt(@ForAll Random random) throws Exception {
        var blocks = new Blocks();
        var passed = over(blocks);
        var last = new HashMap<List<Object>, Noted>();
        var known = new ArrayList<Noted>();
        long watermark = 0;
        for (int n = 0; n < 4_000; n++) {
            int group = 3 + random.nextInt(3);
            boolean isAgain = !known.isEmpty() && random.nextInt(3) == 0;
            var likeness = isAgain
                    ? known.get(random.nextInt(known.size())).likeness()
                    : new Likeness(random.nextLong(), random.nextLong());
            var change = new Noted(group, likeness, n, watermark + 500 + random.nextInt(500));
            passed.add(group, likeness, n, "source-" + n % 3, new SourcePosition(1, n, 2, 3), change.goneAt());
            known.add(change);
            last.put(List.of(group, likeness), change);
            watermark++;
            if (random.nextInt(100) == 0) {
                long mark = watermark;
                passed.forget(mark);
                known.removeIf(one -> one.goneAt() < mark);
            }
            if (random.nextInt(400) == 0) {
                passed.flush();
                passed = over(blocks);
                passed.restore();
            }
            var asked = known.get(random.nextInt(known.size()));
            var newest = last.get(List.of(asked.group(), asked.likeness()));
            var found = passed.last(asked.group(), asked.likeness());
            assertThat(found).isNotNull();
            assertThat(found.timeMicros()).isEqualTo(newest.timeMicros());
            assertThat(found.source()).isEqualTo("source-" + newest.timeMicros() % 3);
            assertThat(found.position()).isEqualTo(new SourcePosition(1, newest.timeMicros(), 2, 3));
            assertThat(passed.last(group, new Likeness(random.nextLong(), random.nextLong())))
                    .isNull();
        }
        assertThat(passed.size()).isBetween((long) known.size(), 3_000L);
        assertThat(passed.generations()).isGreaterThan(1);
        assertThat(passed.forget(watermark + 1_001)).isTrue();
        assertThat(passed.size()).isZero();
        assertThat(passed.generations()).isEqualTo(1);
        assertThat(passed.forgottenEarly()).isZero();
        assertThat(blocks.count()).isZero();
    }

    @Test
    void laterOnesHaveGreaterNumbersAlsoBehindARestore() throws Exception {
        var likeness = new Likeness(1, 2);
        var passed = over(state);
        long before = -1;
        for (int n = 0; n < 3 * PassedBlock.ROOM; n++) {
            passed.add(4, likeness, n, "a", SourcePosition.NONE, 1_000);
            var number = passed.last(4, likeness).number();
            assertThat(number).isGreaterThan(before);
            before = number;
            if (n % 100 == 0) {
                passed.flush();
                passed = over(state);
                passed.restore();
            }
        }
    }

    @Test
    void nothingIsForgottenBeforeWhatCameEarlier() throws Exception {
        var passed = over(state);
        passed.add(4, new Likeness(1, 1), 1, "a", SourcePosition.NONE, 2_000);
        passed.flush();
        passed = over(state);
        passed.restore();
        passed.add(4, new Likeness(2, 2), 2, "a", SourcePosition.NONE, 1_000);
        passed.forget(1_500);
        assertThat(passed.last(4, new Likeness(2, 2))).isNotNull();
        passed.forget(2_001);
        assertThat(passed.size()).isZero();
        assertThat(state.count()).isZero();
    }

    @Test
    void aBlockOfAQuietGroupDoesNotWaitUntilItIsFull() throws Exception {
        var passed = over(state);
        for (int n = 0; n < 100; n++) {
            passed.add(4, new Likeness(n, n), n, "a", SourcePosition.NONE, n * 1_000 + 5_000);
            passed.forget(n * 1_000);
        }
        assertThat(passed.size()).as("twice the window's at most").isLessThan(13);
    }

    @Test
    void whatIsTooMuchIsForgottenEarlyTheOldestFirst() throws Exception {
        int max = 3;
        var passed = new PassedChanges(state, GROUPS, group -> state.current = group, LINES, max);
        int room = LINES * LikenessFilter.PER_LINE;
        int count = 20 * room;
        for (int n = 0; n < count; n++) {
            passed.add(3 + n % 3, likeness(n), n, "a", SourcePosition.NONE, 1_000);
            assertThat(passed.generations()).isLessThanOrEqualTo(max + 1);
        }
        assertThat(passed.size())
                .isEqualTo(count - passed.forgottenEarly())
                .isBetween((max - 1L) * room, (max + 1L) * room);
        for (int n = 0; n < count; n++) {
            var found = passed.last(3 + n % 3, likeness(n));
            assertThat(found != null).as("change %s", n).isEqualTo(n >= passed.forgottenEarly());
        }
        passed.flush();
        assertThat(state.count()).isLessThan(count / PassedBlock.ROOM / 2);
    }

    @Test
    void aWatermarkThatJumpsIsFollowedInSteps() throws Exception {
        var passed = over(state);
        int blocks = 2_500;
        for (int n = 0; n < blocks * PassedBlock.ROOM; n++) {
            passed.add(4, likeness(n), n, "a", SourcePosition.NONE, 1_000);
        }
        passed.flush();
        int steps = 1;
        while (!passed.forget(2_000)) {
            steps++;
        }
        assertThat(steps).isEqualTo(3);
        assertThat(passed.size()).isZero();
        assertThat(state.count()).isZero();
    }

    private static Likeness likeness(int n) {
        var random = new Random(n);
        return new Likeness(random.nextLong(), random.nextLong());
    }

    @Test
    void aBlockIsWrittenWhenItIsFullAndAtACheckpoint() throws Exception {
        var passed = over(state);
        for (int n = 0; n < PassedBlock.ROOM + 1; n++) {
            passed.add(3, new Likeness(n, n), n, "a", SourcePosition.NONE, 1_000);
        }
        assertThat(state.count()).isEqualTo(1);
        passed.flush();
        assertThat(state.count()).isEqualTo(2);
        passed.flush();
        assertThat(state.puts).as("nothing new").isEqualTo(2);
    }

    @Test
    void aChangeTakesFewBytes() throws Exception {
        var passed = over(state);
        for (int n = 0; n < PassedBlock.ROOM; n++) {
            passed.add(3, new Likeness(n, n), n, "shop-eu", new SourcePosition(12, 345_678_901, 12, 34), 1_000);
        }
        passed.flush();
        assertThat(state.bytes() / PassedBlock.ROOM).isLessThan(48);
    }

    @Test
    void aBlockThatIsMissingIsToldOf() throws Exception {
        var likeness = new Likeness(7, 7);
        var passed = over(state);
        passed.add(3, likeness, 1, "a", SourcePosition.NONE, 1_000);
        passed.flush();
        passed = over(state);
        passed.restore();
        state.byGroup.clear();
        var broken = passed;
        assertThatThrownBy(() -> broken.last(3, likeness))
                .hasMessage("block 0 of the changes that passed in key group 3 is missing: the state is damaged");
    }

    @Test
    void anotherFormatIsRefused() throws Exception {
        state.current = 3;
        state.put(0L, new byte[] {9});
        assertThatThrownBy(() -> over(state).restore())
                .hasMessageContaining("changes that passed of format 9, this release reads format 1");
    }

    private static PassedChanges over(Blocks state) {
        return new PassedChanges(state, GROUPS, group -> state.current = group, LINES, Integer.MAX_VALUE);
    }

    /** State of several key groups. */
    private static final class Blocks implements MapState<Long, byte[]> {
        private final Map<Integer, TreeMap<Long, byte[]>> byGroup = new HashMap<>();
        private int current = -1;
        private int puts;

        private TreeMap<Long, byte[]> own() {
            return byGroup.computeIfAbsent(current, group -> new TreeMap<>());
        }

        int count() {
            return byGroup.values().stream().mapToInt(Map::size).sum();
        }

        int bytes() {
            return byGroup.values().stream()
                    .flatMap(blocks -> blocks.values().stream())
                    .mapToInt(bytes -> bytes.length)
                    .sum();
        }

        @Override
        public byte[] get(Long key) {
            return own().get(key);
        }

        @Override
        public void put(Long key, byte[] value) {
            puts++;
            own().put(key, value);
        }

        @Override
        public void putAll(Map<Long, byte[]> map) {
            own().putAll(map);
        }

        @Override
        public void remove(Long key) {
            own().remove(key);
        }

        @Override
        public boolean contains(Long key) {
            return own().containsKey(key);
        }

        @Override
        public Iterable<Map.Entry<Long, byte[]>> entries() {
            return own().descendingMap().entrySet();
        }

        @Override
        public Iterable<Long> keys() {
            return own().keySet();
        }

        @Override
        public Iterable<byte[]> values() {
            return own().values();
        }

        @Override
        public Iterator<Map.Entry<Long, byte[]>> iterator() {
            return entries().iterator();
        }

        @Override
        public boolean isEmpty() {
            return own().isEmpty();
        }

        @Override
        public void clear() {
            own().clear();
        }
    }
}
