package io.gravity.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LikenessFilterTest {
    private static final int LINES = 1 << 12;

    private final LikenessFilter filter = new LikenessFilter(LINES);
    private final Random random = new Random(1);

    @Test
    void knowsAllThatWasAdded() {
        var added = Stream.generate(this::any).limit(3 * LINES).toList();
        added.forEach(filter::add);
        assertThat(added).allMatch(filter::mayHold);
    }

    @Test
    void takesFewNewOnesForAddedWhenItIsFull() {
        for (int i = 0; i < LINES * LikenessFilter.PER_LINE; i++) {
            filter.add(any());
        }
        assertThat(Stream.generate(this::any).limit(10_000).filter(filter::mayHold))
                .hasSizeBetween(1, 130);
    }

    private Likeness any() {
        return new Likeness(random.nextLong(), random.nextLong());
    }
}
