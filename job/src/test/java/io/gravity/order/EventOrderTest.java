package io.gravity.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ChangeEvent;
import io.gravity.types.Changes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class EventOrderTest {
    private static final EventOrder ORDER = new EventOrder(Map.of("a", 1, "b", 2, "c", 3));

    @Test
    void byTimeThenByPriorityThenByPosition() {
        var a = Changes.from("a");
        var b = Changes.from("b");
        var expected = List.of(
                b.at(1, 10).insert(1, 1),
                a.at(1, 20).insert(1, 2),
                a.at(2, 20).update(1, 3),
                b.at(2, 20).update(1, 4),
                a.at(3, 30).update(1, 5));
        for (int seed = 0; seed < 20; seed++) {
            assertThat(ORDER.sorted(shuffled(expected, seed))).isEqualTo(expected);
        }
    }

    @Test
    void aChangeIsNoEarlierThanItsSourcesChangesBeforeIt() {
        var first = Changes.from("a").at(1, 30).insert(1, 1);
        var steppedBack = Changes.from("a").at(2, 10).update(1, 2);
        var other = Changes.from("b").at(1, 20).update(1, 3);
        assertThat(ORDER.sorted(List.of(steppedBack, other, first))).containsExactly(other, first, steppedBack);
    }

    @Test
    void aSourceWithoutPriorityComesLast() {
        var unknown = Changes.from("unknown").at(1, 10).insert(1, 1);
        var c = Changes.from("c").at(1, 10).insert(1, 1);
        assertThat(ORDER.sorted(List.of(unknown, c))).containsExactly(c, unknown);
    }

    @Property
    void orderOfArrivalDoesNotMatterAndPositionsOfASourceAscend(@ForAll long seed) {
        var random = new Random(seed);
        var changes = new ArrayList<ChangeEvent>();
        for (var source : List.of("a", "b", "c")) {
            for (int position = 1; position <= random.nextInt(6); position++) {
                changes.add(Changes.from(source).at(position, random.nextInt(5)).insert(1, position));
            }
        }
        var sorted = ORDER.sorted(shuffled(changes, seed));

        assertThat(sorted).isEqualTo(ORDER.sorted(shuffled(changes, seed + 1)));
        assertThat(sorted).containsExactlyInAnyOrderElementsOf(changes);
        for (var source : List.of("a", "b", "c")) {
            assertThat(sorted.stream()
                            .filter(change -> change.source().equals(source))
                            .map(ChangeEvent::position))
                    .isSorted();
        }
    }

    private static List<ChangeEvent> shuffled(List<ChangeEvent> changes, long seed) {
        var copy = new ArrayList<>(changes);
        Collections.shuffle(copy, new Random(seed));
        return copy;
    }
}
