package io.gravity.resolve;

import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableSchema;
import io.gravity.event.Values;
import io.gravity.types.ChangeEventSerializer;
import io.gravity.types.ImmutableSerializer;
import io.gravity.types.SchemaCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Format 2: format, flags, version, expiry, hash if there is one, heads. About 35 bytes for a row of one source without
 * image; an image adds its table's columns, and of each field its value, the first one known, and mostly one byte for when
 * it changed. Columns are encoded and decoded once for all rows; rows of one table then share them.
 *
 * <p>Not thread-safe; Flink gives each state its {@link #duplicate()}.
 */
public final class RowStateSerializer extends ImmutableSerializer<RowState> {
    private static final long serialVersionUID = 1L;

    private static final int FORMAT = 2;
    private static final int DELETED = 1;
    private static final int EXPIRES = 2;
    private static final int HAS_HASH = 4;
    private static final int STOPPED = 8;
    private static final int HAS_IMAGE = 2;
    private static final int FROM_SNAPSHOT = 4;
    /** The image has the columns of the one before it: sources that share a row mostly do. */
    private static final int SAME_SCHEMA = 8;

    private static final int NEVER = 0;
    private static final int WITH_THE_LAST_CHANGE = 1;
    private static final int WITH_THE_FIRST_CHANGE = 2;
    private static final int BETWEEN = 3;
    /** More schemas than this in one task is no case for a cache: begin again. */
    private static final int MAX_SCHEMAS = 10_000;

    private static final RowState EMPTY =
            new RowState(List.of(new Head("", SourcePosition.NONE, 0, false, null)), false, 0, 0, 0);

    private transient Map<TableSchema, byte[]> encoded;
    private transient Map<ByteBuffer, TableSchema> decoded;
    private transient TableSchema lastSchema;
    private transient byte[] lastBytes;

    @Override
    public RowState createInstance() {
        return EMPTY;
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

    private void write(Head head, TableSchema previous, DataOutputView out) throws IOException {
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
                Values.writeBytes(out, encode(image.schema()));
            }
            out.writeLong(image.firstMicros());
            for (int i = 0; i < image.schema().columnCount(); i++) {
                Values.write(out, image.row().value(i));
                Values.write(out, image.base().value(i));
                writeChanged(image.changedMicros()[i], head.effectiveMicros(), image.firstMicros(), out);
            }
        }
    }

    private static void writeChanged(long changed, long last, long first, DataOutputView out) throws IOException {
        int when = changed == Long.MIN_VALUE
                ? NEVER
                : changed == last ? WITH_THE_LAST_CHANGE : changed == first ? WITH_THE_FIRST_CHANGE : BETWEEN;
        out.writeByte(when);
        if (when == BETWEEN) {
            out.writeLong(changed);
        }
    }

    private static long readChanged(long last, long first, DataInputView in) throws IOException {
        int when = in.readUnsignedByte();
        return switch (when) {
            case NEVER -> Long.MIN_VALUE;
            case WITH_THE_LAST_CHANGE -> last;
            case WITH_THE_FIRST_CHANGE -> first;
            case BETWEEN -> in.readLong();
            default -> throw new IOException("a row's state tells the time of a change by " + when + ": it is damaged");
        };
    }

    @SuppressWarnings("ReferenceEquality") // the same object is the usual case, and the cheap one to see
    private byte[] encode(TableSchema schema) throws IOException {
        if (schema == lastSchema) {
            return lastBytes;
        }
        if (encoded == null || encoded.size() >= MAX_SCHEMAS) {
            encoded = new HashMap<>();
        }
        var bytes = encoded.get(schema);
        if (bytes == null) {
            bytes = SchemaCodec.encode(schema);
            encoded.put(schema, bytes);
        }
        lastSchema = schema;
        lastBytes = bytes;
        return bytes;
    }

    private TableSchema decode(byte[] bytes) throws IOException {
        if (Arrays.equals(bytes, lastBytes)) {
            return lastSchema;
        }
        if (decoded == null || decoded.size() >= MAX_SCHEMAS) {
            decoded = new HashMap<>();
        }
        var key = ByteBuffer.wrap(bytes);
        var schema = decoded.get(key);
        if (schema == null) {
            schema = SchemaCodec.decode(bytes);
            decoded.put(key, schema);
        }
        lastSchema = schema;
        lastBytes = bytes;
        return schema;
    }

    @Override
    public RowState deserialize(DataInputView in) throws IOException {
        readFormat(in, FORMAT, "a row's state");
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

    private Head head(DataInputView in, TableSchema previous) throws IOException {
        int flags = in.readUnsignedByte();
        var source = Values.readString(in);
        var position = ChangeEventSerializer.readPosition(in);
        long effective = in.readLong();
        Image image = null;
        if ((flags & HAS_IMAGE) != 0) {
            var schema = (flags & SAME_SCHEMA) != 0 ? previous : decode(Values.readBytes(in));
            image = image(in, schema, effective, (flags & FROM_SNAPSHOT) != 0);
        }
        return new Head(source, position, effective, (flags & DELETED) != 0, image);
    }

    private static Image image(DataInputView in, TableSchema schema, long effective, boolean fromSnapshot)
            throws IOException {
        long first = in.readLong();
        int columns = schema.columnCount();
        var row = new Object[columns];
        var base = new Object[columns];
        var changed = new long[columns];
        for (int i = 0; i < columns; i++) {
            row[i] = Values.read(in);
            base[i] = Values.read(in);
            changed[i] = readChanged(effective, first, in);
        }
        return new Image(schema, Row.of(row), Row.of(base), first, changed, fromSnapshot);
    }

    @Override
    public TypeSerializer<RowState> duplicate() {
        return new RowStateSerializer();
    }

    @Override
    public TypeSerializerSnapshot<RowState> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Says in a savepoint that the state was written by this serializer; its format byte tells the rest. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<RowState> {
        public Snapshot() {
            super(RowStateSerializer::new);
        }
    }
}
