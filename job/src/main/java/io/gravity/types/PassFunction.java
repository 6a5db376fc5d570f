package io.gravity.types;

import io.gravity.event.ChangeEvent;
import org.apache.flink.api.common.functions.MapFunction;

/**
 * Stands for a stage that has nothing to do, so that its uid stays. On a stream without key: a keyed stage would open
 * state of its own and set the key for each change, which costs as much as its work.
 */
public final class PassFunction implements MapFunction<ChangeEvent, ChangeEvent> {
    private static final long serialVersionUID = 1L;

    @Override
    public ChangeEvent map(ChangeEvent event) {
        return event;
    }
}
