package io.gravity.resolve;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.util.Arrays;
import java.util.Objects;

/**
 * A source's row, and what merging has to know of its past. Kept only for tables whose strategy needs it.
 *
 * <p>A function of the source's changes in their order, whenever its snapshot row comes in between: what a snapshot row
 * says of the past is void as soon as the first change tells it better.
 *
 * @param base the row before the first change known, for counters: all NULL if the source inserted it
 * @param firstMicros since when the source has the row; {@link Long#MIN_VALUE} for longer than it was watched
 * @param changedMicros when each field changed last; {@link Long#MIN_VALUE} for before it was watched
 * @param fromSnapshot whether nothing but its snapshot row is known
 */
record Image(TableSchema schema, Row row, Row base, long firstMicros, long[] changedMicros, boolean fromSnapshot) {

    /**
     * Returns the source's row after a change that is no delete.
     *
     * @param before what was known of the source's row; {@code null} for nothing, or a removed one
     */
    static Image after(Image before, ChangeEvent event, long effectiveMicros) {
        var schema = event.schema();
        int columns = schema.columnCount();
        var changed = new long[columns];
        if (event.operation() == Operation.INSERT) {
            Arrays.fill(changed, effectiveMicros);
            return new Image(schema, event.after(), Row.of(new Object[columns]), effectiveMicros, changed, false);
        }
        Arrays.fill(changed, Long.MIN_VALUE);
        boolean told = before != null && !before.fromSnapshot();
        if (event.isSnapshot() && told) {
            return again(before, event, effectiveMicros);
        }
        if (event.isSnapshot()) {
            return new Image(schema, event.after(), event.after(), Long.MIN_VALUE, changed, true);
        }
        var old = event.before();
        for (int i = 0; i < columns; i++) {
            if (old == null || !Objects.deepEquals(old.value(i), event.after().value(i))) {
                changed[i] = effectiveMicros;
            } else if (before != null) {
                changed[i] = before.changedAt(schema.column(i).name());
            }
        }
        var base = told ? before.aligned(before.base(), schema) : old != null ? old : event.after();
        return new Image(schema, event.after(), base, told ? before.firstMicros() : Long.MIN_VALUE, changed, false);
    }

    /** A row that is read once more, long after its first copy: what its changes have told of the past stays true. */
    private static Image again(Image before, ChangeEvent event, long effectiveMicros) {
        var schema = event.schema();
        var old = before.aligned(before.row(), schema);
        var changed = new long[schema.columnCount()];
        for (int i = 0; i < changed.length; i++) {
            changed[i] = Objects.deepEquals(old.value(i), event.after().value(i))
                    ? before.changedAt(schema.column(i).name())
                    : effectiveMicros;
        }
        return new Image(
                schema, event.after(), before.aligned(before.base(), schema), before.firstMicros(), changed, false);
    }

    private long changedAt(String column) {
        int index = schema.indexOf(column);
        return index < 0 ? Long.MIN_VALUE : changedMicros[index];
    }

    private Row aligned(Row from, TableSchema to) {
        return schema.equals(to) ? from : project(from, schema, to);
    }

    /** Returns a row under another schema, by the columns' names; a column that it lacks is NULL. */
    static Row project(Row row, TableSchema from, TableSchema to) {
        var values = new Object[to.columnCount()];
        for (int i = 0; i < values.length; i++) {
            int index = from.indexOf(to.column(i).name());
            values[i] = index < 0 ? null : row.value(index);
        }
        return Row.of(values);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Image other
                && schema.equals(other.schema)
                && row.equals(other.row)
                && base.equals(other.base)
                && firstMicros == other.firstMicros
                && Arrays.equals(changedMicros, other.changedMicros)
                && fromSnapshot == other.fromSnapshot;
    }

    @Override
    public int hashCode() {
        return Objects.hash(row, firstMicros);
    }
}
