package io.gravity.dispatch.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.dispatch.TargetConfig.Group;
import io.gravity.dispatch.TargetConfig.Group.Strategy;
import io.gravity.dispatch.TargetWriter;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.types.Changes;
import io.gravity.types.OrderScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.testutils.MetricListener;

/**
 * Workers write rows of their own, each with a number that grows, while members die, hang, lose answers and come back at
 * random: nowhere does a row ever go back to an older number, neither at any one member nor in what all have in common.
 */
class GroupOrderTest {
    private static final int WORKERS = 3;
    private static final int ROWS_EACH = 4;
    private static final int NUMBERS = 300;

    @Property(tries = 24, shrinking = ShrinkingMode.OFF)
    void noRowEverGoesBack(@ForAll Random random, @ForAll Strategy strategy, @ForAll @IntRange(max = 2) int backups)
            throws Exception {
        var shared = new ArrayList<ChangeEvent>();
        var servers = List.of(new FakeServer(shared), new FakeServer(shared), new FakeServer(shared));
        var failover = new Group.Failover(Duration.ofMillis(15), Duration.ofMillis(3), random.nextInt(3));
        var metrics = new MetricListener();
        try (var group = GroupWriterTest.opened(strategy, backups, failover, OrderScope.ROW, servers, metrics)) {
            var workers = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < WORKERS; i++) {
                int worker = i;
                long own = random.nextLong();
                workers.add(CompletableFuture.runAsync(() -> work(group, worker, new Random(own))));
            }
            var all = CompletableFuture.allOf(workers.toArray(CompletableFuture<?>[]::new));
            while (!all.isDone()) {
                harm(servers.get(random.nextInt(3)), random);
                LockSupport.parkNanos(random.nextInt(4_000_000));
            }
            all.join();
        }

        Statistics.label("members taken for down and back again")
                .collect(counted(metrics, "takeovers") > 0 && counted(metrics, "failbacks") > 0)
                .coverage(tries -> tries.check(true).percentage(share -> share > 80));
        assertNeverBack(shared);
        servers.forEach(server -> assertNeverBack(server.stored()));
        assertThat(last(shared)).hasSize(WORKERS * ROWS_EACH).allSatisfy((key, number) -> assertThat(number)
                .isEqualTo(NUMBERS - 1));
    }

    private static long counted(MetricListener metrics, String name) {
        return Stream.of("a", "b", "c")
                .mapToLong(member -> metrics.getMetric(Counter.class, "member", member, name)
                        .orElseThrow()
                        .getCount())
                .sum();
    }

    private static void harm(FakeServer server, Random random) {
        switch (random.nextInt(6)) {
            case 0 -> server.kill();
            case 1 -> server.hang();
            case 2 -> server.loseAnswers();
            default -> server.recover();
        }
    }

    /** As the dispatcher does: one batch under way, the same again after a failure. */
    private static void work(TargetWriter group, int worker, Random random) {
        int[] next = new int[ROWS_EACH];
        int left = ROWS_EACH * NUMBERS;
        while (left > 0) {
            var batch = new ArrayList<ChangeEvent>();
            for (int i = random.nextInt(8); i >= 0 && left > 0; i--) {
                int row = random.nextInt(ROWS_EACH);
                while (next[row] == NUMBERS) {
                    row = (row + 1) % ROWS_EACH;
                }
                batch.removeIf(sameRow(worker * ROWS_EACH + row));
                batch.add(Changes.from("s").update(worker * ROWS_EACH + row, next[row]++));
                left--;
            }
            deliver(group, batch);
            LockSupport.parkNanos(100_000);
        }
    }

    /** A batch that is written again would take a row back within itself, were it not in it once alone. */
    private static Predicate<ChangeEvent> sameRow(long id) {
        return change -> change.image().value(0).equals(id);
    }

    private static void deliver(TargetWriter group, List<ChangeEvent> batch) {
        while (true) {
            try {
                group.write(batch);
                return;
            } catch (GravityException e) {
                LockSupport.parkNanos(100_000);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static void assertNeverBack(List<ChangeEvent> stored) {
        var last = new HashMap<RowKey, Long>();
        for (var change : stored) {
            long number = (Long) change.image().value(1);
            assertThat(number).isGreaterThanOrEqualTo(last.getOrDefault(change.key(), -1L));
            last.put(change.key(), number);
        }
    }

    private static HashMap<RowKey, Long> last(List<ChangeEvent> stored) {
        var last = new HashMap<RowKey, Long>();
        stored.forEach(change -> last.put(change.key(), (Long) change.image().value(1)));
        return last;
    }
}
