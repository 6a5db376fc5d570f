package io.gravity.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ChangeEvent;
import io.gravity.types.Changes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class WorkerTest {
    /** What a change of two numbers without a row before it is taken for. */
    private static final long ROW_BYTES = 64 + 2 * 8;

    private static final long NEVER = Long.MAX_VALUE;
    private static final long NOW = Long.MIN_VALUE;

    @Test
    void isDueWhenItsOldestRowHasWaitedLongEnough() {
        var worker = new Worker(Deliveries.of(3, 1), false, new Random(1));
        assertThat(worker.dueMillis()).isEqualTo(NEVER);
        worker.add(change(1), 1000);
        worker.add(change(2), 1005);
        assertThat(worker.dueMillis()).isEqualTo(1010);
    }

    @Test
    void isDueAtOnceWhenABatchIsFull() {
        var worker = new Worker(Deliveries.of(2, 1), false, new Random(1));
        worker.add(change(1), 1000);
        worker.add(change(2), 1000);
        assertThat(worker.dueMillis()).isEqualTo(NOW);
    }

    @Test
    void isDueAtOnceWhenTheBytesAreFull() {
        var worker = new Worker(Deliveries.ofBytes(100, 2 * ROW_BYTES), false, new Random(1));
        worker.add(change(1), 1000);
        assertThat(worker.dueMillis()).isEqualTo(1010);
        worker.add(change(2), 1000);
        assertThat(worker.dueMillis()).isEqualTo(NOW);
    }

    @Test
    void isNeverDueWhileABatchIsUnderWay() {
        var worker = filled(Deliveries.of(2, 1), 5);
        assertThat(worker.take(1000, false)).hasSize(2);
        assertThat(worker.isBusy()).isTrue();
        assertThat(worker.dueMillis()).isEqualTo(NEVER);
        worker.delivered(1000);
        assertThat(worker.isBusy()).isFalse();
        assertThat(worker.dueMillis()).isEqualTo(NOW);
    }

    @Test
    void aBatchKeepsTheLimitOfRows() {
        var worker = filled(Deliveries.of(2, 1), 3);
        assertThat(worker.take(1000, false)).containsExactly(change(0), change(1));
        assertThat(worker.rows()).isEqualTo(3);
        assertThat(worker.bytes()).isEqualTo(3 * ROW_BYTES);
    }

    @Test
    void aBatchKeepsTheLimitOfBytes() {
        var worker = filled(Deliveries.ofBytes(100, 2 * ROW_BYTES + 1), 5);
        assertThat(worker.take(1000, false)).hasSize(2);
    }

    @Test
    void aRowLargerThanTheLimitGoesAlone() {
        var worker = filled(Deliveries.ofBytes(100, ROW_BYTES / 2), 2);
        assertThat(worker.dueMillis()).isEqualTo(NOW);
        assertThat(worker.take(1000, false)).containsExactly(change(0));
        worker.delivered(1000);
        assertThat(worker.take(1000, false)).containsExactly(change(1));
        worker.delivered(1000);
        assertThat(worker.isEmpty()).isTrue();
        assertThat(worker.bytes()).isZero();
    }

    @Test
    void aFailedBatchStaysUnderWayAsItIs() {
        var worker = filled(Deliveries.of(2, 1), 3);
        var batch = worker.take(1000, false);
        assertThat(worker.failed()).isEqualTo(1);
        assertThat(worker.failed()).isEqualTo(2);
        assertThat(worker.underWay()).isEqualTo(batch);
        worker.delivered(1000);
        assertThat(worker.failures()).isZero();
    }

    @Property(tries = 100)
    void nothingIsLostOrMovedWhateverTheLimits(@ForAll long seed) {
        var random = new Random(seed);
        var worker =
                new Worker(Deliveries.ofBytes(1 + random.nextInt(4), 1 + random.nextInt(300)), false, new Random(1));
        var sent = new ArrayList<ChangeEvent>();
        int added = 0;
        while (added < 30 || !worker.isEmpty()) {
            switch (random.nextInt(3)) {
                case 0 -> {
                    if (added < 30) {
                        worker.add(change(added++), added);
                    }
                }
                case 1 -> {
                    if (!worker.isBusy() && worker.rows() > 0) {
                        sent.addAll(worker.take(1000, false));
                    }
                }
                default -> worker.delivered(1000);
            }
            var all = new ArrayList<>(sent);
            var rest = worker.unacknowledged();
            all.addAll(rest.subList(worker.underWay().size(), rest.size()));
            assertThat(all).isEqualTo(changes(added));
        }
        assertThat(worker.bytes()).isZero();
    }

    private static Worker filled(TargetConfig.Delivery limits, int rows) {
        var worker = new Worker(limits, false, new Random(1));
        changes(rows).forEach(change -> worker.add(change, 1000));
        return worker;
    }

    private static List<ChangeEvent> changes(int count) {
        var changes = new ArrayList<ChangeEvent>();
        for (int i = 0; i < count; i++) {
            changes.add(change(i));
        }
        return changes;
    }

    private static ChangeEvent change(int number) {
        return Changes.from("a").at(number + 1, 1000).insert(number, number);
    }
}
