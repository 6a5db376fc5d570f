package io.gravity.udf.functions;

import io.gravity.udf.FieldFunction;

/** Gives a date as {@code yyyy-MM-dd}; see {@link Dates} for what is read. A time of day behind it is left out. */
public final class NormalizeDate implements FieldFunction {

    @Override
    public String name() {
        return "normalize_date";
    }

    @Override
    public Object apply(Object value) {
        return Dates.date((String) value).toString();
    }
}
