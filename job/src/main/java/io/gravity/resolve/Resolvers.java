package io.gravity.resolve;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.udf.ConflictResolver;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Finds the users' resolvers on the class path. */
public final class Resolvers {

    private Resolvers() {}

    /** Returns the resolver a strategy asks for; {@code null} if it asks for none. */
    static ConflictResolver of(ConflictStrategy strategy) {
        return strategy instanceof ConflictStrategy.Custom custom ? named(custom.resolver()) : null;
    }

    /**
     * Returns a resolver.
     *
     * @throws GravityException with CONFIG_INVALID if no jar has one of that name, naming those there are
     */
    public static ConflictResolver named(String name) {
        var found = new TreeMap<String, ConflictResolver>();
        for (var resolver : ServiceLoader.load(
                ConflictResolver.class, Thread.currentThread().getContextClassLoader())) {
            found.put(resolver.name(), resolver);
        }
        var resolver = found.get(name);
        if (resolver == null) {
            throw new GravityException(
                    ErrorCode.CONFIG_INVALID,
                    "no resolver \"" + name + "\" is on the class path; found " + found.keySet()
                            + ". Put its jar into Flink's lib folder, with a line in"
                            + " META-INF/services/io.gravity.udf.ConflictResolver");
        }
        return resolver;
    }
}
