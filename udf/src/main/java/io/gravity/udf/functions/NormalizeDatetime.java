package io.gravity.udf.functions;

import io.gravity.udf.FieldFunction;

/** Gives a date and time as {@code yyyy-MM-dd HH:mm:ss}, in UTC if the text names its zone; see {@link Dates} for what is
 * read. */
public final class NormalizeDatetime implements FieldFunction {

    @Override
    public String name() {
        return "normalize_datetime";
    }

    @Override
    public Object apply(Object value) {
        return Dates.text(Dates.dateTime((String) value));
    }
}
