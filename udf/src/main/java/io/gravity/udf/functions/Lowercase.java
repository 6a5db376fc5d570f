package io.gravity.udf.functions;

import io.gravity.udf.FieldFunction;
import java.util.Locale;

/** Makes all letters small, by no language's own rules. */
public final class Lowercase implements FieldFunction {

    @Override
    public String name() {
        return "lowercase";
    }

    @Override
    public Object apply(Object value) {
        return ((String) value).toLowerCase(Locale.ROOT);
    }
}
