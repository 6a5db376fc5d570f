package io.gravity.dispatch.group;

import io.gravity.event.RowKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Consistent hashing: each member has many points on a ring, and a row belongs to the member whose point is the first at
 * or after its own. A member that is added or missing moves only the rows that are or were its own. The points come
 * from the members' names alone, so the order in which they are listed, and restarts, change nothing. Immutable.
 */
final class HashRing<M> {
    /** The shares of the members then differ from equal ones by a few per cent. */
    private static final int POINTS_EACH = 512;

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final long[] points;
    private final List<M> owners;

    private record Point<M>(long hash, M owner) {}

    HashRing(List<M> members, Function<M, String> name) {
        var all = new ArrayList<Point<M>>();
        for (var member : members) {
            for (int i = 0; i < POINTS_EACH; i++) {
                all.add(new Point<>(hash((name.apply(member) + '#' + i).getBytes(StandardCharsets.UTF_8)), member));
            }
        }
        all.sort(Comparator.comparingLong(Point::hash));
        this.points = all.stream().mapToLong(Point::hash).toArray();
        this.owners = all.stream().map(Point::owner).toList();
    }

    /** Returns the row's member among those that serve, or {@code null} if none does. */
    M owner(RowKey key, Predicate<M> serves) {
        int first = firstAtOrAfter(hash(key.bytes()));
        for (int i = 0; i < points.length; i++) {
            var owner = owners.get((first + i) % points.length);
            if (serves.test(owner)) {
                return owner;
            }
        }
        return null;
    }

    private int firstAtOrAfter(long hash) {
        int found = Arrays.binarySearch(points, hash);
        return found >= 0 ? found : -found - 1;
    }

    /** FNV-1a, whose upper bits are poor for short inputs, finished as MurmurHash3 does. */
    private static long hash(byte[] bytes) {
        long hash = FNV_OFFSET;
        for (byte one : bytes) {
            hash = (hash ^ (one & 0xff)) * FNV_PRIME;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }
}
