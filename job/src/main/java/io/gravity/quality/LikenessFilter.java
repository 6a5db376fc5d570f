package io.gravity.quality;

/**
 * Says of most likenesses for sure that they are not among those added: a Bloom filter whose bits for one likeness lie in
 * one line of the processor's cache. With {@value #PER_LINE} likenesses to a line, about one in a hundred is taken for added
 * that is not.
 */
final class LikenessFilter {
    /** How many likenesses to a line it is made for. */
    static final int PER_LINE = 46;

    private static final int WORDS_PER_LINE = 8;
    private static final int BITS_PER_LIKENESS = 4;
    private static final int BITS_OF_PLACE = 9;

    private final long[] words;
    private final int lastLine;

    /**
     * Creates an empty filter.
     *
     * @param lines 64 bytes each; a power of two
     */
    LikenessFilter(int lines) {
        this.words = new long[lines * WORDS_PER_LINE];
        this.lastLine = lines - 1;
    }

    void add(Likeness likeness) {
        int line = line(likeness);
        for (int i = 0; i < BITS_PER_LIKENESS; i++) {
            int place = place(likeness, i);
            words[line + (place >>> 6)] |= 1L << place;
        }
    }

    /** Returns false if it was never added. */
    boolean mayHold(Likeness likeness) {
        int line = line(likeness);
        for (int i = 0; i < BITS_PER_LIKENESS; i++) {
            int place = place(likeness, i);
            if ((words[line + (place >>> 6)] & (1L << place)) == 0) {
                return false;
            }
        }
        return true;
    }

    private int line(Likeness likeness) {
        return (int) (likeness.high() & lastLine) * WORDS_PER_LINE;
    }

    private static int place(Likeness likeness, int i) {
        return (int) (likeness.low() >>> (i * BITS_OF_PLACE)) & ((1 << BITS_OF_PLACE) - 1);
    }
}
