package io.gravity.resolve;

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
import java.util.Map;

/**
 * Makes a change of the audit table out of a conflict, to be routed and delivered like any other.
 *
 * <p>It travels on with the stream of the row it is about, see {@link KeyGroupLocal}. The id follows from the change alone, so a replay writes the same record again.
 */
final class ConflictAudit {
    private static final ColumnType TEXT = ColumnType.of(Kind.TEXT, "LONGTEXT");
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    new Column("id", new ColumnType(Kind.TEXT, "VARCHAR", 191, -1), false),
                    new Column("detected_at", new ColumnType(Kind.TIMESTAMP, "TIMESTAMP", 3, -1), false),
                    name("class"),
                    name("table_name"),
                    text("row_key"),
                    name("strategy"),
                    name("decision"),
                    name("ours_source"),
                    new Column("ours_time", new ColumnType(Kind.TIMESTAMP, "TIMESTAMP", 6, -1), true),
                    name("ours_position"),
                    text("ours_row"),
                    name("theirs_source"),
                    new Column("theirs_time", new ColumnType(Kind.TIMESTAMP, "TIMESTAMP", 6, -1), true),
                    name("theirs_position"),
                    name("theirs_operation"),
                    text("theirs_before"),
                    text("theirs_row"),
                    text("decisions")),
            0);

    private final TableId table;
    private final int keyGroups;

    ConflictAudit(TableId table, int keyGroups) {
        this.table = table;
        this.keyGroups = keyGroups;
    }

    private static Column name(String column) {
        return new Column(column, new ColumnType(Kind.TEXT, "VARCHAR", 255, -1), true);
    }

    private static Column text(String column) {
        return new Column(column, TEXT, true);
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
                ours == null || ours.effectiveMicros() == Long.MIN_VALUE ? null : instant(ours.effectiveMicros()),
                ours == null ? null : ours.position().toString(),
                oursImage == null ? null : RowJson.text(oursImage.schema(), oursImage.row()),
                theirs.source(),
                theirs.isSnapshot() ? null : instant(theirs.eventTimeMicros()),
                theirs.position().toString(),
                theirs.operation().name().toLowerCase(java.util.Locale.ROOT),
                RowJson.text(theirs.schema(), theirs.before()),
                RowJson.text(theirs.schema(), theirs.after()),
                conflict.decisions().isEmpty() ? null : decisions(conflict.decisions()));
        return ChangeEvent.captured(
                        theirs.source(),
                        table,
                        table,
                        Operation.INSERT,
                        SCHEMA,
                        null,
                        row,
                        nowMillis * 1000,
                        theirs.position(),
                        theirs.captureTimeMicros())
                .resolved(nowMillis * 1000, false);
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

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
