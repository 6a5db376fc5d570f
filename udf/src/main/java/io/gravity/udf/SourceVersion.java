package io.gravity.udf;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * What one source says last of a row.
 *
 * @param source the source's name
 * @param priority its priority, 1 being the highest
 * @param eventTimeMicros when it made that change, in microseconds since 1970 UTC; {@link Long#MIN_VALUE} if only its
 *     snapshot row is known
 * @param deleted whether it removed the row
 * @param values the row by column name, in the table's order, {@code null} for NULL; empty if it removed the row. The
 *     classes of values are those of {@link io.gravity.event.ColumnType.Kind}. Can't be changed.
 */
public record SourceVersion(
        String source, int priority, long eventTimeMicros, boolean deleted, Map<String, Object> values) {

    public SourceVersion {
        requireNonNull(source, "source");
        requireNonNull(values, "values");
    }
}
