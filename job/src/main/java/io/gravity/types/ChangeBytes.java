package io.gravity.types;

import io.gravity.event.ChangeEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** One change by itself, exactly, in the form of {@link ChangeEventSerializer}. */
public final class ChangeBytes {
    private static final int USUAL_LENGTH = 512;

    private ChangeBytes() {}

    public static byte[] of(ChangeEvent change) {
        try {
            var out = new DataOutputSerializer(USUAL_LENGTH);
            new ChangeEventSerializer().serialize(change, out);
            return out.getCopyOfBuffer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the change.
     *
     * @throws IOException if another release wrote it, or it is damaged
     */
    public static ChangeEvent read(byte[] bytes) throws IOException {
        try {
            return new ChangeEventSerializer().deserialize(new DataInputDeserializer(bytes));
        } catch (RuntimeException e) {
            throw new IOException("damaged: " + e, e);
        }
    }
}
