package io.gravity.quality;

import io.gravity.event.SourcePosition;
import io.gravity.event.Values;
import io.gravity.types.ChangeEventSerializer;
import io.gravity.types.ImmutableSerializer;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Changes of one key group that passed one after the other. Format 1 in state: format, number of changes, the watermark at
 * which all may be forgotten, the likeness of each, then time, source and position of each; about 45 bytes a change.
 */
final class PassedBlock {
    /** A block is read as a whole, for one of its changes. */
    static final int ROOM = 256;

    private static final int FORMAT = 1;
    private static final int HEADER_BYTES = 1 + Integer.BYTES + Long.BYTES;
    /** So many lines that one likeness in some hundred is looked for in vain. */
    private static final int FILTER_LINES = 8;

    private final long[] highs;
    private final long[] lows;
    /** What else is known of the changes, as state has it: no objects that live for long. */
    private final DataOutputSerializer originals;

    private long number;
    private int size;
    private long firstGoneAt;
    private long goneAt;

    /** Creates an empty block with the number that comes next in its key group. */
    PassedBlock(long number) {
        this(ROOM, new DataOutputSerializer(ROOM * Long.BYTES));
        begin(number);
    }

    private PassedBlock(int room, DataOutputSerializer originals) {
        this.highs = new long[room];
        this.lows = new long[room];
        this.originals = originals;
    }

    /** Empties the block, which has another number from now on. */
    void begin(long newNumber) {
        number = newNumber;
        size = 0;
        firstGoneAt = Long.MAX_VALUE;
        goneAt = Long.MIN_VALUE;
        originals.clear();
    }

    long number() {
        return number;
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size == ROOM;
    }

    /** Returns the watermark behind which nothing of it has to be remembered. */
    long goneAt() {
        return goneAt;
    }

    /** Returns the watermark behind which its first change may be forgotten; of an empty one that never comes. */
    long firstGoneAt() {
        return firstGoneAt;
    }

    void add(Likeness likeness, long timeMicros, String source, SourcePosition position, long newGoneAt)
            throws IOException {
        originals.writeLong(timeMicros);
        Values.writeString(originals, source);
        ChangeEventSerializer.writePosition(position, originals);
        highs[size] = likeness.high();
        lows[size] = likeness.low();
        firstGoneAt = size == 0 ? newGoneAt : firstGoneAt;
        size++;
        goneAt = Math.max(goneAt, newGoneAt);
    }

    /** Returns the last one that was added with this likeness, or {@code null}. */
    Original last(Likeness likeness) throws IOException {
        for (int i = size - 1; i >= 0; i--) {
            if (lows[i] == likeness.low() && highs[i] == likeness.high()) {
                return original(i);
            }
        }
        return null;
    }

    private Original original(int index) throws IOException {
        var in = new DataInputDeserializer(originals.getSharedBuffer(), 0, originals.length());
        Original original = null;
        for (int i = 0; i <= index; i++) {
            original = new Original(
                    number * ROOM + i, in.readLong(), Values.readString(in), ChangeEventSerializer.readPosition(in));
        }
        return original;
    }

    /** Returns a filter of what it holds. */
    LikenessFilter filter() {
        var filter = new LikenessFilter(FILTER_LINES);
        addTo(filter);
        return filter;
    }

    void addTo(LikenessFilter filter) {
        for (int i = 0; i < size; i++) {
            filter.add(new Likeness(highs[i], lows[i]));
        }
    }

    byte[] encode() throws IOException {
        var out = new DataOutputSerializer(HEADER_BYTES + 2 * Long.BYTES * size + originals.length());
        out.writeByte(FORMAT);
        out.writeInt(size);
        out.writeLong(goneAt);
        for (int i = 0; i < size; i++) {
            out.writeLong(highs[i]);
            out.writeLong(lows[i]);
        }
        out.write(originals.getSharedBuffer(), 0, originals.length());
        return out.getSharedBuffer();
    }

    static PassedBlock decode(long number, byte[] bytes) throws IOException {
        var in = new DataInputDeserializer(bytes);
        ImmutableSerializer.readFormat(in, FORMAT, "changes that passed");
        int size = in.readInt();
        long goneAt = in.readLong();
        var block = new PassedBlock(size, new DataOutputSerializer(bytes.length));
        block.begin(number);
        for (int i = 0; i < size; i++) {
            block.highs[i] = in.readLong();
            block.lows[i] = in.readLong();
        }
        block.originals.write(bytes, in.getPosition(), in.available());
        block.size = size;
        block.goneAt = goneAt;
        return block;
    }
}
