package io.gravity.route;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.event.TableSchema;
import io.gravity.route.condition.Condition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The decision of this stage, pure: what each target gets of a change.
 *
 * <p>Rules are matched against the source's table once per table, conditions bound once per table and schema. All rules
 * that match count. A target receives the row if any of them says so; if none does, but a condition could have let an
 * earlier version of the row in, it receives a delete, since the before image alone does not tell what the target holds:
 * another source may have written the row.
 *
 * <p>Not thread-safe.
 */
final class RouteTable {
    /** More tables and schemas than this is no case for a cache: begin again. */
    private static final int MAX_PLANS = 10_000;

    private final List<RouteRule> rules;
    private final List<Target> targets;
    private final Map<PlanKey, Plan> plans = new HashMap<>();
    private TableId lastTable;
    private TableSchema lastSchema;
    private Plan lastPlan;

    /** A target as routing sees it: its name and the source tables it takes (none named: all). */
    record Target(String name, List<TablePattern> tables, List<TablePattern> exclude) implements java.io.Serializable {
        boolean takes(TableId table) {
            return (tables.isEmpty() || matches(tables, table)) && !matches(exclude, table);
        }
    }

    /** What a target gets of a change. */
    enum Delivery {
        NOTHING,
        ROW,
        DELETE
    }

    private record PlanKey(TableId table, TableSchema schema) {}

    /** Per target: always the row, or the conditions that let it in; {@code null} where the target gets nothing. */
    private record Plan(List<List<Predicate<Row>>> conditions) {}

    RouteTable(List<RouteRule> rules, List<Target> targets) {
        this.rules = rules;
        this.targets = targets;
    }

    /** Writes into {@code deliveries}, one entry per target, what each gets; returns whether anyone gets anything. */
    boolean route(ChangeEvent event, Delivery[] deliveries) {
        var plan = plan(event.table(), event.schema());
        boolean any = false;
        for (int i = 0; i < deliveries.length; i++) {
            deliveries[i] = delivery(plan.conditions().get(i), event);
            any |= plan.conditions().get(i) != null;
        }
        return any;
    }

    private static Delivery delivery(List<Predicate<Row>> conditions, ChangeEvent event) {
        if (conditions == null) {
            return Delivery.NOTHING;
        }
        if (event.isDelete() || conditions.isEmpty()) {
            return Delivery.ROW;
        }
        for (var condition : conditions) {
            if (condition.test(event.after())) {
                return Delivery.ROW;
            }
        }
        boolean nobodyHoldsIt = event.firstSeen() && event.operation() != Operation.UPDATE;
        return nobodyHoldsIt ? Delivery.NOTHING : Delivery.DELETE;
    }

    @SuppressWarnings("ReferenceEquality") // the same object is the usual case, and the cheap one to see
    private Plan plan(TableId table, TableSchema schema) {
        if (schema == lastSchema && table.equals(lastTable)) {
            return lastPlan;
        }
        if (plans.size() > MAX_PLANS) {
            plans.clear();
        }
        lastPlan = plans.computeIfAbsent(new PlanKey(table, schema), this::plan);
        lastTable = table;
        lastSchema = schema;
        return lastPlan;
    }

    private Plan plan(PlanKey key) {
        var conditions = new ArrayList<List<Predicate<Row>>>(targets.size());
        for (var target : targets) {
            conditions.add(target.takes(key.table()) ? conditions(target.name(), key) : null);
        }
        return new Plan(conditions);
    }

    /** Returns the conditions under which a target gets rows of a table: empty for always, null for never. */
    private List<Predicate<Row>> conditions(String target, PlanKey key) {
        var conditions = new ArrayList<Predicate<Row>>();
        for (var rule : rules) {
            if (!matches(rule.tables(), key.table()) || matches(rule.exclude(), key.table())) {
                continue;
            }
            switch (rule.strategy()) {
                case BROADCAST, SINGLE -> {
                    if (rule.targets().contains(target)) {
                        return List.of();
                    }
                }
                case CONDITIONAL -> {
                    for (var branch : rule.branches()) {
                        if (branch.targets().contains(target)) {
                            conditions.add(Condition.parse(branch.condition()).bind(key.schema()));
                        }
                    }
                }
            }
        }
        return conditions.isEmpty() ? null : conditions;
    }

    private static boolean matches(List<TablePattern> patterns, TableId table) {
        for (var pattern : patterns) {
            if (pattern.matches(table)) {
                return true;
            }
        }
        return false;
    }
}
