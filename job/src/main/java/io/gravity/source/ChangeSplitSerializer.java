package io.gravity.source;

import io.gravity.event.Values;
import io.gravity.types.ChangeEventSerializer;
import java.io.IOException;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplitSerializer;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Version 2: position, time, version of the connector's split, its bytes, part. Version 1 did not know of parts. */
final class ChangeSplitSerializer implements SimpleVersionedSerializer<ChangeSplit> {
    static final ChangeSplitSerializer INSTANCE = new ChangeSplitSerializer();

    private static final int VERSION = 2;
    private static final int WITHOUT_PARTS = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(ChangeSplit split) throws IOException {
        var out = new DataOutputSerializer(512);
        ChangeEventSerializer.writePosition(split.start(), out);
        out.writeLong(split.startTimeMicros());
        out.writeInt(MySqlSplitSerializer.INSTANCE.getVersion());
        Values.writeBytes(out, MySqlSplitSerializer.INSTANCE.serialize(split.split()));
        var part = split.part();
        out.writeBoolean(part != null);
        if (part != null) {
            Values.writeString(out, part.run());
            Values.write(out, part.condition());
            out.writeLong(part.rows());
            out.writeLong(part.bytesPerRow());
        }
        return out.getCopyOfBuffer();
    }

    @Override
    public ChangeSplit deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION && version != WITHOUT_PARTS) {
            throw new IOException("a source split of format " + version + ", this release reads " + WITHOUT_PARTS
                    + " and " + VERSION);
        }
        var in = new DataInputDeserializer(serialized);
        var start = ChangeEventSerializer.readPosition(in);
        long startTime = in.readLong();
        int splitVersion = in.readInt();
        var split = MySqlSplitSerializer.INSTANCE.deserialize(splitVersion, Values.readBytes(in));
        ChangeSplit.Part part = null;
        if (version != WITHOUT_PARTS && in.readBoolean()) {
            part = new ChangeSplit.Part(Values.readString(in), (String) Values.read(in), in.readLong(), in.readLong());
        }
        return new ChangeSplit(split, start, startTime, part);
    }
}
