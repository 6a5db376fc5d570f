package io.gravity.benchmarks;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.types.EventTypes;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;

/** Gives out one change for each number, and nothing once they are all out: the job stays up for its savepoint. */
final class Feed implements FlatMapFunction<Long, ChangeEvent> {
    private static final long serialVersionUID = 1L;
    private static final long QUIET_NANOS = 1_000_000;

    private transient StateLoad load;
    private transient ChangeEvent[] block;
    private transient int next;

    private Feed() {}

    /** Returns the changes of the load that has been started, in one task. */
    static DataStream<ChangeEvent> changes(StreamExecutionEnvironment env) {
        env.setParallelism(1);
        return env.fromSequence(0, Long.MAX_VALUE - 1)
                .uid("numbers")
                .flatMap(new Feed())
                .returns(EventTypes.CHANGE)
                .uid("feed");
    }

    /** Returns the same by row. */
    static KeyedStream<ChangeEvent, RowKey> byRow(DataStream<ChangeEvent> changes) {
        return DataStreamUtils.reinterpretAsKeyedStream(changes, ChangeEvent::key, EventTypes.ROW_KEY);
    }

    @Override
    public void flatMap(Long number, Collector<ChangeEvent> out) throws InterruptedException {
        if (load == null) {
            load = StateLoad.current();
            block = load.take();
        }
        if (block.length == 0) {
            // Leaves the core to those who still have something to do, as a quiet source does.
            LockSupport.parkNanos(QUIET_NANOS);
            return;
        }
        out.collect(block[next++]);
        if (next == block.length) {
            block = load.take();
            next = 0;
        }
    }
}
