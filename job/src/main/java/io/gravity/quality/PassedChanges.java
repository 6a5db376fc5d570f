package io.gravity.quality;

import io.gravity.event.SourcePosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;
import java.util.function.IntConsumer;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * Remembers the changes that passed, by what duplicates have in common with them, each key group's in the order in which
 * they came, until the watermark is past them.
 *
 * <p>Nearly every change is new, so what has to be cheap is to see that, and to take a note that nobody will read. State
 * has a block for up to {@value PassedBlock#ROOM} changes of a key group, written when it is full, or at a checkpoint as
 * far as it is, and removed as a whole. Filters in memory, four bytes a change, tell of nearly every new one that no block
 * holds it: one for all blocks of a generation, and behind it one for each block. They are made anew at a restore, which
 * reads all blocks once. So that they don't fill the memory, there is a greatest number of generations; the oldest one is
 * forgotten early then.
 */
final class PassedChanges {
    /** What a generation's filter takes, 4 MiB, with 4 bytes each for the blocks of the changes that it is made for. */
    private static final long GENERATION_BYTES = 16L << 20;

    private static final int LINES = 1 << 16;
    /** A part of the heap, as a task manager has several subtasks, and they have other stages. */
    private static final long SHARE_OF_HEAP = 16;
    /** Blocks removed at once when the watermark moves, some milliseconds' work. */
    private static final int SLICE = 1_000;
    /** Blocks removed with each change that comes while there are too many. */
    private static final int EARLY = 2;

    private final MapState<Long, byte[]> state;
    private final IntConsumer current;
    private final int lines;
    private final int maxGenerations;
    private final PassedBlock[] open;
    private final boolean[] isDirty;
    private final int firstGroup;
    /** The youngest first. */
    private final ArrayDeque<Generation> generations = new ArrayDeque<>();

    private long size;
    private long forgottenEarly;

    /** A block that is read no more but for a likeness that its filter lets through. */
    private record Stored(long number, int size, long goneAt, LikenessFilter filter) {}

    /** Blocks that were begun one after the other, or read so at a restore. */
    private static final class Generation {
        private final LikenessFilter filter;
        /** Of each key group, the oldest first. */
        private final ArrayList<ArrayDeque<Stored>> blocks = new ArrayList<>();

        private int added;

        Generation(int lines, int groups) {
            this.filter = new LikenessFilter(lines);
            for (int i = 0; i < groups; i++) {
                blocks.add(new ArrayDeque<>());
            }
        }

        boolean isEmpty() {
            return blocks.stream().allMatch(ArrayDeque::isEmpty);
        }
    }

    /**
     * Creates a memory of nothing.
     *
     * @param state a key group's blocks by number
     * @param range the key groups of this subtask
     * @param current makes a key group's state the one that is read and written
     */
    PassedChanges(MapState<Long, byte[]> state, KeyGroupRange range, IntConsumer current) {
        this(state, range, current, LINES, (int)
                Math.max(2, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP / GENERATION_BYTES));
    }

    /** For tests, that fill it. */
    PassedChanges(MapState<Long, byte[]> state, KeyGroupRange range, IntConsumer current, int lines, int generations) {
        this.state = state;
        this.current = current;
        this.lines = lines;
        this.maxGenerations = generations;
        this.firstGroup = range.getStartKeyGroup();
        this.open = new PassedBlock[range.getNumberOfKeyGroups()];
        this.isDirty = new boolean[open.length];
        for (int i = 0; i < open.length; i++) {
            open[i] = new PassedBlock(0);
        }
        this.generations.add(new Generation(lines, open.length));
    }

    /** Takes up what a checkpoint has kept. */
    void restore() throws Exception {
        for (int i = 0; i < open.length; i++) {
            current.accept(firstGroup + i);
            var blocks = new ArrayList<PassedBlock>();
            for (Map.Entry<Long, byte[]> entry : state.entries()) {
                blocks.add(PassedBlock.decode(entry.getKey(), entry.getValue()));
            }
            blocks.sort(Comparator.comparingLong(PassedBlock::number));
            for (var block : blocks) {
                block.addTo(generation(block.size()).filter);
                size += block.size();
                keep(i, block);
                open[i].begin(block.number() + 1);
            }
        }
    }

    /** Returns how many changes are remembered. */
    long size() {
        return size;
    }

    /** Returns how many were forgotten for lack of memory, wherever the watermark was. */
    long forgottenEarly() {
        return forgottenEarly;
    }

    int generations() {
        return generations.size();
    }

    /** Returns the last change with this likeness, or {@code null}. */
    Original last(int keyGroup, Likeness likeness) throws Exception {
        for (var generation : generations) {
            var found = generation.filter.mayHold(likeness) ? search(generation, keyGroup, likeness) : null;
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private Original search(Generation generation, int keyGroup, Likeness likeness) throws Exception {
        int group = keyGroup - firstGroup;
        var found = generation == generations.getFirst() ? open[group].last(likeness) : null;
        for (var blocks = generation.blocks.get(group).descendingIterator(); found == null && blocks.hasNext(); ) {
            var block = blocks.next();
            if (block.filter().mayHold(likeness)) {
                found = read(keyGroup, block).last(likeness);
            }
        }
        return found;
    }

    private PassedBlock read(int keyGroup, Stored block) throws Exception {
        current.accept(keyGroup);
        var bytes = state.get(block.number());
        if (bytes == null) {
            throw new IllegalStateException("block " + block.number() + " of the changes that passed in key group "
                    + keyGroup + " is missing: the state is damaged");
        }
        return PassedBlock.decode(block.number(), bytes);
    }

    /**
     * Notes a change.
     *
     * @param goneAt the watermark behind which it may be forgotten
     */
    void add(int keyGroup, Likeness likeness, long timeMicros, String source, SourcePosition position, long goneAt)
            throws Exception {
        int group = keyGroup - firstGroup;
        if (open[group].isFull()) {
            close(group);
        }
        generation(1).filter.add(likeness);
        open[group].add(likeness, timeMicros, source, position, goneAt);
        isDirty[group] = true;
        size++;
        if (generations.size() > maxGenerations) {
            long before = size;
            forget(generations.getLast(), Long.MAX_VALUE, EARLY, new boolean[open.length]);
            forgottenEarly += before - size;
            dropEmpty();
        }
    }

    /** Returns the generation for so many changes more. What is open has all been noted in it. */
    private Generation generation(int more) throws Exception {
        var youngest = generations.getFirst();
        if (youngest.added >= lines * LikenessFilter.PER_LINE) {
            for (int group = 0; group < open.length; group++) {
                close(group);
            }
            youngest = new Generation(lines, open.length);
            generations.addFirst(youngest);
        }
        youngest.added += more;
        return youngest;
    }

    private void close(int group) throws Exception {
        if (open[group].size() > 0) {
            store(group);
            keep(group, open[group]);
            open[group].begin(open[group].number() + 1);
        }
    }

    private void keep(int group, PassedBlock block) {
        generations
                .getFirst()
                .blocks
                .get(group)
                .add(new Stored(block.number(), block.size(), block.goneAt(), block.filter()));
    }

    private void store(int group) throws Exception {
        if (isDirty[group]) {
            current.accept(firstGroup + group);
            state.put(open[group].number(), open[group].encode());
            isDirty[group] = false;
        }
    }

    /** Writes what is not in state yet, for a checkpoint. */
    void flush() throws Exception {
        for (int group = 0; group < open.length; group++) {
            store(group);
        }
    }

    /**
     * Removes blocks of which nothing has to be remembered behind a watermark, and no block before an earlier one of its
     * group: a delete counts for as long as what it deleted is known. Ends after some milliseconds; returns whether it is
     * done.
     */
    boolean forget(long watermark) throws Exception {
        for (int group = 0; group < open.length; group++) {
            // Where little happens, a block would not be full before its first changes have long been past.
            if (open[group].firstGoneAt() < watermark) {
                close(group);
            }
        }
        int removed = 0;
        var hasOlder = new boolean[open.length];
        for (var oldest = generations.descendingIterator(); oldest.hasNext() && removed < SLICE; ) {
            removed += forget(oldest.next(), watermark, SLICE - removed, hasOlder);
        }
        dropEmpty();
        return removed < SLICE;
    }

    /** Removes blocks from the groups that have no older ones, and notes which still have some. */
    private int forget(Generation generation, long watermark, int atMost, boolean[] hasOlder) throws Exception {
        int removed = 0;
        for (int group = 0; group < open.length && removed < atMost; group++) {
            var blocks = generation.blocks.get(group);
            while (!hasOlder[group] && !blocks.isEmpty() && removed < atMost) {
                hasOlder[group] = blocks.peek().goneAt() >= watermark;
                if (!hasOlder[group]) {
                    current.accept(firstGroup + group);
                    var gone = blocks.remove();
                    state.remove(gone.number());
                    size -= gone.size();
                    removed++;
                }
            }
        }
        return removed;
    }

    private void dropEmpty() {
        var youngest = generations.getFirst();
        generations.removeIf(generation -> generation != youngest && generation.isEmpty());
    }
}
