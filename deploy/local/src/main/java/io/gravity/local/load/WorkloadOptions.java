package io.gravity.local.load;

import java.util.Set;

/**
 * What load to make.
 *
 * @param seed decides every value but the times
 * @param rate row changes per second over all sources that are not idle; not zero
 * @param idle names of sources that are filled and then left alone
 * @param hotShare share of updates that fall on ten rows of each table, 0 to 1
 */
public record WorkloadOptions(long seed, int rate, Set<String> idle, double hotShare) {

    public WorkloadOptions {
        if (rate < 1) {
            throw new IllegalArgumentException("expected a rate of at least 1 change per second, found " + rate);
        }
        if (hotShare < 0 || hotShare > 1) {
            throw new IllegalArgumentException("expected a share of 0 to 1, found " + hotShare);
        }
        idle = Set.copyOf(idle);
    }

    /** A rate over all sources, a tenth of the updates on hot rows. */
    public static WorkloadOptions ofRate(int rate) {
        return new WorkloadOptions(1, rate, Set.of(), 0.1);
    }
}
