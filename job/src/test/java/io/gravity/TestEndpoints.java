package io.gravity;

import io.gravity.dispatch.RecordingTarget;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetWriters;
import io.gravity.dispatch.strong.LedgerWriters;
import io.gravity.dispatch.strong.RecordingLedger;
import io.gravity.event.ChangeEvent;
import io.gravity.source.SourceConfig;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Scripted sources and recording targets.
 *
 * @param test keeps the endpoints of one test apart from another's
 */
record TestEndpoints(String test) implements Endpoints {

    @Override
    public SingleOutputStreamOperator<ChangeEvent> changes(StreamExecutionEnvironment env, SourceConfig source) {
        return env.fromSource(source(source.name()), WatermarkStrategy.noWatermarks(), source.name())
                .setParallelism(source.maxWorkers());
    }

    @Override
    public TargetWriters writers(TargetConfig target) {
        return target(target.name());
    }

    @Override
    public LedgerWriters ledgerWriters(TargetConfig target) {
        return ledgerTarget(target.name());
    }

    RecordingLedger ledgerTarget(String name) {
        return new RecordingLedger(test + "/" + name);
    }

    ScriptedSource source(String name) {
        return new ScriptedSource(test + "/" + name);
    }

    RecordingTarget target(String name) {
        return new RecordingTarget(test + "/" + name);
    }
}
