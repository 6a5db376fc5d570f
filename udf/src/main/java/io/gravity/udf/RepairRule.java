package io.gravity.udf;

import java.util.Map;
import java.util.Optional;

/**
 * Mends a field that a check complains of.
 *
 * <p>It must be a pure function of its arguments, or a row that is read again is mended otherwise. It is called from one
 * thread at a time per instance and must not block. Registered in {@code META-INF/services/io.gravity.udf.RepairRule};
 * needs a constructor without arguments.
 */
public interface RepairRule extends Extension {

    /**
     * Returns the field's value after the repair, of the class that its {@link io.gravity.event.ColumnType.Kind} states;
     * empty if it has none to offer.
     *
     * @param field the column's name
     * @param row by column name, in the table's order, {@code null} for NULL. The classes of values are those of
     *     {@link io.gravity.event.ColumnType.Kind}. Can't be changed.
     * @throws RuntimeException if it fails at the row; costs this row only
     */
    Optional<Object> repair(String field, Map<String, Object> row);
}
