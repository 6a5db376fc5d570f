package io.gravity.repair;

import io.gravity.event.Values;
import io.gravity.repair.Parent.Version;
import io.gravity.types.ImmutableSerializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.TreeMap;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The form in state of what children ask of a parent: format, time to clear it, versions with their values. */
final class ParentSerializer extends ImmutableSerializer<Parent> {
    private static final long serialVersionUID = 1L;

    static final ParentSerializer INSTANCE = new ParentSerializer();

    private static final int FORMAT = 1;
    private static final int REMOVED = -1;

    @Override
    public Parent createInstance() {
        return Parent.UNKNOWN;
    }

    @Override
    public void serialize(Parent parent, DataOutputView out) throws IOException {
        out.writeByte(FORMAT);
        Values.writeVarLong(out, parent.clearAtMillis());
        Values.writeVarLong(out, parent.versions().size());
        for (var version : parent.versions()) {
            version.stamp().write(out);
            out.writeShort(version.isRemoved() ? REMOVED : version.values().size());
            if (!version.isRemoved()) {
                for (var value : version.values().entrySet()) {
                    Values.writeString(out, value.getKey());
                    Values.write(out, value.getValue());
                }
            }
        }
    }

    @Override
    public Parent deserialize(DataInputView in) throws IOException {
        readFormat(in, FORMAT, "a parent");
        long clearAt = Values.readVarLong(in);
        var versions = new ArrayList<Version>();
        for (long left = Values.readVarLong(in); left > 0; left--) {
            versions.add(readVersion(in));
        }
        return new Parent(versions, clearAt);
    }

    private static Version readVersion(DataInputView in) throws IOException {
        var stamp = Stamp.read(in);
        int count = in.readShort();
        if (count == REMOVED) {
            return new Version(stamp, null);
        }
        var values = new TreeMap<String, Object>();
        for (int i = 0; i < count; i++) {
            values.put(Values.readString(in), Values.read(in));
        }
        return new Version(stamp, values);
    }

    @Override
    public TypeSerializerSnapshot<Parent> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Says in a savepoint that the state was written by this serializer; its format byte tells the rest. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Parent> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
