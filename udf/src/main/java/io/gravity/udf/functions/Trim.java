package io.gravity.udf.functions;

import io.gravity.udf.FieldFunction;

/** Takes white space of any script away from both ends. */
public final class Trim implements FieldFunction {

    @Override
    public String name() {
        return "trim";
    }

    @Override
    public Object apply(Object value) {
        return Spaces.strip((String) value);
    }
}
