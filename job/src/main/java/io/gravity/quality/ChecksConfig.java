package io.gravity.quality;

import io.gravity.event.TableId;
import java.io.Serializable;
import java.util.List;

/** What rows are judged by: each check with the tables it is for. */
public record ChecksConfig(List<TableCheck> checks) implements Serializable {
    private static final long serialVersionUID = 1L;

    public ChecksConfig {
        checks = List.copyOf(checks);
    }

    public static ChecksConfig none() {
        return new ChecksConfig(List.of());
    }

    /** Returns whether every row is fine. */
    public boolean isEmpty() {
        return checks.isEmpty();
    }

    /** Returns whether any row of a target table is judged. */
    public boolean watches(TableId table) {
        return checks.stream().anyMatch(check -> check.isFor(table));
    }

    /** Returns the checks of one kind. */
    public <T extends TableCheck> List<T> of(Class<T> kind) {
        return checks.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
