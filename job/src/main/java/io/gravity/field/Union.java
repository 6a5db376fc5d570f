package io.gravity.field;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gravity.event.Column;
import io.gravity.field.FieldRule.Candidate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeSet;

/** Brings together what has members: SETs, JSON arrays and JSON objects. */
final class Union {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Union() {}

    /**
     * Returns all members of all candidates. Of a SET in the order of their texts; of JSON arrays in the order of the
     * sources' priority; of JSON objects all keys, nested objects likewise, and for one key the value of the candidate
     * that changed last. A document that is neither array nor object is taken from the candidate that changed last.
     */
    static Object of(Column column, List<Candidate> candidates) {
        var given = candidates.stream()
                .filter(candidate -> candidate.value() != null)
                .toList();
        if (given.size() < 2) {
            return given.isEmpty() ? null : given.get(0).value();
        }
        return switch (column.type().kind()) {
            case SET -> set(given);
            case JSON, TEXT -> json(column, given);
            default ->
                throw new IllegalArgumentException("column " + column.name() + " is "
                        + column.type().sqlType() + ", expected a SET or JSON for union");
        };
    }

    private static String set(List<Candidate> candidates) {
        var members = new TreeSet<String>();
        for (var candidate : candidates) {
            var text = (String) candidate.value();
            if (!text.isEmpty()) {
                members.addAll(List.of(text.split(",")));
            }
        }
        return String.join(",", members);
    }

    private static String json(Column column, List<Candidate> candidates) {
        var documents = candidates.stream()
                .map(candidate -> parse(column, (String) candidate.value()))
                .toList();
        var last = documents.get(documents.size() - 1);
        if (documents.stream().allMatch(JsonNode::isArray)) {
            return array(candidates.stream()
                            .sorted(Candidate.BY_RANK)
                            .map(candidate -> parse(column, (String) candidate.value()))
                            .toList())
                    .toString();
        }
        if (documents.stream().allMatch(JsonNode::isObject)) {
            var all = JSON.createObjectNode();
            documents.forEach(document -> into(all, (ObjectNode) document));
            return all.toString();
        }
        return last.toString();
    }

    private static ArrayNode array(List<JsonNode> documents) {
        var members = new LinkedHashSet<JsonNode>();
        documents.forEach(document -> document.forEach(members::add));
        return JSON.createArrayNode().addAll(members);
    }

    private static void into(ObjectNode all, ObjectNode later) {
        later.fields().forEachRemaining(field -> {
            var known = all.get(field.getKey());
            if (known instanceof ObjectNode object && field.getValue() instanceof ObjectNode nested) {
                into(object, nested);
            } else {
                all.set(field.getKey(), field.getValue().deepCopy());
            }
        });
    }

    private static JsonNode parse(Column column, String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "column " + column.name() + ": its text is no JSON, so it has no members for union", e);
        }
    }
}
