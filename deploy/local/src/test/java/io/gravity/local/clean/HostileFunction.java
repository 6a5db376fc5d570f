package io.gravity.local.clean;

import io.gravity.event.ColumnType.Kind;
import io.gravity.udf.FieldFunction;
import java.util.Set;

/** Does to a text whatever it says. */
public final class HostileFunction implements FieldFunction {

    @Override
    public String name() {
        return "hostile_function";
    }

    @Override
    public Set<Kind> accepts() {
        return Set.of(Kind.TEXT);
    }

    @Override
    public Object apply(Object value) {
        return value.equals("wrong") ? Long.valueOf(7) : Hostile.act((String) value);
    }
}
