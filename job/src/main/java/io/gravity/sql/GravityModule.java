package io.gravity.sql;

import static java.util.stream.Collectors.toUnmodifiableMap;

import io.gravity.extension.Extensions;
import io.gravity.udf.FieldFunction;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.module.Module;

/** All field functions that a class loader knows when the module is loaded. Their names have {@code _} for {@code -}. */
final class GravityModule implements Module {
    private final Map<String, SqlFunction> functions;

    GravityModule(ClassLoader loader) {
        var known = Extensions.of(FieldFunction.class, loader);
        functions = known.names().stream()
                .map(name -> new SqlFunction(name, known.named(name).accepts()))
                .filter(SqlFunction::isPossible)
                .collect(toUnmodifiableMap(function -> function.name().replace('-', '_'), function -> function));
    }

    @Override
    public Set<String> listFunctions() {
        return functions.keySet();
    }

    @Override
    public Optional<FunctionDefinition> getFunctionDefinition(String name) {
        return Optional.ofNullable(functions.get(name.toLowerCase(Locale.ROOT)));
    }
}
