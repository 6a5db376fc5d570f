package io.gravity.repair;

import io.gravity.event.ChangeEvent;
import io.gravity.event.SourcePosition;
import io.gravity.event.Values;
import io.gravity.types.ChangeEventSerializer;
import java.io.IOException;
import java.util.Comparator;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Which change it was, and when. What is derived for a change depends on those before it only, so that the same change
 * gives the same row when it is read again.
 */
record Stamp(long timeMicros, String source, SourcePosition position) implements Comparable<Stamp> {
    private static final Comparator<Stamp> ORDER = Comparator.comparingLong(Stamp::timeMicros)
            .thenComparing(Stamp::source)
            .thenComparing(Stamp::position);

    static Stamp of(ChangeEvent event) {
        return new Stamp(event.eventTimeMicros(), event.source(), event.position());
    }

    /** Returns whether it was before the other one: by position within a source, else by time. */
    boolean isBefore(Stamp other) {
        return source.equals(other.source) ? position.compareTo(other.position) < 0 : compareTo(other) < 0;
    }

    boolean isSameChange(Stamp other) {
        return source.equals(other.source) && position.equals(other.position);
    }

    @Override
    public int compareTo(Stamp other) {
        return ORDER.compare(this, other);
    }

    void write(DataOutputView out) throws IOException {
        out.writeLong(timeMicros);
        Values.writeString(out, source);
        ChangeEventSerializer.writePosition(position, out);
    }

    static Stamp read(DataInputView in) throws IOException {
        return new Stamp(in.readLong(), Values.readString(in), ChangeEventSerializer.readPosition(in));
    }
}
