package io.gravity.quality;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * Columns that hold the primary key of a row of another table.
 *
 * @param fields the columns, in the order of that key
 * @param table {@code table} or {@code database.table}, after table mapping; without database it is in that of the row
 * @param maxWait for how long a row waits for one that was not seen yet
 */
public record Reference(List<String> fields, String table, Duration maxWait) implements Serializable {
    private static final long serialVersionUID = 1L;

    public Reference {
        fields = List.copyOf(fields);
        requireNonNull(table, "table");
        requireNonNull(maxWait, "maxWait");
    }

    /** Returns the name under which it is attached to a row that the other row was not seen. */
    public static String unseen(String table, List<String> fields) {
        return "unseen " + table + " by " + String.join(" ", fields);
    }
}
