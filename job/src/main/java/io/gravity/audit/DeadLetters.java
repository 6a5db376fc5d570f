package io.gravity.audit;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gravity.error.ErrorCode;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.types.ChangeBytes;
import io.gravity.types.RowJson;
import io.gravity.types.StageRecords;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes dead letters: rows that say of a change that could not go on what it was, where it failed and why.
 *
 * <p>A letter's id comes from the change and the place alone, so the letter of a change that is read again replaces the
 * first one. {@code row_data} is the whole change, {@code {"before":...,"after":...}}, in the form of {@link RowJson};
 * only of a change too large for common limits (Kafka's megabyte) long values are cut, and {@code "cut"} names their
 * columns. {@code change_data} is the change once more, exact, for a replay: Base64 of {@link ChangeBytes}; {@code null} if
 * the letter would become too large with it, or the change is none of a target's row. Times are UTC.
 */
public final class DeadLetters implements Serializable {
    public static final String CHANGE_DATA = "change_data";

    public static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    StageRecords.id(-1),
                    time("detected_at"),
                    text("reason"),
                    text("stage"),
                    text("target"),
                    text("source"),
                    text("source_position"),
                    time("event_time"),
                    text("table_name"),
                    json("row_key"),
                    text("operation"),
                    json("row_data"),
                    text("message"),
                    text(CHANGE_DATA)),
            0);

    private static final long serialVersionUID = 1L;
    private static final int MAX_DATA_LENGTH = 400_000;
    /** Leaves room for the other columns below Kafka's megabyte. */
    private static final int MAX_LETTER_LENGTH = 900_000;

    private static final int CUT_VALUE_LENGTH = 1_000;
    private static final int MAX_MESSAGE_LENGTH = 4_000;

    private final String table;
    private final String stage;
    private final String target;
    private final boolean replayable;

    /**
     * Creates what makes the letters of one stage.
     *
     * @param table where they go, {@code database.table}
     * @param stage where the changes failed, e.g. {@code dispatch}
     * @param target the target's name; {@code null} for stages before dispatch
     */
    public DeadLetters(String table, String stage, String target) {
        this(table, stage, target, true);
    }

    private DeadLetters(String table, String stage, String target, boolean replayable) {
        this.table = requireNonNull(table, "table");
        this.stage = requireNonNull(stage, "stage");
        this.target = target;
        this.replayable = replayable;
    }

    /** Creates what makes the letters of a stage whose changes are not yet those of the targets' rows: for no replay. */
    public static DeadLetters ofSourceRows(String table, String stage) {
        return new DeadLetters(table, stage, null, false);
    }

    /** Returns the word under which an error stands in letters and metrics. */
    public static String reason(ErrorCode code) {
        return switch (code) {
            case CONSTRAINT_UNIQUE -> "unique-taken";
            case CONSTRAINT_PARENT -> "parent-missing";
            case CONSTRAINT_CHILD -> "child-present";
            case VALUE_TOO_LONG -> "too-long";
            case VALUE_NULL -> "null";
            case VALUE_OUT_OF_RANGE -> "out-of-range";
            case QUEUE_FULL -> "queue-full";
            case ROW_UNTRANSFORMABLE -> "untransformable";
            case CONFIG_INVALID,
                    SOURCE_UNUSABLE,
                    TABLE_WITHOUT_KEY,
                    SOURCE_UNREADABLE,
                    TARGET_UNREACHABLE,
                    TARGET_BUSY,
                    TABLE_STOPPED,
                    TARGET_REFUSED_ROW,
                    TARGET_MISCONFIGURED,
                    STATE_DAMAGED -> "other";
        };
    }

    /** Returns the letter as a change of its own table. */
    public ChangeEvent of(ChangeEvent failed, ErrorCode code, String message, long nowMillis) {
        return of(failed, reason(code), message, nowMillis);
    }

    /** Returns the letter as a change of its own table; {@code reason} is the word under which it is counted. */
    public ChangeEvent of(ChangeEvent failed, String reason, String message, long nowMillis) {
        var letters = TableId.parse(table);
        long nowMicros = nowMillis * 1000;
        var data = dataOf(failed);
        var row = Row.of(
                id(failed),
                time(nowMicros),
                reason,
                stage,
                target,
                failed.source(),
                failed.position().toString(),
                time(failed.eventTimeMicros()),
                failed.target().toString(),
                keyOf(failed),
                failed.operation().name().toLowerCase(Locale.ROOT),
                data,
                message.length() <= MAX_MESSAGE_LENGTH ? message : message.substring(0, MAX_MESSAGE_LENGTH),
                replayable ? changeOf(failed, MAX_LETTER_LENGTH - data.getBytes(StandardCharsets.UTF_8).length) : null);
        return ChangeEvent.captured(
                        failed.source(),
                        letters,
                        letters,
                        Operation.INSERT,
                        SCHEMA,
                        null,
                        row,
                        failed.eventTimeMicros(),
                        failed.position(),
                        nowMicros)
                .resolved(nowMicros, false);
    }

    /** The row belongs to the id: all rows that a snapshot reads at once have one position. */
    private String id(ChangeEvent failed) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var place = String.join(
                            "\n",
                            String.valueOf(target),
                            stage,
                            failed.source(),
                            failed.table().toString()) + "\n" + failed.position() + "\n" + failed.operation() + "\n";
            digest.update(place.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(failed.key().bytes()), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String keyOf(ChangeEvent failed) {
        return written(failed, (json, schema, change) -> RowJson.key(json, schema, change.image()));
    }

    private static String changeOf(ChangeEvent failed, int room) {
        if (failed.estimatedBytes() > 2L * MAX_LETTER_LENGTH) {
            return null;
        }
        var text = Base64.getEncoder().encodeToString(ChangeBytes.of(failed));
        return text.length() <= room ? text : null;
    }

    private static String dataOf(ChangeEvent failed) {
        var whole = written(
                failed, (json, schema, change) -> data(json, schema, change.before(), change.after(), List.of()));
        if (whole.length() <= MAX_DATA_LENGTH) {
            return whole;
        }
        return written(failed, (json, schema, change) -> {
            var cut = new TreeSet<String>();
            var before = cut(change.before(), schema, cut);
            var after = cut(change.after(), schema, cut);
            data(json, schema, before, after, List.copyOf(cut));
        });
    }

    private static void data(JsonGenerator json, TableSchema schema, Row before, Row after, List<String> cut)
            throws IOException {
        json.writeStartObject();
        json.writeFieldName("before");
        RowJson.row(json, schema, before);
        json.writeFieldName("after");
        RowJson.row(json, schema, after);
        if (!cut.isEmpty()) {
            json.writeArrayFieldStart("cut");
            for (var column : cut) {
                json.writeString(column);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    /** Returns the row with the beginnings of its long values, and adds the names of their columns. */
    private static Row cut(Row row, TableSchema schema, Set<String> names) {
        var shorter = row;
        for (int i = 0; row != null && i < row.size(); i++) {
            var value = row.value(i);
            if (value instanceof String text && text.length() > CUT_VALUE_LENGTH) {
                shorter = shorter.with(i, text.substring(0, CUT_VALUE_LENGTH));
                names.add(schema.column(i).name());
            } else if (value instanceof byte[] bytes && bytes.length > CUT_VALUE_LENGTH) {
                shorter = shorter.with(i, Arrays.copyOf(bytes, CUT_VALUE_LENGTH));
                names.add(schema.column(i).name());
            }
        }
        return shorter;
    }

    /** What writes something of a change. */
    private interface Content {
        void write(JsonGenerator json, TableSchema schema, ChangeEvent change) throws IOException;
    }

    private static String written(ChangeEvent change, Content content) {
        try {
            return written(change, change.schema(), content);
        } catch (ClassCastException e) {
            // A value that is not of its column's kind may be the very reason for the letter.
            var words = inWords(change);
            return written(words, words.schema(), content);
        }
    }

    private static String written(ChangeEvent change, TableSchema schema, Content content) {
        return RowJson.text(json -> content.write(json, schema, change));
    }

    private static ChangeEvent inWords(ChangeEvent change) {
        var columns = new ArrayList<Column>();
        var schema = change.schema();
        schema.columns().forEach(column -> columns.add(text(column.name())));
        var keys = new int[schema.keyColumnCount()];
        Arrays.setAll(keys, schema::keyColumn);
        return ChangeEvent.captured(
                change.source(),
                change.table(),
                change.target(),
                change.operation(),
                new TableSchema(columns, keys),
                inWords(change.before()),
                inWords(change.after()),
                change.eventTimeMicros(),
                change.position(),
                change.captureTimeMicros());
    }

    private static Row inWords(Row row) {
        if (row == null) {
            return null;
        }
        var words = new Object[row.size()];
        for (int i = 0; i < words.length; i++) {
            var value = row.value(i);
            words[i] = value instanceof byte[] bytes
                    ? HexFormat.of().formatHex(bytes)
                    : value == null ? null : value.toString();
        }
        return Row.of(words);
    }

    private static LocalDateTime time(long micros) {
        return LocalDateTime.ofEpochSecond(
                Math.floorDiv(micros, 1_000_000L), (int) Math.floorMod(micros, 1_000_000L) * 1000, ZoneOffset.UTC);
    }

    private static Column text(String name) {
        return new Column(name, ColumnType.of(Kind.TEXT, "VARCHAR"), true);
    }

    private static Column json(String name) {
        return new Column(name, ColumnType.of(Kind.JSON, "JSON"), true);
    }

    private static Column time(String name) {
        return new Column(name, new ColumnType(Kind.DATETIME, "DATETIME", 6, -1), true);
    }
}
