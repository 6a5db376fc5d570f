package io.gravity.dispatch;

import static org.apache.flink.runtime.state.KeyGroupRangeAssignment.assignKeyToParallelOperator;
import static org.apache.flink.runtime.state.KeyGroupRangeAssignment.assignToKeyGroup;
import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.RowKey;
import io.gravity.types.Changes;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LanesTest {

    @Test
    void aLanesKeyHashesIntoTheLanesKeyGroup() {
        for (int lane = 0; lane < Lanes.COUNT; lane++) {
            assertThat(assignToKeyGroup(Lanes.keyOf(lane), Lanes.COUNT)).isEqualTo(lane);
        }
    }

    @Property
    void aRowAndItsLaneAreInOneSubtaskAtAnyParallelism(
            @ForAll long id, @ForAll @IntRange(min = 1, max = 16) int parallelism) {
        var change = Changes.from("a").insert(id, 1);
        var lane = new Lanes().getKey(change);
        assertThat(assignKeyToParallelOperator(lane, Lanes.COUNT, parallelism))
                .isEqualTo(assignKeyToParallelOperator(change.key(), Lanes.COUNT, parallelism));
    }

    @Property
    void aRowStaysInItsLane(@ForAll long id, @ForAll String name) {
        var key = RowKey.of(Changes.ORDERS, id, name);
        assertThat(Lanes.laneOf(RowKey.ofBytes(key.bytes().clone())))
                .isEqualTo(Lanes.laneOf(key))
                .isBetween(0, Lanes.COUNT - 1);
    }

    @Test
    void rowsSpreadOverAllLanes() {
        assertThat(java.util.stream.LongStream.range(0, 5000)
                        .map(id -> Lanes.laneOf(RowKey.of(Changes.ORDERS, id)))
                        .distinct()
                        .count())
                .isEqualTo(Lanes.COUNT);
    }
}
