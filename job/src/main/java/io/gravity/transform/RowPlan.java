package io.gravity.transform;

import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.util.List;

/** What all transforms make of the rows of one schema. */
final class RowPlan {
    private final TableSchema schema;
    private final Step[] steps;
    private final boolean changesNothing;

    /**
     * Creates a plan.
     *
     * @param schema of the rows after the transforms
     * @param changesNothing whether rows come out as they went in, key and names included
     */
    RowPlan(TableSchema schema, List<Step> steps, boolean changesNothing) {
        this.schema = schema;
        this.steps = steps.toArray(new Step[0]);
        this.changesNothing = changesNothing;
    }

    TableSchema schema() {
        return schema;
    }

    boolean changesNothing() {
        return changesNothing;
    }

    /**
     * Returns the row after the transforms; {@code null} if it is left out.
     *
     * @throws RowFault if a transform can do nothing with it
     */
    Row apply(Row row) {
        var values = values(row);
        for (int i = 0; i < steps.length && values != null; i++) {
            values = steps[i].apply(values);
        }
        return values == null ? null : Row.of(values);
    }

    /**
     * Returns the same of a row that is no more: what can't be told of it is NULL, and filters behind that let it pass,
     * as a removal too many does no harm and one too few does.
     *
     * @throws RowFault if its key can't be told
     */
    Row applyToPast(Row row) {
        var values = values(row);
        boolean known = true;
        for (int i = 0; i < steps.length && values != null; i++) {
            if (!known && steps[i] instanceof Step.Filter) {
                continue;
            }
            try {
                values = steps[i].apply(values);
            } catch (RowFault e) {
                known = false;
                values = steps[i].unknown(values);
            }
        }
        return values == null ? null : Row.of(values);
    }

    private static Object[] values(Row row) {
        var values = new Object[row.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.value(i);
        }
        return values;
    }
}
