package io.gravity.udf.functions;

import io.gravity.udf.FieldFunction;
import java.text.Normalizer;
import java.util.Locale;

/** Gives an e-mail address in small letters, without white space, {@code mailto:} and angle brackets; a text that is none is
 * refused. */
public final class NormalizeEmail implements FieldFunction {
    private static final int MAX_LENGTH = 254;

    @Override
    public String name() {
        return "normalize_email";
    }

    @Override
    public Object apply(Object value) {
        var text = Spaces.strip(Normalizer.normalize(Spaces.brief(value, "an e-mail address"), Normalizer.Form.NFKC))
                .toLowerCase(Locale.ROOT);
        if (text.startsWith("<") && text.endsWith(">") && text.length() > 1) {
            text = text.substring(1, text.length() - 1);
        }
        if (text.startsWith("mailto:")) {
            text = text.substring("mailto:".length());
        }
        int at = text.lastIndexOf('@');
        if (text.length() > MAX_LENGTH
                || at < 1
                || !isLocal(text.substring(0, at))
                || !isDomain(text.substring(at + 1))) {
            throw Spaces.refused(value, "an e-mail address");
        }
        return text;
    }

    private static boolean isLocal(String text) {
        return text.length() <= 64
                && text.chars().noneMatch(c -> c <= ' ' || c == '@' || c == '<' || c == '>' || c == ',' || c == '"');
    }

    private static boolean isDomain(String text) {
        var labels = text.split("\\.", -1);
        for (var label : labels) {
            if (label.isEmpty()
                    || label.startsWith("-")
                    || label.endsWith("-")
                    || !label.codePoints().allMatch(c -> Character.isLetterOrDigit(c) || c == '-')) {
                return false;
            }
        }
        return labels.length > 1 && labels[labels.length - 1].length() > 1;
    }
}
