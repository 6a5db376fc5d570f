package io.gravity.source;

import io.debezium.relational.TableId;
import io.debezium.relational.history.TableChanges.TableChange;
import java.io.IOException;
import java.util.Map;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;

/** A connection to the database that reads splits one after the other; once it has failed, another one is needed. */
interface SplitConnection {

    /** Connects if need be, and begins to read a split. May take as long as the database takes to answer. */
    void begin(ChangeSplit split);

    /** Returns tables that the split begun does not know, but ought to; to be asked once it has begun. */
    default Map<TableId, TableChange> foundTables() {
        return Map.of();
    }

    /** Returns whether the database has answered since {@link #begin}. */
    boolean isUp();

    /** Returns the next records after a short wait, perhaps none; {@code null} once the split has been read to its end. */
    SourceRecords poll() throws IOException, InterruptedException;

    /** May take half a minute if the database does not answer. */
    void close();
}
