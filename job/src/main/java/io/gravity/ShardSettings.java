package io.gravity;

import static java.util.stream.Collectors.joining;

import io.gravity.config.Problems;
import io.gravity.config.Section;
import io.gravity.config.Value;
import io.gravity.route.HashSharding;
import io.gravity.route.ModuloSharding;
import io.gravity.route.ModuloSharding.Shard;
import io.gravity.route.RangeSharding;
import io.gravity.route.RouteRule.Strategy;
import io.gravity.route.ShardRange;
import io.gravity.route.Sharding;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Reads of a routing rule what puts each row at one of several targets. */
final class ShardSettings {
    private static final int MAX_MODULO = 4096;
    private static final String COLUMN = "a column's name";
    private static final String SHARDS = "shards, each with remainders: and target:";
    private static final String RANGES = "ranges, each with range: and target:";

    /** The keys of each strategy, of which no other has a use. */
    private static final Map<String, Set<Strategy>> KEYS = Map.of(
            "key", Set.of(Strategy.HASH, Strategy.MODULO, Strategy.RANGE),
            "modulo", Set.of(Strategy.MODULO),
            "shards", Set.of(Strategy.MODULO),
            "ranges", Set.of(Strategy.RANGE),
            "default-target", Set.of(Strategy.MODULO, Strategy.RANGE));

    private final Section section;
    private final Strategy strategy;
    private final List<String> targetNames;
    private final Problems problems;

    ShardSettings(Section section, Strategy strategy, List<String> targetNames, Problems problems) {
        this.section = section;
        this.strategy = strategy;
        this.targetNames = targetNames;
        this.problems = problems;
    }

    /** A range and where it was read. */
    private record Placed(ShardRange range, Section section) {
        String text() {
            return "\"" + range.text() + "\" on line " + section.line();
        }
    }

    /** Returns the sharding; nothing after a problem, and with a strategy that has none. */
    Optional<Sharding> read() {
        int before = problems.count();
        refuseMisplaced();
        var sharding =
                switch (strategy) {
                    case BROADCAST, SINGLE, CONDITIONAL -> null;
                    case HASH -> hash();
                    case MODULO -> modulo();
                    case RANGE -> range();
                };
        return problems.count() == before ? Optional.ofNullable(sharding) : Optional.empty();
    }

    private void refuseMisplaced() {
        new java.util.TreeMap<>(KEYS).forEach((key, strategies) -> {
            section.value(key);
            if (section.has(key) && !strategies.contains(strategy)) {
                var expected = strategies.stream().sorted().map(Value::nameOf).collect(joining(" or "));
                section.problem(
                        key,
                        "found beside strategy " + Value.nameOf(strategy) + ", expected with strategy " + expected);
            }
        });
        if (strategy == Strategy.MODULO || strategy == Strategy.RANGE) {
            section.value("targets")
                    .ifPresent(value -> value.problem("found beside strategy " + Value.nameOf(strategy)
                            + ", expected a target in each of "
                            + (strategy == Strategy.MODULO ? "shards" : "ranges")));
        }
    }

    private Sharding hash() {
        int before = problems.count();
        var key = section.required("key", "the column whose value decides, or a list of columns")
                .filter(Value::isList)
                .map(value -> section.texts("key", "a list of columns", COLUMN, Names::isText))
                .orElseGet(() -> {
                    var column = problems.count() > before ? null : column();
                    return column == null ? List.of() : List.of(column);
                });
        if (key.isEmpty() && problems.count() == before) {
            section.problem("key", "found none, expected the column whose value decides, or a list of columns");
        }
        var targets = RouteSettings.targets(section, targetNames, problems);
        if (targets.size() == 1 && problems.count() == before) {
            section.problem("targets", "found one target, expected two or more to choose from");
        }
        return problems.count() == before ? new HashSharding(key, targets) : null;
    }

    private Sharding modulo() {
        int before = problems.count();
        var key = column();
        section.required("modulo", "the number to divide by, e.g. 4");
        int modulo = section.number("modulo", 2, MAX_MODULO, 4);
        var seen = new BitSet();
        var shards = new ArrayList<Shard>();
        for (var item : section.sections("shards", SHARDS)) {
            var remainders = remainders(item, modulo, seen);
            var target = target(item, "target");
            item.refuseOthers();
            if (target != null) {
                shards.add(new Shard(remainders, target));
            }
        }
        if (!section.has("shards")) {
            section.problem("shards", "missing, expected a list of " + SHARDS);
        } else if (problems.count() == before && seen.cardinality() < modulo) {
            var missing = IntStream.range(0, modulo)
                    .filter(i -> !seen.get(i))
                    .mapToObj(Integer::toString)
                    .collect(joining(", "));
            section.problem(
                    "shards",
                    "found no shard for the remainder " + missing + ", expected each from 0 to " + (modulo - 1)
                            + " in one");
        }
        var fallback = fallback();
        return problems.count() == before ? new ModuloSharding(key, modulo, shards, fallback) : null;
    }

    private static List<Integer> remainders(Section item, int modulo, BitSet seen) {
        var remainders = new ArrayList<Integer>();
        var values = item.list("remainders", "a list of remainders, e.g. [0, 1]");
        if (values.isEmpty()) {
            item.problem("remainders", (item.has("remainders") ? "found none" : "missing") + ", expected e.g. [0, 1]");
        }
        for (var value : values) {
            value.number(0, modulo - 1, 0).ifPresent(number -> {
                int remainder = (int) number;
                if (seen.get(remainder)) {
                    value.problem("found " + remainder + " a second time, expected each remainder in one shard");
                }
                seen.set(remainder);
                remainders.add(remainder);
            });
        }
        return remainders;
    }

    private Sharding range() {
        int before = problems.count();
        var key = column();
        var ranges = new ArrayList<Placed>();
        for (var item : section.sections("ranges", RANGES)) {
            var text = item.text("range", "both ends, e.g. \"2023-01-01 to 2023-12-31\"", Names::isText);
            var target = target(item, "target");
            item.refuseOthers();
            if (text != null && target != null) {
                try {
                    ranges.add(new Placed(ShardRange.parse(text, target), item));
                } catch (IllegalArgumentException e) {
                    item.problem("range", e.getMessage());
                }
            }
        }
        if (ranges.isEmpty() && problems.count() == before) {
            section.problem(
                    "ranges", (section.has("ranges") ? "found none" : "missing") + ", expected a list of " + RANGES);
        }
        var fallback = fallback();
        checkBorders(ranges);
        return problems.count() == before
                ? new RangeSharding(key, ranges.stream().map(Placed::range).toList(), fallback)
                : null;
    }

    /** Finds what two ranges share, and, where rows between have no other target, what lies between them. */
    private void checkBorders(List<Placed> ranges) {
        if (ranges.stream().map(placed -> placed.range().ofTimes()).distinct().count() > 1) {
            section.problem("ranges", "found numbers and dates, expected all of one kind");
            return;
        }
        var sorted = ranges.stream()
                .sorted(Comparator.comparing(placed -> placed.range().from()))
                .toList();
        for (int i = 1; i < sorted.size(); i++) {
            var last = sorted.get(i - 1);
            var next = sorted.get(i);
            int gap = next.range().from().compareTo(last.range().end());
            if (gap < 0) {
                next.section()
                        .problem(
                                "range",
                                "found \"" + next.range().text() + "\", which overlaps " + last.text()
                                        + ", expected ranges that have nothing in common");
            } else if (gap > 0 && !section.has("default-target")) {
                next.section()
                        .problem(
                                "range",
                                "found \"" + next.range().text() + "\" and a gap behind " + last.text()
                                        + ", expected it to begin where that ends, or a default-target for what is"
                                        + " between");
            }
        }
    }

    private String column() {
        return section.text("key", "the column whose value decides, e.g. user_id", Names::isText);
    }

    private String fallback() {
        return section.value("default-target")
                .flatMap(value -> RouteSettings.target(value, targetNames))
                .orElse(null);
    }

    private String target(Section item, String key) {
        return item.required(key, "a target's name")
                .flatMap(value -> RouteSettings.target(value, targetNames))
                .orElse(null);
    }
}
