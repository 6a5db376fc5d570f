package io.gravity.dispatch.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gravity.config.Secret;
import io.gravity.dispatch.Deliveries;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetConfig.Group;
import io.gravity.dispatch.TargetConfig.Group.Strategy;
import io.gravity.dispatch.TargetWriter;
import io.gravity.dispatch.TargetWriters;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.types.Changes;
import io.gravity.types.OrderScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.testutils.MetricListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GroupWriterTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(5);

    private final FakeServer a = new FakeServer();
    private final FakeServer b = new FakeServer();
    private final FakeServer c = new FakeServer();
    private final MetricListener metrics = new MetricListener();
    private TargetWriter group;

    @AfterEach
    void closesEveryWriter() {
        if (group != null) {
            group.close();
        }
        await().untilAsserted(() ->
                assertThat(a.openWriters() + b.openWriters() + c.openWriters()).isZero());
    }

    /** Opens the group of a, b and c with weights of 3, 2 and 1; the last of them are backups. */
    private void open(Strategy strategy, int backups, Duration detection, Duration retry, OrderScope scope) {
        group = opened(strategy, backups, new Group.Failover(detection, retry, 2), scope, List.of(a, b, c), metrics);
    }

    private void open(Strategy strategy, int backups, Duration retry) {
        open(strategy, backups, LONG, retry, OrderScope.ROW);
    }

    static TargetWriter opened(
            Strategy strategy,
            int backups,
            Group.Failover failover,
            OrderScope scope,
            List<? extends TargetWriters> servers,
            MetricListener metrics) {
        var members = new ArrayList<Group.Member>();
        for (int i = 0; i < servers.size(); i++) {
            var delivery = Deliveries.of(10, 2);
            var name = String.valueOf((char) ('a' + i));
            var target = new TargetConfig.MySql(name, "h", 1, "u", Secret.of("p"), null, Map.of(), delivery);
            members.add(new Group.Member(target, 3 - i, i >= servers.size() - backups));
        }
        var config = new Group(
                "group", strategy, members, failover, Deliveries.of(10, 2).withScope(scope));
        return GroupWriter.of(config, List.copyOf(servers)).open(metrics.getMetricGroup());
    }

    private static ChangeEvent change(long id, long amount) {
        return Changes.from("s").update(id, amount);
    }

    private static List<ChangeEvent> rows(long from, long to) {
        return LongStream.range(from, to).mapToObj(id -> change(id, 1)).toList();
    }

    private void write(int batches) throws InterruptedException {
        for (int i = 0; i < batches; i++) {
            group.write(List.of(change(i, i)));
        }
    }

    private List<Integer> shares() {
        return List.of(a.stored().size(), b.stored().size(), c.stored().size());
    }

    private static Set<RowKey> keys(FakeServer server) {
        return server.stored().stream().map(ChangeEvent::key).collect(Collectors.toSet());
    }

    private long counter(String member, String name) {
        return metrics.getMetric(Counter.class, "member", member, name)
                .orElseThrow()
                .getCount();
    }

    private Object up(String member) {
        return metrics.getMetric(Gauge.class, "member", member, "up")
                .orElseThrow()
                .getValue();
    }

    @Test
    void roundRobinGivesEachTheSame() throws Exception {
        open(Strategy.ROUND_ROBIN, 0, LONG);
        write(300);
        assertThat(shares()).containsExactly(100, 100, 100);
    }

    @Test
    void weightedRoundRobinGivesEachItsWeight() throws Exception {
        open(Strategy.WEIGHTED_ROUND_ROBIN, 0, LONG);
        write(300);
        assertThat(shares()).containsExactly(150, 100, 50);
    }

    @Test
    void leastConnectionsGoesAroundOneThatIsBusy() throws Exception {
        open(Strategy.LEAST_CONNECTIONS, 0, LONG);
        b.hang();
        var busy = CompletableFuture.runAsync(() -> uninterrupted(rows(0, 1)));
        var other = CompletableFuture.runAsync(() -> uninterrupted(rows(0, 1)));
        await().until(() -> b.hanging() == 1 && (busy.isDone() || other.isDone()));
        write(100);
        b.recover();
        CompletableFuture.allOf(busy, other).join();

        assertThat(b.stored()).hasSize(1);
        assertThat(a.stored().size() + c.stored().size()).isEqualTo(101);
    }

    private void uninterrupted(List<ChangeEvent> batch) {
        try {
            group.write(batch);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void consistentHashSendsEachRowAlwaysToTheSame() throws Exception {
        open(Strategy.CONSISTENT_HASH, 0, LONG);
        for (int round = 0; round < 3; round++) {
            group.write(rows(0, 3000));
        }

        assertThat(shares()).allSatisfy(share -> assertThat(share).isBetween(2700, 3300));
        assertThat(keys(a)).doesNotContainAnyElementsOf(keys(b)).doesNotContainAnyElementsOf(keys(c));
        assertThat(keys(b)).doesNotContainAnyElementsOf(keys(c));
    }

    @Test
    void consistentHashKeepsTogetherWhatIsToBeInOrder() throws Exception {
        open(Strategy.CONSISTENT_HASH, 0, LONG, LONG, OrderScope.TABLE);
        group.write(rows(0, 100));

        assertThat(shares()).containsExactlyInAnyOrder(0, 0, 100);
    }

    @Test
    void anotherPrimaryTakesTheBatchAtOnceAndTheMemberIsDownAfterItsRetries() throws Exception {
        open(Strategy.ROUND_ROBIN, 1, LONG);
        a.kill();
        write(100);

        assertThat(a.writes()).isEqualTo(3);
        assertThat(shares()).containsExactly(0, 100, 0);
        assertThat(counter("a", "takeovers")).isEqualTo(1);
        assertThat(counter("b", "deliveredChanges")).isEqualTo(100);
        assertThat(up("a")).isEqualTo(0);
        assertThat(up("b")).isEqualTo(1);
    }

    @Test
    void backupsServeOnlyWhileNoPrimaryDoes() throws Exception {
        open(Strategy.ROUND_ROBIN, 1, SHORT);
        a.kill();
        b.kill();
        int delivered = 0;
        for (int attempt = 0; attempt < 3; attempt++) {
            try {
                write(1);
                delivered++;
            } catch (GravityException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.TARGET_UNREACHABLE);
            }
        }
        write(10);
        assertThat(c.stored()).hasSize(10 + delivered);

        a.recover();
        await().until(() -> counter("a", "failbacks") == 1);
        write(10);
        assertThat(c.stored()).hasSize(10 + delivered);
        assertThat(a.stored()).hasSize(10);
        assertThat(up("a")).isEqualTo(1);
    }

    @Test
    void aMemberThatIsBackServesWithANewWriter() throws Exception {
        open(Strategy.ROUND_ROBIN, 0, SHORT);
        a.kill();
        write(20);
        await().until(() -> a.checks() >= 2);
        assertThat(a.stored()).isEmpty();

        a.recover();
        await().until(() -> counter("a", "failbacks") == 1);
        await().until(() -> a.openWriters() == 1);
        write(60);
        assertThat(a.stored()).hasSizeBetween(19, 21);
    }

    @Test
    void aBatchThatHangsGoesElsewhereOnceItsMemberIsFenced() throws Exception {
        open(Strategy.ROUND_ROBIN, 0, Duration.ofMillis(50), LONG, OrderScope.ROW);
        a.hang();
        write(12);
        a.recover();
        write(6);

        assertThat(a.stored()).isEmpty();
        assertThat(a.openWriters()).isZero();
        assertThat(b.stored().size() + c.stored().size()).isEqualTo(18);
    }

    @Test
    void allThatHangAtAMemberAreFreedTogether() throws Exception {
        open(Strategy.CONSISTENT_HASH, 0, Duration.ofMillis(200), LONG, OrderScope.ROW);
        a.hang();
        var writes = LongStream.range(0, 4)
                .mapToObj(i -> CompletableFuture.runAsync(() -> uninterrupted(rows(i * 100, i * 100 + 100))))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(writes).join();

        assertThat(a.stored()).isEmpty();
        assertThat(keys(b).size() + keys(c).size()).isEqualTo(400);
    }

    @Test
    void consistentHashMovesTheRowsOfAMissingMemberAloneAndBackAgain() throws Exception {
        open(Strategy.CONSISTENT_HASH, 0, SHORT);
        group.write(rows(0, 1000));
        var before = Map.of("a", keys(a), "b", keys(b), "c", keys(c));
        a.kill();
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> group.write(rows(0, 1000)))
                    .isInstanceOfSatisfying(
                            GravityException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TARGET_UNREACHABLE));
        }
        group.write(rows(0, 1000));
        assertThat(keys(b)).containsAll(before.get("b"));
        assertThat(keys(c)).containsAll(before.get("c"));
        var everywhere = new HashSet<>(keys(b));
        everywhere.addAll(keys(c));
        assertThat(everywhere).containsAll(before.get("a"));
        assertThat(keys(b)).doesNotContainAnyElementsOf(before.get("c"));

        a.recover();
        await().until(() -> counter("a", "failbacks") == 1);
        int rest = b.stored().size() + c.stored().size();
        group.write(new ArrayList<>(a.stored()));
        assertThat(b.stored().size() + c.stored().size()).isEqualTo(rest);
    }

    @Test
    void whatIsWrongWithARowSaysNothingAgainstTheMember() throws Exception {
        open(Strategy.ROUND_ROBIN, 0, LONG);
        for (var code : List.of(ErrorCode.TARGET_REFUSED_ROW, ErrorCode.TARGET_MISCONFIGURED)) {
            for (var server : List.of(a, b, c)) {
                server.refuse(change -> code);
            }
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> write(1))
                        .isInstanceOfSatisfying(GravityException.class, e -> assertThat(e.code())
                                .isEqualTo(code));
            }
        }

        assertThat(a.writes() + b.writes() + c.writes()).isEqualTo(40);
        assertThat(counter("a", "takeovers") + counter("b", "takeovers") + counter("c", "takeovers"))
                .isZero();
    }

    @Test
    void aMemberThatIsBusyForAMomentStaysUp() throws Exception {
        open(Strategy.ROUND_ROBIN, 2, LONG);
        a.fail(ErrorCode.TARGET_BUSY);
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> write(1)).hasMessage("told to fail");
        }
        a.recover();
        write(1);

        assertThat(shares()).containsExactly(1, 0, 0);
        assertThat(counter("a", "takeovers")).isZero();
    }

    @Test
    void withNobodyUpTheWriteFailsAndAllAreAskedAtOnce() throws Exception {
        open(Strategy.ROUND_ROBIN, 1, LONG);
        List.of(a, b, c).forEach(FakeServer::kill);
        await().until(() -> {
            try {
                write(1);
                return false;
            } catch (GravityException e) {
                return e.getMessage()
                        .equals("target group: none of the members a, b, c is up. Check that the servers run"
                                + " and can be reached; writing is retried.");
            }
        });

        b.recover();
        await().ignoreExceptions().untilAsserted(() -> write(1));
        assertThat(b.stored()).hasSize(1);
    }

    @Test
    void aServerThatHangsWhenAskedDoesNotKeepTheOthersFromComingBack() throws Exception {
        open(Strategy.ROUND_ROBIN, 0, SHORT);
        List.of(a, b, c).forEach(FakeServer::kill);
        await().until(() -> {
            try {
                write(1);
                return false;
            } catch (GravityException e) {
                return e.getMessage().contains("none of the members");
            }
        });
        a.fail(null);
        a.hang();
        await().until(() -> a.hanging() == 1);
        c.recover();

        await().until(() -> counter("c", "failbacks") == 1);
        write(3);
        assertThat(c.stored()).hasSize(3);
    }

    @Test
    void anUnexpectedErrorIsNotTakenForAFailover() {
        open(Strategy.ROUND_ROBIN, 0, LONG);
        a.refuse(change -> {
            throw new ArithmeticException("a fault of the writer");
        });

        assertThatThrownBy(() -> write(3)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void deliversEveryRowOnceOverAllStrategies() throws Exception {
        for (var strategy : Strategy.values()) {
            var servers = List.of(new FakeServer(), new FakeServer());
            try (var writer =
                    opened(strategy, 0, Group.Failover.defaults(), OrderScope.ROW, servers, new MetricListener())) {
                for (int i = 0; i < 100; i++) {
                    writer.write(rows(i * 10L, i * 10L + 10));
                }
            }
            var counts = new HashMap<RowKey, Integer>();
            servers.forEach(server -> server.stored().forEach(change -> counts.merge(change.key(), 1, Integer::sum)));
            assertThat(counts).hasSize(1000).allSatisfy((key, count) -> assertThat(count)
                    .isEqualTo(1));
        }
    }
}
