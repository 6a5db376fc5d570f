package io.gravity.dispatch.schema;

import io.gravity.dispatch.schema.SchemaPolicy.Change;
import io.gravity.event.Column;

/** One change of a target's table. */
public sealed interface Step<T> {

    Change change();

    /** The column it is about. */
    String column();

    /** Why it is needed, in words. */
    String reason();

    /**
     * A new column.
     *
     * @param declared how a source has it
     * @param isPartial whether rows come that lack it, so that it has to take what stands for nothing
     */
    record Add<T>(Column declared, T type, boolean nullable, boolean isPartial, String reason) implements Step<T> {
        @Override
        public Change change() {
            return Change.ADD_COLUMN;
        }

        @Override
        public String column() {
            return declared.name();
        }
    }

    /**
     * Another type, or NULL allowed.
     *
     * @param declared how a source has it; {@code null} if none has it
     */
    record Modify<T>(TargetColumn<T> from, Column declared, T type, boolean nullable, String reason)
            implements Step<T> {
        @Override
        public Change change() {
            return Change.ALTER_COLUMN_TYPE;
        }

        @Override
        public String column() {
            return from.name();
        }
    }

    /** Another name. */
    record Rename<T>(TargetColumn<T> from, String to, String reason) implements Step<T> {
        @Override
        public Change change() {
            return Change.RENAME_COLUMN;
        }

        @Override
        public String column() {
            return from.name();
        }
    }

    /** One column less. */
    record Drop<T>(String column, String reason) implements Step<T> {
        @Override
        public Change change() {
            return Change.DROP_COLUMN;
        }
    }
}
