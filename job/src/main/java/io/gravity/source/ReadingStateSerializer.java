package io.gravity.source;

import io.debezium.relational.TableId;
import io.gravity.event.Values;
import io.gravity.types.ChangeEventSerializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.PendingSplitsStateSerializer;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.SnapshotPendingSplitsState;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplitSerializer;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Version 3. Version 2 kept the connector's own state of what was to be cut, version 1 did not know of replaced
 * beginnings either. A table that was cut halfway then is cut anew: rows read twice are the same row.
 */
final class ReadingStateSerializer implements SimpleVersionedSerializer<ReadingState> {
    static final ReadingStateSerializer INSTANCE = new ReadingStateSerializer();

    private static final int VERSION = 3;
    private static final int WITHOUT_COPIES = 2;
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
        Values.writeVarLong(out, state.copies().size());
        for (var copy : state.copies()) {
            write(copy, out);
        }
        out.writeBoolean(state.tables() != null);
        if (state.tables() != null) {
            Values.writeVarLong(out, state.tables().size());
            for (var table : state.tables()) {
                write(table, out);
            }
        }
        out.writeBoolean(state.replaced());
        return out.getCopyOfBuffer();
    }

    private static void write(TableCopy copy, DataOutputSerializer out) throws IOException {
        Values.writeString(out, copy.run());
        write(copy.table(), out);
        Values.write(out, copy.where());
        out.writeBoolean(copy.whole());
        ChangeEventSerializer.writePosition(copy.start(), out);
        out.writeLong(copy.startTimeMicros());
        write(copy.after(), out);
        write(copy.until(), out);
        out.writeInt(copy.chunks());
    }

    private static void write(TableId table, DataOutputSerializer out) throws IOException {
        Values.writeString(out, table.catalog());
        Values.writeString(out, table.table());
    }

    private static void write(List<String> key, DataOutputSerializer out) throws IOException {
        out.writeBoolean(key != null);
        if (key != null) {
            Values.writeVarLong(out, key.size());
            for (var literal : key) {
                Values.writeString(out, literal);
            }
        }
    }

    @Override
    public ReadingState deserialize(int version, byte[] serialized) throws IOException {
        if (version < WITHOUT_REPLACED || version > VERSION) {
            throw new IOException("a source state of format " + version + ", this release reads " + WITHOUT_REPLACED
                    + " to " + VERSION);
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
        var copies = version <= WITHOUT_COPIES ? connectorsTables(start, in) : copies(in);
        var tables = version <= WITHOUT_COPIES ? null : tables(in);
        return new ReadingState(start, unassigned, copies, tables, version != WITHOUT_REPLACED && in.readBoolean());
    }

    private static List<TableCopy> connectorsTables(ReadingState.Start start, DataInputDeserializer in)
            throws IOException {
        if (!in.readBoolean()) {
            return List.of();
        }
        int snapshotVersion = in.readInt();
        var snapshot = (SnapshotPendingSplitsState) SNAPSHOT.deserialize(snapshotVersion, Values.readBytes(in));
        var position = SourceInspection.position(start.offset());
        return snapshot.getRemainingTables().stream()
                .map(table -> TableCopy.first(table, position, start.timeMicros()))
                .toList();
    }

    private static List<TableCopy> copies(DataInputDeserializer in) throws IOException {
        var copies = new ArrayList<TableCopy>();
        for (long i = Values.readVarLong(in); i > 0; i--) {
            copies.add(new TableCopy(
                    Values.readString(in),
                    table(in),
                    (String) Values.read(in),
                    in.readBoolean(),
                    ChangeEventSerializer.readPosition(in),
                    in.readLong(),
                    key(in),
                    key(in),
                    in.readInt()));
        }
        return copies;
    }

    private static Set<TableId> tables(DataInputDeserializer in) throws IOException {
        if (!in.readBoolean()) {
            return null;
        }
        var tables = new LinkedHashSet<TableId>();
        for (long i = Values.readVarLong(in); i > 0; i--) {
            tables.add(table(in));
        }
        return tables;
    }

    private static TableId table(DataInputDeserializer in) throws IOException {
        var database = Values.readString(in);
        return new TableId(database, null, Values.readString(in));
    }

    private static List<String> key(DataInputDeserializer in) throws IOException {
        if (!in.readBoolean()) {
            return null;
        }
        var key = new ArrayList<String>();
        for (long i = Values.readVarLong(in); i > 0; i--) {
            key.add(Values.readString(in));
        }
        return key;
    }
}
