package io.gravity;

import io.gravity.config.Nearest;
import io.gravity.config.Problems;
import io.gravity.config.Section;
import io.gravity.config.Value;
import io.gravity.dispatch.TargetConfig;
import io.gravity.event.TablePattern;
import io.gravity.route.RouteRule;
import io.gravity.route.RouteRule.Branch;
import io.gravity.route.RouteRule.Strategy;
import io.gravity.route.condition.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code routing} of the YAML. */
final class RouteSettings {
    private static final String TARGETS = "a list of targets' names";
    private static final String CONDITIONS = "conditions, each with if: and targets:";

    private final Problems problems;
    private final List<String> targetNames;
    private final List<RouteRule> rules = new ArrayList<>();

    /** Creates a reader that knows the names of all targets. */
    RouteSettings(Problems problems, List<String> targetNames) {
        this.problems = problems;
        this.targetNames = targetNames;
    }

    /** Returns the rule that holds where there is no {@code routing}: every table to every target. */
    static RouteRule everythingTo(List<TargetConfig> targets) {
        return new RouteRule(
                List.of(new TablePattern("*")),
                List.of(),
                Strategy.BROADCAST,
                targets.stream().map(TargetConfig::name).toList(),
                List.of());
    }

    void read(Section section) {
        int before = problems.count();
        var tables = Names.tables(section, "source-tables", null);
        if (tables.isEmpty() && problems.count() == before) {
            section.problem(
                    "source-tables",
                    (section.has("source-tables") ? "found none" : "missing") + ", expected " + Names.TABLES);
        }
        var exclude = Names.tables(section, "exclude", null);
        var targets = targets(section);
        var strategy = section.choice("strategy", Strategy.class, Strategy.BROADCAST, LaterKeys.ROUTING_STRATEGIES);
        if (strategy == Strategy.SINGLE && targets.size() > 1) {
            section.problem(
                    "targets",
                    "found " + targets.size() + " targets, expected exactly one with strategy single."
                            + " For several write strategy: broadcast");
        }
        var branches = branches(section, strategy, targets);
        section.later(LaterKeys.ROUTING);
        section.refuseOthers();
        if (problems.count() == before) {
            rules.add(new RouteRule(tables, exclude, strategy, targets, branches));
        }
    }

    List<RouteRule> rules() {
        return rules;
    }

    private List<Branch> branches(Section section, Strategy strategy, List<String> targets) {
        int before = problems.count();
        var branches = new ArrayList<Branch>();
        for (var condition : section.sections("conditions", CONDITIONS)) {
            branch(condition, targets).ifPresent(branches::add);
        }
        if (strategy != Strategy.CONDITIONAL) {
            if (section.has("conditions")) {
                section.problem(
                        "conditions",
                        "found beside strategy " + Value.nameOf(strategy) + ", expected with strategy conditional");
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
        var text = section.text("if", "a condition, e.g. status = 'paid'", Names::isText);
        if (text != null) {
            try {
                Condition.parse(text);
            } catch (IllegalArgumentException e) {
                section.problem("if", e.getMessage());
            }
        }
        var targets = targets(section);
        for (var target : targets) {
            if (!ruleTargets.contains(target)) {
                section.problem("targets", "found " + target + ", expected targets that the rule lists in its targets");
            }
        }
        section.refuseOthers();
        return problems.count() == before ? Optional.of(new Branch(text, targets)) : Optional.empty();
    }

    /** Returns the names of targets that exist. */
    private List<String> targets(Section section) {
        int before = problems.count();
        var names = new ArrayList<String>();
        for (var item : section.list("targets", TARGETS)) {
            item.text("a target's name").ifPresent(name -> {
                if (!targetNames.contains(name)) {
                    item.expected("the name of a target: " + String.join(", ", targetNames) + "."
                            + Nearest.hint(name, targetNames));
                } else if (names.contains(name)) {
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
}
