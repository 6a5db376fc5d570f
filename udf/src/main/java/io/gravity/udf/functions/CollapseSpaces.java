package io.gravity.udf.functions;

import io.gravity.udf.FieldFunction;

/** Makes one space of any white space within, and none at the ends. */
public final class CollapseSpaces implements FieldFunction {

    @Override
    public String name() {
        return "collapse_spaces";
    }

    @Override
    public Object apply(Object value) {
        return Spaces.collapse((String) value);
    }
}
