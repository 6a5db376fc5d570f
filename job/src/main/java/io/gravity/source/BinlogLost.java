package io.gravity.source;

import io.gravity.event.SourcePosition;
import org.apache.flink.api.connector.source.SourceEvent;

/**
 * A worker says that the server no longer has the binlog it was to read.
 *
 * @param start the beginning to which the lost split belongs
 * @param reached how far it had been read
 */
record BinlogLost(Position start, Position reached) implements SourceEvent {
    private static final long serialVersionUID = 1L;

    static BinlogLost of(SourcePosition start, SourcePosition reached) {
        return new BinlogLost(Position.of(start), Position.of(reached));
    }

    /** A position in a form that Flink can send. */
    record Position(long file, long transaction, long event, long row) implements java.io.Serializable {
        private static final long serialVersionUID = 1L;

        static Position of(SourcePosition position) {
            return new Position(position.file(), position.transaction(), position.event(), position.row());
        }

        SourcePosition position() {
            return new SourcePosition(file, transaction, event, row);
        }
    }
}
