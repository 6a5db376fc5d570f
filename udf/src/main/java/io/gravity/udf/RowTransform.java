package io.gravity.udf;

import java.util.Map;
import java.util.Optional;

/**
 * Makes another row of a row, before its key is known: a transform of type {@code row_transform} calls it.
 *
 * <p>It must be a pure function of its argument: it is called for the row before a change and for the one after it, and
 * both must lead to the row that the targets hold. It is called from one thread at a time per instance, on the path of
 * every change of its tables, so it must not block. Registered in
 * {@code META-INF/services/io.gravity.udf.RowTransform}; needs a constructor without arguments.
 */
public interface RowTransform extends Extension {

    /**
     * Returns the row's values by column name; empty if the row is to be left out at the targets. The columns stay those
     * of the table: others are refused, those left out are NULL.
     *
     * @param row by column name, in the table's order, {@code null} for NULL. The classes of values are those of
     *     {@link io.gravity.event.ColumnType.Kind}. Can't be changed.
     * @throws RuntimeException if it fails at the row; costs this row only
     */
    Optional<Map<String, Object>> apply(Map<String, Object> row);
}
