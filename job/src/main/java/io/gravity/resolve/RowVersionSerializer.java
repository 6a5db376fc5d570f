package io.gravity.resolve;

import io.gravity.event.SourcePosition;
import io.gravity.event.Values;
import io.gravity.types.ChangeEventSerializer;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Format 1: format, deleted, version, expiry, sources. About 40 bytes for a row of one source. */
public final class RowVersionSerializer extends TypeSerializerSingleton<RowVersion> {
    private static final long serialVersionUID = 1L;

    static final RowVersionSerializer INSTANCE = new RowVersionSerializer();

    private static final int FORMAT = 1;
    private static final RowVersion EMPTY =
            new RowVersion(List.of(new RowVersion.Seen("", SourcePosition.NONE, 0)), false, 0, 0);

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public RowVersion createInstance() {
        return EMPTY;
    }

    @Override
    public RowVersion copy(RowVersion from) {
        return from;
    }

    @Override
    public RowVersion copy(RowVersion from, RowVersion reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(RowVersion row, DataOutputView out) throws IOException {
        out.writeByte(FORMAT);
        out.writeBoolean(row.deleted());
        out.writeLong(row.version());
        Values.writeVarLong(out, row.expiresAtMillis());
        Values.writeVarLong(out, row.seen().size());
        for (var seen : row.seen()) {
            Values.writeString(out, seen.source());
            ChangeEventSerializer.writePosition(seen.position(), out);
            out.writeLong(seen.effectiveMicros());
        }
    }

    @Override
    public RowVersion deserialize(DataInputView in) throws IOException {
        int format = in.readUnsignedByte();
        if (format != FORMAT) {
            throw new IOException("a row version of format " + format + ", this release reads " + FORMAT
                    + ": restore with the release that wrote it");
        }
        boolean deleted = in.readBoolean();
        long version = in.readLong();
        long expiresAt = Values.readVarLong(in);
        var seen = new RowVersion.Seen[(int) Values.readVarLong(in)];
        for (int i = 0; i < seen.length; i++) {
            seen[i] = new RowVersion.Seen(Values.readString(in), ChangeEventSerializer.readPosition(in), in.readLong());
        }
        return new RowVersion(List.of(seen), deleted, version, expiresAt);
    }

    @Override
    public RowVersion deserialize(RowVersion reuse, DataInputView in) throws IOException {
        return deserialize(in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
        serialize(deserialize(in), out);
    }

    @Override
    public TypeSerializerSnapshot<RowVersion> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Says in a savepoint that the version was written by this serializer; its format byte tells the rest. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<RowVersion> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
