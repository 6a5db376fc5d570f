package io.gravity.sql;

import static java.util.stream.Collectors.joining;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.ArgumentCount;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.table.types.inference.ConstantArgumentCount;
import org.apache.flink.table.types.inference.InputTypeStrategy;
import org.apache.flink.table.types.inference.Signature;
import org.apache.flink.table.types.inference.TypeInference;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.utils.LogicalTypeCasts;

/**
 * Types in SQL for the classes of values that a function takes. An argument becomes the one of its own family, or else the
 * first that SQL casts it to unasked; the result has the same.
 */
final class ArgumentTypes implements InputTypeStrategy {
    /** Values of other classes have no type in SQL that fits. */
    private static final Map<Class<?>, DataType> BY_CLASS = byClass();

    private final List<DataType> accepted = new ArrayList<>();

    /** Creates a strategy for the classes, which are of those {@link #known}. */
    ArgumentTypes(Set<Class<?>> classes) {
        BY_CLASS.forEach((type, dataType) -> {
            if (classes.contains(type)) {
                accepted.add(dataType);
            }
        });
    }

    static Set<Class<?>> known() {
        return BY_CLASS.keySet();
    }

    TypeInference inference() {
        return TypeInference.newBuilder()
                .inputTypeStrategy(this)
                .outputTypeStrategy(this::type)
                .build();
    }

    @Override
    public ArgumentCount getArgumentCount() {
        return ConstantArgumentCount.of(1);
    }

    @Override
    public Optional<List<DataType>> inferInputTypes(CallContext call, boolean throwOnFailure) {
        var type = type(call);
        return type.isPresent()
                ? type.map(List::of)
                : call.fail(
                        throwOnFailure,
                        "found %s, expected %s",
                        call.getArgumentDataTypes().get(0),
                        accepted.stream().map(DataType::toString).collect(joining(" or ")));
    }

    @Override
    public List<Signature> getExpectedSignatures(FunctionDefinition definition) {
        return accepted.stream()
                .map(type -> Signature.of(Signature.Argument.of(type.toString())))
                .toList();
    }

    private Optional<DataType> type(CallContext call) {
        var actual = call.getArgumentDataTypes().get(0).getLogicalType();
        return accepted.stream()
                .filter(type -> type.getLogicalType().is(actual.getTypeRoot()))
                .findFirst()
                .or(() ->
                        accepted.stream().filter(type -> castsTo(actual, type)).findFirst());
    }

    private static boolean castsTo(LogicalType actual, DataType type) {
        return LogicalTypeCasts.supportsImplicitCast(actual, type.getLogicalType());
    }

    private static Map<Class<?>, DataType> byClass() {
        var types = new LinkedHashMap<Class<?>, DataType>();
        types.put(String.class, DataTypes.STRING());
        types.put(Long.class, DataTypes.BIGINT());
        types.put(BigDecimal.class, DataTypes.DECIMAL(38, 18));
        types.put(Float.class, DataTypes.FLOAT());
        types.put(Double.class, DataTypes.DOUBLE());
        types.put(byte[].class, DataTypes.BYTES());
        types.put(LocalDate.class, DataTypes.DATE());
        types.put(LocalDateTime.class, DataTypes.TIMESTAMP(6));
        types.put(Instant.class, DataTypes.TIMESTAMP_LTZ(6));
        return types;
    }
}
