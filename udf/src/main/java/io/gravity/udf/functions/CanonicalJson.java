package io.gravity.udf.functions;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gravity.event.ColumnType.Kind;
import io.gravity.udf.FieldFunction;
import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Writes a JSON document in one form: members sorted by name, no spaces, numbers without zeros that say nothing. Documents
 * that mean the same become the same text. One with a name twice in one object is refused. */
public final class CanonicalJson implements FieldFunction {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private static Object canonical(Object value) {
        if (value instanceof Map<?, ?> object) {
            var sorted = new TreeMap<String, Object>();
            object.forEach((name, member) -> sorted.put((String) name, canonical(member)));
            return sorted;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(CanonicalJson::canonical).toList();
        }
        if (value instanceof BigDecimal number) {
            var stripped = number.stripTrailingZeros();
            return stripped.scale() <= 0 && stripped.scale() > -20 ? stripped.toBigIntegerExact() : stripped;
        }
        return value;
    }

    @Override
    public String name() {
        return "canonical_json";
    }

    @Override
    public Set<Kind> accepts() {
        return EnumSet.of(Kind.TEXT, Kind.JSON);
    }

    @Override
    public Object apply(Object value) {
        try {
            return JSON.writeValueAsString(canonical(JSON.readValue((String) value, Object.class)));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("expected JSON: " + e.getOriginalMessage(), e);
        }
    }
}
