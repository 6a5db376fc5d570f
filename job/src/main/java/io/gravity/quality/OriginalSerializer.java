package io.gravity.quality;

import io.gravity.event.SourcePosition;
import io.gravity.event.Values;
import io.gravity.types.ChangeEventSerializer;
import io.gravity.types.ImmutableSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The form in state of a change that passed: format, time, expiry, source, position. */
final class OriginalSerializer extends ImmutableSerializer<Original> {
    private static final long serialVersionUID = 1L;

    static final OriginalSerializer INSTANCE = new OriginalSerializer();

    private static final int FORMAT = 1;
    private static final Original EMPTY = new Original(0, 0, "", SourcePosition.NONE);

    @Override
    public Original createInstance() {
        return EMPTY;
    }

    @Override
    public void serialize(Original original, DataOutputView out) throws IOException {
        out.writeByte(FORMAT);
        out.writeLong(original.timeMicros());
        out.writeLong(original.expiresAtMillis());
        Values.writeString(out, original.source());
        ChangeEventSerializer.writePosition(original.position(), out);
    }

    @Override
    public Original deserialize(DataInputView in) throws IOException {
        readFormat(in, FORMAT, "a passed change");
        return new Original(
                in.readLong(), in.readLong(), Values.readString(in), ChangeEventSerializer.readPosition(in));
    }

    @Override
    public TypeSerializerSnapshot<Original> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Says in a savepoint that the state was written by this serializer; its format byte tells the rest. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Original> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
