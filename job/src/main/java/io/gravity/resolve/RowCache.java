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
 * <p>Values stand behind one another in a ring, which overwrites the oldest. An index in front of it, sets of eight places of
 * a cache line each, says where; a place whose value was overwritten is free. So a value is found with two or three
 * accesses to memory, where RocksDB needs a dozen. A value that is replaced stays where it is if it fits there and is not
 * about to be overwritten; so what is written often stays.
 *
 * <p>Not thread-safe.
 */
final class RowCache implements AutoCloseable {
    private static final int SET_BYTES = 64;
    private static final int PLACE_BYTES = Long.BYTES;
    /** Length of key and value, two bytes each. */
    private static final int HEADER_BYTES = 4;
    /** Values begin at multiples of this, so that a place has bits to spare for a part of the hash. */
    private static final int GRAIN_BITS = 3;

    private static final int TAG_BITS = 16;
    /** No value is at 0: that is what an empty place says. */
    private static final long FIRST_POSITION = 1L << GRAIN_BITS;
    /** More bytes than this pass before a position would come again: at 100 MB a second after 260 days. */
    static final long LAST_POSITION = 1L << (Long.SIZE - TAG_BITS + GRAIN_BITS);

    /** For values of 60 bytes with their keys about two places for three values. */
    private static final int INDEX_SHARE = 6;

    private static final int CHUNK_BITS_LEAST = 16;
    private static final int CHUNK_BITS_MOST = 24;
    /** The part of the ring that is overwritten next. */
    private static final int OLDEST_SHARE = 8;

    /** With less there is not even one whole piece of ring beside the index. */
    static final long LEAST_BYTES = 4L << CHUNK_BITS_LEAST;

    private final int chunkBits;
    private final MemorySegment[] index;
    private final MemorySegment[] ring;
    private final long sets;
    private final long capacity;
    private final byte[] read;
    private final DataInputDeserializer value = new DataInputDeserializer();

    /** Where the next value goes; grows for ever, its place in the ring is what is left of it by the ring's size. */
    private long head;

    /** Where in the index the last search has found its value. */
    private long foundPlace;

    private byte[] hashedKey;
    private long hash;

    /**
     * Creates one with nothing in it.
     *
     * @param bytes how much memory to take, at least {@link #LEAST_BYTES}
     */
    RowCache(long bytes) {
        this(bytes, FIRST_POSITION);
    }

    /**
     * Creates one that has had a long life.
     *
     * @param begin where the first value goes, a multiple of 8, at most {@link #LAST_POSITION}
     */
    RowCache(long bytes, long begin) {
        if (bytes < LEAST_BYTES) {
            throw new IllegalArgumentException("a cache of " + bytes + " bytes, expected at least " + LEAST_BYTES);
        }
        int bits = Long.SIZE - 1 - Long.numberOfLeadingZeros(bytes / 64);
        this.chunkBits = Math.max(CHUNK_BITS_LEAST, Math.min(CHUNK_BITS_MOST, bits));
        long chunk = 1L << chunkBits;
        int chunks = (int) (bytes / chunk);
        int indexChunks = Math.max(1, chunks / INDEX_SHARE);
        this.index = allocate(indexChunks);
        this.ring = allocate(chunks - indexChunks);
        this.sets = indexChunks * chunk / SET_BYTES;
        this.capacity = ring.length * chunk;
        this.read = new byte[longest()];
        clear();
        this.head = begin;
    }

    private MemorySegment[] allocate(int chunks) {
        var segments = new MemorySegment[chunks];
        for (int i = 0; i < chunks; i++) {
            segments[i] = MemorySegmentFactory.allocateOffHeapUnsafeMemory(1 << chunkBits);
        }
        return segments;
    }

    private void clear() {
        var zeros = new byte[1 << CHUNK_BITS_LEAST];
        for (var segment : index) {
            for (int at = 0; at < segment.size(); at += zeros.length) {
                segment.put(at, zeros);
            }
        }
        head = FIRST_POSITION;
    }

    /** Longer ones are not worth the room. */
    private int longest() {
        return Math.min(1 << (chunkBits - GRAIN_BITS), Character.MAX_VALUE);
    }

    /** Returns a view of what was put under a key, valid until the next call; {@code null} if nothing is known. */
    DataInputDeserializer get(byte[] key) {
        long position = find(key);
        if (position == 0) {
            return null;
        }
        int length = lengths(position) & Character.MAX_VALUE;
        value.setBuffer(read, key.length, length);
        return value;
    }

    /** Keeps a value in place of the one before. */
    void put(byte[] key, byte[] bytes, int length) {
        long before = find(key);
        if (HEADER_BYTES + key.length + length > longest()) {
            if (before != 0) {
                setPlace(foundPlace, 0);
            }
            return;
        }
        int size = size(key.length, length);
        if (before != 0 && !isOld(before) && size == size(lengths(before))) {
            write(before, key, bytes, length);
            return;
        }
        long position = room(size);
        write(position, key, bytes, length);
        long place = before != 0 ? foundPlace : freePlace(hash(key));
        setPlace(place, tag(hash(key)) | position >>> GRAIN_BITS);
    }

    /** Forgets what was put under a key. */
    void remove(byte[] key) {
        if (find(key) != 0) {
            setPlace(foundPlace, 0);
        }
    }

    /** Returns the memory; nothing else may be called afterwards. */
    @Override
    public void close() {
        for (var segment : index) {
            segment.free();
        }
        for (var segment : ring) {
            segment.free();
        }
    }

    /** Returns where the value of a key is, its key and itself in {@code read}; 0 for nowhere. */
    private long find(byte[] key) {
        long hash = hash(key);
        long tag = tag(hash);
        long first = firstPlace(hash);
        for (long place = first; place < first + SET_BYTES; place += PLACE_BYTES) {
            long entry = place(place);
            if (entry == 0 || (entry & -1L << (Long.SIZE - TAG_BITS)) != tag) {
                continue;
            }
            long position = position(entry);
            if (isLive(position) && holds(position, key)) {
                foundPlace = place;
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
        chunkOf(position).get(offset(position) + HEADER_BYTES, read, 0, both);
        return Arrays.equals(read, 0, key.length, key, 0, key.length);
    }

    private void write(long position, byte[] key, byte[] bytes, int length) {
        var chunk = chunkOf(position);
        int at = offset(position);
        chunk.putInt(at, key.length << Character.SIZE | length);
        chunk.put(at + HEADER_BYTES, key, 0, key.length);
        chunk.put(at + HEADER_BYTES + key.length, bytes, 0, length);
    }

    /** Returns where a value of a size can be written; what stood there before is no more. */
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

    /** Returns a place of a set whose value is no more, or else of the one that goes next. */
    private long freePlace(long hash) {
        long first = firstPlace(hash);
        long oldest = first;
        for (long place = first; place < first + SET_BYTES; place += PLACE_BYTES) {
            long position = position(place(place));
            if (!isLive(position)) {
                return place;
            }
            if (position < position(place(oldest))) {
                oldest = place;
            }
        }
        return oldest;
    }

    /** An empty place has position 0, where nothing ever is. */
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

    private static long tag(long hash) {
        return hash << (Long.SIZE - TAG_BITS);
    }

    private long firstPlace(long hash) {
        return (((hash >>> Integer.SIZE) * sets) >>> Integer.SIZE) * SET_BYTES;
    }

    private long place(long at) {
        return index[(int) (at >>> chunkBits)].getLong(offset(at));
    }

    private void setPlace(long at, long entry) {
        index[(int) (at >>> chunkBits)].putLong(offset(at), entry);
    }

    private static long position(long entry) {
        return (entry & -1L >>> TAG_BITS) << GRAIN_BITS;
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
        int grain = 1 << GRAIN_BITS;
        return HEADER_BYTES + keyLength + valueLength + grain - 1 & -grain;
    }

    private static int size(int lengths) {
        return size(lengths >>> Character.SIZE, lengths & Character.MAX_VALUE);
    }
}
