package io.gravity.udf.functions;

import io.gravity.udf.FieldFunction;

/** Gives the three letters of ISO 4217 for a currency: for these, its number, its name in English or Chinese, or a sign that
 * only one currency has. */
public final class CurrencyCode implements FieldFunction {

    @Override
    public String name() {
        return "currency_code";
    }

    @Override
    public Object apply(Object value) {
        var code = Currencies.code(Spaces.collapse(Spaces.brief(value, "a currency")));
        if (code == null) {
            throw Spaces.refused(value, "a currency");
        }
        return code;
    }
}
