package io.gravity.repair;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.quality.ChecksConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What the stage would make of sample rows, one after the other, with what it remembers of them in memory. Values of
 * other tables are not known here. Must be closed; not thread-safe.
 */
public final class SampleRepairs implements AutoCloseable {
    private final List<LookupGroup> lookups;
    private final Repairs repairs;
    private final Map<RowKey, RowPast> pasts = new HashMap<>();

    /**
     * Creates the rules.
     *
     * @param hasQuarantine whether a row can be kept back
     * @param warn hears of rules that don't fit a table
     */
    public SampleRepairs(RepairConfig config, ChecksConfig rules, boolean hasQuarantine, Consumer<String> warn) {
        this.lookups = LookupGroup.of(config);
        this.repairs = new Repairs(config, rules, Map.of(), hasQuarantine, warn);
    }

    /** Returns what becomes of a row that is inserted. */
    public Mended mend(ChangeEvent insert) {
        var past = pasts.getOrDefault(insert.key(), RowPast.NOTHING);
        var mended = repairs.mend(insert, insert, past);
        if (mended.past() != null) {
            pasts.put(insert.key(), mended.past());
        }
        return mended;
    }

    /** Returns the fields that would be looked up in other tables. */
    public List<String> lookedUp(ChangeEvent insert) {
        var fields = new ArrayList<String>();
        for (var group : lookups) {
            if (group.keyOf(insert) != null && !group.isParent(insert.target())) {
                group.lackedBy(insert).forEach(field -> fields.add(field.field()));
            }
        }
        return fields;
    }

    @Override
    public void close() {
        repairs.close();
    }
}
