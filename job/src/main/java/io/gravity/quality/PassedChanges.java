package io.gravity.quality;

import io.gravity.event.SourcePosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.function.IntConsumer;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * Remembers the changes that passed, by what duplicates have in common with them, each key group's in the order in which
 * they came, until the watermark is past them.
 *
 * <p>Nearly every change is new, so what has to be cheap is to see that, and to take a note that nobody will read. State
 * has a block for {@value PassedBlock#ROOM} changes of a key group, written when it is full, or at a checkpoint as far as
 * it is, and removed as a whole when all of it may be forgotten. Filters in memory, four bytes a change, tell of nearly
 * every new one that no block holds it: one for all blocks of a time, and behind it one for each block. They are made
 * anew at a restore, which reads all blocks once.
 */
final class PassedChanges {
    /** 4 MiB. */
    private static final int LINES = 1 << 16;

    private final MapState<Long, byte[]> state;
    private final IntConsumer current;
    private final int lines;
    private final Group[] groups;
    private final int firstGroup;
    /** The youngest first. */
    private final ArrayDeque<Generation> generations = new ArrayDeque<>();

    private long size;

    /** Blocks that began within some time. */
    private static final class Generation {
        private final LikenessFilter filter;
        private int added;
        private int blocks;
        /** Whether it may hold what is looked for now. */
        private boolean isAsked;

        Generation(int lines) {
            this.filter = new LikenessFilter(lines);
        }
    }

    /** A block that is read no more but for a likeness that its filter lets through. */
    private record Stored(long number, int size, long goneAt, LikenessFilter filter, Generation generation) {}

    /** One key group's blocks. */
    private static final class Group {
        private final ArrayDeque<Stored> stored = new ArrayDeque<>();
        private final PassedBlock open = new PassedBlock(0);
        private boolean isInState;
        private boolean isDirty;
    }

    /**
     * Creates a memory of nothing.
     *
     * @param state a key group's blocks by number
     * @param range the key groups of this subtask
     * @param current makes a key group's state the one that is read and written
     */
    PassedChanges(MapState<Long, byte[]> state, KeyGroupRange range, IntConsumer current) {
        this(state, range, current, LINES);
    }

    /** For tests, that fill it. */
    PassedChanges(MapState<Long, byte[]> state, KeyGroupRange range, IntConsumer current, int lines) {
        this.state = state;
        this.current = current;
        this.lines = lines;
        this.firstGroup = range.getStartKeyGroup();
        this.groups = new Group[range.getNumberOfKeyGroups()];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = new Group();
        }
        generations.add(new Generation(lines));
    }

    /** Takes up what a checkpoint has kept. */
    void restore() throws Exception {
        for (int i = 0; i < groups.length; i++) {
            current.accept(firstGroup + i);
            var blocks = new ArrayList<PassedBlock>();
            for (Map.Entry<Long, byte[]> entry : state.entries()) {
                blocks.add(PassedBlock.decode(entry.getKey(), entry.getValue()));
            }
            blocks.sort(Comparator.comparingLong(PassedBlock::number));
            for (var block : blocks) {
                var generation = generation(block.size());
                block.addTo(generation.filter);
                size += block.size();
                keep(groups[i], block, generation);
                groups[i].open.begin(block.number() + 1);
            }
        }
    }

    /** Returns how many changes are remembered. */
    long size() {
        return size;
    }

    /** Returns the last change with this likeness, or {@code null}. */
    Original last(int keyGroup, Likeness likeness) throws Exception {
        boolean isAnyAsked = false;
        for (var generation : generations) {
            generation.isAsked = generation.filter.mayHold(likeness);
            isAnyAsked |= generation.isAsked;
        }
        return isAnyAsked ? search(keyGroup, likeness) : null;
    }

    private Original search(int keyGroup, Likeness likeness) throws Exception {
        var group = groups[keyGroup - firstGroup];
        var found = group.open.last(likeness);
        for (Iterator<Stored> blocks = group.stored.descendingIterator(); found == null && blocks.hasNext(); ) {
            var block = blocks.next();
            if (block.generation().isAsked && block.filter().mayHold(likeness)) {
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
        var group = groups[keyGroup - firstGroup];
        if (group.open.isFull()) {
            close(keyGroup);
        }
        var generation = generation(1);
        generation.filter.add(likeness);
        group.open.add(likeness, timeMicros, source, position, goneAt);
        group.isDirty = true;
        size++;
    }

    /** Returns the generation for so many changes more. What is open has all been noted in it. */
    private Generation generation(int more) throws Exception {
        var youngest = generations.getFirst();
        if (youngest.added >= lines * LikenessFilter.PER_LINE) {
            for (int i = 0; i < groups.length; i++) {
                if (groups[i].open.size() > 0) {
                    close(firstGroup + i);
                }
            }
            youngest = new Generation(lines);
            generations.addFirst(youngest);
            dropGenerations();
        }
        youngest.added += more;
        return youngest;
    }

    private void close(int keyGroup) throws Exception {
        var group = groups[keyGroup - firstGroup];
        store(keyGroup);
        keep(group, group.open, generations.getFirst());
        begin(group);
    }

    private static void keep(Group group, PassedBlock block, Generation generation) {
        group.stored.add(new Stored(block.number(), block.size(), block.goneAt(), block.filter(), generation));
        generation.blocks++;
    }

    private static void begin(Group group) {
        group.open.begin(group.open.number() + 1);
        group.isInState = false;
        group.isDirty = false;
    }

    private void store(int keyGroup) throws Exception {
        var group = groups[keyGroup - firstGroup];
        if (group.isDirty) {
            current.accept(keyGroup);
            state.put(group.open.number(), group.open.encode());
            group.isInState = true;
            group.isDirty = false;
        }
    }

    /** Writes what is not in state yet, for a checkpoint. */
    void flush() throws Exception {
        for (int i = 0; i < groups.length; i++) {
            store(firstGroup + i);
        }
    }

    /**
     * Removes the blocks of which nothing has to be remembered behind a watermark, and no block before an earlier one: a
     * delete counts for as long as what it deleted is known.
     */
    void forget(long watermark) throws Exception {
        for (int i = 0; i < groups.length; i++) {
            var group = groups[i];
            while (!group.stored.isEmpty() && group.stored.peek().goneAt() < watermark) {
                var gone = group.stored.remove();
                gone.generation().blocks--;
                remove(firstGroup + i, gone.number(), gone.size());
            }
            if (group.stored.isEmpty() && group.open.size() > 0 && group.open.goneAt() < watermark) {
                if (group.isInState) {
                    remove(firstGroup + i, group.open.number(), 0);
                }
                size -= group.open.size();
                begin(group);
            }
        }
        dropGenerations();
    }

    private void remove(int keyGroup, long number, int changes) throws Exception {
        current.accept(keyGroup);
        state.remove(number);
        size -= changes;
    }

    private void dropGenerations() {
        var youngest = generations.getFirst();
        generations.removeIf(generation -> generation != youngest && generation.blocks == 0);
    }
}
