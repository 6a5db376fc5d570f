package io.gravity.udf.functions;

import io.gravity.udf.FieldFunction;
import java.util.Locale;

/** Makes all letters large, by no language's own rules. */
public final class Uppercase implements FieldFunction {

    @Override
    public String name() {
        return "uppercase";
    }

    @Override
    public Object apply(Object value) {
        return ((String) value).toUpperCase(Locale.ROOT);
    }
}
