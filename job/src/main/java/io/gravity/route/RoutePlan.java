package io.gravity.route;

import static java.util.stream.Collectors.toMap;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.expression.Columns;
import io.gravity.route.RouteTable.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The rules that speak for one table, bound to one of its schemas. */
final class RoutePlan {
    private final List<Target> targets;
    private final TableId table;
    private final TableSchema schema;
    private final boolean believesImages;
    private final Consumer<String> warnings;
    private final Access[] accesses;
    private final List<Chooser> choosers = new ArrayList<>();
    private final boolean speaks;
    private boolean incomplete;

    /** On what it depends whether a target gets a row; the strongest that any rule gives. */
    enum Access {
        NEVER,
        /** On the row's key, which never changes. */
        BY_KEY,
        BY_CONTENT,
        /** A rule for the target can't be applied, so nobody knows what the target should hold. */
        UNKNOWN,
        ALWAYS
    }

    /** Marks the targets that a rule gives a row to. */
    @FunctionalInterface
    private interface Chooser {
        /** Returns whether the row has a place. */
        boolean choose(Row row, boolean[] admitted);
    }

    RoutePlan(
            List<RouteRule> rules,
            List<Target> targets,
            TableId table,
            TableSchema schema,
            boolean believesImages,
            Consumer<String> warnings) {
        this.targets = targets;
        this.table = table;
        this.schema = schema;
        this.believesImages = believesImages;
        this.warnings = warnings;
        this.accesses = new Access[targets.size()];
        Arrays.fill(accesses, Access.NEVER);
        rules.stream().filter(rule -> rule.speaksFor(table)).forEach(this::add);
        this.speaks = Arrays.stream(accesses).anyMatch(access -> access != Access.NEVER);
    }

    Access access(int target) {
        return accesses[target];
    }

    /** Returns whether an update's before image is the version that the targets hold. */
    boolean believesImages() {
        return believesImages;
    }

    /** Returns whether any target can get rows of the table. */
    boolean speaks() {
        return speaks;
    }

    /** Returns whether the targets of a change depend on what its before image says. */
    boolean needs(ChangeEvent event) {
        return event.before() != null
                && !choosers.isEmpty()
                && (event.isDelete() || (believesImages && event.operation() == Operation.UPDATE));
    }

    /** Marks the targets that get the row by a condition or key; returns whether every rule had a place for it. */
    boolean admit(Row row, boolean[] admitted) {
        Arrays.fill(admitted, false);
        boolean placed = !incomplete;
        for (var chooser : choosers) {
            placed &= chooser.choose(row, admitted);
        }
        return placed;
    }

    private void add(RouteRule rule) {
        if (rule.sharding() != null) {
            var sharding = rule.sharding();
            var what = "key " + String.join(", ", sharding.key());
            add(
                    rule,
                    sharding.key(),
                    sharding.targets(),
                    what,
                    () -> shards(sharding.bind(schema), sharding.targets()));
            return;
        }
        if (rule.strategy() != RouteRule.Strategy.CONDITIONAL) {
            rule.targets().forEach(target -> grant(target, Access.ALWAYS));
            return;
        }
        for (var branch : rule.branches()) {
            var condition = branch.condition();
            var what = "condition " + condition;
            add(
                    rule,
                    condition.columns(),
                    branch.targets(),
                    what,
                    () -> branch(condition.bind(schema), branch.targets()));
        }
    }

    private void add(
            RouteRule rule, Collection<String> columns, List<String> names, String what, Supplier<Chooser> bind) {
        boolean complete = columns.stream().allMatch(column -> Columns.has(schema, column));
        if (!complete && rule.isForAllTables()) {
            return;
        }
        try {
            choosers.add(bind.get());
            boolean byKey = columns.stream().allMatch(column -> schema.isKey(Columns.find(schema, column)));
            names.forEach(name -> grant(name, byKey ? Access.BY_KEY : Access.BY_CONTENT));
        } catch (IllegalArgumentException e) {
            incomplete = true;
            names.forEach(name -> grant(name, Access.UNKNOWN));
            warnings.accept(
                    "the " + what + " can't be applied to " + table + ", so its inserts and updates do not go to "
                            + String.join(", ", names) + " by that rule: " + e.getMessage());
        }
    }

    private Chooser branch(Predicate<Row> test, List<String> names) {
        var places = names.stream().mapToInt(this::placeOf).filter(i -> i >= 0).toArray();
        return (row, admitted) -> {
            if (test.test(row)) {
                for (int place : places) {
                    admitted[place] = true;
                }
            }
            return true;
        };
    }

    private Chooser shards(Function<Row, String> shard, List<String> names) {
        var places = names.stream().collect(toMap(name -> name, this::placeOf));
        return (row, admitted) -> {
            int place = places.getOrDefault(shard.apply(row), -1);
            if (place < 0 || accesses[place] == Access.NEVER) {
                return false;
            }
            admitted[place] = true;
            return true;
        };
    }

    private void grant(String name, Access access) {
        int place = placeOf(name);
        if (place >= 0 && targets.get(place).takes(table) && access.compareTo(accesses[place]) > 0) {
            accesses[place] = access;
        }
    }

    private int placeOf(String name) {
        return IntStream.range(0, targets.size())
                .filter(i -> targets.get(i).name().equals(name))
                .findFirst()
                .orElse(-1);
    }
}
