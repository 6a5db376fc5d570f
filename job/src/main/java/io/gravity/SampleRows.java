package io.gravity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows from a file of JSON objects, one a line, with the columns' types as their values suggest: BIGINT if all are whole
 * numbers, DECIMAL if all are numbers, else TEXT; dates are texts, {@code true} is 1, and an object is its own text. A
 * column that a row leaves out is NULL there. What the key is, nothing says: some columns that are named, or else
 * {@code id}, or the first one.
 */
final class SampleRows {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private static final int MAX_PROBLEM = 200;

    private final TableSchema schema;
    private final List<Line> lines;

    /**
     * One line of the file.
     *
     * @param row {@code null} if it could not be read
     * @param problem why not
     */
    record Line(int number, Row row, String problem) {}

    private SampleRows(TableSchema schema, List<Line> lines) {
        this.schema = schema;
        this.lines = lines;
    }

    /**
     * Reads a file.
     *
     * @param likelyKey columns that are the key if there are such
     */
    static SampleRows read(Path file, List<String> likelyKey) throws IOException {
        var objects = new LinkedHashMap<Integer, ObjectNode>();
        var problems = new LinkedHashMap<Integer, String>();
        int number = 0;
        for (var line : Files.readAllLines(file)) {
            number++;
            if (!line.isBlank()) {
                read(line, number, objects, problems);
            }
        }
        var types = types(objects.values());
        if (types.isEmpty()) {
            types.put("row", Kind.TEXT);
        }
        var columns = types.entrySet().stream()
                .map(type -> new Column(type.getKey(), ColumnType.of(type.getValue(), sqlType(type.getValue())), true))
                .toList();
        var lines = new ArrayList<Line>();
        for (int i = 1; i <= number; i++) {
            if (objects.containsKey(i)) {
                var object = objects.get(i);
                var values = columns.stream().map(column -> value(column, object.get(column.name())));
                lines.add(new Line(i, Row.of(values.toArray()), null));
            } else if (problems.containsKey(i)) {
                lines.add(new Line(i, null, problems.get(i)));
            }
        }
        return new SampleRows(new TableSchema(columns, key(List.copyOf(types.keySet()), likelyKey)), lines);
    }

    private static int[] key(List<String> columns, List<String> likely) {
        if (!likely.isEmpty() && columns.containsAll(likely)) {
            return likely.stream().mapToInt(columns::indexOf).toArray();
        }
        return new int[] {Math.max(0, columns.indexOf("id"))};
    }

    TableSchema schema() {
        return schema;
    }

    List<Line> lines() {
        return lines;
    }

    private static void read(String line, int number, Map<Integer, ObjectNode> objects, Map<Integer, String> problems) {
        try {
            if (JSON.readTree(line) instanceof ObjectNode object) {
                objects.put(number, object);
            } else {
                problems.put(number, "expected an object, e.g. {\"id\": 1}");
            }
        } catch (JsonProcessingException e) {
            var message = e.getOriginalMessage();
            problems.put(number, message.length() <= MAX_PROBLEM ? message : message.substring(0, MAX_PROBLEM));
        }
    }

    private static Map<String, Kind> types(Iterable<ObjectNode> objects) {
        var types = new LinkedHashMap<String, Kind>();
        for (var object : objects) {
            object.fields().forEachRemaining(field -> {
                var kind = kind(field.getValue());
                types.merge(field.getKey(), kind, SampleRows::both);
            });
        }
        // Nothing but NULL says nothing of the type.
        types.replaceAll((name, kind) -> kind == Kind.BINARY ? Kind.TEXT : kind);
        return types;
    }

    /** Returns the kind of a value; BINARY stands for any, as no value of JSON is one. */
    private static Kind kind(JsonNode value) {
        if (value.isNull()) {
            return Kind.BINARY;
        }
        if (value.isBoolean() || (value.isIntegralNumber() && value.canConvertToLong())) {
            return Kind.INTEGER;
        }
        return value.isNumber() ? Kind.DECIMAL : Kind.TEXT;
    }

    private static Kind both(Kind one, Kind other) {
        if (one == other || other == Kind.BINARY) {
            return one;
        }
        if (one == Kind.BINARY) {
            return other;
        }
        return one == Kind.TEXT || other == Kind.TEXT ? Kind.TEXT : Kind.DECIMAL;
    }

    private static Object value(Column column, JsonNode value) {
        if (value == null || value.isNull()) {
            return null;
        }
        return switch (column.type().kind()) {
            case INTEGER -> value.isBoolean() ? (value.booleanValue() ? 1L : 0L) : value.longValue();
            case DECIMAL ->
                value.isBoolean() ? (value.booleanValue() ? BigDecimal.ONE : BigDecimal.ZERO) : value.decimalValue();
            default -> value.isValueNode() ? value.asText() : value.toString();
        };
    }

    private static String sqlType(Kind kind) {
        return kind == Kind.INTEGER ? "BIGINT" : kind.name();
    }
}
