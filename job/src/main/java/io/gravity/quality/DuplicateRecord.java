package io.gravity.quality;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.types.Attached;
import io.gravity.types.KeyGroupLocal;
import io.gravity.types.RowJson;
import io.gravity.types.StageRecords;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * Makes a change of {@code gravity.duplicates} out of a duplicate, to be routed and delivered like any other. It travels on
 * with the stream of its row, see {@link KeyGroupLocal}. The id follows from the change alone, so a repeat writes the same
 * record again.
 */
final class DuplicateRecord {
    static final TableId TABLE = new TableId("gravity", "duplicates");

    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    StageRecords.id(),
                    StageRecords.time("detected_at", 3, false),
                    StageRecords.name("table_name"),
                    StageRecords.text("row_key"),
                    StageRecords.name("first_source"),
                    StageRecords.time("first_time", 6, false),
                    StageRecords.name("first_position"),
                    StageRecords.name("source"),
                    StageRecords.time("event_time", 6, false),
                    StageRecords.name("position"),
                    StageRecords.name("operation"),
                    StageRecords.text("row_before"),
                    StageRecords.text("row_after")),
            0);

    private DuplicateRecord() {}

    static ChangeEvent of(ChangeEvent duplicate, Original original, long nowMillis, int keyGroups) {
        var event = new Attached().strip(duplicate);
        var id = event.source() + "/" + event.position() + "/" + event.target() + "/"
                + Integer.toHexString(event.key().hashCode());
        var row = Row.of(
                KeyGroupLocal.id(id, TABLE, event.key(), keyGroups),
                Instant.ofEpochMilli(nowMillis),
                event.target().toString(),
                RowJson.keyText(event.schema(), event.image()),
                original.source(),
                StageRecords.instant(original.timeMicros()),
                original.position().toString(),
                event.source(),
                StageRecords.instant(event.eventTimeMicros()),
                event.position().toString(),
                event.operation().name().toLowerCase(Locale.ROOT),
                RowJson.text(event.schema(), event.before()),
                RowJson.text(event.schema(), event.after()));
        return StageRecords.insert(
                event.source(), TABLE, SCHEMA, row, event.position(), event.captureTimeMicros(), nowMillis);
    }
}
