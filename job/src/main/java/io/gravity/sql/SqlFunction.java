package io.gravity.sql;

import static java.util.Objects.requireNonNull;

import io.gravity.event.ColumnType.Kind;
import io.gravity.extension.Extensions;
import io.gravity.extension.GuardedCalls;
import io.gravity.extension.ValueClasses;
import io.gravity.udf.FieldFunction;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.metrics.Counter;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.InputTypeStrategies;
import org.apache.flink.table.types.inference.InputTypeStrategy;
import org.apache.flink.table.types.inference.TypeInference;

/**
 * A field function as Flink SQL calls it: with one value, which becomes another of the same type. A value that it can do
 * nothing with becomes NULL, as with TRY_CAST, and is counted in the metric {@code failedCalls}; SQL has no quarantine.
 */
public final class SqlFunction extends ScalarFunction {
    private static final long serialVersionUID = 1L;

    /** By the class of the values. Others have no type in SQL that fits. */
    private static final Map<Class<?>, DataType> TYPES = types();

    private final String name;
    /** The kind that stands for all accepted ones of a class. */
    private final LinkedHashMap<Class<?>, Kind> kinds = new LinkedHashMap<>();

    private transient FieldFunction function;
    private transient GuardedCalls calls;
    private transient Counter failed;

    SqlFunction(String name, Set<Kind> accepted) {
        this.name = requireNonNull(name, "name");
        TYPES.keySet().forEach(type -> accepted.stream()
                .filter(kind -> ValueClasses.of(kind) == type)
                .sorted()
                .reduce((first, second) -> first)
                .ifPresent(kind -> kinds.put(type, kind)));
    }

    String name() {
        return name;
    }

    /** Returns whether it takes any type that SQL has. */
    boolean isPossible() {
        return !kinds.isEmpty();
    }

    @Override
    public TypeInference getTypeInference(DataTypeFactory factory) {
        var arguments = kinds.keySet().stream()
                .map(type -> InputTypeStrategies.sequence(InputTypeStrategies.explicit(TYPES.get(type))))
                .toArray(InputTypeStrategy[]::new);
        return TypeInference.newBuilder()
                .inputTypeStrategy(arguments.length == 1 ? arguments[0] : InputTypeStrategies.or(arguments))
                .outputTypeStrategy(call ->
                        Optional.of(call.getArgumentDataTypes().get(0).nullable()))
                .build();
    }

    @Override
    public void open(FunctionContext context) {
        function = Extensions.of(FieldFunction.class, context.getUserCodeClassLoader()).named(name);
        calls = new GuardedCalls();
        failed = context.getMetricGroup().counter("failedCalls");
    }

    @Override
    public void close() {
        if (calls != null) {
            calls.close();
        }
    }

    /** Called by what Flink generates, with a value of one of the classes. */
    public Object eval(Object value) {
        if (value == null) {
            return null;
        }
        var outcome = calls.apply(function, kinds.get(value.getClass()), value);
        if (outcome.isFailure()) {
            failed.inc();
        }
        return outcome.value();
    }

    private static Map<Class<?>, DataType> types() {
        var types = new LinkedHashMap<Class<?>, DataType>();
        types.put(String.class, DataTypes.STRING());
        types.put(Long.class, DataTypes.BIGINT());
        types.put(Float.class, DataTypes.FLOAT());
        types.put(Double.class, DataTypes.DOUBLE());
        types.put(BigDecimal.class, DataTypes.DECIMAL(38, 18));
        types.put(byte[].class, DataTypes.BYTES());
        types.put(LocalDate.class, DataTypes.DATE());
        types.put(LocalDateTime.class, DataTypes.TIMESTAMP(6));
        types.put(Instant.class, DataTypes.TIMESTAMP_LTZ(6));
        return types;
    }
}
