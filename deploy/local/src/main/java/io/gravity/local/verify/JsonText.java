package io.gravity.local.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reads JSON without binding it to classes. */
final class JsonText {
    static final JsonFactory FACTORY = new JsonFactory();

    private JsonText() {}

    /** A text that is the same for all ways of writing a document. */
    static String canonical(String json) {
        try (var parser = FACTORY.createParser(json)) {
            parser.nextToken();
            return value(parser);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The members of a flat object, scalars as text, null as null. */
    static Map<String, String> object(byte[] json) throws IOException {
        try (var parser = FACTORY.createParser(json)) {
            parser.nextToken();
            return object(parser);
        }
    }

    /** Reads from the start of an object to its end; what is nested keeps its canonical text. */
    static Map<String, String> object(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new IOException("expected a JSON object, found " + parser.currentToken());
        }
        var members = new HashMap<String, String>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            var token = parser.nextToken();
            members.put(
                    name,
                    token == JsonToken.VALUE_NULL ? null : token.isScalarValue() ? parser.getText() : value(parser));
        }
        return members;
    }

    private static String value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                var members = new TreeMap<String, String>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    members.put(name, value(parser));
                }
                yield members.entrySet().stream()
                        .map(member -> quoted(member.getKey()) + ":" + member.getValue())
                        .collect(Collectors.joining(",", "{", "}"));
            }
            case START_ARRAY -> {
                var items = new ArrayList<String>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                yield "[" + String.join(",", items) + "]";
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                Form.NUMBER.canonical(new BigDecimal(parser.getText()).toPlainString());
            case VALUE_STRING -> quoted(parser.getText());
            default -> parser.getText();
        };
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
