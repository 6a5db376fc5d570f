package io.gravity.transform;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Makes of a source's change what happens to the transformed row, before and after it alike: an update by which a row
 * ceases to pass the filters is a delete, one by which it begins to pass is an insert, and one that moves it to another
 * key is both. Not thread-safe.
 */
final class ChangeTransformer {
    /** More schemas than this in one task is no case for a cache: begin again. */
    private static final int MAX_SCHEMAS = 10_000;

    private final RowPlanner planner;
    private final Map<TableId, Map<TableSchema, Planned>> plans = new HashMap<>();
    private int schemas;

    /** A plan, or why there is none. */
    private record Planned(RowPlan plan, String problem) {}

    ChangeTransformer(RowPlanner planner) {
        this.planner = planner;
    }

    /**
     * Hands on what becomes of the change.
     *
     * @return whether there is anything
     * @throws RowFault if the row can't be transformed; nothing was handed on then
     */
    boolean apply(ChangeEvent event, Consumer<ChangeEvent> out) {
        var plan = planOf(event);
        if (plan.changesNothing()) {
            out.accept(event);
            return true;
        }
        return switch (event.operation()) {
            case SCHEMA, TRUNCATE -> {
                out.accept(event.markerOf(event.target(), plan.schema()));
                yield true;
            }
            case READ, INSERT -> {
                var after = plan.apply(event.after());
                yield after != null && emit(event, event.operation(), plan, null, after, out);
            }
            case DELETE -> {
                var before = plan.applyToPast(event.before());
                yield before != null && emit(event, Operation.DELETE, plan, before, null, out);
            }
            case UPDATE -> update(event, plan, out);
        };
    }

    private static boolean update(ChangeEvent event, RowPlan plan, Consumer<ChangeEvent> out) {
        var after = plan.apply(event.after());
        Row before;
        try {
            before = plan.applyToPast(event.before());
        } catch (RowFault e) {
            if (after == null) {
                throw e;
            }
            before = null;
        }
        if (before == null) {
            return after != null && emit(event, Operation.INSERT, plan, null, after, out);
        }
        if (after == null) {
            return emit(event, Operation.DELETE, plan, before, null, out);
        }
        if (keyOf(event, plan, before).equals(keyOf(event, plan, after))) {
            return emit(event, Operation.UPDATE, plan, before, after, out);
        }
        emit(event, Operation.DELETE, plan, before, null, out);
        return emit(event, Operation.INSERT, plan, null, after, out);
    }

    private static boolean emit(
            ChangeEvent event, Operation operation, RowPlan plan, Row before, Row after, Consumer<ChangeEvent> out) {
        var key = keyOf(event, plan, after != null ? after : before);
        out.accept(event.mappedTo(event.target(), key).standing(operation, plan.schema(), before, after));
        return true;
    }

    private static RowKey keyOf(ChangeEvent event, RowPlan plan, Row row) {
        return RowKey.of(event.target(), plan.schema().keyOf(row));
    }

    private RowPlan planOf(ChangeEvent event) {
        var ofTable = plans.computeIfAbsent(event.table(), table -> new HashMap<>());
        var planned = ofTable.get(event.schema());
        if (planned == null) {
            if (++schemas > MAX_SCHEMAS) {
                plans.clear();
                schemas = 1;
                ofTable = new HashMap<>();
                plans.put(event.table(), ofTable);
            }
            planned = plan(event);
            ofTable.put(event.schema(), planned);
        }
        if (planned.plan() == null) {
            throw new RowFault(planned.problem());
        }
        return planned.plan();
    }

    private Planned plan(ChangeEvent event) {
        try {
            return new Planned(planner.plan(event.table(), event.schema()), null);
        } catch (IllegalArgumentException e) {
            return new Planned(null, e.getMessage());
        }
    }
}
