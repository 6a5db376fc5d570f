package io.gravity;

import io.gravity.config.Nearest;
import io.gravity.config.Problems;
import io.gravity.config.Section;
import io.gravity.config.Value;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.extension.Extensions;
import io.gravity.field.FieldRule;
import io.gravity.resolve.ConflictStrategy;
import io.gravity.resolve.ResolveConfig;
import io.gravity.udf.ConflictResolver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code conflict-resolution}. */
final class ResolveSettings {
    private static final String MERGE_RULES = "rules, each with field: and strategy:";
    private static final TableId AUDIT_TABLE = new TableId("gravity", "conflicts");
    private static final Duration LONGEST = Duration.ofDays(3650);

    private final Section section;
    private final Problems problems;

    ResolveSettings(Section section, Problems problems) {
        this.section = section;
        this.problems = problems;
    }

    /** What configuration calls the rule of a field. */
    enum MergeRule {
        LATEST,
        EARLIEST,
        MAX,
        MIN,
        SOURCE_PRIORITY,
        PRIORITY,
        FIRST_NON_NULL,
        LAST_NON_NULL,
        SUM_OF_DELTAS,
        UNION,
        CONCAT
    }

    ResolveConfig read() {
        var defaults = ResolveConfig.defaults();
        if (section.has("strategy") && section.has("default-strategy")) {
            section.problem("strategy", "found beside default-strategy, expected one of them");
        }
        var name = section.choice(
                "default-strategy", ConflictStrategy.Name.class, ConflictStrategy.Name.TIMESTAMP_LATEST, Set.of());
        name = section.choice("strategy", ConflictStrategy.Name.class, name, Set.of());
        var strategy = strategy(section, name, "default-strategy");
        var rules = new ArrayList<ResolveConfig.TableRule>();
        for (var key : List.of("custom-rules", "special-rules")) {
            for (var rule : section.sections(key, "rules, each with tables: and strategy:")) {
                rule(rule, rules);
            }
        }
        return new ResolveConfig(
                strategy,
                rules,
                section.duration("handover-after", Duration.ZERO, LONGEST, defaults.handoverAfter()),
                section.duration("tombstone-ttl", Duration.ofMinutes(1), LONGEST, defaults.tombstoneTtl()),
                section.duration("row-ttl", Duration.ZERO, LONGEST, defaults.rowTtl()),
                audit());
    }

    private void rule(Section rule, List<ResolveConfig.TableRule> rules) {
        int before = problems.count();
        var tables = new ArrayList<>(Names.tables(rule, "tables", null));
        var table = rule.text("table", Names.TABLE, Names::isTable, null);
        if (table != null) {
            tables.add(new TablePattern(table));
        }
        if (tables.isEmpty() && problems.count() == before) {
            rule.problem("tables", (rule.has("tables") ? "found none" : "missing") + ", expected " + Names.TABLES);
        }
        var name = rule.choice("strategy", ConflictStrategy.Name.class, Set.of());
        var strategy = strategy(rule, name == null ? ConflictStrategy.Name.TIMESTAMP_LATEST : name, "strategy");
        rule.refuseOthers();
        if (problems.count() == before) {
            rules.add(new ResolveConfig.TableRule(tables, strategy));
        }
    }

    private ConflictStrategy strategy(Section at, ConflictStrategy.Name name, String key) {
        var scope = at.choice(
                "scope", ConflictStrategy.ErrorStop.Scope.class, ConflictStrategy.ErrorStop.Scope.ROW, Set.of());
        var resolver = at.text("resolver", "the name a resolver in a jar of yours gives itself", Names::isText, null);
        var others = at.choice("merge-default", MergeRule.class, MergeRule.LATEST, Set.of());
        var fields = fields(at);
        onlyWith(at, "scope", name == ConflictStrategy.Name.ERROR_STOP, key, "error-stop");
        onlyWith(at, "resolver", name == ConflictStrategy.Name.CUSTOM, key, "custom");
        onlyWith(at, "merge-rules", name == ConflictStrategy.Name.MERGE, key, "merge");
        onlyWith(at, "merge-default", name == ConflictStrategy.Name.MERGE, key, "merge");
        if (others == MergeRule.PRIORITY || others == MergeRule.CONCAT) {
            at.problem(
                    "merge-default",
                    "found " + Value.nameOf(others) + ", expected a rule without a list of values or a separator");
            others = MergeRule.LATEST;
        }
        return switch (name) {
            case SOURCE_PRIORITY -> new ConflictStrategy.SourcePriority();
            case TIMESTAMP_LATEST -> new ConflictStrategy.TimestampLatest();
            case TIMESTAMP_EARLIEST -> new ConflictStrategy.TimestampEarliest();
            case MERGE -> new ConflictStrategy.Merge(fields, FieldRule.Simple.valueOf(others.name()));
            case ERROR_STOP -> new ConflictStrategy.ErrorStop(scope);
            case CUSTOM -> {
                if (resolver == null) {
                    at.problem("resolver", "missing, expected the name a resolver in a jar of yours gives itself");
                } else {
                    Extensions.of(ConflictResolver.class)
                            .problem(resolver)
                            .ifPresent(text -> at.problem("resolver", text));
                }
                yield new ConflictStrategy.Custom(resolver == null ? "missing" : resolver);
            }
        };
    }

    private static void onlyWith(Section at, String key, boolean fits, String strategyKey, String strategy) {
        if (!fits && at.has(key)) {
            at.problem(key, "found without " + strategyKey + ": " + strategy + ", expected only with it");
        }
    }

    /** Returns the rules by which fields are merged, by field. */
    static Map<String, FieldRule> fields(Section at) {
        var fields = new LinkedHashMap<String, FieldRule>();
        for (var rule : at.sections("merge-rules", MERGE_RULES)) {
            var field = rule.text("field", "a column's name", Names::isText);
            var name = rule.choice("strategy", MergeRule.class, Set.of());
            var order = rule.texts("priority", "a list of values, the first wins", "a value", text -> true);
            var separator = rule.text("separator", "a text", text -> true, null);
            if (name == MergeRule.PRIORITY && order.isEmpty()) {
                rule.problem("priority", "missing, expected a list of values, the first wins");
            } else if (name != MergeRule.PRIORITY && !order.isEmpty()) {
                rule.problem("priority", "found without strategy: priority, expected only with it");
            }
            if (name != MergeRule.CONCAT && separator != null) {
                rule.problem("separator", "found without strategy: concat, expected only with it");
            }
            rule.refuseOthers();
            if (field != null && fields.containsKey(field)) {
                rule.problem("field", "found \"" + field + "\" twice");
            } else if (field != null && name != null && (name != MergeRule.PRIORITY || !order.isEmpty())) {
                fields.put(
                        field,
                        switch (name) {
                            case PRIORITY -> new FieldRule.Priority(order);
                            case CONCAT -> new FieldRule.Concat(separator == null ? ", " : separator);
                            default -> FieldRule.Simple.valueOf(name.name());
                        });
            }
        }
        return fields;
    }

    private TableId audit() {
        var value = section.value("audit");
        if (value.isEmpty()) {
            return null;
        }
        if (!value.get().isMapping()) {
            return value.get().flag().orElse(false) ? AUDIT_TABLE : null;
        }
        var audit = value.get().section("true, false, or a mapping with table:");
        var table = audit.text("table", Names.PLAIN_TABLE, Names::isPlainTable, AUDIT_TABLE.toString());
        audit.refuseOthers();
        return table == null ? AUDIT_TABLE : TableId.parse(table);
    }

    /** Returns the priorities that go before those the sources state themselves. */
    Map<String, Integer> priorities(Set<String> sourceNames) {
        var priorities = new HashMap<String, Integer>();
        section.value("source-priorities")
                .map(value -> value.members("sources' names with their priorities"))
                .orElse(Map.of())
                .forEach((name, value) -> {
                    if (!sourceNames.contains(name)) {
                        value.problem("unknown source, expected the name of a source: " + String.join(", ", sourceNames)
                                + "." + Nearest.hint(name, sourceNames));
                    }
                    value.number(1, 1000, 1).ifPresent(priority -> priorities.put(name, (int) priority));
                });
        return priorities;
    }
}
