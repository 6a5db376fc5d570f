package io.gravity.route;

import static java.util.Objects.requireNonNull;

import io.gravity.event.TablePattern;
import java.io.Serializable;
import java.util.List;

/**
 * Where the changes of some source tables go.
 *
 * @param tables source tables it speaks for
 * @param exclude what of {@code tables} it does not speak for
 * @param targets names of targets, all of which receive the change; for CONDITIONAL, the union of all branches'
 * @param branches for CONDITIONAL: a row goes to the targets of every branch whose condition holds
 */
public record RouteRule(
        List<TablePattern> tables,
        List<TablePattern> exclude,
        Strategy strategy,
        List<String> targets,
        List<Branch> branches)
        implements Serializable {

    public RouteRule {
        requireNonNull(strategy, "strategy");
        tables = List.copyOf(tables);
        exclude = List.copyOf(exclude);
        targets = List.copyOf(targets);
        branches = List.copyOf(branches);
    }

    /** How the targets are chosen. */
    public enum Strategy {
        BROADCAST,
        SINGLE,
        CONDITIONAL
    }

    /** One condition, as SQL text, and where rows for which it is true go. */
    public record Branch(String condition, List<String> targets) implements Serializable {

        public Branch {
            requireNonNull(condition, "condition");
            targets = List.copyOf(targets);
        }
    }
}
