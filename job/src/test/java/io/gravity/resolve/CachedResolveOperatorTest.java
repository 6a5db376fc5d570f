package io.gravity.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.event.SourcePosition;
import io.gravity.types.Stages;
import java.util.List;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.contrib.streaming.state.RocksDBKeyedStateBackend;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** The stage as a cluster runs it: state in RocksDB, behind the cache of rows. */
class CachedResolveOperatorTest extends ResolveOperatorTest {
    private static final RowState ROW =
            new RowState(List.of(new Head("a", new SourcePosition(1, 2, 3, 4), 5, false, null)), false, 6, 0, 0);

    @Override
    KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> stage(ResolveOperator operator)
            throws Exception {
        return Stages.inRocksDb(operator, 1, 0);
    }

    @Test
    void whatWasWrittenIsReadFromTheCache() throws Exception {
        var backend = operator().<RowKey>getKeyedStateBackend();
        assertThat(backend).isInstanceOf(RocksDBKeyedStateBackend.class);
        var state = backend.getPartitionedState(
                VoidNamespace.INSTANCE,
                VoidNamespaceSerializer.INSTANCE,
                new ValueStateDescriptor<>("row-state", new RowStateSerializer()));
        var hits = new SimpleCounter();
        var misses = new SimpleCounter();
        var one = RowKey.of(RowHistory.TABLE, 1L);
        var two = RowKey.of(RowHistory.TABLE, 2L);
        try (var rows = new CachedRowState(backend, state, new RowCache(RowCache.MIN_BYTES), hits, misses)) {
            backend.setCurrentKey(one);
            assertThat(rows.value()).isNull();
            rows.update(ROW);
            assertThat(rows.value()).isEqualTo(ROW);
            assertThat(state.value()).as("behind it").isEqualTo(ROW);
            backend.setCurrentKey(two);
            assertThat(rows.value()).isNull();
            backend.setCurrentKey(one);
            assertThat(rows.value()).isEqualTo(ROW);
            assertThat(hits.getCount()).isEqualTo(2);
            assertThat(misses.getCount()).isEqualTo(2);

            rows.clear();
            assertThat(rows.value()).isNull();
            assertThat(state.value()).isNull();
            assertThat(hits.getCount()).isEqualTo(2);
        }
    }

    /** Half of it is RocksDB's. */
    @Override
    @Test
    void managedMemoryIsTakenWhereRowsAreCachedAndReturned() throws Exception {
        var memory = operator().getContainingTask().getEnvironment().getMemoryManager();
        assertThat(memory.availableMemory()).isLessThan(memory.getMemorySize() / 100);
        operator().close();
        assertThat(memory.availableMemory()).isGreaterThanOrEqualTo(memory.getMemorySize() / 2);
    }
}
