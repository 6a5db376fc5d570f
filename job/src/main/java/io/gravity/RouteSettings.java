package io.gravity;

import io.gravity.config.Nearest;
import io.gravity.config.Problems;
import io.gravity.config.Section;
import io.gravity.config.Value;
import io.gravity.dispatch.TargetConfig;
import io.gravity.event.TablePattern;
import io.gravity.expression.Condition;
import io.gravity.route.RouteRule;
import io.gravity.route.RouteRule.Branch;
import io.gravity.route.RouteRule.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code routing}, {@code routing-rules} and {@code distribution-rules} of the YAML. */
final class RouteSettings {
    private static final String TARGETS = "a list of targets' names";
    private static final String CONDITIONS = "conditions, each with if: and targets:";
    private static final String CONDITION = "a condition, e.g. status = 'paid'";
    private static final String NAME_ENDING = "-table";
    private static final List<TablePattern> ALL = List.of(new TablePattern("*"));

    private final Problems problems;
    private final List<String> targetNames;
    private final List<RouteRule> rules = new ArrayList<>();
    private boolean routed;

    /** Creates a reader that knows the names of all targets. */
    RouteSettings(Problems problems, List<String> targetNames) {
        this.problems = problems;
        this.targetNames = targetNames;
    }

    /** Reads all that says where changes go. */
    void readAll(Section root) {
        for (var section : root.sections("routing", "rules, each with source-tables: and targets:")) {
            routed = true;
            rule(section, List.of());
        }
        root.value("routing-rules").ifPresent(this::named);
        for (var section : root.sections("distribution-rules", "rules, each with condition: and targets:")) {
            distribution(section);
        }
    }

    /** Returns the rules; without {@code routing}, targets that no other rule names get every table. */
    List<RouteRule> rules(List<TargetConfig> targets) {
        if (routed) {
            return rules;
        }
        var others = targets.stream()
                .filter(target -> !(target instanceof TargetConfig.File))
                .map(TargetConfig::name)
                .filter(name -> rules.stream().noneMatch(rule -> rule.targets().contains(name)))
                .toList();
        if (others.isEmpty()) {
            return rules;
        }
        var all = new ArrayList<RouteRule>();
        all.add(new RouteRule(ALL, List.of(), Strategy.BROADCAST, others, List.of()));
        all.addAll(rules);
        return all;
    }

    /** A mapping of rules by names, which are those of the tables, with or without an ending. */
    private void named(Value value) {
        var expected = "rules by their tables, e.g. users-table: {strategy: hash, ...}";
        for (Map.Entry<String, Value> member : value.members(expected).entrySet()) {
            var name = member.getKey();
            var table = name.endsWith(NAME_ENDING) ? name.substring(0, name.length() - NAME_ENDING.length()) : name;
            var section = member.getValue().section("a rule with strategy:, key: and so on");
            if (section == null) {
                continue;
            }
            if (!Names.isTable(table)) {
                section.problem("found \"" + table + "\" as the name of a table, expected " + Names.TABLE);
                continue;
            }
            rule(section, List.of(new TablePattern(table)));
        }
    }

    private void distribution(Section section) {
        int before = problems.count();
        var condition = condition(section, "condition");
        var targets = targets(section);
        var tables = Names.tables(section, "source-tables", null);
        var exclude = Names.tables(section, "exclude", null);
        section.refuseOthers();
        if (problems.count() == before) {
            rules.add(new RouteRule(
                    tables.isEmpty() ? ALL : tables,
                    exclude,
                    Strategy.CONDITIONAL,
                    targets,
                    List.of(new Branch(condition, targets))));
        }
    }

    /** Reads a rule; it speaks for the tables given unless it says otherwise. */
    private void rule(Section section, List<TablePattern> fallback) {
        int before = problems.count();
        var named = Names.tables(section, "source-tables", null);
        if (named.isEmpty() && problems.count() == before && (fallback.isEmpty() || section.has("source-tables"))) {
            section.problem(
                    "source-tables",
                    (section.has("source-tables") ? "found none" : "missing") + ", expected " + Names.TABLES);
        }
        var tables = named.isEmpty() ? fallback : named;
        var exclude = Names.tables(section, "exclude", null);
        int beforeStrategy = problems.count();
        var strategy = section.choice("strategy", Strategy.class, Strategy.BROADCAST, LaterKeys.ROUTING_STRATEGIES);
        if (problems.count() > beforeStrategy) {
            return;
        }
        var sharding = new ShardSettings(section, strategy, targetNames, problems).read();
        if (strategy.shards()) {
            section.value("conditions").ifPresent(value -> misplaced(section, strategy));
        }
        var targets = strategy.shards() ? List.<String>of() : targets(section);
        var branches = strategy.shards() ? List.<Branch>of() : branches(section, strategy, targets);
        if (strategy == Strategy.SINGLE && targets.size() > 1) {
            section.problem(
                    "targets",
                    "found " + targets.size() + " targets, expected exactly one with strategy single."
                            + " For several write strategy: broadcast");
        }
        section.refuseOthers();
        if (problems.count() == before) {
            rules.add(
                    strategy.shards()
                            ? RouteRule.sharded(tables, exclude, strategy, sharding.orElseThrow())
                            : new RouteRule(tables, exclude, strategy, targets, branches));
        }
    }

    private static void misplaced(Section section, Strategy strategy) {
        section.problem(
                "conditions",
                "found beside strategy " + Value.nameOf(strategy) + ", expected with strategy conditional");
    }

    private List<Branch> branches(Section section, Strategy strategy, List<String> targets) {
        int before = problems.count();
        var branches = new ArrayList<Branch>();
        for (var condition : section.sections("conditions", CONDITIONS)) {
            branch(condition, targets).ifPresent(branches::add);
        }
        if (strategy != Strategy.CONDITIONAL) {
            if (section.has("conditions")) {
                misplaced(section, strategy);
            }
            return List.of();
        }
        if (problems.count() == before) {
            if (branches.isEmpty()) {
                section.problem("conditions", "missing, expected a list of " + CONDITIONS);
            }
            for (var target : targets) {
                if (!branches.isEmpty()
                        && branches.stream()
                                .noneMatch(branch -> branch.targets().contains(target))) {
                    section.problem(
                            "targets",
                            "found " + target + ", to which no condition sends anything, expected it in one");
                }
            }
        }
        return branches;
    }

    private Optional<Branch> branch(Section section, List<String> ruleTargets) {
        int before = problems.count();
        var condition = condition(section, "if");
        var targets = targets(section);
        for (var target : targets) {
            if (!ruleTargets.contains(target)) {
                section.problem("targets", "found " + target + ", expected targets that the rule lists in its targets");
            }
        }
        section.refuseOthers();
        return problems.count() == before ? Optional.of(new Branch(condition, targets)) : Optional.empty();
    }

    /** Returns the condition, or {@code null} after a problem. */
    private static Condition condition(Section section, String key) {
        var text = section.text(key, CONDITION, Names::isText);
        try {
            return text == null ? null : Condition.parse(text);
        } catch (IllegalArgumentException e) {
            section.problem(key, e.getMessage());
            return null;
        }
    }

    private List<String> targets(Section section) {
        return targets(section, targetNames, problems);
    }

    /** Returns the names of targets that exist, each once. */
    static List<String> targets(Section section, List<String> targetNames, Problems problems) {
        int before = problems.count();
        var names = new ArrayList<String>();
        for (var item : section.list("targets", TARGETS)) {
            target(item, targetNames).ifPresent(name -> {
                if (names.contains(name)) {
                    item.problem("found \"" + name + "\" twice");
                } else {
                    names.add(name);
                }
            });
        }
        if (names.isEmpty() && problems.count() == before) {
            section.problem("targets", (section.has("targets") ? "found none" : "missing") + ", expected " + TARGETS);
        }
        return names;
    }

    /** Returns the name of a target that exists. */
    static Optional<String> target(Value value, List<String> targetNames) {
        var name = value.text("a target's name");
        if (name.isPresent() && !targetNames.contains(name.get())) {
            value.expected("the name of a target: " + String.join(", ", targetNames) + "."
                    + Nearest.hint(name.get(), targetNames));
            return Optional.empty();
        }
        return name;
    }
}
