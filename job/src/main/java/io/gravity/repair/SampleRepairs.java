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
    private final List<LookupGroup> groups;
    private final Repairs repairs;
    private final Map<RowKey, RowPast> pasts = new HashMap<>();

    /** A rule that would have a say about a column. */
    public record NotTried(String rule, String field) {}

    /**
     * Creates the rules.
     *
     * @param hasQuarantine whether a row can be kept back
     * @param warn hears of rules that don't fit a table
     */
    public SampleRepairs(RepairConfig config, ChecksConfig rules, boolean hasQuarantine, Consumer<String> warn) {
        this.groups = LookupGroup.of(config, rules);
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

    /** Returns what would be asked of other tables. */
    public List<NotTried> notTried(ChangeEvent insert) {
        var found = new ArrayList<NotTried>();
        for (var group : groups) {
            if (!group.isParent(insert.target()) && group.keyOf(insert) != null) {
                group.askedBy(insert).forEach(field -> found.add(new NotTried("lookup-from-related", field.field())));
                if (group.maxWait(insert.target()) != null) {
                    found.add(new NotTried("foreign-keys", String.join(",", group.keyFields())));
                }
            }
        }
        return found;
    }

    @Override
    public void close() {
        repairs.close();
    }
}
