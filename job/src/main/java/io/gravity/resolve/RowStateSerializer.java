package io.gravity.resolve;

import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableSchema;
import io.gravity.event.Values;
import io.gravity.types.ChangeEventSerializer;
import io.gravity.types.SchemaCodec;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Format 1: format, flags, version, expiry, hash if there is one, heads. About 35 bytes for a row of one source without
 * image; an image adds its table's columns and three values a field.
 */
public final class RowStateSerializer extends TypeSerializerSingleton<RowState> {
    private static final long serialVersionUID = 1L;

    static final RowStateSerializer INSTANCE = new RowStateSerializer();

    private static final int FORMAT = 1;
    private static final int DELETED = 1;
    private static final int EXPIRES = 2;
    private static final int HAS_HASH = 4;
    private static final int STOPPED = 8;
    private static final int HAS_IMAGE = 2;
    private static final int FROM_SNAPSHOT = 4;
    /** The image has the columns of the one before it: sources that share a row mostly do. */
    private static final int SAME_SCHEMA = 8;

    private static final RowState EMPTY =
            new RowState(List.of(new Head("", SourcePosition.NONE, 0, false, null)), false, 0, 0, 0);

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public RowState createInstance() {
        return EMPTY;
    }

    @Override
    public RowState copy(RowState from) {
        return from;
    }

    @Override
    public RowState copy(RowState from, RowState reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(RowState row, DataOutputView out) throws IOException {
        out.writeByte(FORMAT);
        int flags = row.deleted() ? DELETED : 0;
        flags |= row.expiresAtMillis() != 0 ? EXPIRES : 0;
        flags |= row.imageHash() != 0 ? HAS_HASH : 0;
        flags |= row.stopped() ? STOPPED : 0;
        out.writeByte(flags);
        out.writeLong(row.version());
        if ((flags & EXPIRES) != 0) {
            Values.writeVarLong(out, row.expiresAtMillis());
        }
        if ((flags & HAS_HASH) != 0) {
            out.writeInt(row.imageHash());
        }
        Values.writeVarLong(out, row.heads().size());
        TableSchema schema = null;
        for (var head : row.heads()) {
            write(head, schema, out);
            schema = head.image() != null ? head.image().schema() : schema;
        }
    }

    private static void write(Head head, TableSchema previous, DataOutputView out) throws IOException {
        var image = head.image();
        int flags = head.deleted() ? DELETED : 0;
        flags |= image != null ? HAS_IMAGE : 0;
        flags |= image != null && image.fromSnapshot() ? FROM_SNAPSHOT : 0;
        flags |= image != null && image.schema().equals(previous) ? SAME_SCHEMA : 0;
        out.writeByte(flags);
        Values.writeString(out, head.source());
        ChangeEventSerializer.writePosition(head.position(), out);
        out.writeLong(head.effectiveMicros());
        if (image != null) {
            if ((flags & SAME_SCHEMA) == 0) {
                SchemaCodec.write(image.schema(), out);
            }
            out.writeLong(image.firstMicros());
            for (int i = 0; i < image.schema().columnCount(); i++) {
                Values.write(out, image.row().value(i));
                Values.write(out, image.base().value(i));
                out.writeLong(image.changedMicros()[i]);
            }
        }
    }

    @Override
    public RowState deserialize(DataInputView in) throws IOException {
        int format = in.readUnsignedByte();
        if (format != FORMAT) {
            throw new IOException("a row's state of format " + format + ", this release reads " + FORMAT
                    + ": restore with the release that wrote it");
        }
        int flags = in.readUnsignedByte();
        long version = in.readLong();
        long expiresAt = (flags & EXPIRES) != 0 ? Values.readVarLong(in) : 0;
        int imageHash = (flags & HAS_HASH) != 0 ? in.readInt() : 0;
        int count = (int) Values.readVarLong(in);
        var heads = new Head[count];
        TableSchema schema = null;
        for (int i = 0; i < count; i++) {
            heads[i] = head(in, schema);
            schema = heads[i].image() != null ? heads[i].image().schema() : schema;
        }
        return new RowState(
                List.of(heads), (flags & DELETED) != 0, version, expiresAt, imageHash, (flags & STOPPED) != 0);
    }

    private static Head head(DataInputView in, TableSchema previous) throws IOException {
        int flags = in.readUnsignedByte();
        var source = Values.readString(in);
        var position = ChangeEventSerializer.readPosition(in);
        long effective = in.readLong();
        Image image = null;
        if ((flags & HAS_IMAGE) != 0) {
            image = image(
                    in, (flags & SAME_SCHEMA) != 0 ? previous : SchemaCodec.read(in), (flags & FROM_SNAPSHOT) != 0);
        }
        return new Head(source, position, effective, (flags & DELETED) != 0, image);
    }

    private static Image image(DataInputView in, TableSchema schema, boolean fromSnapshot) throws IOException {
        long first = in.readLong();
        int columns = schema.columnCount();
        var row = new Object[columns];
        var base = new Object[columns];
        var changed = new long[columns];
        for (int i = 0; i < columns; i++) {
            row[i] = Values.read(in);
            base[i] = Values.read(in);
            changed[i] = in.readLong();
        }
        return new Image(schema, Row.of(row), Row.of(base), first, changed, fromSnapshot);
    }

    @Override
    public RowState deserialize(RowState reuse, DataInputView in) throws IOException {
        return deserialize(in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
        serialize(deserialize(in), out);
    }

    @Override
    public TypeSerializerSnapshot<RowState> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Says in a savepoint that the state was written by this serializer; its format byte tells the rest. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<RowState> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
