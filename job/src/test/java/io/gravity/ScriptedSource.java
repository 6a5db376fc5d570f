package io.gravity;

import io.gravity.event.ChangeEvent;
import io.gravity.types.EventTypes;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A source that replays a list of changes, found again by its name from any task of this JVM. Its offset is in the
 * checkpoint, as a binlog's is. The test says how far it may read, and whether it breaks down on its way.
 */
record ScriptedSource(String name)
        implements Source<ChangeEvent, ScriptedSource.Rest, Boolean>, ResultTypeQueryable<ChangeEvent> {
    private static final Map<String, Script> SCRIPTS = new ConcurrentHashMap<>();

    private static final class Script {
        private final List<ChangeEvent> changes = new ArrayList<>();
        private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
        private int limit;
        private int breakdownAt = -1;
        private boolean ends;

        private synchronized void wake() {
            waiting.forEach(one -> one.complete(null));
            waiting.clear();
        }

        /** Returns the change at the offset, or {@code null} if it may not be read yet. */
        private synchronized ChangeEvent read(int offset) {
            if (offset == breakdownAt) {
                breakdownAt = -1;
                throw new IllegalStateException("told to break down at " + offset);
            }
            return offset < limit ? changes.get(offset) : null;
        }

        private synchronized boolean isOver(int offset) {
            return ends && offset == changes.size();
        }

        private synchronized CompletableFuture<Void> available(int offset) {
            if (offset >= 0 && (offset < limit || isOver(offset))) {
                return CompletableFuture.completedFuture(null);
            }
            var future = new CompletableFuture<Void>();
            waiting.add(future);
            return future;
        }
    }

    /** What is still to be read: all from an offset on. */
    record Rest(int offset) implements SourceSplit {
        @Override
        public String splitId() {
            return "script";
        }
    }

    /** Adds changes to the script; they may not be read yet. */
    void add(List<ChangeEvent> changes) {
        synchronized (script()) {
            script().changes.addAll(changes);
        }
    }

    /** Lets the source read up to the n-th change. */
    void allow(int changes) {
        synchronized (script()) {
            script().limit = changes;
        }
        script().wake();
    }

    /** Lets the source read everything and then end. */
    void allowAllAndEnd() {
        synchronized (script()) {
            script().ends = true;
            script().limit = script().changes.size();
        }
        script().wake();
    }

    /** Lets the source fail once, when it comes to this change. */
    void breakDownAt(int change) {
        synchronized (script()) {
            script().breakdownAt = change;
        }
    }

    private Script script() {
        return SCRIPTS.computeIfAbsent(name, any -> new Script());
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SplitEnumerator<Rest, Boolean> createEnumerator(SplitEnumeratorContext<Rest> context) {
        return new Enumerator(context, false);
    }

    @Override
    public SplitEnumerator<Rest, Boolean> restoreEnumerator(SplitEnumeratorContext<Rest> context, Boolean assigned) {
        return new Enumerator(context, assigned);
    }

    @Override
    public SourceReader<ChangeEvent, Rest> createReader(SourceReaderContext context) {
        return new Reader(script());
    }

    @Override
    public SimpleVersionedSerializer<Rest> getSplitSerializer() {
        return new IntSerializer<>() {
            @Override
            int toInt(Rest rest) {
                return rest.offset();
            }

            @Override
            Rest fromInt(int number) {
                return new Rest(number);
            }
        };
    }

    @Override
    public SimpleVersionedSerializer<Boolean> getEnumeratorCheckpointSerializer() {
        return new IntSerializer<>() {
            @Override
            int toInt(Boolean assigned) {
                return assigned ? 1 : 0;
            }

            @Override
            Boolean fromInt(int number) {
                return number == 1;
            }
        };
    }

    @Override
    public TypeInformation<ChangeEvent> getProducedType() {
        return EventTypes.CHANGE;
    }

    private abstract static class IntSerializer<T> implements SimpleVersionedSerializer<T> {
        abstract int toInt(T value);

        abstract T fromInt(int number);

        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(T value) {
            return ByteBuffer.allocate(4).putInt(toInt(value)).array();
        }

        @Override
        public T deserialize(int version, byte[] serialized) {
            return fromInt(ByteBuffer.wrap(serialized).getInt());
        }
    }

    private static final class Enumerator implements SplitEnumerator<Rest, Boolean> {
        private final SplitEnumeratorContext<Rest> context;
        private final Deque<Rest> unassigned = new ArrayDeque<>();

        private Enumerator(SplitEnumeratorContext<Rest> context, boolean assigned) {
            this.context = context;
            if (!assigned) {
                unassigned.add(new Rest(0));
            }
        }

        @Override
        public void start() {}

        @Override
        public void handleSplitRequest(int subtask, String host) {}

        @Override
        public void addSplitsBack(List<Rest> splits, int subtask) {
            unassigned.addAll(splits);
        }

        @Override
        public void addReader(int subtask) {
            while (!unassigned.isEmpty()) {
                context.assignSplit(unassigned.poll(), subtask);
            }
        }

        @Override
        public Boolean snapshotState(long checkpointId) {
            return unassigned.isEmpty();
        }

        @Override
        public void close() {}
    }

    private static final class Reader implements SourceReader<ChangeEvent, Rest> {
        private final Script script;
        private int offset = -1;

        private Reader(Script script) {
            this.script = script;
        }

        @Override
        public void start() {}

        @Override
        public InputStatus pollNext(ReaderOutput<ChangeEvent> output) {
            if (offset < 0) {
                return InputStatus.NOTHING_AVAILABLE;
            }
            if (script.isOver(offset)) {
                return InputStatus.END_OF_INPUT;
            }
            var change = script.read(offset);
            if (change == null) {
                return InputStatus.NOTHING_AVAILABLE;
            }
            offset++;
            long millis = Math.floorDiv(change.eventTimeMicros(), 1000);
            output.collect(change, millis);
            output.emitWatermark(new Watermark(millis - 1));
            return InputStatus.MORE_AVAILABLE;
        }

        @Override
        public List<Rest> snapshotState(long checkpointId) {
            return offset < 0 ? List.of() : List.of(new Rest(offset));
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return script.available(offset);
        }

        @Override
        public void addSplits(List<Rest> splits) {
            offset = splits.get(0).offset();
            script.wake();
        }

        @Override
        public void notifyNoMoreSplits() {}

        @Override
        public void close() {}
    }
}
