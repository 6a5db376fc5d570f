package io.gravity.udf.functions;

import io.gravity.udf.FieldFunction;
import java.util.Locale;

/** Takes white space away from both ends, and makes all letters small. */
public final class TrimAndLowercase implements FieldFunction {

    @Override
    public String name() {
        return "trim_and_lowercase";
    }

    @Override
    public Object apply(Object value) {
        return Spaces.strip((String) value).toLowerCase(Locale.ROOT);
    }
}
