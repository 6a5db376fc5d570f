package io.gravity.dispatch.group;

import io.gravity.dispatch.TargetConfig.Group.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Says which of several members is next. Not thread-safe.
 *
 * <p>Turns are taken by smooth weighted round-robin, as in nginx: within as many turns as the weights add up to, each
 * member has exactly its weight's share, and those of a heavy one are spread out. Without weights it is plain
 * round-robin. The fewest batches under way go before turns, which then decide between equals.
 */
final class Balancer<M> {
    private final Strategy strategy;
    private final List<M> members;
    private final ToIntFunction<M> weights;
    private final ToIntFunction<M> underWay;
    private final int[] credits;

    /** Creates a balancer; {@code underWay} is asked at each turn. */
    Balancer(Strategy strategy, List<M> members, ToIntFunction<M> weights, ToIntFunction<M> underWay) {
        this.strategy = strategy;
        this.members = List.copyOf(members);
        this.weights = weights;
        this.underWay = underWay;
        this.credits = new int[members.size()];
    }

    /** Returns the one whose turn it is among some of the members, at least one. */
    M next(List<M> candidates) {
        return byTurns(strategy == Strategy.LEAST_CONNECTIONS ? leastBusy(candidates) : candidates);
    }

    private List<M> leastBusy(List<M> candidates) {
        int fewest = candidates.stream().mapToInt(underWay).min().orElseThrow();
        var least = new ArrayList<>(candidates);
        least.removeIf(member -> underWay.applyAsInt(member) > fewest);
        return least;
    }

    private M byTurns(List<M> candidates) {
        int total = 0;
        int best = -1;
        for (var member : candidates) {
            int index = members.indexOf(member);
            int weight = strategy == Strategy.WEIGHTED_ROUND_ROBIN ? weights.applyAsInt(member) : 1;
            total += weight;
            credits[index] += weight;
            if (best < 0 || credits[index] > credits[best]) {
                best = index;
            }
        }
        credits[best] -= total;
        return members.get(best);
    }
}
