package io.gravity;

import io.gravity.source.SourceConfig;
import io.gravity.source.SourceConfig.ServerIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives each source without configured server ids a range of its own, from 100,000 to 2^31 - 1.
 *
 * <p>The ranges start at a hash of the sources' names and hosts: the same file always gets the same ids, and two jobs
 * that read the same server hardly ever the same. Two copies of one job do, and need {@code server-id}.
 */
final class ServerIdAssignment {
    private static final long FIRST = 100_000;
    private static final long LAST = Integer.MAX_VALUE;

    private ServerIdAssignment() {}

    static List<SourceConfig> complete(List<SourceConfig> sources) {
        var taken = new ArrayList<ServerIds>();
        long seed = 1125899906842597L;
        for (var source : sources) {
            seed = 31 * (31 * seed + source.name().hashCode()) + source.host().hashCode();
            Optional.ofNullable(source.serverIds()).ifPresent(taken::add);
        }
        long next = FIRST + Math.floorMod(seed, LAST - FIRST + 1);
        var complete = new ArrayList<SourceConfig>();
        for (var source : sources) {
            var ids = source.serverIds();
            if (ids == null) {
                ids = free(next, source.maxWorkers(), taken);
                taken.add(ids);
                next = ids.last() + 1;
            }
            complete.add(source.withServerIds(ids));
        }
        return complete;
    }

    private static ServerIds free(long from, int count, List<ServerIds> taken) {
        var candidate = range(from, count);
        var other = overlapping(candidate, taken);
        while (other.isPresent()) {
            candidate = range(other.get().last() + 1, count);
            other = overlapping(candidate, taken);
        }
        return candidate;
    }

    private static ServerIds range(long from, int count) {
        long first = from < FIRST || from + count - 1 > LAST ? FIRST : from;
        return new ServerIds(first, first + count - 1);
    }

    private static Optional<ServerIds> overlapping(ServerIds ids, List<ServerIds> taken) {
        return taken.stream().filter(ids::overlaps).findFirst();
    }
}
