package io.gravity.repair;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Values;
import io.gravity.repair.FieldHistory.Seen;
import io.gravity.types.ChangeEventSerializer;
import io.gravity.types.ImmutableSerializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The form in state of a row's past: format, expiry, fields with their values, rows that may have duplicates. */
final class RowPastSerializer extends ImmutableSerializer<RowPast> {
    private static final long serialVersionUID = 1L;
    private static final int FORMAT = 1;

    private final ChangeEventSerializer changes = new ChangeEventSerializer();

    /** The one for changes remembers schemas, so no two threads may share it. */
    @Override
    public TypeSerializer<RowPast> duplicate() {
        return new RowPastSerializer();
    }

    @Override
    public RowPast createInstance() {
        return RowPast.NOTHING;
    }

    @Override
    public void serialize(RowPast past, DataOutputView out) throws IOException {
        out.writeByte(FORMAT);
        out.writeLong(past.historyExpiresAt());
        out.writeLong(past.membersExpireAt());
        Values.writeVarLong(out, past.history().size());
        for (var field : past.history().entrySet()) {
            Values.writeString(out, field.getKey());
            write(field.getValue().seen(), out);
            write(field.getValue().derived(), out);
        }
        Values.writeVarLong(out, past.members().size());
        for (var member : past.members()) {
            changes.serialize(member, out);
        }
    }

    private static void write(List<Seen> values, DataOutputView out) throws IOException {
        Values.writeVarLong(out, values.size());
        for (var one : values) {
            one.stamp().write(out);
            Values.write(out, one.value());
        }
    }

    @Override
    public RowPast deserialize(DataInputView in) throws IOException {
        readFormat(in, FORMAT, "a row's past");
        long historyExpiresAt = in.readLong();
        long membersExpireAt = in.readLong();
        var history = new TreeMap<String, FieldHistory>();
        for (long fields = Values.readVarLong(in); fields > 0; fields--) {
            var field = Values.readString(in);
            history.put(field, new FieldHistory(readValues(in), readValues(in)));
        }
        var members = new ArrayList<ChangeEvent>();
        for (long count = Values.readVarLong(in); count > 0; count--) {
            members.add(changes.deserialize(in));
        }
        return new RowPast(history, historyExpiresAt, members, membersExpireAt);
    }

    private static List<Seen> readValues(DataInputView in) throws IOException {
        var values = new ArrayList<Seen>();
        for (long count = Values.readVarLong(in); count > 0; count--) {
            values.add(new Seen(Stamp.read(in), Values.read(in)));
        }
        return values;
    }

    @Override
    public TypeSerializerSnapshot<RowPast> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Says in a savepoint that the state was written by this serializer; its format byte tells the rest. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<RowPast> {
        public Snapshot() {
            super(RowPastSerializer::new);
        }
    }
}
