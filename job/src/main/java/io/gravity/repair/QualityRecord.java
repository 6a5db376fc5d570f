package io.gravity.repair;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableSchema;
import io.gravity.quality.ReportConfig;
import io.gravity.types.KeyGroupLocal;
import io.gravity.types.RowJson;
import io.gravity.types.StageRecords;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Makes a change of the report's table out of what one task counted, to be routed and delivered like any other. The id
 * follows from period, task and table, so a repeat writes the same record again, with what was counted by then.
 */
final class QualityRecord {
    private static final String SOURCE = "quality";
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    StageRecords.id(),
                    StageRecords.time("period_start", 3, false),
                    StageRecords.time("period_end", 3, false),
                    new Column("table_name", new ColumnType(Kind.TEXT, "VARCHAR", 255, -1), false),
                    new Column("subtask", ColumnType.of(Kind.INTEGER, "INT"), false),
                    count("judged_rows"),
                    count("complete_rows"),
                    count("accurate_rows"),
                    count("consistent_rows"),
                    count("faulty_rows"),
                    count("repaired_rows"),
                    count("quarantined_rows"),
                    rate("completeness"),
                    rate("accuracy"),
                    rate("consistency"),
                    rate("repaired"),
                    counts("issues"),
                    counts("repairs")),
            0);

    private final ReportConfig config;
    private final int keyGroup;
    private final int keyGroups;

    /**
     * Creates the maker.
     *
     * @param keyGroup one of the task's own
     * @param keyGroups how many there are in all
     */
    QualityRecord(ReportConfig config, int keyGroup, int keyGroups) {
        this.config = config;
        this.keyGroup = keyGroup;
        this.keyGroups = keyGroups;
    }

    private static Column count(String column) {
        return new Column(column, ColumnType.of(Kind.INTEGER, "BIGINT"), false);
    }

    private static Column rate(String column) {
        return new Column(column, ColumnType.of(Kind.DOUBLE, "DOUBLE"), false);
    }

    private static Column counts(String column) {
        return new Column(column, ColumnType.of(Kind.TEXT, "LONGTEXT"), false);
    }

    /** Returns the record. */
    ChangeEvent of(Tally.Part part, long nowMillis) {
        var start = Instant.ofEpochMilli(part.startMillis());
        long judged = part.count(Tally.JUDGED);
        var row = Row.of(
                KeyGroupLocal.id(
                        start + "/" + part.subtask() + "/"
                                + Integer.toHexString(part.table().hashCode()),
                        config.table(),
                        keyGroup,
                        keyGroups),
                start,
                start.plus(config.period()),
                part.table(),
                (long) part.subtask(),
                judged,
                part.count(Tally.COMPLETE),
                part.count(Tally.ACCURATE),
                part.count(Tally.CONSISTENT),
                part.count(Tally.FAULTY),
                part.count(Tally.REPAIRED),
                part.count(Tally.QUARANTINED),
                rate(part.count(Tally.COMPLETE), judged),
                rate(part.count(Tally.ACCURATE), judged),
                rate(part.count(Tally.CONSISTENT), judged),
                rate(part.count(Tally.REPAIRED), part.count(Tally.FAULTY)),
                json(part.countsOf(Tally.ISSUE)),
                json(part.countsOf(Tally.REPAIR)));
        return StageRecords.insert(
                SOURCE, config.table(), SCHEMA, row, SourcePosition.NONE, nowMillis * 1000, nowMillis);
    }

    private static double rate(long some, long all) {
        return all == 0 ? 1 : (double) some / all;
    }

    private static String json(Map<String, Long> counts) {
        return RowJson.text(json -> {
            json.writeStartObject();
            for (var count : counts.entrySet()) {
                json.writeNumberField(count.getKey(), count.getValue());
            }
            json.writeEndObject();
        });
    }
}
