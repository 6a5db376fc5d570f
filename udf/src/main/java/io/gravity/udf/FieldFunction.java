package io.gravity.udf;

import io.gravity.event.ColumnType.Kind;
import java.util.Set;

/**
 * Makes another value of one field's value: a transform of type {@code function} or a format correction calls it.
 *
 * <p>It must be a pure function of its argument, or a row that is read again gets another value. It is called from one
 * thread at a time per instance, on the path of every change of its tables, so it must not block. Registered in
 * {@code META-INF/services/io.gravity.udf.FieldFunction}; needs a constructor without arguments.
 */
public interface FieldFunction extends Extension {

    /** Returns the kinds of columns it can be applied to; others are refused. */
    default Set<Kind> accepts() {
        return Set.of(Kind.TEXT);
    }

    /**
     * Returns what the field becomes: a value of the class that its {@link Kind} states, or {@code null} for NULL.
     *
     * @param value never {@code null}; NULL stays NULL without a call
     * @throws RuntimeException if it can make nothing of the value; costs this row only
     */
    Object apply(Object value);
}
