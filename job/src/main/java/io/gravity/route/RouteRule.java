package io.gravity.route;

import static java.util.Objects.requireNonNull;

import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.expression.Condition;
import java.io.Serializable;
import java.util.List;

/**
 * Where the changes of some source tables go.
 *
 * @param tables source tables it speaks for
 * @param exclude what of {@code tables} it does not speak for
 * @param targets names of targets, all of which receive the change; for CONDITIONAL, the union of all branches', and for
 *     the strategies that shard, the sharding's
 * @param branches for CONDITIONAL: a row goes to the targets of every branch whose condition holds
 * @param sharding for HASH, MODULO and RANGE; else {@code null}
 */
public record RouteRule(
        List<TablePattern> tables,
        List<TablePattern> exclude,
        Strategy strategy,
        List<String> targets,
        List<Branch> branches,
        Sharding sharding)
        implements Serializable {

    public RouteRule {
        requireNonNull(strategy, "strategy");
        tables = List.copyOf(tables);
        exclude = List.copyOf(exclude);
        targets = List.copyOf(targets);
        branches = List.copyOf(branches);
        if (strategy.shards() != (sharding != null)) {
            throw new IllegalArgumentException("strategy is " + strategy + ", sharding " + sharding);
        }
    }

    /** Creates a rule that does not shard. */
    public RouteRule(
            List<TablePattern> tables,
            List<TablePattern> exclude,
            Strategy strategy,
            List<String> targets,
            List<Branch> branches) {
        this(tables, exclude, strategy, targets, branches, null);
    }

    /** Returns the rule that puts each row at one target. */
    public static RouteRule sharded(
            List<TablePattern> tables, List<TablePattern> exclude, Strategy strategy, Sharding sharding) {
        return new RouteRule(tables, exclude, strategy, sharding.targets(), List.of(), sharding);
    }

    boolean speaksFor(TableId table) {
        return tables.stream().anyMatch(pattern -> pattern.matches(table))
                && exclude.stream().noneMatch(pattern -> pattern.matches(table));
    }

    /** Returns whether it is for whatever tables there are: then a table without its columns is not its concern. */
    boolean isForAllTables() {
        return tables.stream().anyMatch(pattern -> pattern.text().equals("*"));
    }

    /** How the targets are chosen. */
    public enum Strategy {
        BROADCAST,
        SINGLE,
        CONDITIONAL,
        HASH,
        MODULO,
        RANGE;

        /** Returns whether each row is at one of the targets. */
        public boolean shards() {
            return this == HASH || this == MODULO || this == RANGE;
        }
    }

    /** One condition, and where rows for which it is true go. */
    public record Branch(Condition condition, List<String> targets) implements Serializable {

        public Branch {
            requireNonNull(condition, "condition");
            targets = List.copyOf(targets);
        }

        /** Reads the condition from SQL. */
        public Branch(String condition, List<String> targets) {
            this(Condition.parse(condition), targets);
        }
    }
}
