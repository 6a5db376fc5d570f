package io.gravity.resolve;

import static java.util.Objects.requireNonNull;

import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * Which of several changes of a row wins.
 *
 * @param strategy the strategy of all tables that no rule names
 * @param rules tables with a strategy of their own; the first that matches decides
 * @param handoverAfter how long after the change that stands another source's change is no conflict, even if that source
 *     had not seen it
 * @param tombstoneTtl how long a removed row's state is kept, so that an older change can't bring it back
 * @param rowTtl how long a row's state is kept after its last change; zero for ever
 * @param audit the table in which conflicts are recorded; {@code null} for none
 */
public record ResolveConfig(
        ConflictStrategy strategy,
        List<TableRule> rules,
        Duration handoverAfter,
        Duration tombstoneTtl,
        Duration rowTtl,
        TableId audit)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /** A strategy of some tables. */
    public record TableRule(List<TablePattern> tables, ConflictStrategy strategy) implements Serializable {
        private static final long serialVersionUID = 1L;

        public TableRule {
            tables = List.copyOf(tables);
            requireNonNull(strategy, "strategy");
        }
    }

    public ResolveConfig {
        requireNonNull(strategy, "strategy");
        rules = List.copyOf(rules);
        notNegative("handoverAfter", handoverAfter);
        notNegative("rowTtl", rowTtl);
        if (tombstoneTtl.isNegative() || tombstoneTtl.isZero()) {
            throw new IllegalArgumentException("tombstoneTtl is " + tombstoneTtl + ", expected more than zero");
        }
    }

    private static void notNegative(String name, Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException(name + " is " + duration + ", expected zero or more");
        }
    }

    public static ResolveConfig defaults() {
        return new ResolveConfig(
                new ConflictStrategy.TimestampLatest(),
                List.of(),
                // A binlog's clock has full seconds; anything shorter would depend on where a second begins.
                Duration.ofSeconds(5),
                Duration.ofDays(7),
                Duration.ZERO,
                null);
    }

    /** Returns the strategy of a target table. */
    public ConflictStrategy strategyOf(TableId table) {
        for (var rule : rules) {
            for (var pattern : rule.tables()) {
                if (pattern.matches(table)) {
                    return rule.strategy();
                }
            }
        }
        return strategy;
    }
}
