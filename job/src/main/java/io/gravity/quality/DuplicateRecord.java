package io.gravity.quality;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.types.Attached;
import io.gravity.types.KeyGroupLocal;
import io.gravity.types.RowJson;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
                    new Column("id", new ColumnType(Kind.TEXT, "VARCHAR", 191, -1), false),
                    time("detected_at", 3),
                    name("table_name"),
                    text("row_key"),
                    name("first_source"),
                    time("first_time", 6),
                    name("first_position"),
                    name("source"),
                    time("event_time", 6),
                    name("position"),
                    name("operation"),
                    text("row_before"),
                    text("row_after")),
            0);

    private DuplicateRecord() {}

    private static Column name(String column) {
        return new Column(column, new ColumnType(Kind.TEXT, "VARCHAR", 255, -1), true);
    }

    private static Column text(String column) {
        return new Column(column, ColumnType.of(Kind.TEXT, "LONGTEXT"), true);
    }

    private static Column time(String column, int digits) {
        return new Column(column, new ColumnType(Kind.TIMESTAMP, "TIMESTAMP", digits, -1), false);
    }

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
                instant(original.timeMicros()),
                original.position().toString(),
                event.source(),
                instant(event.eventTimeMicros()),
                event.position().toString(),
                event.operation().name().toLowerCase(Locale.ROOT),
                RowJson.text(event.schema(), event.before()),
                RowJson.text(event.schema(), event.after()));
        return ChangeEvent.captured(
                        event.source(),
                        TABLE,
                        TABLE,
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

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
