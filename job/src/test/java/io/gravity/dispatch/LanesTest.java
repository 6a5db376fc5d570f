package io.gravity.dispatch;

import static org.apache.flink.runtime.state.KeyGroupRangeAssignment.assignKeyToParallelOperator;
import static org.apache.flink.runtime.state.KeyGroupRangeAssignment.assignToKeyGroup;
import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.types.Changes;
import io.gravity.types.OrderScope;
import io.gravity.types.ScopeKeys;
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
    void aTableAndAllTablesAreEachInOneLane(@ForAll long one, @ForAll long other) {
        var orders = Changes.from("a");
        var stock = orders.of(TableId.parse("shop.stock"));
        assertThat(new Lanes(OrderScope.TABLE).getKey(orders.insert(one, 1)))
                .isEqualTo(new Lanes(OrderScope.TABLE).getKey(orders.insert(other, 1)));
        assertThat(new Lanes(OrderScope.ALL).getKey(orders.insert(one, 1)))
                .isEqualTo(new Lanes(OrderScope.ALL).getKey(stock.insert(other, 1)));
    }

    @Property
    void aScopeAndItsLaneAreInOneSubtaskAtAnyParallelism(
            @ForAll OrderScope scope, @ForAll long id, @ForAll @IntRange(min = 1, max = 16) int parallelism)
            throws Exception {
        var change = Changes.from("a").insert(id, 1);
        assertThat(assignKeyToParallelOperator(new Lanes(scope).getKey(change), Lanes.COUNT, parallelism))
                .isEqualTo(assignKeyToParallelOperator(new ScopeKeys(scope).getKey(change), Lanes.COUNT, parallelism));
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
