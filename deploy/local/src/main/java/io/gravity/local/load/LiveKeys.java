package io.gravity.local.load;

import java.util.Arrays;

/** The numbers of a table's rows that exist, in an order that depends on the history alone. */
final class LiveKeys {
    private static final int REMEMBERED = 64;

    private long[] keys = new long[1024];
    private int size;
    private long next;
    private final long[] deleted = new long[REMEMBERED];
    private int deletedCount;

    /** @param first the number of the first row */
    LiveKeys(long first) {
        this.next = first;
    }

    int size() {
        return size;
    }

    /** A number no row ever had. */
    long fresh() {
        return add(next++);
    }

    /** The number of a row deleted some time ago, which lives again; a fresh one if there is none. */
    long revived() {
        return deletedCount == 0 ? fresh() : add(deleted[--deletedCount]);
    }

    long at(int position) {
        return keys[position];
    }

    /** Removes the key; another one takes its position. */
    long remove(int position) {
        long key = keys[position];
        keys[position] = keys[--size];
        if (deletedCount < REMEMBERED) {
            deleted[deletedCount++] = key;
        }
        return key;
    }

    /** Replaces a key by a fresh one, at the same position. */
    long replace(int position) {
        keys[position] = next++;
        return keys[position];
    }

    /** Takes over what the table holds; forgets what was deleted. */
    void reset(long[] alive) {
        keys = Arrays.copyOf(alive, Math.max(1024, alive.length));
        size = alive.length;
        deletedCount = 0;
        next = Math.max(next, Arrays.stream(alive).max().orElse(0) + 1);
    }

    private long add(long key) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, size * 2);
        }
        keys[size++] = key;
        return key;
    }
}
