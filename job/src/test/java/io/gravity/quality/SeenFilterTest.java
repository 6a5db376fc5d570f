package io.gravity.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;
import org.apache.flink.api.java.tuple.Tuple2;
import org.junit.jupiter.api.Test;

class SeenFilterTest {
    private static final int TABLE = "shop.orders".hashCode();
    private static final int OTHER = "shop.items".hashCode();

    private final SeenFilter filter = new SeenFilter();
    private final Random random = new Random(1);

    private record Added(Tuple2<Long, Long> hash, long goneAt) {}

    @Test
    void knowsAllThatIsNotGone() {
        long window = 6_000_000;
        var held = new ArrayDeque<Added>();
        for (long now = 0; now < 8_000_000; now++) {
            var added = new Added(hash(), now + window);
            filter.add(TABLE, added.hash(), added.goneAt(), now);
            // A few are followed through all generations.
            if (now % 1_000 == 0) {
                held.add(added);
            }
            while (!held.isEmpty() && held.peek().goneAt() <= now) {
                held.remove();
            }
            if (now % 100_000 == 0) {
                assertThat(held).allMatch(one -> filter.mayHold(TABLE, one.hash()));
            }
        }
    }

    @Test
    void knowsMostThatIsNew() {
        for (int i = 0; i < 3_000_000; i++) {
            filter.add(TABLE, hash(), Long.MAX_VALUE, 0);
        }
        assertThat(taken(TABLE)).isLessThan(300);
    }

    @Test
    void tellsTablesApart() {
        var hash = hash();
        filter.add(TABLE, hash, Long.MAX_VALUE, 0);
        assertThat(filter.mayHold(TABLE, hash)).isTrue();
        assertThat(filter.mayHold(OTHER, hash)).isFalse();
    }

    @Test
    void forgetsWhatIsGone() {
        for (int i = 0; i < 12_000_000; i++) {
            filter.add(TABLE, hash(), i, i);
        }
        assertThat(taken(TABLE)).isLessThan(600);
    }

    /** Returns how many of 10,000 that were never added are taken for seen. */
    private long taken(int table) {
        long taken = 0;
        for (int i = 0; i < 10_000; i++) {
            taken += filter.mayHold(table, hash()) ? 1 : 0;
        }
        return taken;
    }

    private Tuple2<Long, Long> hash() {
        return Tuple2.of(random.nextLong(), random.nextLong());
    }
}
