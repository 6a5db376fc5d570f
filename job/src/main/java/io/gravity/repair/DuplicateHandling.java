package io.gravity.repair;

import static java.util.Objects.requireNonNull;

import io.gravity.config.Value;
import io.gravity.event.TablePattern;
import io.gravity.field.FieldRule;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What becomes of a row that comes a second time.
 *
 * @param tables target tables; none for all
 * @param keyFields the columns in which the two agree; those of the primary key among them
 * @param window how far apart by event time they are at most
 * @param rules for {@link Strategy#MERGE}, by field; a field without one gets the value of the later row
 */
public record DuplicateHandling(
        List<TablePattern> tables,
        List<String> keyFields,
        Duration window,
        Strategy strategy,
        Map<String, FieldRule> rules)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Which row stands. */
    public enum Strategy {
        KEEP_FIRST,
        KEEP_LATEST,
        /** One made of all. */
        MERGE
    }

    public DuplicateHandling {
        tables = List.copyOf(tables);
        keyFields = List.copyOf(keyFields);
        requireNonNull(window, "window");
        requireNonNull(strategy, "strategy");
        rules = RepairConfig.ordered(rules);
    }

    /** Returns the name under which it stands in records and metrics. */
    String rule() {
        return Value.nameOf(strategy);
    }
}
