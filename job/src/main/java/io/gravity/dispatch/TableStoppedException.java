package io.gravity.dispatch;

import static java.util.Objects.requireNonNull;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.TableId;

/** One table of a target does not take its rows until somebody acts; the target's other tables do. */
public final class TableStoppedException extends GravityException {
    private static final long serialVersionUID = 1L;

    private final TableId table;

    /**
     * Creates it.
     *
     * @param table as the changes name it: after mapping, before the target's own names
     */
    public TableStoppedException(TableId table, String message, Throwable cause) {
        super(ErrorCode.TABLE_STOPPED, message, cause);
        this.table = requireNonNull(table, "table");
    }

    public TableId table() {
        return table;
    }
}
