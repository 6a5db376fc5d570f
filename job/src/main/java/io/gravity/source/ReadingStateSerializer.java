package io.gravity.source;

import io.gravity.event.Values;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.PendingSplitsStateSerializer;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.SnapshotPendingSplitsState;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplitSerializer;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Version 2; version 1 did not know of replaced beginnings. */
final class ReadingStateSerializer implements SimpleVersionedSerializer<ReadingState> {
    static final ReadingStateSerializer INSTANCE = new ReadingStateSerializer();

    private static final int VERSION = 2;
    private static final int WITHOUT_REPLACED = 1;
    private static final PendingSplitsStateSerializer SNAPSHOT =
            new PendingSplitsStateSerializer(MySqlSplitSerializer.INSTANCE);

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(ReadingState state) throws IOException {
        var out = new DataOutputSerializer(1024);
        out.writeBoolean(state.start() != null);
        if (state.start() != null) {
            out.writeLong(state.start().timeMicros());
            Values.writeVarLong(out, state.start().offset().size());
            for (var entry : state.start().offset().entrySet()) {
                Values.writeString(out, entry.getKey());
                Values.write(out, entry.getValue());
            }
        }
        Values.writeVarLong(out, state.unassigned().size());
        for (var split : state.unassigned()) {
            out.writeInt(ChangeSplitSerializer.INSTANCE.getVersion());
            Values.writeBytes(out, ChangeSplitSerializer.INSTANCE.serialize(split));
        }
        out.writeBoolean(state.snapshot() != null);
        if (state.snapshot() != null) {
            out.writeInt(SNAPSHOT.getVersion());
            Values.writeBytes(out, SNAPSHOT.serialize(state.snapshot()));
        }
        out.writeBoolean(state.replaced());
        return out.getCopyOfBuffer();
    }

    @Override
    public ReadingState deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION && version != WITHOUT_REPLACED) {
            throw new IOException("a source state of format " + version + ", this release reads " + WITHOUT_REPLACED
                    + " and " + VERSION);
        }
        var in = new DataInputDeserializer(serialized);
        ReadingState.Start start = null;
        if (in.readBoolean()) {
            long time = in.readLong();
            var offset = new HashMap<String, String>();
            for (long i = Values.readVarLong(in); i > 0; i--) {
                var key = Values.readString(in);
                offset.put(key, (String) Values.read(in));
            }
            start = new ReadingState.Start(offset, time);
        }
        var unassigned = new ArrayList<ChangeSplit>();
        for (long i = Values.readVarLong(in); i > 0; i--) {
            int splitVersion = in.readInt();
            unassigned.add(ChangeSplitSerializer.INSTANCE.deserialize(splitVersion, Values.readBytes(in)));
        }
        SnapshotPendingSplitsState snapshot = null;
        if (in.readBoolean()) {
            int snapshotVersion = in.readInt();
            snapshot = (SnapshotPendingSplitsState) SNAPSHOT.deserialize(snapshotVersion, Values.readBytes(in));
        }
        return new ReadingState(start, unassigned, snapshot, version != WITHOUT_REPLACED && in.readBoolean());
    }
}
