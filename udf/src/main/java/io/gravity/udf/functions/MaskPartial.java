package io.gravity.udf.functions;

import io.gravity.udf.FieldFunction;
import java.util.Arrays;

/** Puts stars for characters, and leaves so many that people know their own: of an e-mail address the first one and the
 * domain, of seven or more characters the first three and the last four, of fewer the first one at most. */
public final class MaskPartial implements FieldFunction {

    @Override
    public String name() {
        return "mask_partial";
    }

    @Override
    public Object apply(Object value) {
        var text = (String) value;
        int at = text.lastIndexOf('@');
        if (at > 0) {
            return masked(text.substring(0, at), 1, 0) + text.substring(at);
        }
        int length = text.codePointCount(0, text.length());
        if (length > 7) {
            return masked(text, 3, length >= 11 ? 4 : 1);
        }
        return masked(text, length > 2 ? 1 : 0, 0);
    }

    private static String masked(String text, int first, int last) {
        int[] characters = text.codePoints().toArray();
        Arrays.fill(characters, Math.min(first, characters.length), Math.max(first, characters.length - last), '*');
        return new String(characters, 0, characters.length);
    }
}
