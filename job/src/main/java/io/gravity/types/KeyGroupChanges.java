package io.gravity.types;

import io.gravity.event.ChangeEvent;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;

/**
 * Keeps changes that an operator holds in memory in its checkpoints, by key group, so that any parallelism can restore
 * them.
 *
 * <p>It is Flink's raw keyed state: a stream per key group, written at a checkpoint and read at a restore. What is held
 * for milliseconds never touches RocksDB this way, nor does a checkpoint have to flush it. An operator that uses it
 * answers {@code true} from {@code isUsingCustomRawKeyedState}. Format 1: format, number of changes, changes.
 */
public final class KeyGroupChanges {
    private static final int FORMAT = 1;

    private KeyGroupChanges() {}

    /** Writes the changes, each group's in the order given. */
    public static void write(
            StateSnapshotContext context, Iterable<ChangeEvent> changes, ToIntFunction<ChangeEvent> keyGroup)
            throws Exception {
        var byGroup = new TreeMap<Integer, List<ChangeEvent>>();
        for (var change : changes) {
            byGroup.computeIfAbsent(keyGroup.applyAsInt(change), group -> new ArrayList<>())
                    .add(change);
        }
        var stream = context.getRawKeyedOperatorStateOutput();
        var serializer = new ChangeEventSerializer();
        for (var group : byGroup.entrySet()) {
            stream.startNewKeyGroup(group.getKey());
            var out = new DataOutputViewStreamWrapper(new DataOutputStream(stream));
            out.writeByte(FORMAT);
            out.writeInt(group.getValue().size());
            for (var change : group.getValue()) {
                serializer.serialize(change, out);
            }
            out.flush();
        }
    }

    /** Returns what was written for this subtask's key groups; each group's changes in their order. */
    public static List<ChangeEvent> read(StateInitializationContext context) throws Exception {
        var changes = new ArrayList<ChangeEvent>();
        var serializer = new ChangeEventSerializer();
        for (var group : context.getRawKeyedStateInputs()) {
            try (var stream = group.getStream()) {
                var in = new DataInputViewStreamWrapper(new DataInputStream(stream));
                int format = in.readUnsignedByte();
                if (format != FORMAT) {
                    throw new IOException("held changes of format " + format + ", this release reads format " + FORMAT
                            + ": restore with the release that wrote them");
                }
                int count = in.readInt();
                for (int i = 0; i < count; i++) {
                    changes.add(serializer.deserialize(in));
                }
            }
        }
        return changes;
    }
}
