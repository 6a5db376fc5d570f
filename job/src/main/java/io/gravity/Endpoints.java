package io.gravity;

import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetWriters;
import io.gravity.dispatch.strong.LedgerWriters;
import io.gravity.event.ChangeEvent;
import io.gravity.source.SourceConfig;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Where changes come from and go to: production, tests, demo and benchmarks build one graph and differ in these. */
public interface Endpoints {

    /** Returns the changes of one source, with the source's parallelism; uid and name are set by the topology. */
    SingleOutputStreamOperator<ChangeEvent> changes(StreamExecutionEnvironment env, SourceConfig source);

    TargetWriters writers(TargetConfig target);

    /** Returns what delivers to a target with {@code consistency: strong}. */
    LedgerWriters ledgerWriters(TargetConfig target);
}
