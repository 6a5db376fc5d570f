package io.gravity.repair;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import org.apache.flink.api.java.functions.KeySelector;

/** Brings parents and children together; every other row stays with its own. */
public record LookupKeys(LookupGroup group) implements KeySelector<ChangeEvent, RowKey> {
    private static final long serialVersionUID = 1L;

    @Override
    public RowKey getKey(ChangeEvent event) {
        var key = event.isMarker() ? null : group.keyOf(event);
        return key == null ? event.key() : key;
    }
}
