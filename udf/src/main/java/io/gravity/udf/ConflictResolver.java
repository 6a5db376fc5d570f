package io.gravity.udf;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides what a row is when several sources write it: {@code strategy: custom} with {@code resolver: NAME} calls it.
 *
 * <p>It must be a pure function of its argument, which holds the last word of each source whatever the order in which
 * they came: then every target ends with the same row. It is called from one thread at a time per instance, on the path
 * of every change of its tables, so it must not block. Registered in {@code
 * META-INF/services/io.gravity.udf.ConflictResolver}; needs a constructor without arguments.
 */
public interface ConflictResolver extends Extension {

    /**
     * Returns the row, by column name; empty if it is to be absent. Columns left out are NULL.
     *
     * @param versions what each source says last, from the earliest to the latest; never empty
     * @throws RuntimeException costs this row only: it is stopped like with {@code error-stop}, until it is released
     */
    Optional<Map<String, Object>> resolve(List<SourceVersion> versions);
}
