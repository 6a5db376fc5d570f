package io.gravity.source;

import com.github.shyiko.mysql.binlog.event.deserialization.ColumnType;
import com.github.shyiko.mysql.binlog.event.deserialization.json.JsonBinary;
import com.github.shyiko.mysql.binlog.event.deserialization.json.JsonFormatter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Writes a JSON document of the binlog as the server itself writes it in answer to a SELECT, letter by letter: spaces
 * behind commas and colons, numbers as {@code my_gcvt} does, moments with six digits behind the second.
 */
final class ServerJson implements JsonFormatter {
    /** Of decimal places in front of or behind the point; beyond it a double has an exponent. */
    private static final int LONGEST_PLAIN = 15;

    /** First bytes of MySQL's binary form; a document that begins with another is a text, as MariaDB has it. */
    private static final int LAST_BINARY_TYPE = 0x0f;

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final StringBuilder text = new StringBuilder();

    private ServerJson() {}

    /** Returns the text of a document as the binlog holds it. */
    static String text(byte[] stored) {
        if (stored.length == 0) {
            return "null";
        }
        if ((stored[0] & 0xFF) > LAST_BINARY_TYPE) {
            return new String(stored, StandardCharsets.UTF_8);
        }
        var json = new ServerJson();
        try {
            new Document(stored).parse(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return json.text.toString();
    }

    /** Reads negative times, where the library takes the bits of the complement for the span's. */
    private static final class Document extends JsonBinary {
        Document(byte[] stored) {
            super(stored);
        }

        @Override
        protected void parseTime(JsonFormatter formatter) throws IOException {
            long packed = readInt64();
            long span = Math.abs(packed);
            int clock = (int) (span >> 24);
            ((ServerJson) formatter)
                    .time(packed < 0, clock >> 12 & 1023, clock >> 6 & 63, clock & 63, (int) (span & 0xFFFFFF));
        }
    }

    @Override
    public void beginObject(int members) {
        text.append('{');
    }

    @Override
    public void beginArray(int elements) {
        text.append('[');
    }

    @Override
    public void endObject() {
        text.append('}');
    }

    @Override
    public void endArray() {
        text.append(']');
    }

    @Override
    public void name(String name) {
        quoted(name);
        text.append(": ");
    }

    @Override
    public void nextEntry() {
        text.append(", ");
    }

    @Override
    public void value(String value) {
        quoted(value);
    }

    @Override
    public void value(int value) {
        text.append(value);
    }

    @Override
    public void value(long value) {
        text.append(value);
    }

    @Override
    public void value(double value) {
        text.append(number(value));
    }

    @Override
    public void value(BigInteger value) {
        text.append(value);
    }

    @Override
    public void value(BigDecimal value) {
        text.append(value.toPlainString());
    }

    @Override
    public void value(boolean value) {
        text.append(value);
    }

    @Override
    public void valueNull() {
        text.append("null");
    }

    @Override
    public void valueYear(int year) {
        text.append(year);
    }

    @Override
    public void valueDate(int year, int month, int day) {
        text.append("\"%04d-%02d-%02d\"".formatted(year, month, day));
    }

    @Override
    public void valueDatetime(int year, int month, int day, int hour, int minute, int second, int micros) {
        text.append("\"%04d-%02d-%02d %02d:%02d:%02d.%06d\"".formatted(year, month, day, hour, minute, second, micros));
    }

    @Override
    public void valueTime(int hour, int minute, int second, int micros) {
        time(hour < 0, Math.abs(hour), minute, second, micros);
    }

    private void time(boolean negative, int hour, int minute, int second, int micros) {
        text.append("\"%s%02d:%02d:%02d.%06d\"".formatted(negative ? "-" : "", hour, minute, second, micros));
    }

    /** Only the library's own tests call it: documents hold timestamps as datetimes. */
    @Override
    public void valueTimestamp(long seconds, int micros) {
        text.append(seconds).append(".%06d".formatted(micros));
    }

    @Override
    public void valueOpaque(ColumnType type, byte[] value) {
        text.append("\"base64:type").append(type.getCode()).append(':');
        text.append(Base64.getEncoder().encodeToString(value)).append('"');
    }

    private void quoted(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\b' -> text.append("\\b");
                case '\f' -> text.append("\\f");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (c < ' ') {
                        text.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 15]);
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    /**
     * Returns the shortest text that is read as this double. Plain with up to 15 places, or if there are digits behind
     * the point; else with an exponent, as {@code 1e20}. A whole number ends with {@code .0}.
     */
    static String number(double value) {
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        var shortest = shortest(Math.abs(value));
        var digits = shortest.unscaledValue().toString();
        // The value is 0.digits times ten to the power of places.
        int places = digits.length() - shortest.scale();
        boolean plain = places > -LONGEST_PLAIN && (places <= LONGEST_PLAIN || digits.length() > places);
        var sign = value < 0 ? "-" : "";
        if (plain) {
            var text = shortest.toPlainString();
            return sign + (text.indexOf('.') < 0 ? text + ".0" : text);
        }
        var fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
        return sign + digits.charAt(0) + fraction + "e" + (places - 1);
    }

    /** Double.toString of Java 17 has a digit too many now and then. */
    private static BigDecimal shortest(double value) {
        var exact = new BigDecimal(value);
        var best = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        for (int digits = best.precision() - 1; digits > 0; digits--) {
            var shorter = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (shorter.doubleValue() != value) {
                break;
            }
            best = shorter.stripTrailingZeros();
        }
        return best;
    }
}
