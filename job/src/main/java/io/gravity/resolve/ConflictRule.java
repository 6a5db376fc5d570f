package io.gravity.resolve;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.time.Duration;
import java.util.Arrays;

/**
 * Tells whether a change is in conflict with what stands, and how. Pure.
 *
 * <p>Changes of the source whose change stands never are. Of another source's changes these are no conflict either:
 *
 * <ul>
 *   <li>one made on the row that stands (its before image equals it): that source saw what it changed;
 *   <li>one that says what stands already;
 *   <li>the handover: one made longer than {@code handover-after} after the change that stands. A table may well be
 *       written by one source now and by another an hour later.
 * </ul>
 *
 * <p>What is detected depends on the order of arrival, as a conflict is a fact about it; which row stands does not.
 */
final class ConflictRule {
    private final long handoverMicros;

    ConflictRule(Duration handoverAfter) {
        this.handoverMicros = Math.multiplyExact(handoverAfter.toMillis(), 1000);
    }

    /**
     * Classifies a change.
     *
     * @param row what is known of the row; {@code null} for nothing
     * @param effectiveMicros when the change counts as made
     * @return {@code null} if there is no conflict
     */
    ConflictClass classify(RowState row, ChangeEvent event, long effectiveMicros) {
        if (row == null) {
            return event.historyComplete() ? missing(event.operation()) : null;
        }
        var standing = row.standing();
        if (standing.source().equals(event.source())) {
            return null;
        }
        boolean older = effectiveMicros < standing.effectiveMicros();
        return row.deleted()
                ? againstNone(event.operation(), older)
                : againstRow(row, event, older, effectiveMicros - standing.effectiveMicros());
    }

    private static ConflictClass againstNone(Operation operation, boolean older) {
        return switch (operation) {
            case READ -> null;
            case INSERT -> older ? ConflictClass.STALE_UPDATE : null;
            case UPDATE -> older ? ConflictClass.STALE_UPDATE : ConflictClass.UPDATE_MISSING;
            case DELETE -> ConflictClass.DELETE_MISSING;
            case SCHEMA, TRUNCATE -> throw operation.hasNoRow();
        };
    }

    private ConflictClass againstRow(RowState row, ChangeEvent event, boolean older, long laterByMicros) {
        if (event.after() != null && hash(event.schema(), event.after()) == row.imageHash()) {
            return null;
        }
        boolean snapshotStands = row.standing().effectiveMicros() == Long.MIN_VALUE;
        return switch (event.operation()) {
            // A snapshot row tells nothing about a change made since; two of them that differ are two rows of one key.
            case READ -> snapshotStands ? ConflictClass.INSERT_EXISTS : null;
            case INSERT -> ConflictClass.INSERT_EXISTS;
            case UPDATE ->
                older
                        ? ConflictClass.STALE_UPDATE
                        : blind(row, event, snapshotStands, laterByMicros) ? ConflictClass.UPDATE_EXISTS : null;
            case DELETE ->
                older || blind(row, event, snapshotStands, laterByMicros) ? ConflictClass.DELETE_EXISTS : null;
            case SCHEMA, TRUNCATE -> throw event.operation().hasNoRow();
        };
    }

    /** Returns whether a change was made soon after the one that stands and without having seen it. */
    private boolean blind(RowState row, ChangeEvent event, boolean snapshotStands, long laterByMicros) {
        return !snapshotStands
                && laterByMicros <= handoverMicros
                && (event.before() == null || hash(event.schema(), event.before()) != row.imageHash());
    }

    private static ConflictClass missing(Operation operation) {
        return switch (operation) {
            case READ, INSERT -> null;
            case UPDATE -> ConflictClass.UPDATE_MISSING;
            case DELETE -> ConflictClass.DELETE_MISSING;
            case SCHEMA, TRUNCATE -> throw operation.hasNoRow();
        };
    }

    /** Returns a hash of a row by the names of its columns, whatever their order; never 0, which stands for none. */
    static int hash(TableSchema schema, Row row) {
        int sum = 0;
        for (int i = 0; i < schema.columnCount(); i++) {
            var value = row.value(i);
            int ofValue = value instanceof byte[] bytes ? Arrays.hashCode(bytes) : value == null ? 0 : value.hashCode();
            // Mixed per column, or two columns that swap their values would cancel out.
            int mixed = (31 * schema.column(i).name().hashCode() + ofValue) * 0x9E3779B9;
            sum += mixed ^ (mixed >>> 15);
        }
        return sum == 0 ? 1 : sum;
    }
}
