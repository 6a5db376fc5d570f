package io.gravity.resolve;

import java.util.Arrays;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.core.memory.MemorySegmentFactory;
import org.apache.flink.shaded.guava31.com.google.common.hash.Hashing;

/**
 * Keeps bytes under keys, the latest written, in memory outside the heap of a fixed size. Forgets whenever it has no room,
 * but never answers with anything else than what was put last.
 *
 * <p>Records of a key and its value stand behind one another in a ring, which overwrites the oldest. An index in front of
 * it, sets of eight slots, 64 bytes, says where; a slot whose record was overwritten is free. So a value is found with a few
 * accesses to memory, where RocksDB needs a dozen. A value that is replaced stays where it is if it fits there and is not
 * about to be overwritten; so what is written often stays, but for sets that are full.
 *
 * <p>Not thread-safe.
 */
final class RowCache implements AutoCloseable {
    private static final int SET_BYTES = 64;
    private static final int SLOT_BYTES = Long.BYTES;
    /** Length of key and value, two bytes each. */
    private static final int HEADER_BYTES = 4;
    /** Records begin at multiples of 8, so that a slot has bits to spare for a part of the hash, the tag. */
    private static final int ALIGNMENT_BITS = 3;

    private static final int TAG_BITS = 16;
    /** No record is at 0: that is what an empty slot says. */
    private static final long FIRST_POSITION = 1L << ALIGNMENT_BITS;
    /** More bytes than this pass before a position would come again: at 100 MB a second after 260 days. */
    static final long LAST_POSITION = 1L << (Long.SIZE - TAG_BITS + ALIGNMENT_BITS);

    /** For records of 64 bytes about three slots for two. */
    private static final int INDEX_SHARE = 6;

    private static final int MIN_CHUNK_BITS = 16;
    private static final int MAX_CHUNK_BITS = 24;
    /** The part of the ring that is overwritten next. */
    private static final int OLDEST_SHARE = 8;

    /** With less it is not worth while. */
    static final long MIN_BYTES = 4L << MIN_CHUNK_BITS;

    private final int chunkBits;
    private final MemorySegment[] index;
    private final MemorySegment[] ring;
    private final long sets;
    private final long capacity;
    private final byte[] record;
    private final DataInputDeserializer view = new DataInputDeserializer();

    /** Where the next record goes; grows for ever, its place in the ring is what is left of it by the ring's size. */
    private long head;

    /** The slot in which the last search has found its record. */
    private long foundSlot;

    private byte[] hashedKey;
    private long hash;

    /**
     * Creates one with nothing in it.
     *
     * @param bytes how much memory to take, at least {@link #MIN_BYTES}
     */
    RowCache(long bytes) {
        this(bytes, FIRST_POSITION);
    }

    /**
     * Creates one that has had a long life.
     *
     * @param head how many bytes have passed, a multiple of 8, at most {@link #LAST_POSITION}
     */
    RowCache(long bytes, long head) {
        if (bytes < MIN_BYTES) {
            throw new IllegalArgumentException("a cache of " + bytes + " bytes, expected at least " + MIN_BYTES);
        }
        int bits = Long.SIZE - 1 - Long.numberOfLeadingZeros(bytes / 64);
        this.chunkBits = Math.max(MIN_CHUNK_BITS, Math.min(MAX_CHUNK_BITS, bits));
        long chunk = 1L << chunkBits;
        int chunks = (int) (bytes / chunk);
        int indexChunks = Math.max(1, chunks / INDEX_SHARE);
        this.index = new MemorySegment[indexChunks];
        this.ring = new MemorySegment[chunks - indexChunks];
        this.sets = indexChunks * chunk / SET_BYTES;
        this.capacity = ring.length * chunk;
        this.record = new byte[maxRecordBytes()];
        try {
            allocate(index);
            allocate(ring);
        } catch (OutOfMemoryError e) {
            close();
            throw e;
        }
        clear();
        this.head = head;
    }

    private void allocate(MemorySegment[] segments) {
        for (int i = 0; i < segments.length; i++) {
            segments[i] = MemorySegmentFactory.allocateOffHeapUnsafeMemory(1 << chunkBits);
        }
    }

    private void clear() {
        var zeros = new byte[1 << MIN_CHUNK_BITS];
        for (var segment : index) {
            for (int at = 0; at < segment.size(); at += zeros.length) {
                segment.put(at, zeros);
            }
        }
        head = FIRST_POSITION;
    }

    /** An eighth of a chunk, so that little is lost at its end, and no more than two bytes can tell. */
    private int maxRecordBytes() {
        return Math.min(1 << (chunkBits - 3), Character.MAX_VALUE);
    }

    /** Returns a view of what was put under a key, valid until the next call; {@code null} if nothing is known. */
    DataInputDeserializer get(byte[] key) {
        long position = find(key);
        if (position == 0) {
            return null;
        }
        int length = lengths(position) & Character.MAX_VALUE;
        view.setBuffer(record, key.length, length);
        return view;
    }

    /** Keeps a value in place of the one before; one that is too long is not kept. */
    void put(byte[] key, byte[] value, int length) {
        long before = find(key);
        if ((long) HEADER_BYTES + key.length + length > maxRecordBytes()) {
            if (before != 0) {
                setSlot(foundSlot, 0);
            }
            return;
        }
        int size = size(key.length, length);
        if (before != 0 && !isOld(before) && size == size(lengths(before))) {
            write(before, key, value, length);
            return;
        }
        long position = room(size);
        write(position, key, value, length);
        long slot = before != 0 ? foundSlot : freeSlot(hash(key));
        setSlot(slot, tag(hash(key)) | position >>> ALIGNMENT_BITS);
    }

    /** Forgets what was put under a key. */
    void remove(byte[] key) {
        if (find(key) != 0) {
            setSlot(foundSlot, 0);
        }
    }

    /** Returns the memory; nothing else may be called afterwards. */
    @Override
    public void close() {
        free(index);
        free(ring);
    }

    private static void free(MemorySegment[] segments) {
        for (int i = 0; i < segments.length; i++) {
            if (segments[i] != null) {
                segments[i].free();
                segments[i] = null;
            }
        }
    }

    /** Returns where the record of a key is, its key and value in {@code record}; 0 for nowhere. */
    private long find(byte[] key) {
        long ofKey = hash(key);
        long tag = tag(ofKey);
        long first = firstSlot(ofKey);
        for (long slot = first; slot < first + SET_BYTES; slot += SLOT_BYTES) {
            long entry = slot(slot);
            if (entry == 0 || (entry & -1L << (Long.SIZE - TAG_BITS)) != tag) {
                continue;
            }
            long position = position(entry);
            if (isLive(position) && holds(position, key)) {
                foundSlot = slot;
                return position;
            }
        }
        return 0;
    }

    private boolean holds(long position, byte[] key) {
        int lengths = lengths(position);
        if (lengths >>> Character.SIZE != key.length) {
            return false;
        }
        int both = key.length + (lengths & Character.MAX_VALUE);
        chunkOf(position).get(offset(position) + HEADER_BYTES, record, 0, both);
        return Arrays.equals(record, 0, key.length, key, 0, key.length);
    }

    private void write(long position, byte[] key, byte[] value, int length) {
        var chunk = chunkOf(position);
        int at = offset(position);
        chunk.putInt(at, key.length << Character.SIZE | length);
        chunk.put(at + HEADER_BYTES, key, 0, key.length);
        chunk.put(at + HEADER_BYTES + key.length, value, 0, length);
    }

    /**
     * Returns where a record of a size can be written; what stood there before is no more. At the end of all positions
     * everything is forgotten, and they begin anew.
     */
    private long room(int size) {
        if (head > LAST_POSITION - (2L << chunkBits)) {
            clear();
        }
        long left = (1L << chunkBits) - offset(head);
        if (left < size) {
            head += left;
        }
        long position = head;
        head += size;
        return position;
    }

    /** Returns a slot of a set whose record is no more, or else of the one that goes next. */
    private long freeSlot(long ofKey) {
        long first = firstSlot(ofKey);
        long oldest = first;
        for (long slot = first; slot < first + SET_BYTES; slot += SLOT_BYTES) {
            long position = position(slot(slot));
            if (!isLive(position)) {
                return slot;
            }
            if (position < position(slot(oldest))) {
                oldest = slot;
            }
        }
        return oldest;
    }

    private boolean isLive(long position) {
        return position != 0 && position >= head - capacity;
    }

    private boolean isOld(long position) {
        return position < head - capacity + capacity / OLDEST_SHARE;
    }

    private long hash(byte[] key) {
        if (key != hashedKey) {
            hash = Hashing.murmur3_128(0).hashBytes(key).asLong();
            hashedKey = key;
        }
        return hash;
    }

    private static long tag(long ofKey) {
        return ofKey << (Long.SIZE - TAG_BITS);
    }

    private long firstSlot(long ofKey) {
        return (((ofKey >>> Integer.SIZE) * sets) >>> Integer.SIZE) * SET_BYTES;
    }

    private long slot(long at) {
        return index[(int) (at >>> chunkBits)].getLong(offset(at));
    }

    private void setSlot(long at, long entry) {
        index[(int) (at >>> chunkBits)].putLong(offset(at), entry);
    }

    private static long position(long entry) {
        return (entry & -1L >>> TAG_BITS) << ALIGNMENT_BITS;
    }

    private MemorySegment chunkOf(long position) {
        return ring[(int) (position % capacity >>> chunkBits)];
    }

    private int offset(long position) {
        return (int) (position & (1L << chunkBits) - 1);
    }

    private int lengths(long position) {
        return chunkOf(position).getInt(offset(position));
    }

    private static int size(int keyLength, int valueLength) {
        int alignment = 1 << ALIGNMENT_BITS;
        return HEADER_BYTES + keyLength + valueLength + alignment - 1 & -alignment;
    }

    private static int size(int lengths) {
        return size(lengths >>> Character.SIZE, lengths & Character.MAX_VALUE);
    }
}
