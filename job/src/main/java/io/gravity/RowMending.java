package io.gravity;

import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.quality.Issue;
import java.util.List;

/** What repairs make of one row that checks complain of, without knowing any other row. */
@FunctionalInterface
interface RowMending {
    /** Mends nothing. */
    RowMending NONE = (table, schema, row, issues) -> new Mended(row, List.of());

    Mended mend(TableId table, TableSchema schema, Row row, List<Issue> issues);

    /**
     * The row afterwards.
     *
     * @param repairs what was done, for people; none if it is the row as it was
     */
    record Mended(Row row, List<String> repairs) {}
}
