package io.gravity.local.verify;

import io.gravity.event.TableId;
import java.util.Map;

/** Reads what a target holds. A table that is not there is empty. */
interface TargetReader extends AutoCloseable {

    /**
     * All rows, canonical, by key.
     *
     * @param table named as on the way to the target
     * @param source name of the source it comes from
     */
    Map<String, String> rows(String source, CheckedTable table) throws Exception;

    /** How many rows it holds. */
    long count(String source, CheckedTable table) throws Exception;

    /** A text that changes whenever the table's content does. */
    String signature(String source, CheckedTable table) throws Exception;

    @Override
    default void close() {}

    /** The database a table lies in. */
    static TableId in(String database, TableId table) {
        return database == null ? table : new TableId(database, table.name());
    }
}
