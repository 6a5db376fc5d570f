package io.gravity.types;

import io.gravity.event.RowKey;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes a row key as its length (four bytes) and its bytes; the form of Flink's keys in state, so it never changes. */
public final class RowKeySerializer extends ImmutableSerializer<RowKey> {
    private static final long serialVersionUID = 1L;

    public static final RowKeySerializer INSTANCE = new RowKeySerializer();

    private static final RowKey EMPTY = RowKey.ofBytes(new byte[0]);

    @Override
    public RowKey createInstance() {
        return EMPTY;
    }

    @Override
    public void serialize(RowKey key, DataOutputView target) throws IOException {
        target.writeInt(key.bytes().length);
        target.write(key.bytes());
    }

    @Override
    public RowKey deserialize(DataInputView source) throws IOException {
        var bytes = new byte[source.readInt()];
        source.readFully(bytes);
        return RowKey.ofBytes(bytes);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        int length = source.readInt();
        target.writeInt(length);
        target.write(source, length);
    }

    @Override
    public TypeSerializerSnapshot<RowKey> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Says in a savepoint that the key was written by this serializer. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<RowKey> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
