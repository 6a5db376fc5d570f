package io.gravity.local.cluster;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A value of a JSON document. Asked for what is not there, it fails with the whole value in the message. */
public record Json(Object value) {
    private static final JsonFactory FACTORY = new JsonFactory();

    static Json parse(String document) throws IOException {
        try (var parser = FACTORY.createParser(document)) {
            parser.nextToken();
            return new Json(read(parser));
        }
    }

    /** A member that must be there. */
    public Json at(String name) {
        return find(name).orElseThrow(() -> new IllegalStateException("no \"" + name + "\" in " + value));
    }

    /** A member that is there and not null. */
    public Optional<Json> find(String name) {
        return value instanceof Map<?, ?> map
                ? Optional.ofNullable(map.get(name)).map(Json::new)
                : Optional.empty();
    }

    public Stream<Json> items() {
        if (value instanceof List<?> list) {
            return list.stream().map(Json::new);
        }
        throw new IllegalStateException("expected a list, found " + value);
    }

    public String text() {
        return String.valueOf(value);
    }

    public double number() {
        return Double.parseDouble(text());
    }

    private static Object read(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                var members = new LinkedHashMap<String, Object>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    members.put(name, read(parser));
                }
                yield members;
            }
            case START_ARRAY -> {
                var items = new ArrayList<Object>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(read(parser));
                }
                yield items;
            }
            case VALUE_NULL -> null;
            default -> parser.getText();
        };
    }
}
