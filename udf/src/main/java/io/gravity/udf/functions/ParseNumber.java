package io.gravity.udf.functions;

import io.gravity.udf.FieldFunction;
import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.regex.Pattern;

/** Gives a number as {@code -1234.5}: without signs of currencies, spaces and marks of thousands. {@code 1,234} is taken for
 * thousands, {@code 1.234} for a fraction, and what could be either otherwise is refused. */
public final class ParseNumber implements FieldFunction {
    private static final int MAX_LENGTH = 100;
    private static final Pattern PLAIN = Pattern.compile("\\d+(\\.\\d+)?");
    private static final Pattern EXPONENT = Pattern.compile("\\d+(\\.\\d+)?[eE][+-]?\\d{1,2}");
    private static final Pattern COMMAS = Pattern.compile("\\d{1,3}(,\\d{3})+(\\.\\d+)?");
    private static final Pattern POINTS = Pattern.compile("\\d{1,3}(\\.\\d{3})+,\\d+|\\d{1,3}(\\.\\d{3}){2,}");
    private static final Pattern SPACES = Pattern.compile("\\d{1,3}([ '\u2019]\\d{3})+([.,]\\d+)?");
    private static final Pattern COMMA = Pattern.compile("\\d+,(\\d{1,2}|\\d{4,})");

    private static String plain(String text, Object value) {
        if (text.length() > MAX_LENGTH) {
            throw Spaces.refused(value, "a number");
        }
        if (PLAIN.matcher(text).matches()) {
            return text;
        }
        if (EXPONENT.matcher(text).matches()) {
            return new BigDecimal(text).toPlainString();
        }
        if (COMMAS.matcher(text).matches()) {
            return text.replace(",", "");
        }
        if (POINTS.matcher(text).matches()) {
            return text.replace(".", "").replace(',', '.');
        }
        if (SPACES.matcher(text).matches()) {
            return text.replaceAll("[ '\u2019]", "").replace(',', '.');
        }
        if (COMMA.matcher(text).matches()) {
            return text.replace(',', '.');
        }
        throw Spaces.refused(value, "a number");
    }

    @Override
    public String name() {
        return "parse_number";
    }

    @Override
    public Object apply(Object value) {
        var text = Spaces.strip(Normalizer.normalize(Spaces.brief(value, "a number"), Normalizer.Form.NFKC))
                .replaceAll("\\p{Sc}", "")
                .replace('\u2212', '-')
                .strip();
        boolean negative = false;
        if (text.startsWith("(") && text.endsWith(")")) {
            negative = true;
            text = text.substring(1, text.length() - 1);
        } else if (text.startsWith("-") || text.startsWith("+")) {
            negative = text.startsWith("-");
            text = text.substring(1).strip();
        }
        return (negative ? "-" : "") + plain(text, value);
    }
}
