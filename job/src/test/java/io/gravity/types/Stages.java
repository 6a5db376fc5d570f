package io.gravity.types;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/** Runs one stage, with the job's types. */
public final class Stages {

    private Stages() {}

    /** Returns a stage without key, set up but not yet opened. */
    public static OneInputStreamOperatorTestHarness<ChangeEvent, ChangeEvent> of(
            ProcessFunction<ChangeEvent, ChangeEvent> function) throws Exception {
        var harness = new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(function));
        harness.setup(new ChangeEventSerializer());
        return harness;
    }

    /** Returns a keyed stage, set up but not yet opened. */
    public static KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> of(
            KeyedProcessFunction<RowKey, ChangeEvent, ChangeEvent> function) throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(function), ChangeEvent::key, EventTypes.ROW_KEY);
        harness.setup(new ChangeEventSerializer());
        return harness;
    }
}
