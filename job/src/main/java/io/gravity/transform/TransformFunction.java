package io.gravity.transform;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import org.apache.flink.api.common.functions.MapFunction;

/** Gives each change its target table and the key that follows from it. Stateless. */
public final class TransformFunction implements MapFunction<ChangeEvent, ChangeEvent> {
    private static final long serialVersionUID = 1L;

    private final TableMapper mapper;

    public TransformFunction(TableMapper mapper) {
        this.mapper = mapper;
    }

    @Override
    public ChangeEvent map(ChangeEvent event) {
        var target = mapper.target(event.table());
        return target.equals(event.table())
                ? event
                : event.mappedTo(target, RowKey.of(target, event.schema().keyOf(event.image())));
    }
}
