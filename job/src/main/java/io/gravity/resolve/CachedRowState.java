package io.gravity.resolve;

import io.gravity.event.RowKey;
import java.io.IOException;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.KeyedStateBackend;

/**
 * The state {@code row-state} of the row at hand, behind a cache: what was written lately is not read from RocksDB again.
 * Everything is written to the state at once, so the cache has no part in checkpoints and begins empty after a restore.
 */
final class CachedRowState implements AutoCloseable {
    private final KeyedStateBackend<RowKey> backend;
    private final ValueState<RowState> state;
    private final RowCache cache;
    private final Counter hits;
    private final Counter misses;
    private final RowStateSerializer serializer = new RowStateSerializer();
    private final DataOutputSerializer buffer = new DataOutputSerializer(256);

    /**
     * Creates the access.
     *
     * @param cache {@code null} for none
     * @param hits counts reads that the cache has answered
     * @param misses counts those that it could not
     */
    CachedRowState(
            KeyedStateBackend<RowKey> backend,
            ValueState<RowState> state,
            RowCache cache,
            Counter hits,
            Counter misses) {
        this.backend = backend;
        this.state = state;
        this.cache = cache;
        this.hits = hits;
        this.misses = misses;
    }

    /** Returns what is known of the row; {@code null} for nothing. */
    RowState value() throws IOException {
        if (cache == null) {
            return state.value();
        }
        var known = cache.get(key());
        if (known != null) {
            hits.inc();
            return serializer.deserialize(known);
        }
        misses.inc();
        return state.value();
    }

    void update(RowState row) throws IOException {
        state.update(row);
        if (cache != null) {
            buffer.clear();
            serializer.serialize(row, buffer);
            cache.put(key(), buffer.getSharedBuffer(), buffer.length());
        }
    }

    void clear() {
        state.clear();
        if (cache != null) {
            cache.remove(key());
        }
    }

    private byte[] key() {
        return backend.getCurrentKey().bytes();
    }

    @Override
    public void close() {
        if (cache != null) {
            cache.close();
        }
    }
}
