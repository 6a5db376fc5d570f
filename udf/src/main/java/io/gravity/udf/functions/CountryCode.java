package io.gravity.udf.functions;

import io.gravity.udf.FieldFunction;

/** Gives the two letters of ISO 3166 for a country: for its two or three letters, or its name in English, Chinese, Japanese,
 * Korean, German, French, Italian, Spanish, Portuguese or Russian. */
public final class CountryCode implements FieldFunction {

    @Override
    public String name() {
        return "country_code";
    }

    @Override
    public Object apply(Object value) {
        var code = Countries.code(Spaces.collapse(Spaces.brief(value, "a country")));
        if (code == null) {
            throw Spaces.refused(value, "a country");
        }
        return code;
    }
}
