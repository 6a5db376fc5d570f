package io.gravity.event;

import static java.util.Objects.requireNonNull;

/**
 * One change of one row; or a marker, which says what happened to a whole table and carries no row.
 *
 * @param source name of the configured source that saw the change
 * @param table the table at the source
 * @param target the table after mapping; what {@code key} and routes of later stages go by
 * @param operation what happened
 * @param key the row, after mapping; of a marker the table, as a key without values
 * @param schema the columns under which {@code before} and {@code after} were read; of a marker those from now on
 * @param before the row before the change; {@code null} for READ, INSERT and markers
 * @param after the row after the change; {@code null} for DELETE and markers
 * @param eventTimeMicros when the change was made, in microseconds since 1970 UTC, by the source's clock
 * @param position where the change stands in its source
 * @param captureTimeMicros when this job read the change, in microseconds since 1970 UTC
 * @param version what the target compares rows by: grows with each winning change of a row; 0 before resolution,
 *     negative for an echo
 * @param late whether the change comes after one of a later event time, or came after its time had passed
 * @param firstSeen whether resolution knew no earlier version of the row, so no target can hold it from this job
 * @param historyComplete whether the source had shown all its rows before, in its snapshot or since: a row unknown then
 *     was never there
 */
public record ChangeEvent(
        String source,
        TableId table,
        TableId target,
        Operation operation,
        RowKey key,
        TableSchema schema,
        Row before,
        Row after,
        long eventTimeMicros,
        SourcePosition position,
        long captureTimeMicros,
        long version,
        boolean late,
        boolean firstSeen,
        boolean historyComplete) {

    public ChangeEvent {
        requireNonNull(source, "source");
        requireNonNull(operation, "operation");
        requireNonNull(key, "key");
        requireNonNull(position, "position");
    }

    /** A change as a source reads it, before order and resolution have judged it. */
    public static ChangeEvent captured(
            String source,
            TableId table,
            TableId target,
            Operation operation,
            TableSchema schema,
            Row before,
            Row after,
            long eventTimeMicros,
            SourcePosition position,
            long captureTimeMicros) {
        var key = RowKey.of(target, schema.keyOf(after != null ? after : before));
        return new ChangeEvent(
                source,
                table,
                target,
                operation,
                key,
                schema,
                before,
                after,
                eventTimeMicros,
                position,
                captureTimeMicros,
                0,
                false,
                false,
                false);
    }

    /**
     * Whether it concerns nobody but the end it comes from. Before resolution it tells what Gravity has written there,
     * behind it what has to be written there, since another row stands than that end has.
     */
    public boolean isEcho() {
        return version < 0;
    }

    /** What happened to a table, as a source reads it. */
    public static ChangeEvent marker(
            String source,
            TableId table,
            Operation operation,
            TableSchema schema,
            long eventTimeMicros,
            SourcePosition position,
            long captureTimeMicros) {
        return new ChangeEvent(
                source,
                table,
                table,
                operation,
                RowKey.of(table),
                schema,
                null,
                null,
                eventTimeMicros,
                position,
                captureTimeMicros,
                0,
                false,
                false,
                false);
    }

    /** Whether it says what happened to its table, and has neither row nor image. */
    public boolean isMarker() {
        return operation == Operation.SCHEMA || operation == Operation.TRUNCATE;
    }

    public boolean isDelete() {
        return operation == Operation.DELETE;
    }

    public boolean isSnapshot() {
        return operation == Operation.READ;
    }

    /** Returns the row that names the key: the one after the change, or before it for a delete; none for a marker. */
    public Row image() {
        return after != null ? after : before;
    }

    /** Returns a cheap guess of the memory it takes: a fixed cost per change and value, plus text and bytes. */
    public long estimatedBytes() {
        return 64 + estimatedBytes(before) + estimatedBytes(after);
    }

    private static long estimatedBytes(Row row) {
        if (row == null) {
            return 0;
        }
        long bytes = 0;
        for (int i = 0; i < row.size(); i++) {
            var value = row.value(i);
            bytes += 8;
            if (value instanceof String text) {
                bytes += text.length();
            } else if (value instanceof byte[] binary) {
                bytes += binary.length;
            }
        }
        return bytes;
    }

    public ChangeEvent asLate() {
        return with(target, operation, key, schema, before, after, version, true, firstSeen, historyComplete);
    }

    /** Returns this change as one whose source has shown all its rows before. */
    public ChangeEvent withCompleteHistory() {
        return with(target, operation, key, schema, before, after, version, late, firstSeen, true);
    }

    /** Returns this change as one of another target table's row. */
    public ChangeEvent mappedTo(TableId newTarget, RowKey newKey) {
        return with(newTarget, operation, newKey, schema, before, after, version, late, firstSeen, historyComplete);
    }

    /** Returns this change as one that concerns nobody but the end it comes from. */
    public ChangeEvent asEcho() {
        long negative = version == 0 ? -1 : -Math.abs(version);
        return with(target, operation, key, schema, before, after, negative, late, firstSeen, historyComplete);
    }

    /** Returns this change as the winner of its row. */
    public ChangeEvent resolved(long newVersion, boolean first) {
        return with(target, operation, key, schema, before, after, newVersion, late, first, historyComplete);
    }

    /** Returns this marker as one of another target table, or with other columns. */
    public ChangeEvent markerOf(TableId newTarget, TableSchema newSchema) {
        return with(
                newTarget,
                operation,
                RowKey.of(newTarget),
                newSchema,
                null,
                null,
                version,
                late,
                firstSeen,
                historyComplete);
    }

    /** Returns what this change makes of its row when others have a say in it too. */
    public ChangeEvent standing(Operation newOperation, TableSchema newSchema, Row newBefore, Row newAfter) {
        return with(
                target, newOperation, key, newSchema, newBefore, newAfter, version, late, firstSeen, historyComplete);
    }

    /** Returns this change as the removal of its row, for a target that the row must leave. */
    public ChangeEvent asDelete() {
        var gone = before != null ? before : after;
        return with(target, Operation.DELETE, key, schema, gone, null, version, late, firstSeen, historyComplete);
    }

    private ChangeEvent with(
            TableId newTarget,
            Operation newOperation,
            RowKey newKey,
            TableSchema newSchema,
            Row newBefore,
            Row newAfter,
            long newVersion,
            boolean isLate,
            boolean isFirst,
            boolean isComplete) {
        return new ChangeEvent(
                source,
                table,
                newTarget,
                newOperation,
                newKey,
                newSchema,
                newBefore,
                newAfter,
                eventTimeMicros,
                position,
                captureTimeMicros,
                newVersion,
                isLate,
                isFirst,
                isComplete);
    }
}
