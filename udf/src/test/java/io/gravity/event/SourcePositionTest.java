package io.gravity.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SourcePositionTest {

    @Test
    void fileThenTransactionThenEventThenRowDecide() {
        var ordered = List.of(
                SourcePosition.NONE,
                new SourcePosition(0, 0, 0, 0),
                new SourcePosition(9, 400, 2, 9),
                new SourcePosition(9, 500, 0, 0),
                new SourcePosition(9, 500, 2, 1),
                new SourcePosition(9, 500, 2, 10),
                new SourcePosition(9, 500, 10, 1),
                new SourcePosition(9, 4_000_000_000L, 0, 0),
                new SourcePosition(10, 4, 0, 0));
        var shuffled = new ArrayList<>(ordered);
        Collections.shuffle(shuffled, new Random(1));
        Collections.sort(shuffled);
        assertThat(shuffled).isEqualTo(ordered);
    }

    @Property
    void orderAgreesWithEquality(
            @ForAll @Size(4) List<@LongRange(min = 0, max = 2) Long> a,
            @ForAll @Size(4) List<@LongRange(min = 0, max = 2) Long> b) {
        var one = new SourcePosition(a.get(0), a.get(1), a.get(2), a.get(3));
        var two = new SourcePosition(b.get(0), b.get(1), b.get(2), b.get(3));
        assertThat(one.compareTo(two) == 0).isEqualTo(one.equals(two));
        assertThat(Integer.signum(one.compareTo(two))).isEqualTo(-Integer.signum(two.compareTo(one)));
    }
}
