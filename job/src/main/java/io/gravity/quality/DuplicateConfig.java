package io.gravity.quality;

import static java.util.Objects.requireNonNull;

import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * Which changes are duplicates of one another, and what becomes of them.
 *
 * @param tables target tables that are watched; none for all
 * @param window how far apart by event time two duplicates are at most
 * @param keyFields the columns in which they agree; the columns of each table's primary key among them
 */
public record DuplicateConfig(List<TablePattern> tables, Duration window, List<String> keyFields, Action action)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    /** What becomes of a duplicate. Each is counted. */
    public enum Action {
        /** It is dropped. */
        SKIP,
        /** It passes, and the log tells. */
        ALERT,
        /** It is dropped, and recorded in a table. */
        STORE
    }

    public DuplicateConfig {
        tables = List.copyOf(tables);
        keyFields = List.copyOf(keyFields);
        requireNonNull(action, "action");
        if (window.isNegative() || window.isZero() || keyFields.isEmpty()) {
            throw new IllegalArgumentException("window is " + window + ", keyFields are " + keyFields
                    + ", expected more than zero, and one field at least");
        }
    }

    /** Returns whether duplicates are looked for among a target table's changes. */
    public boolean watches(TableId table) {
        return tables.isEmpty() || tables.stream().anyMatch(pattern -> pattern.matches(table));
    }
}
