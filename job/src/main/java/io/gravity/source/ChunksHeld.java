package io.gravity.source;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.source.SourceEvent;

/** A worker says which chunks it holds from before a restart. */
record ChunksHeld(List<Chunk> chunks) implements SourceEvent {
    private static final long serialVersionUID = 1L;

    static ChunksHeld of(List<ChangeSplit> chunks) {
        return new ChunksHeld(new ArrayList<>(chunks.stream().map(Chunk::of).toList()));
    }

    /** A chunk in a form that Flink can send. */
    record Chunk(int version, byte[] serialized) implements Serializable {
        private static final long serialVersionUID = 1L;

        static Chunk of(ChangeSplit split) {
            try {
                return new Chunk(
                        ChangeSplitSerializer.INSTANCE.getVersion(), ChangeSplitSerializer.INSTANCE.serialize(split));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        ChangeSplit split() {
            try {
                return ChangeSplitSerializer.INSTANCE.deserialize(version, serialized);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
