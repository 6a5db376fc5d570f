package io.gravity.types;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import org.apache.flink.contrib.streaming.state.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
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

    /** Returns one of a stage's subtasks, keyed by row over the job's key groups, set up but not yet opened. */
    public static KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> byRow(
            OneInputStreamOperator<ChangeEvent, ChangeEvent> operator, int parallelism, int subtask) throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                operator, ChangeEvent::key, EventTypes.ROW_KEY, 128, parallelism, subtask);
        harness.setup(new ChangeEventSerializer());
        return harness;
    }

    /** Returns the same with its state in RocksDB, and managed memory for itself. */
    public static KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> inRocksDb(
            OneInputStreamOperator<ChangeEvent, ChangeEvent> operator, int parallelism, int subtask) throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                operator, ChangeEvent::key, EventTypes.ROW_KEY, 128, parallelism, subtask);
        harness.setStateBackend(new EmbeddedRocksDBStateBackend());
        harness.setup(new ChangeEventSerializer());
        return harness;
    }

    /** Gives a stage changes, one after the other. */
    public static void send(OneInputStreamOperatorTestHarness<ChangeEvent, ?> stage, ChangeEvent... changes)
            throws Exception {
        for (var change : changes) {
            stage.processElement(change, 0);
        }
    }
}
