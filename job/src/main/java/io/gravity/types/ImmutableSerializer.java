package io.gravity.types;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Writes values that nobody changes, so that a copy is the value itself. One serves all threads; a serializer that keeps
 * something between values has to say so by {@link #duplicate}.
 */
public abstract class ImmutableSerializer<T> extends TypeSerializer<T> {
    private static final long serialVersionUID = 1L;

    /**
     * Reads the byte in front of a value that says in which form it is.
     *
     * @param what the value, for people
     * @throws IOException if this release does not read that form
     */
    public static void readFormat(DataInputView in, int expected, String what) throws IOException {
        int format = in.readUnsignedByte();
        if (format != expected) {
            throw new IOException(what + " of format " + format + ", this release reads format " + expected
                    + ": restore with the release that wrote it");
        }
    }

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public TypeSerializer<T> duplicate() {
        return this;
    }

    @Override
    public T copy(T from) {
        return from;
    }

    @Override
    public T copy(T from, T reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public T deserialize(T reuse, DataInputView in) throws IOException {
        return deserialize(in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
        serialize(deserialize(in), out);
    }

    @Override
    public boolean equals(Object o) {
        return getClass().isInstance(o);
    }

    @Override
    public int hashCode() {
        return getClass().hashCode();
    }
}
