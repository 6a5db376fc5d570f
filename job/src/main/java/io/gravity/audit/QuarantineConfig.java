package io.gravity.audit;

import static java.util.Objects.requireNonNull;

import io.gravity.event.TableId;
import java.io.Serializable;

/**
 * Where dead letters go.
 *
 * @param target name of a configured target
 * @param table {@code database.table}
 */
public record QuarantineConfig(String target, String table) implements Serializable {
    public static final String DEFAULT_TABLE = "gravity.dead_letters";

    public QuarantineConfig {
        requireNonNull(target, "target");
        TableId.parse(table);
    }
}
