package io.gravity.quality;

import io.gravity.event.Row;

/** One rule, bound to a table's schema. */
@FunctionalInterface
public interface RowRule {

    /** Returns what is wrong; {@code null} if all is well. */
    Issue judge(Row row);
}
