package io.gravity.types;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/** Runs one keyed stage, with the job's types. */
public final class Stages {

    private Stages() {}

    /** Returns the stage, set up but not yet opened. */
    public static KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> of(
            KeyedProcessFunction<RowKey, ChangeEvent, ChangeEvent> function) throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(function), ChangeEvent::key, EventTypes.ROW_KEY);
        harness.setup(new ChangeEventSerializer());
        return harness;
    }
}
