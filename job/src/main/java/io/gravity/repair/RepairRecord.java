package io.gravity.repair;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.types.KeyGroupLocal;
import io.gravity.types.RowJson;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * Makes a change of the audit table out of a repair, to be routed and delivered like any other. It travels on with the
 * stream of its row, see {@link KeyGroupLocal}. The id follows from the change, the field and the rule alone, so a repeat
 * writes the same record again.
 */
final class RepairRecord {
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    new Column("id", new ColumnType(Kind.TEXT, "VARCHAR", 191, -1), false),
                    time("repaired_at", 3),
                    name("table_name"),
                    text("row_key"),
                    name("source"),
                    time("event_time", 6),
                    name("position"),
                    name("operation"),
                    name("field"),
                    text("value_before"),
                    text("value_after"),
                    name("rule")),
            0);

    private final TableId table;
    private final int keyGroups;

    RepairRecord(TableId table, int keyGroups) {
        this.table = table;
        this.keyGroups = keyGroups;
    }

    private static Column name(String column) {
        return new Column(column, new ColumnType(Kind.TEXT, "VARCHAR", 255, -1), true);
    }

    private static Column text(String column) {
        return new Column(column, ColumnType.of(Kind.TEXT, "LONGTEXT"), true);
    }

    private static Column time(String column, int digits) {
        return new Column(column, new ColumnType(Kind.TIMESTAMP, "TIMESTAMP", digits, -1), false);
    }

    /** Returns the record; {@code event} is the change as it came. */
    ChangeEvent of(ChangeEvent event, Repair repair, long nowMillis) {
        var place = String.join(
                "/",
                event.source(),
                event.position().toString(),
                Integer.toHexString(event.target().toString().hashCode()),
                Integer.toHexString(event.key().hashCode()),
                Integer.toHexString((repair.field() + "\n" + repair.rule()).hashCode()));
        var row = Row.of(
                KeyGroupLocal.id(place, table, event.key(), keyGroups),
                Instant.ofEpochMilli(nowMillis),
                event.target().toString(),
                RowJson.keyText(event.schema(), event.image()),
                event.source(),
                Instant.EPOCH.plus(event.eventTimeMicros(), ChronoUnit.MICROS),
                event.position().toString(),
                event.operation().name().toLowerCase(Locale.ROOT),
                repair.field(),
                repair.textBefore(event),
                repair.textAfter(event),
                repair.rule());
        return ChangeEvent.captured(
                        event.source(),
                        table,
                        table,
                        Operation.INSERT,
                        SCHEMA,
                        null,
                        row,
                        nowMillis * 1000,
                        event.position(),
                        event.captureTimeMicros())
                // It has its version, so that nothing is decided about it and no state is kept of it.
                .resolved(nowMillis * 1000, false);
    }
}
