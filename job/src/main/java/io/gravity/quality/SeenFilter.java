package io.gravity.quality;

import java.util.Arrays;
import org.apache.flink.api.java.tuple.Tuple2;

/**
 * Says of most changes for sure that none like them is remembered, so that state need not be asked: a Bloom filter of
 * what was put into state since this task began, in two generations of up to 4 MiB, of which the older is let go when
 * state has forgotten all of it. When more is remembered than they are made for, it knows less and less. Not thread-safe.
 */
final class SeenFilter {
    private static final int WORDS_PER_BLOCK = 8;
    private static final int BLOCKS = 1 << 16;
    private static final int BITS_PER_HASH = 4;
    private static final int BITS_OF_PLACE = 9;
    /** About one in fifty is taken for seen that is not, when both generations hold so many. */
    private static final int ROOM = 3_000_000;

    private Generation current = new Generation();
    private Generation former = new Generation();

    /** What was added within some time. */
    private static final class Generation {
        private long[] words = new long[0];
        private int size;
        private long goneAt = Long.MIN_VALUE;

        void add(int block, long places, long newGoneAt) {
            if (words.length == 0) {
                words = new long[BLOCKS * WORDS_PER_BLOCK];
            }
            for (int i = 0; i < BITS_PER_HASH; i++) {
                int place = place(places, i);
                words[block * WORDS_PER_BLOCK + (place >>> 6)] |= 1L << place;
            }
            size++;
            goneAt = Math.max(goneAt, newGoneAt);
        }

        boolean mayHold(int block, long places) {
            if (size == 0) {
                return false;
            }
            for (int i = 0; i < BITS_PER_HASH; i++) {
                int place = place(places, i);
                if ((words[block * WORDS_PER_BLOCK + (place >>> 6)] & (1L << place)) == 0) {
                    return false;
                }
            }
            return true;
        }

        void clear() {
            if (size > 0) {
                Arrays.fill(words, 0);
                size = 0;
                goneAt = Long.MIN_VALUE;
            }
        }

        private static int place(long places, int i) {
            return (int) (places >>> (i * BITS_OF_PLACE)) & ((1 << BITS_OF_PLACE) - 1);
        }
    }

    /** Returns false if nothing was added with this hash that can still be remembered. */
    boolean mayHold(int table, Tuple2<Long, Long> hash) {
        int block = block(hash);
        long places = places(table, hash);
        return current.mayHold(block, places) || former.mayHold(block, places);
    }

    /**
     * Notes what is put into state.
     *
     * @param table a hash of its table: rows of two tables may be alike
     * @param goneAt the watermark at which it is removed from state
     * @param watermark of now
     */
    void add(int table, Tuple2<Long, Long> hash, long goneAt, long watermark) {
        if (former.goneAt <= watermark && current.size >= ROOM) {
            former.clear();
            var empty = former;
            former = current;
            current = empty;
        }
        current.add(block(hash), places(table, hash), goneAt);
    }

    private static int block(Tuple2<Long, Long> hash) {
        return (int) (hash.f0 & (BLOCKS - 1));
    }

    private static long places(int table, Tuple2<Long, Long> hash) {
        return hash.f1 ^ ((table * 0x9E3779B97F4A7C15L) >>> 20);
    }
}
