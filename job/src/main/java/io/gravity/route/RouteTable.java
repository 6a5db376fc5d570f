package io.gravity.route;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.event.TableSchema;
import io.gravity.types.SharedTables;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The decision of this stage, pure: what each target gets of a change.
 *
 * <p>Rules are matched against the source's table once per table, conditions and keys bound once per table and schema.
 * All rules that match count. A target receives the row if any of them says so; if none does, but one could have let an
 * earlier version of the row in, it receives a delete. Where one source table alone writes the target table, the before
 * image tells whether it did; elsewhere it does not, since another source may have written the row, and every target that
 * could hold it receives the delete. What depends on the row's key alone never changes, and needs none.
 *
 * <p>Not thread-safe.
 */
final class RouteTable {
    /** More tables and schemas than this is no case for a cache: begin again. */
    private static final int MAX_PLANS = 10_000;

    private final List<RouteRule> rules;
    private final List<Target> targets;
    private final SharedTables shared;
    private final Consumer<String> warnings;
    private final Map<PlanKey, RoutePlan> plans = new HashMap<>();
    private final boolean[] admitted;
    private final boolean[] admittedBefore;
    private PlanKey lastKey;
    private RoutePlan lastPlan;

    /** A target as routing sees it: its name and the source tables it takes (none named: all). */
    record Target(String name, List<TablePattern> tables, List<TablePattern> exclude) implements java.io.Serializable {
        boolean takes(TableId table) {
            return (tables.isEmpty() || matches(tables, table)) && !matches(exclude, table);
        }

        private static boolean matches(List<TablePattern> patterns, TableId table) {
            return patterns.stream().anyMatch(pattern -> pattern.matches(table));
        }
    }

    /** What a target gets of a change. */
    enum Delivery {
        NOTHING,
        ROW,
        DELETE
    }

    private record PlanKey(TableId table, TableId target, TableSchema schema) {
        @SuppressWarnings("ReferenceEquality") // the same object is the usual case, and the cheap one to see
        boolean isOf(ChangeEvent event) {
            return schema == event.schema() && table.equals(event.table()) && target.equals(event.target());
        }
    }

    /** Creates a table in which no before image is believed, and that tells nobody of rules it can't apply. */
    RouteTable(List<RouteRule> rules, List<Target> targets) {
        this(rules, targets, SharedTables.ALL, warning -> {});
    }

    /**
     * Creates a table.
     *
     * @param shared target tables whose rows' before images do not tell what the targets hold
     * @param warnings told once of each table to which a rule that speaks for it can't be applied
     */
    RouteTable(List<RouteRule> rules, List<Target> targets, SharedTables shared, Consumer<String> warnings) {
        this.rules = rules;
        this.targets = targets;
        this.shared = shared;
        this.warnings = warnings;
        this.admitted = new boolean[targets.size()];
        this.admittedBefore = new boolean[targets.size()];
    }

    /**
     * Writes into {@code deliveries}, one entry per target, what each gets.
     *
     * @return whether the change is routed; not if no rule speaks for it, one can't be applied, or has no place for it
     */
    boolean route(ChangeEvent event, Delivery[] deliveries) {
        var plan = plan(event);
        if (event.isMarker()) {
            // Rows of the table are there, or may come.
            for (int i = 0; i < deliveries.length; i++) {
                deliveries[i] = plan.access(i) == RoutePlan.Access.NEVER ? Delivery.NOTHING : Delivery.ROW;
            }
            return plan.speaks();
        }
        boolean placed = event.isDelete() || plan.admit(event.after(), admitted);
        if (plan.needs(event)) {
            plan.admit(event.before(), admittedBefore);
        }
        for (int i = 0; i < deliveries.length; i++) {
            deliveries[i] = delivery(plan, i, event);
        }
        return placed && plan.speaks();
    }

    private Delivery delivery(RoutePlan plan, int target, ChangeEvent event) {
        return switch (plan.access(target)) {
            case NEVER -> Delivery.NOTHING;
            case ALWAYS -> Delivery.ROW;
            case UNKNOWN -> event.isDelete() || admitted[target] ? Delivery.ROW : Delivery.NOTHING;
            case BY_KEY -> (event.isDelete() ? admittedBefore : admitted)[target] ? Delivery.ROW : Delivery.NOTHING;
            case BY_CONTENT ->
                event.isDelete() || admitted[target]
                        ? Delivery.ROW
                        : mayHold(plan, target, event) ? Delivery.DELETE : Delivery.NOTHING;
        };
    }

    /** Returns whether the target may hold an earlier version of a row that it is not to get now. */
    private boolean mayHold(RoutePlan plan, int target, ChangeEvent event) {
        if (event.operation() != Operation.UPDATE) {
            return !event.firstSeen();
        }
        return !plan.believesImages() || event.before() == null || admittedBefore[target];
    }

    private RoutePlan plan(ChangeEvent event) {
        if (lastKey != null && lastKey.isOf(event)) {
            return lastPlan;
        }
        if (plans.size() > MAX_PLANS) {
            plans.clear();
        }
        lastKey = new PlanKey(event.table(), event.target(), event.schema());
        lastPlan = plans.computeIfAbsent(
                lastKey,
                key -> new RoutePlan(rules, targets, key.table(), key.schema(), !shared.test(key.target()), warnings));
        return lastPlan;
    }
}
