package io.gravity.types;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.RowKey;
import io.gravity.event.SourcePosition;
import io.gravity.event.Values;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The wire and state form of a change.
 *
 * <p>A change carries its table's names and schema along, so that no receiver depends on another's memory; but it is
 * encoded once per table by the sender and decoded once per table by the receiver, who recognises it by its fingerprint
 * and skips it. Layout: format byte, header fingerprint (8), header length, header, flags, key, event time, position,
 * capture time, version, rows.
 *
 * <p>Not thread-safe; Flink gives each thread its {@link #duplicate()}.
 */
public final class ChangeEventSerializer extends ImmutableSerializer<ChangeEvent> {
    private static final long serialVersionUID = 1L;

    private static final int FORMAT = 1;
    private static final int HAS_BEFORE = 1;
    private static final int HAS_AFTER = 2;
    private static final int LATE = 4;
    private static final int FIRST_SEEN = 8;
    private static final int OPERATION_SHIFT = 4;
    private static final int OPERATION_MASK = 3;
    private static final int HISTORY_COMPLETE = 64;
    /** The third bit of the operation, behind what was there before it. */
    private static final int FURTHER_OPERATION = 128;

    private static final int FIRST_FURTHER_OPERATION = 4;
    /** More tables than this in one task is no case for a cache: begin again. */
    private static final int MAX_HEADERS = 10_000;

    private transient Map<ChangeHeader, Encoded> encoded;
    private transient Map<Long, Decoded> decoded;
    private transient Encoded lastEncoded;

    private record Encoded(ChangeHeader header, byte[] bytes, long fingerprint) {}

    private record Decoded(ChangeHeader header, int length) {}

    @Override
    public TypeSerializer<ChangeEvent> duplicate() {
        return new ChangeEventSerializer();
    }

    @Override
    public ChangeEvent createInstance() {
        return null;
    }

    @Override
    public void serialize(ChangeEvent event, DataOutputView out) throws IOException {
        var header = encodedHeader(event);
        out.writeByte(FORMAT);
        out.writeLong(header.fingerprint());
        Values.writeBytes(out, header.bytes());
        int operation = event.operation().ordinal();
        int flags = (operation & OPERATION_MASK) << OPERATION_SHIFT;
        flags |= operation >= FIRST_FURTHER_OPERATION ? FURTHER_OPERATION : 0;
        flags |= event.before() != null ? HAS_BEFORE : 0;
        flags |= event.after() != null ? HAS_AFTER : 0;
        flags |= event.late() ? LATE : 0;
        flags |= event.firstSeen() ? FIRST_SEEN : 0;
        flags |= event.historyComplete() ? HISTORY_COMPLETE : 0;
        out.writeByte(flags);
        Values.writeBytes(out, event.key().bytes());
        out.writeLong(event.eventTimeMicros());
        writePosition(event.position(), out);
        out.writeLong(event.captureTimeMicros());
        out.writeLong(event.version());
        writeRow(event.before(), out);
        writeRow(event.after(), out);
    }

    @Override
    public ChangeEvent deserialize(DataInputView in) throws IOException {
        readFormat(in, FORMAT, "a change");
        var header = decodedHeader(in);
        int flags = in.readUnsignedByte();
        var key = RowKey.ofBytes(Values.readBytes(in));
        long eventTime = in.readLong();
        var position = readPosition(in);
        long captureTime = in.readLong();
        long version = in.readLong();
        int columns = header.schema().columnCount();
        var before = (flags & HAS_BEFORE) != 0 ? readRow(columns, in) : null;
        var after = (flags & HAS_AFTER) != 0 ? readRow(columns, in) : null;
        return new ChangeEvent(
                header.source(),
                header.table(),
                header.target(),
                operation(flags),
                key,
                header.schema(),
                before,
                after,
                eventTime,
                position,
                captureTime,
                version,
                (flags & LATE) != 0,
                (flags & FIRST_SEEN) != 0,
                (flags & HISTORY_COMPLETE) != 0);
    }

    private static Operation operation(int flags) {
        int further = (flags & FURTHER_OPERATION) != 0 ? FIRST_FURTHER_OPERATION : 0;
        return Operation.of((flags >> OPERATION_SHIFT & OPERATION_MASK) + further);
    }

    /** Writes a position in 4 to 20 bytes. */
    public static void writePosition(SourcePosition position, DataOutputView out) throws IOException {
        Values.writeVarLong(out, position.file() + 1);
        Values.writeVarLong(out, position.transaction() + 1);
        Values.writeVarLong(out, position.event() + 1);
        Values.writeVarLong(out, position.row() + 1);
    }

    public static SourcePosition readPosition(DataInputView in) throws IOException {
        return new SourcePosition(
                Values.readVarLong(in) - 1,
                Values.readVarLong(in) - 1,
                Values.readVarLong(in) - 1,
                Values.readVarLong(in) - 1);
    }

    @SuppressWarnings("ReferenceEquality") // the same objects are the usual case, and the cheap one to see
    private Encoded encodedHeader(ChangeEvent event) throws IOException {
        var last = lastEncoded;
        if (last != null
                && last.header().schema() == event.schema()
                && last.header().table() == event.table()
                && last.header().target() == event.target()
                && last.header().source().equals(event.source())) {
            return last;
        }
        if (encoded == null || encoded.size() > MAX_HEADERS) {
            encoded = new HashMap<>();
        }
        var header = new ChangeHeader(event.source(), event.table(), event.target(), event.schema());
        var found = encoded.get(header);
        if (found == null) {
            var bytes = header.encode();
            found = new Encoded(header, bytes, fingerprint(bytes));
            encoded.put(header, found);
        }
        lastEncoded = found;
        return found;
    }

    private ChangeHeader decodedHeader(DataInputView in) throws IOException {
        long fingerprint = in.readLong();
        int length = (int) Values.readVarLong(in);
        if (decoded == null || decoded.size() > MAX_HEADERS) {
            decoded = new HashMap<>();
        }
        var known = decoded.get(fingerprint);
        if (known != null && known.length() == length) {
            in.skipBytesToRead(length);
            return known.header();
        }
        var bytes = new byte[length];
        in.readFully(bytes);
        var header = ChangeHeader.decode(bytes);
        decoded.put(fingerprint, new Decoded(header, length));
        return header;
    }

    private static long fingerprint(byte[] bytes) {
        long hash = 0xcbf29ce484222325L; // FNV-1a, 64 bit
        for (byte b : bytes) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }

    private static void writeRow(Row row, DataOutputView out) throws IOException {
        if (row != null) {
            for (int i = 0; i < row.size(); i++) {
                Values.write(out, row.value(i));
            }
        }
    }

    private static Row readRow(int columns, DataInputView in) throws IOException {
        var values = new Object[columns];
        for (int i = 0; i < columns; i++) {
            values[i] = Values.read(in);
        }
        return Row.of(values);
    }

    @Override
    public TypeSerializerSnapshot<ChangeEvent> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Says in a savepoint that the change was written by this serializer; the format byte tells the rest. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<ChangeEvent> {
        public Snapshot() {
            super(ChangeEventSerializer::new);
        }
    }
}
