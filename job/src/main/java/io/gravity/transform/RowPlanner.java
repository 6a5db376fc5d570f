package io.gravity.transform;

import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.expression.Columns;
import io.gravity.expression.Condition;
import io.gravity.expression.Texts;
import io.gravity.extension.Extensions;
import io.gravity.extension.GuardedCalls;
import io.gravity.extension.NamedValues;
import io.gravity.extension.ValueClasses;
import io.gravity.transform.Transform.Mask.Method;
import io.gravity.udf.FieldFunction;
import io.gravity.udf.RowTransform;
import io.gravity.udf.functions.MaskPartial;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Makes the plan for the rows of a schema. Finds whatever does not fit the table, before its first row is touched. */
final class RowPlanner {
    private static final Set<Kind> TEXTS = EnumSet.of(Kind.TEXT, Kind.ENUM, Kind.SET, Kind.JSON);
    private static final ColumnType DIGEST = new ColumnType(Kind.TEXT, "VARCHAR", 64, -1);

    private final List<Transform> transforms;
    private final GuardedCalls calls;
    private final Map<String, FieldFunction> functions = new HashMap<>();
    private final Map<String, RowTransform> rowTransforms = new HashMap<>();

    RowPlanner(List<Transform> transforms, GuardedCalls calls) {
        this.transforms = List.copyOf(transforms);
        this.calls = calls;
    }

    /**
     * Returns the plan.
     *
     * @throws IllegalArgumentException saying which transform does not fit the table, and why
     */
    RowPlan plan(TableId table, TableSchema schema) {
        var making = new Making(schema);
        for (int i = 0; i < transforms.size(); i++) {
            var transform = transforms.get(i);
            if (transform.isFor(table)) {
                try {
                    making.add(transform);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            "transforms[" + i + "] (" + transform.type() + ") does not fit " + table + ": "
                                    + e.getMessage(),
                            e);
                }
            }
        }
        return new RowPlan(making.schema, making.steps, making.steps.isEmpty() && making.schema.equals(schema));
    }

    /** A plan as far as it is made, and the schema behind its last step. */
    private final class Making {
        private final List<Step> steps = new ArrayList<>();
        private TableSchema schema;

        Making(TableSchema schema) {
            this.schema = schema;
        }

        void add(Transform transform) {
            if (transform instanceof Transform.FieldMapping mapping) {
                rename(mapping);
            } else if (transform instanceof Transform.DataFilter filter) {
                filter(filter);
            } else if (transform instanceof Transform.DerivedColumn derived) {
                derive(derived);
            } else if (transform instanceof Transform.DropColumns drop) {
                drop(drop);
            } else if (transform instanceof Transform.Mask mask) {
                mask.fields().forEach((field, method) -> mask(mask, field, method));
            } else if (transform instanceof Transform.Cast cast) {
                cast(cast);
            } else if (transform instanceof Transform.Function function) {
                function(function);
            } else if (transform instanceof Transform.RowFunction function) {
                steps.add(new Step.Whole(new RowCall(schema, rowTransform(function.name()))));
                replaceColumns(column -> schema.isKey(schema.indexOf(column.name())) ? column : column.asNullable());
            }
        }

        private void rename(Transform.FieldMapping mapping) {
            var columns = new ArrayList<>(schema.columns());
            mapping.mappings().forEach((from, to) -> {
                if (applies(mapping, from)) {
                    int index = Columns.find(schema, from);
                    columns.set(index, schema.column(index).named(to));
                }
            });
            shape(columns, keys());
        }

        private void filter(Transform.DataFilter filter) {
            var fields = new ArrayList<>(filter.conditions().stream()
                    .map(Transform.FieldCondition::field)
                    .toList());
            if (filter.expression() != null) {
                fields.addAll(filter.expression().columns());
            }
            if (!filter.isStrict() && !fields.stream().allMatch(field -> Columns.has(schema, field))) {
                return;
            }
            for (var condition : filter.conditions()) {
                steps.add(new Step.Filter(Condition.parse(sql(condition)).bind(schema)));
            }
            if (filter.expression() != null) {
                steps.add(new Step.Filter(filter.expression().bind(schema)));
            }
        }

        /** Numbers go without quotes beside numbers, whatever stands in the file. */
        private String sql(Transform.FieldCondition condition) {
            int column = Columns.find(schema, condition.field());
            boolean number =
                    switch (schema.column(column).type().kind()) {
                        case INTEGER, YEAR, UNSIGNED_BIGINT, DECIMAL, FLOAT, DOUBLE, BITS -> true;
                        default -> false;
                    };
            var literals = condition.values().stream()
                    .map(value -> number ? FieldValues.number(condition.field(), value) : FieldValues.quoted(value))
                    .toList();
            return condition.operator().sql("`" + condition.field() + "`", String.join(", ", literals));
        }

        private void derive(Transform.DerivedColumn derived) {
            if (!derived.isStrict()
                    && !derived.expression().columns().stream().allMatch(name -> Columns.has(schema, name))) {
                return;
            }
            var expression = derived.expression().bind(schema);
            var type = derived.columnType();
            steps.add(new Step.Append(row -> {
                var value = expression.apply(row);
                return value == null ? null : converted(derived.name(), value, type);
            }));
            var columns = new ArrayList<>(schema.columns());
            columns.add(new Column(derived.name(), type, true));
            shape(columns, keys());
        }

        private void drop(Transform.DropColumns drop) {
            var dropped = drop.columns().stream()
                    .filter(name -> applies(drop, name))
                    .map(name -> Columns.find(schema, name))
                    .toList();
            for (int column : dropped) {
                refuseKey(column, "can't be dropped");
            }
            if (dropped.isEmpty()) {
                return;
            }
            int[] kept = IntStream.range(0, schema.columnCount())
                    .filter(column -> !dropped.contains(column))
                    .toArray();
            steps.add(new Step.Select(kept));
            int[] keys = Arrays.stream(keys())
                    .map(key -> Arrays.binarySearch(kept, key))
                    .toArray();
            shape(Arrays.stream(kept).mapToObj(schema::column).toList(), keys);
        }

        private void mask(Transform.Mask mask, String field, Method method) {
            if (!applies(mask, field)) {
                return;
            }
            int index = Columns.find(schema, field);
            var column = schema.column(index);
            switch (method) {
                case HASH -> {
                    cell(index, RowPlanner::digest);
                    replace(index, new Column(column.name(), DIGEST, column.nullable()));
                }
                case PARTIAL -> {
                    refuseKey(index, "can't be masked partially, as rows would meet; hash keeps them apart");
                    if (!TEXTS.contains(column.type().kind())) {
                        throw new IllegalArgumentException("column " + column.name() + " is "
                                + column.type().sqlType() + ", and only a text can be masked partially; hash and null"
                                + " are for any type");
                    }
                    cell(index, new MaskPartial()::apply);
                    var type = column.type().kind() == Kind.TEXT ? column.type() : ColumnType.of(Kind.TEXT, "TEXT");
                    replace(index, new Column(column.name(), type, column.nullable()));
                }
                case NULL -> {
                    refuseKey(index, "can't be NULL");
                    cell(index, value -> null);
                    replace(index, column.asNullable());
                }
            }
        }

        private void cast(Transform.Cast cast) {
            if (applies(cast, cast.field())) {
                int index = Columns.find(schema, cast.field());
                var column = schema.column(index);
                cell(index, value -> converted(column.name(), value, cast.columnType()));
                replace(index, new Column(column.name(), cast.columnType(), column.nullable()));
            }
        }

        private void function(Transform.Function step) {
            if (!applies(step, step.field())) {
                return;
            }
            int index = Columns.find(schema, step.field());
            var column = schema.column(index);
            var kind = column.type().kind();
            var function = functions.computeIfAbsent(step.function(), Extensions.of(FieldFunction.class)::named);
            var accepted = function.accepts();
            if (!accepted.contains(kind)) {
                throw new IllegalArgumentException("column " + column.name() + " is "
                        + column.type().sqlType() + " (" + kind + "), and " + step.function() + " takes " + accepted
                        + " only");
            }
            cell(index, value -> {
                var outcome = calls.apply(function, kind, value);
                if (outcome.isFailure()) {
                    throw new RowFault(column.name(), outcome.failure());
                }
                return outcome.value();
            });
            if (!schema.isKey(index)) {
                replace(index, column.asNullable());
            }
        }

        private void cell(int index, UnaryOperator<Object> function) {
            steps.add(new Step.Cell(index, schema.column(index).name(), schema.isKey(index), function));
        }

        private boolean applies(Transform transform, String field) {
            return transform.isStrict() || Columns.has(schema, field);
        }

        private void refuseKey(int column, String what) {
            if (schema.isKey(column)) {
                throw new IllegalArgumentException(
                        "column " + schema.column(column).name() + " is part of the key and " + what);
            }
        }

        private void replace(int index, Column column) {
            var columns = new ArrayList<>(schema.columns());
            columns.set(index, column);
            shape(columns, keys());
        }

        private void replaceColumns(UnaryOperator<Column> change) {
            shape(schema.columns().stream().map(change).toList(), keys());
        }

        private int[] keys() {
            return IntStream.range(0, schema.keyColumnCount())
                    .map(schema::keyColumn)
                    .toArray();
        }

        /** Servers tell columns apart by more than the case of their names. */
        private void shape(List<Column> columns, int[] keys) {
            var names = new HashMap<String, String>();
            for (var column : columns) {
                var same = names.put(column.name().toLowerCase(Locale.ROOT), column.name());
                if (same != null) {
                    throw new IllegalArgumentException("two columns would have the name " + column.name());
                }
            }
            schema = new TableSchema(columns, keys);
        }
    }

    /** Calls a user's transform for the values of a row. */
    private final class RowCall implements UnaryOperator<Object[]> {
        private final TableSchema schema;
        private final RowTransform transform;

        RowCall(TableSchema schema, RowTransform transform) {
            this.schema = schema;
            this.transform = transform;
        }

        @Override
        public Object[] apply(Object[] values) {
            var given = NamedValues.of(schema, Row.of(values));
            // The map it returns is its own code too.
            var outcome = calls.call(transform, () -> call(given));
            if (outcome.isFailure()) {
                throw new RowFault(outcome.failure());
            }
            if (outcome.value() instanceof RowFault fault) {
                throw fault;
            }
            return (Object[]) outcome.value();
        }

        private Object call(Map<String, Object> given) {
            try {
                return transform.apply(given).map(this::valuesOf).orElse(null);
            } catch (RowFault e) {
                return e;
            }
        }

        private Object[] valuesOf(Map<String, Object> made) {
            var values = new Object[schema.columnCount()];
            for (var entry : made.entrySet()) {
                int column = schema.indexOf(entry.getKey());
                if (column < 0) {
                    throw new RowFault(entry.getKey(), "the table has no such column");
                }
                var complaint =
                        ValueClasses.complaint(schema.column(column).type().kind(), entry.getValue());
                if (complaint != null) {
                    throw new RowFault(entry.getKey(), complaint);
                }
                values[column] = entry.getValue();
            }
            for (int i = 0; i < values.length; i++) {
                if (values[i] == null && schema.isKey(i)) {
                    throw new RowFault(schema.column(i).name(), "is NULL, and part of the key");
                }
            }
            return values;
        }
    }

    private RowTransform rowTransform(String name) {
        return rowTransforms.computeIfAbsent(name, Extensions.of(RowTransform.class)::named);
    }

    private static Object converted(String column, Object value, ColumnType type) {
        try {
            return Casts.cast(value, type);
        } catch (IllegalArgumentException e) {
            throw new RowFault(column, e.getMessage());
        }
    }

    private static Object digest(Object value) {
        try {
            var bytes = value instanceof byte[] raw ? raw : Texts.of(value).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
