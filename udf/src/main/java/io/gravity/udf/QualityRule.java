package io.gravity.udf;

import java.util.Map;
import java.util.Optional;

/**
 * Judges a row.
 *
 * <p>It must be a pure function of its argument, or a row that is read again is judged otherwise. It is called from one
 * thread at a time per instance, on the path of every change of its tables, so it must not block. Registered in
 * {@code META-INF/services/io.gravity.udf.QualityRule}; needs a constructor without arguments.
 */
public interface QualityRule extends Extension {

    /**
     * Returns what is wrong with the row, in words for people; empty if nothing is.
     *
     * @param row by column name, in the table's order, {@code null} for NULL. The classes of values are those of
     *     {@link io.gravity.event.ColumnType.Kind}. Can't be changed.
     * @throws RuntimeException if it can't judge the row; costs this row only
     */
    Optional<String> complaint(Map<String, Object> row);
}
