package io.gravity.resolve;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.types.KeyGroupLocal;
import io.gravity.types.RowJson;
import io.gravity.types.StageRecords;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Makes a change of the audit table out of a conflict, to be routed and delivered like any other.
 *
 * <p>It travels on with the stream of the row it is about, see {@link KeyGroupLocal}. The id follows from the change alone, so a replay writes the same record again.
 */
final class ConflictAudit {
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    StageRecords.id(),
                    StageRecords.time("detected_at", 3, false),
                    StageRecords.name("class"),
                    StageRecords.name("table_name"),
                    StageRecords.text("row_key"),
                    StageRecords.name("strategy"),
                    StageRecords.name("decision"),
                    StageRecords.name("ours_source"),
                    StageRecords.time("ours_time", 6, true),
                    StageRecords.name("ours_position"),
                    StageRecords.text("ours_row"),
                    StageRecords.name("theirs_source"),
                    StageRecords.time("theirs_time", 6, true),
                    StageRecords.name("theirs_position"),
                    StageRecords.name("theirs_operation"),
                    StageRecords.text("theirs_before"),
                    StageRecords.text("theirs_row"),
                    StageRecords.text("decisions")),
            0);

    private final TableId table;
    private final int keyGroups;

    ConflictAudit(TableId table, int keyGroups) {
        this.table = table;
        this.keyGroups = keyGroups;
    }

    ChangeEvent record(Conflict conflict, long nowMillis) {
        var theirs = conflict.theirs();
        var ours = conflict.ours();
        var oursImage = ours == null ? null : ours.image();
        var row = Row.of(
                id(conflict),
                Instant.ofEpochMilli(nowMillis),
                conflict.type().label(),
                theirs.target().toString(),
                RowJson.keyText(theirs.schema(), theirs.image()),
                conflict.strategy().label(),
                conflict.decision().name().toLowerCase(java.util.Locale.ROOT),
                ours == null ? null : ours.source(),
                ours == null || ours.effectiveMicros() == Long.MIN_VALUE
                        ? null
                        : StageRecords.instant(ours.effectiveMicros()),
                ours == null ? null : ours.position().toString(),
                oursImage == null ? null : RowJson.text(oursImage.schema(), oursImage.row()),
                theirs.source(),
                theirs.isSnapshot() ? null : StageRecords.instant(theirs.eventTimeMicros()),
                theirs.position().toString(),
                theirs.operation().name().toLowerCase(java.util.Locale.ROOT),
                RowJson.text(theirs.schema(), theirs.before()),
                RowJson.text(theirs.schema(), theirs.after()),
                conflict.decisions().isEmpty() ? null : decisions(conflict.decisions()));
        return StageRecords.insert(
                theirs.source(), table, SCHEMA, row, theirs.position(), theirs.captureTimeMicros(), nowMillis);
    }

    private String id(Conflict conflict) {
        var theirs = conflict.theirs();
        var plain = theirs.source() + "/" + theirs.position() + "/" + theirs.target() + "/"
                + Integer.toHexString(theirs.key().hashCode());
        return KeyGroupLocal.id(plain, table, theirs.key(), keyGroups);
    }

    private static String decisions(Map<String, String> decisions) {
        return RowJson.text(json -> {
            json.writeStartObject();
            for (var decision : decisions.entrySet()) {
                json.writeStringField(decision.getKey(), decision.getValue());
            }
            json.writeEndObject();
        });
    }
}
