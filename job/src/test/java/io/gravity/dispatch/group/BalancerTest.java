package io.gravity.dispatch.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.dispatch.TargetConfig.Group.Strategy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BalancerTest {
    private final Map<String, Integer> weights = new HashMap<>();
    private final Map<String, Integer> underWay = new HashMap<>();

    private Balancer<String> balancer(Strategy strategy, List<String> members) {
        return new Balancer<>(
                strategy,
                members,
                member -> weights.getOrDefault(member, 1),
                member -> underWay.getOrDefault(member, 0));
    }

    private static List<String> turns(Balancer<String> balancer, List<String> candidates, int count) {
        var turns = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            turns.add(balancer.next(candidates));
        }
        return turns;
    }

    private static Map<String, Integer> shares(List<String> turns) {
        var shares = new HashMap<String, Integer>();
        turns.forEach(member -> shares.merge(member, 1, Integer::sum));
        return shares;
    }

    @Test
    void goesRound() {
        var all = List.of("a", "b", "c");

        assertThat(turns(balancer(Strategy.ROUND_ROBIN, all), all, 7))
                .containsExactly("a", "b", "c", "a", "b", "c", "a");
    }

    @Property(tries = 200)
    void roundRobinIsEqualWithinOneTurnAtAnyTime(
            @ForAll @IntRange(min = 1, max = 8) int members, @ForAll @IntRange(min = 1, max = 500) int count) {
        var all = new ArrayList<String>();
        for (int i = 0; i < members; i++) {
            all.add("m" + i);
        }
        var shares = shares(turns(balancer(Strategy.ROUND_ROBIN, all), all, count));

        assertThat(all).allSatisfy(member -> assertThat(shares.getOrDefault(member, 0))
                .isBetween(count / members, (count + members - 1) / members));
    }

    @Property(tries = 200)
    void weightsAreExactInEachRound(@ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 20) Integer> given) {
        var all = new ArrayList<String>();
        for (var weight : given) {
            all.add("m" + all.size());
            weights.put(all.get(all.size() - 1), weight);
        }
        int round = given.stream().mapToInt(Integer::intValue).sum();
        var balancer = balancer(Strategy.WEIGHTED_ROUND_ROBIN, all);

        for (int i = 0; i < 3; i++) {
            var shares = shares(turns(balancer, all, round));
            assertThat(all).allSatisfy(member -> assertThat(shares).containsEntry(member, weights.get(member)));
        }
    }

    @Test
    void spreadsTheTurnsOfAHeavyMember() {
        weights.put("a", 4);
        var all = List.of("a", "b", "c");

        assertThat(turns(balancer(Strategy.WEIGHTED_ROUND_ROBIN, all), all, 6))
                .containsExactly("a", "a", "b", "a", "c", "a");
    }

    @Test
    void choosesTheLeastBusyAndTakesTurnsAmongEquals() {
        underWay.put("a", 2);
        underWay.put("b", 1);
        underWay.put("c", 1);
        var all = List.of("a", "b", "c");

        assertThat(turns(balancer(Strategy.LEAST_CONNECTIONS, all), all, 4)).containsExactly("b", "c", "b", "c");
    }

    /** Batches that take twice as long at one member: it gets half as many as each of the others. */
    @Test
    void leastConnectionsGivesASlowMemberLess() {
        var all = List.of("slow", "b", "c");
        var duration = Map.of("slow", 20, "b", 10, "c", 10);
        var balancer = balancer(Strategy.LEAST_CONNECTIONS, all);
        var ends = new ArrayList<Map.Entry<Integer, String>>();
        var turns = new ArrayList<String>();
        for (int now = 0; now < 10_000; now++) {
            int at = now;
            ends.removeIf(end -> {
                boolean isOver = end.getKey() <= at;
                if (isOver) {
                    underWay.merge(end.getValue(), -1, Integer::sum);
                }
                return isOver;
            });
            while (ends.size() < 6) {
                var member = balancer.next(all);
                underWay.merge(member, 1, Integer::sum);
                ends.add(Map.entry(now + duration.get(member), member));
                turns.add(member);
            }
        }
        var shares = shares(turns);

        assertThat(shares.get("slow") / (double) turns.size()).isBetween(0.19, 0.26);
        assertThat(shares.get("b") / (double) turns.size()).isBetween(0.36, 0.42);
    }

    @Property(tries = 100)
    void staysFairWhenMembersComeAndGo(@ForAll Random random) {
        var all = List.of("a", "b", "c");
        var balancer = balancer(Strategy.ROUND_ROBIN, all);
        for (int i = 0; i < 50; i++) {
            var some = new ArrayList<>(all);
            some.remove(random.nextInt(3));
            turns(balancer, some, random.nextInt(10));
        }

        var shares = shares(turns(balancer, all, 300));
        assertThat(all).allSatisfy(member -> assertThat(shares.get(member)).isBetween(97, 103));
    }
}
