package io.gravity.udf.functions;

import io.gravity.udf.FieldFunction;

/** Gives the two letters of ISO 3166 for a country: for its two or three letters, or its name in English, Chinese, Japanese,
 * German, French, Spanish, or a language of its own. */
public final class CountryCode implements FieldFunction {

    @Override
    public String name() {
        return "country_code";
    }

    @Override
    public Object apply(Object value) {
        var code = Countries.code(Spaces.collapse((String) value));
        if (code == null) {
            throw Spaces.refused(value, "a country");
        }
        return code;
    }
}
