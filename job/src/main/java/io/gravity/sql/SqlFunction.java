package io.gravity.sql;

import static java.util.Objects.requireNonNull;

import io.gravity.event.ColumnType.Kind;
import io.gravity.extension.Extensions;
import io.gravity.extension.GuardedCalls;
import io.gravity.extension.ValueClasses;
import io.gravity.udf.FieldFunction;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Set;
import org.apache.flink.metrics.Counter;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.table.types.inference.TypeInference;

/**
 * A field function as Flink SQL calls it: with one value, which becomes another of the same type. A value that it can do
 * nothing with becomes NULL, as with TRY_CAST, and is counted in the metric {@code failedCalls}; SQL has no quarantine.
 */
public final class SqlFunction extends ScalarFunction {
    private static final long serialVersionUID = 1L;

    private final String name;
    /** The kind that stands for all accepted ones of a class. */
    private final LinkedHashMap<Class<?>, Kind> kinds = new LinkedHashMap<>();

    private transient FieldFunction function;
    private transient GuardedCalls calls;
    private transient Counter failed;

    SqlFunction(String name, Set<Kind> accepted) {
        this.name = requireNonNull(name, "name");
        ArgumentTypes.known().forEach(type -> accepted.stream()
                .filter(kind -> ValueClasses.of(kind) == type)
                .min(Comparator.naturalOrder())
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
        return new ArgumentTypes(kinds.keySet()).inference();
    }

    @Override
    public void open(FunctionContext context) {
        function = Extensions.of(FieldFunction.class, context.getUserCodeClassLoader())
                .named(name);
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
}
