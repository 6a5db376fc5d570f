package org.example;

import io.gravity.udf.FieldFunction;
import java.util.Locale;

/** Writes the names of articles as the warehouse does: {@code AB12C} for {@code ab-12 c}. */
public final class SkuFunction implements FieldFunction {
    @Override
    public String name() {
        return "acme_sku";
    }

    @Override
    public Object apply(Object value) {
        return ((String) value).replaceAll("[^A-Za-z0-9]", "").toUpperCase(Locale.ROOT);
    }
}
