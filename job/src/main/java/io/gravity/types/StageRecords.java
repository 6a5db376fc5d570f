package io.gravity.types;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.Column.Declaration;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** What the records have in common that stages write of their decisions: conflicts, repairs, duplicates, reports. */
public final class StageRecords {
    /** Stands with the key of all tables of records, so that they are known for no source's. */
    private static final Declaration OWN =
            new Declaration(null, "written by Gravity", null, null, false, List.of(), List.of());

    private StageRecords() {}

    /** Returns the column of the record's id, its key. */
    public static Column id() {
        return id(191);
    }

    /** Returns the column of the record's id, its key, of so many characters; -1 if that does not matter. */
    public static Column id(int length) {
        return new Column("id", new ColumnType(Kind.TEXT, "VARCHAR", length, -1), false, OWN);
    }

    /** Returns whether a table is one of records, and none of a source. */
    public static boolean areRecords(TableSchema schema) {
        return OWN.equals(schema.column(schema.keyColumn(0)).declaration());
    }

    public static Column name(String column) {
        return new Column(column, new ColumnType(Kind.TEXT, "VARCHAR", 255, -1), true);
    }

    public static Column text(String column) {
        return new Column(column, ColumnType.of(Kind.TEXT, "LONGTEXT"), true);
    }

    /** Returns a column of points in time, with so many digits behind the second. */
    public static Column time(String column, int digits, boolean nullable) {
        return new Column(column, new ColumnType(Kind.TIMESTAMP, "TIMESTAMP", digits, -1), nullable);
    }

    /** Returns the point in time so many microseconds after 1970 UTC. */
    public static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** Returns the record as an insert made now, to be routed and delivered like any other change. */
    public static ChangeEvent insert(
            String source,
            TableId table,
            TableSchema schema,
            Row row,
            SourcePosition position,
            long captureTimeMicros,
            long nowMillis) {
        return ChangeEvent.captured(
                        source,
                        table,
                        table,
                        Operation.INSERT,
                        schema,
                        null,
                        row,
                        nowMillis * 1000,
                        position,
                        captureTimeMicros)
                // It has its version, so that nothing is decided about it and no state is kept of it.
                .resolved(nowMillis * 1000, false);
    }
}
