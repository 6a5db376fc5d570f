package io.gravity.udf.functions;

import io.gravity.udf.FieldFunction;
import java.text.Normalizer;

/** Gives the form NFKC of Unicode: full-width letters, ligatures and the like become the usual ones. */
public final class NormalizeUnicode implements FieldFunction {

    @Override
    public String name() {
        return "normalize_unicode";
    }

    @Override
    public Object apply(Object value) {
        return Normalizer.normalize((String) value, Normalizer.Form.NFKC);
    }
}
