package io.gravity.resolve;

import io.gravity.extension.Extensions;
import io.gravity.udf.ConflictResolver;

/** Finds the users' resolvers on the class path. */
final class Resolvers {

    private Resolvers() {}

    /** Returns the resolver a strategy asks for; {@code null} if it asks for none. */
    static ConflictResolver of(ConflictStrategy strategy) {
        return strategy instanceof ConflictStrategy.Custom custom
                ? Extensions.of(ConflictResolver.class).named(custom.resolver())
                : null;
    }
}
