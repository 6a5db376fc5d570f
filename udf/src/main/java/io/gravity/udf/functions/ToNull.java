package io.gravity.udf.functions;

import io.gravity.event.ColumnType.Kind;
import io.gravity.udf.FieldFunction;
import java.util.EnumSet;
import java.util.Set;

/** Makes NULL of everything. */
public final class ToNull implements FieldFunction {

    @Override
    public String name() {
        return "to_null";
    }

    @Override
    public Set<Kind> accepts() {
        return EnumSet.allOf(Kind.class);
    }

    @Override
    public Object apply(Object value) {
        return null;
    }
}
