package io.gravity;

import io.gravity.config.Problems;
import io.gravity.config.Section;
import io.gravity.config.Value;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.TablePattern;
import io.gravity.expression.Condition;
import io.gravity.expression.Expression;
import io.gravity.extension.Extensions;
import io.gravity.transform.SqlTypes;
import io.gravity.transform.Transform;
import io.gravity.transform.Transform.FieldCondition;
import io.gravity.transform.Transform.Operator;
import io.gravity.udf.Extension;
import io.gravity.udf.FieldFunction;
import io.gravity.udf.RowTransform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Reads {@code transformer} of the YAML. */
final class TransformSettings {
    private static final String TRANSFORMS = "transforms, each with type: and config:";
    private static final String COLUMN = "a column's name";
    private static final String COLUMNS = "a list of columns, e.g. [\"password\"]";
    private static final String CONDITIONS = "conditions, each with field:, operator: and value:";
    private static final String OPERATOR = "=, !=, <, <=, >, >=, in, not-in, like, not-like, is-null or not-null";
    private static final String CONDITION = "a condition, e.g. status <> 'deleted'";
    private static final String EXPRESSION = "an expression, e.g. price * quantity";
    private static final String MAPPINGS = "columns with their new names, e.g. {user_id: uid}";
    private static final String MASKS = "columns, each with hash, partial or null, e.g. {phone: partial}";
    private static final ColumnType ANY = ColumnType.of(Kind.TEXT, "TEXT");

    private final Problems problems;
    private final boolean quarantines;

    enum Type {
        FIELD_MAPPING,
        DATA_FILTER,
        DERIVED_COLUMN,
        DROP_COLUMNS,
        MASK,
        CAST,
        FUNCTION,
        ROW_TRANSFORM
    }

    TransformSettings(Problems problems, boolean quarantines) {
        this.problems = problems;
        this.quarantines = quarantines;
    }

    List<Transform> read(Section section) {
        RealtimeSettings.always(section, "streaming", "rows are transformed one by one as they come; leave it out");
        var transforms = new ArrayList<Transform>();
        for (var one : section.sections("transforms", TRANSFORMS)) {
            transform(one, transforms);
        }
        // Each source's rows are transformed in its own tasks, as many as its max-workers.
        var performance = section.section("performance");
        performance.flag("parallel", true);
        performance.number("parallelism", 1, 1000, 1);
        performance.refuseOthers();
        section.refuseOthers();
        return transforms;
    }

    private void transform(Section one, List<Transform> transforms) {
        int before = problems.count();
        var type = one.choice("type", Type.class, Set.of());
        var tables = Names.tables(one, "tables", null);
        var config = one.section("config");
        if (type == null) {
            return;
        }
        var transform = transform(type, tables, config);
        config.refuseOthers();
        one.refuseOthers();
        if (problems.count() != before) {
            return;
        }
        if (transform.canFail() && !quarantines) {
            one.problem(
                    "type",
                    "found " + transform.type() + " without quarantine:, and there can be rows that it can do nothing"
                            + " with. Name a target for them, e.g. quarantine: {target: warehouse}");
        }
        transforms.add(transform);
    }

    /** Returns what is of no use after a problem. */
    private Transform transform(Type type, List<TablePattern> tables, Section at) {
        return switch (type) {
            case FIELD_MAPPING -> new Transform.FieldMapping(tables, mappings(at));
            case DATA_FILTER -> filter(tables, at);
            case DERIVED_COLUMN ->
                new Transform.DerivedColumn(
                        tables,
                        at.text("name", COLUMN, TransformSettings::isColumn),
                        parsed(at, "expression", EXPRESSION, Expression::parse),
                        columnType(at));
            case DROP_COLUMNS -> new Transform.DropColumns(tables, some(at, "columns", columns(at), COLUMNS));
            case MASK -> new Transform.Mask(tables, masks(at));
            case CAST ->
                new Transform.Cast(tables, at.text("field", COLUMN, TransformSettings::isColumn), columnType(at));
            case FUNCTION ->
                new Transform.Function(
                        tables,
                        at.text("field", COLUMN, TransformSettings::isColumn),
                        extension(at, "function", FieldFunction.class));
            case ROW_TRANSFORM -> new Transform.RowFunction(tables, extension(at, "name", RowTransform.class));
        };
    }

    private Map<String, String> mappings(Section at) {
        var mappings = at.properties("mappings");
        var taken = new LinkedHashSet<String>();
        mappings.forEach((from, to) -> {
            if (!isColumn(from) || !isColumn(to)) {
                at.problem("mappings", "found " + from + ": \"" + to + "\", expected " + MAPPINGS);
            } else if (!taken.add(to)) {
                at.problem("mappings", "found two columns that become " + to + ", expected a name for each");
            }
        });
        if (mappings.isEmpty()) {
            at.problem("mappings", (at.has("mappings") ? "found none" : "missing") + ", expected " + MAPPINGS);
        }
        return mappings;
    }

    private Transform filter(List<TablePattern> tables, Section at) {
        var conditions = new ArrayList<FieldCondition>();
        int before = problems.count();
        for (var condition : at.sections("conditions", CONDITIONS)) {
            condition(condition, conditions);
        }
        var expression = at.has("expression") ? parsed(at, "expression", CONDITION, Condition::parse) : null;
        at.value("expression");
        if (conditions.isEmpty() && !at.has("expression") && problems.count() == before) {
            at.problem(
                    "conditions", "missing, expected a list of " + CONDITIONS + ", or expression: with " + CONDITION);
        }
        return new Transform.DataFilter(tables, conditions, expression);
    }

    private void condition(Section at, List<FieldCondition> conditions) {
        int before = problems.count();
        var field = at.text("field", COLUMN, TransformSettings::isColumn);
        var operator = at.required("operator", OPERATOR).flatMap(value -> {
            var text = value.text(OPERATOR);
            var known = text.map(Operator::of);
            if (text.isPresent() && known.isEmpty()) {
                value.expected(OPERATOR);
            }
            return known;
        });
        var values = operator.map(known -> values(at, known)).orElse(List.of());
        at.value("value");
        at.refuseOthers();
        if (problems.count() == before) {
            conditions.add(new FieldCondition(field, operator.orElseThrow(), values));
        }
    }

    private static List<String> values(Section at, Operator operator) {
        if (!operator.takesValue()) {
            if (at.has("value")) {
                at.problem("value", "found beside operator " + operator.label() + ", which takes none");
            }
            return List.of();
        }
        var expected = operator.takesList() ? "a list of values" : "a value, e.g. deleted";
        var value = at.required("value", expected);
        if (operator.takesList()) {
            value.filter(Value::isEmptyList).ifPresent(list -> list.expected(expected));
            return value.map(list -> list.items(expected)).orElse(List.of()).stream()
                    .flatMap(item -> item.text("a value").stream())
                    .toList();
        }
        return value.flatMap(one -> one.text(expected)).map(List::of).orElse(List.of());
    }

    private static List<String> columns(Section at) {
        return at.texts("columns", COLUMNS, COLUMN, TransformSettings::isColumn);
    }

    private static List<String> some(Section at, String key, List<String> found, String expected) {
        if (found.isEmpty()) {
            at.problem(key, (at.has(key) ? "found none" : "missing") + ", expected " + expected);
        }
        return found;
    }

    private Map<String, Transform.Mask.Method> masks(Section at) {
        var masks = new LinkedHashMap<String, Transform.Mask.Method>();
        int before = problems.count();
        at.required("fields", MASKS)
                .map(value -> value.members(MASKS))
                .orElse(Map.of())
                .forEach((field, value) -> {
                    if (!isColumn(field)) {
                        value.problem("found \"" + field + "\" as a column's name, expected " + MASKS);
                    }
                    if (value.isNothing()) {
                        masks.put(field, Transform.Mask.Method.NULL);
                    } else {
                        value.choice(Transform.Mask.Method.class, Set.of())
                                .ifPresent(method -> masks.put(field, method));
                    }
                });
        if (masks.isEmpty() && problems.count() == before) {
            at.problem("fields", "found none, expected " + MASKS);
        }
        return masks;
    }

    private static ColumnType columnType(Section at) {
        var text =
                at.text("type", SqlTypes.EXPECTED, name -> SqlTypes.parse(name).isPresent());
        return text == null ? ANY : SqlTypes.parse(text).orElse(ANY);
    }

    private static String extension(Section at, String key, Class<? extends Extension> kind) {
        var name = at.text(key, "the name of a " + kind.getSimpleName(), Names::isText);
        if (name != null) {
            Extensions.of(kind).problem(name).ifPresent(text -> at.problem(key, text));
        }
        return name == null ? "missing" : name;
    }

    /** Returns what the text means; {@code null} after a problem. */
    private static <T> T parsed(Section at, String key, String expected, Function<String, T> parse) {
        var text = at.text(key, expected, Names::isText);
        if (text == null) {
            return null;
        }
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            at.problem(key, e.getMessage());
            return null;
        }
    }

    private static boolean isColumn(String name) {
        return !name.isBlank() && name.indexOf('`') < 0;
    }
}
