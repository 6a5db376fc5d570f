package io.gravity.repair;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.types.KeyGroupLocal;
import io.gravity.types.RowJson;
import io.gravity.types.StageRecords;
import java.time.Instant;
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
                    StageRecords.id(),
                    StageRecords.time("repaired_at", 3, false),
                    StageRecords.name("table_name"),
                    StageRecords.text("row_key"),
                    StageRecords.name("source"),
                    StageRecords.time("event_time", 6, false),
                    StageRecords.name("position"),
                    StageRecords.name("operation"),
                    StageRecords.name("field"),
                    StageRecords.text("value_before"),
                    StageRecords.text("value_after"),
                    StageRecords.name("rule")),
            0);

    private final TableId table;
    private final int keyGroups;

    RepairRecord(TableId table, int keyGroups) {
        this.table = table;
        this.keyGroups = keyGroups;
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
                StageRecords.instant(event.eventTimeMicros()),
                event.position().toString(),
                event.operation().name().toLowerCase(Locale.ROOT),
                repair.field(),
                repair.textBefore(event),
                repair.textAfter(event),
                repair.rule());
        return StageRecords.insert(
                event.source(), table, SCHEMA, row, event.position(), event.captureTimeMicros(), nowMillis);
    }
}
