package io.gravity.dispatch.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashRingTest {
    private static final int ROWS = 50_000;
    private static final TableId TABLE = new TableId("shop", "orders");

    private static RowKey key(long id) {
        return RowKey.of(TABLE, id);
    }

    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "node-" + i).toList();
    }

    private static HashRing<String> ring(List<String> names) {
        return new HashRing<>(names, name -> name);
    }

    private static String owner(HashRing<String> ring, long id) {
        return ring.owner(key(id), any -> true);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8, 16})
    void spreadsRowsEqually(int count) {
        var ring = ring(names(count));
        var shares = new HashMap<String, Integer>();
        for (int id = 0; id < ROWS; id++) {
            shares.merge(owner(ring, id), 1, Integer::sum);
        }

        assertThat(shares).hasSize(count);
        assertThat(shares.values())
                .allSatisfy(share -> assertThat(share * count / (double) ROWS).isBetween(0.85, 1.15));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8, 16})
    void aMemberAddedTakesItsShareAndMovesNothingElse(int count) {
        var before = ring(names(count));
        var after = ring(names(count + 1));
        int moved = 0;
        for (int id = 0; id < ROWS; id++) {
            var now = owner(after, id);
            if (!now.equals(owner(before, id))) {
                assertThat(now).isEqualTo("node-" + count);
                moved++;
            }
        }

        assertThat(moved * (count + 1) / (double) ROWS).isBetween(0.9, 1.1);
    }

    @Test
    void theRowsOfAMissingMemberAloneMoveAndAreSharedByTheOthers() {
        var ring = ring(names(4));
        var heirs = new HashMap<String, Integer>();
        for (int id = 0; id < ROWS; id++) {
            var first = owner(ring, id);
            var now = ring.owner(key(id), name -> !name.equals("node-1"));
            if (first.equals("node-1")) {
                heirs.merge(now, 1, Integer::sum);
            } else {
                assertThat(now).isEqualTo(first);
            }
        }

        int all = heirs.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(heirs).containsOnlyKeys("node-0", "node-2", "node-3");
        assertThat(heirs.values())
                .allSatisfy(share -> assertThat(share * 3 / (double) all).isBetween(0.8, 1.2));
    }

    @Test
    void theOrderOfTheListDoesNotMatter() {
        var names = names(5);
        var shuffled = new ArrayList<>(names);
        Collections.reverse(shuffled);
        var other = ring(shuffled);
        var ring = ring(names);
        for (int id = 0; id < 1000; id++) {
            assertThat(owner(other, id)).isEqualTo(owner(ring, id));
        }
    }

    /** The points are a contract: a release that moved them would move every row. */
    @Test
    void rowsStayWhereTheyWereInEarlierReleases() {
        var ring = ring(names(3));
        var first = Map.of(0L, owner(ring, 0), 1L, owner(ring, 1), 2L, owner(ring, 2), 3L, owner(ring, 3));

        assertThat(first).isEqualTo(Map.of(0L, "node-0", 1L, "node-1", 2L, "node-2", 3L, "node-0"));
    }

    @Test
    void hasNoOwnerIfNobodyServes() {
        assertThat(ring(names(2)).owner(key(1), any -> false)).isNull();
        assertThat(ring(List.of()).owner(key(1), any -> true)).isNull();
    }
}
