package io.gravity.dispatch.schema;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * How a target's tables follow those of the sources. Modes and names of changes are those of Flink CDC.
 *
 * @param follows the changes that are made at the target; others are as if the mode were {@code ignore}
 */
public record SchemaPolicy(Mode mode, Set<Change> follows) implements Serializable {
    /** What is done about a difference. */
    public enum Mode {
        /** The same change at the target; if it can't be made, the table stops. */
        EVOLVE,
        /** The same change at the target; if it can't be made, rows come without what has no place. */
        TRY_EVOLVE,
        /** Nothing that loses values: columns are added and widened, and those no longer written take NULL. */
        LENIENT,
        /** None; rows come without what has no place. */
        IGNORE,
        /** The table stops and says what is different. */
        EXCEPTION
    }

    /** What can happen to a table. */
    public enum Change {
        CREATE_TABLE("create.table"),
        ADD_COLUMN("add.column"),
        ALTER_COLUMN_TYPE("alter.column.type"),
        RENAME_COLUMN("rename.column"),
        DROP_COLUMN("drop.column");

        private final String label;

        Change(String label) {
            this.label = label;
        }

        /** Returns its name in the configuration. */
        public String label() {
            return label;
        }
    }

    public SchemaPolicy {
        requireNonNull(mode, "mode");
        follows =
                Collections.unmodifiableSet(follows.isEmpty() ? EnumSet.noneOf(Change.class) : EnumSet.copyOf(follows));
    }

    /** What holds where nothing is configured, as in Flink CDC. */
    public static SchemaPolicy defaults() {
        return of(Mode.LENIENT);
    }

    /** Returns the policy of a mode that names no changes. */
    public static SchemaPolicy of(Mode mode) {
        return new SchemaPolicy(mode, EnumSet.allOf(Change.class));
    }

    /** Returns a policy that changes nothing, for tables that are no source's. */
    public static SchemaPolicy none() {
        return new SchemaPolicy(Mode.IGNORE, Set.of());
    }

    /** Returns whether the change is made at the target. */
    public boolean makes(Change change) {
        return follows.contains(change) && (change == Change.CREATE_TABLE || changes());
    }

    /** Returns whether columns leave tables or change their names, so that who writes has to know what was before. */
    public boolean remembers() {
        return mode == Mode.EVOLVE || mode == Mode.TRY_EVOLVE;
    }

    private boolean changes() {
        return mode != Mode.IGNORE && mode != Mode.EXCEPTION;
    }
}
