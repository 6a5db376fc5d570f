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
    /** So many lines that one likeness in some hundred is looked for in vain. */
    private static final int FILTER_LINES = 8;

    private final long number;
    private final long[] highs;
    private final long[] lows;
    private final Original[] originals;
    private int size;
    private long goneAt = Long.MIN_VALUE;

    /** Creates an empty block with the number that comes next in its key group. */
    PassedBlock(long number) {
        this(number, ROOM);
    }

    private PassedBlock(long number, int room) {
        this.number = number;
        this.highs = new long[room];
        this.lows = new long[room];
        this.originals = new Original[room];
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

    void add(Likeness likeness, long timeMicros, String source, SourcePosition position, long newGoneAt) {
        highs[size] = likeness.high();
        lows[size] = likeness.low();
        originals[size] = new Original(number * ROOM + size, timeMicros, source, position);
        size++;
        goneAt = Math.max(goneAt, newGoneAt);
    }

    /** Returns the last one that was added with this likeness, or {@code null}. */
    Original last(Likeness likeness) {
        for (int i = size - 1; i >= 0; i--) {
            if (lows[i] == likeness.low() && highs[i] == likeness.high()) {
                return originals[i];
            }
        }
        return null;
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
        var out = new DataOutputSerializer(64 * size);
        out.writeByte(FORMAT);
        out.writeInt(size);
        out.writeLong(goneAt);
        for (int i = 0; i < size; i++) {
            out.writeLong(highs[i]);
            out.writeLong(lows[i]);
        }
        for (int i = 0; i < size; i++) {
            out.writeLong(originals[i].timeMicros());
            Values.writeString(out, originals[i].source());
            ChangeEventSerializer.writePosition(originals[i].position(), out);
        }
        return out.getCopyOfBuffer();
    }

    static PassedBlock decode(long number, byte[] bytes) throws IOException {
        var in = new DataInputDeserializer(bytes);
        ImmutableSerializer.readFormat(in, FORMAT, "changes that passed");
        int size = in.readInt();
        var block = new PassedBlock(number, size);
        block.goneAt = in.readLong();
        for (int i = 0; i < size; i++) {
            block.highs[i] = in.readLong();
            block.lows[i] = in.readLong();
        }
        for (int i = 0; i < size; i++) {
            block.originals[i] = new Original(
                    number * ROOM + i, in.readLong(), Values.readString(in), ChangeEventSerializer.readPosition(in));
        }
        block.size = size;
        return block;
    }
}
