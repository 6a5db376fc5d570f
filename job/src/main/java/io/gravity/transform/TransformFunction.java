package io.gravity.transform;

import io.gravity.event.ChangeEvent;
import org.apache.flink.api.common.functions.MapFunction;

/** Gives each change its target table, what the mapping adds to its row, and the key that follows. Stateless. */
public final class TransformFunction implements MapFunction<ChangeEvent, ChangeEvent> {
    private static final long serialVersionUID = 1L;

    private final TableMapper mapper;

    public TransformFunction(TableMapper mapper) {
        this.mapper = mapper;
    }

    @Override
    public ChangeEvent map(ChangeEvent event) {
        return mapper.mapped(event.table()).apply(event);
    }
}
