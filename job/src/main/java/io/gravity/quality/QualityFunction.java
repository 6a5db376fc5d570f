package io.gravity.quality;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Passes every row: configuration refuses rules until this stage has them. Stateless. */
public final class QualityFunction extends KeyedProcessFunction<RowKey, ChangeEvent, ChangeEvent> {
    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(ChangeEvent event, Context context, Collector<ChangeEvent> out) {
        out.collect(event);
    }
}
