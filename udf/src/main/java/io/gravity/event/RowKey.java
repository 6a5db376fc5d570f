package io.gravity.event;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * Which row of which target table: what the stream is keyed by. Holds the table after mapping and the key's values in
 * one byte string, so that equality and hash are cheap and the same in every JVM.
 */
public final class RowKey {
    private final byte[] bytes;
    private final int hash;

    private RowKey(byte[] bytes) {
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    /**
     * Returns the key of a row.
     *
     * @param target the table after mapping
     * @param values the key's values in the key's order
     */
    public static RowKey of(TableId target, Object... values) {
        var buffer = new ByteArrayOutputStream(48);
        try (var out = new DataOutputStream(buffer)) {
            Values.writeString(out, target.database());
            Values.writeString(out, target.name());
            for (var value : values) {
                Values.write(out, value);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new RowKey(buffer.toByteArray());
    }

    /** Wraps the serialized form; the array must not be changed afterwards. */
    public static RowKey ofBytes(byte[] bytes) {
        return new RowKey(bytes);
    }

    /** Returns the serialized form; the array must not be changed. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof RowKey other && hash == other.hash && Arrays.equals(bytes, other.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return "RowKey@" + Integer.toHexString(hash);
    }
}
