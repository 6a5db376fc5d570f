package io.gravity.resolve;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.resolve.Conflict.Decision;
import io.gravity.udf.ConflictResolver;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The decision of this stage, pure: a row's state and a change give a verdict and the next state.
 *
 * <p>State holds the last word of each source, its {@link Head}, and the row that stands is a function of these alone.
 * Assumption: the changes of one source reach this stage in the order of their positions, or again. Its snapshot rows may
 * come at any moment beside them: they carry the position the snapshot began at, so they lose to every change of their
 * source, and they tell what was there, not since when, so they count as earlier than every change of the others.
 *
 * <p>A source may be a target as well, an end. What stands is passed on to every end but the one that said it, so an end
 * can hold another row than the one that stands: a change of it has lost, or was made while the row that stood before
 * was under way to it, which then came last. Both show in its binlog, and the answer is to write there what stands.
 * Copied rows are sent with more care, since they may be older than what an end's application has made of the row since:
 * the first one known is only added where there is none, and one that says what stands already is not sent at all.
 * Assumption: whatever is passed on for a row reaches its end in that order.
 */
final class Resolution {
    private final Heads heads;
    private final ConflictRule conflicts;
    private final long tombstoneMillis;
    private final long rowMillis;
    private final Set<String> ends;

    Resolution(ResolveConfig config, Map<String, Integer> priorities) {
        this(config, priorities, Set.of());
    }

    /**
     * Creates the decision.
     *
     * @param ends sources that are targets as well
     */
    Resolution(ResolveConfig config, Map<String, Integer> priorities, Set<String> ends) {
        this.ends = ends;
        this.heads = new Heads(priorities);
        this.conflicts = new ConflictRule(config.handoverAfter());
        this.tombstoneMillis = config.tombstoneTtl().toMillis();
        this.rowMillis = config.rowTtl().toMillis();
    }

    /** What becomes of a change. */
    enum Outcome {
        /** It changes the row, and is passed on. */
        WINS,
        /** Another source's change stands. */
        LOSES,
        /** Its source sent it, or a later one, before. */
        REPLAY,
        /** It waits for an operator's decision. */
        STOPS
    }

    /**
     * A verdict.
     *
     * @param next what the state becomes
     * @param passed what is passed on; {@code null} for nothing
     * @param conflict {@code null} if there is none
     * @param problem for STOPS without conflict, why the strategy could not decide
     */
    record Verdict(Outcome outcome, RowState next, ChangeEvent passed, Conflict conflict, String problem) {}

    /**
     * Judges one change.
     *
     * @param row what is known of the row; {@code null} for nothing
     * @param table the rules of its table
     */
    Verdict judge(RowState row, ChangeEvent event, TableRules table, long nowMillis) {
        var before = row == null ? null : row.of(event.source());
        if (before != null && event.position().compareTo(before.position()) <= 0) {
            return new Verdict(Outcome.REPLAY, row, null, null, null);
        }
        long own = event.isSnapshot() ? Long.MIN_VALUE : event.eventTimeMicros();
        long effective = before == null ? own : Math.max(own, before.effectiveMicros());
        var type = table.shared() ? conflicts.classify(row, event, effective) : null;
        var strategy = table.strategy();
        if (type != null && strategy instanceof ConflictStrategy.ErrorStop) {
            var conflict = conflict(type, event, row, strategy, Decision.STOPPED, Map.of());
            return new Verdict(Outcome.STOPS, row, null, conflict, null);
        }
        return strategy.needsImages() && table.shared()
                ? byImages(row, before, event, effective, type, table, nowMillis)
                : byVersion(row, event, effective, type, table, nowMillis);
    }

    /**
     * Judges a change that was stopped, as an operator decided.
     *
     * @return STOPS only if the strategy still can't decide
     */
    Verdict settle(RowState row, ChangeEvent event, TableRules table, Choice choice, long nowMillis) {
        var verdict = judge(row, event, table, nowMillis);
        if (verdict.outcome() != Outcome.STOPS) {
            return verdict;
        }
        var before = row == null ? null : row.of(event.source());
        long effective =
                before == null ? event.eventTimeMicros() : Math.max(event.eventTimeMicros(), before.effectiveMicros());
        return switch (choice) {
            case KEEP_OURS ->
                new Verdict(Outcome.LOSES, ignoring(row, before, event, effective, nowMillis), null, null, null);
            case KEEP_THEIRS -> wins(row, event, effective, null, table, nowMillis);
            case REPLAY ->
                verdict.problem() != null
                        ? verdict
                        : byVersion(
                                row,
                                event,
                                effective,
                                null,
                                new TableRules(new ConflictStrategy.TimestampLatest(), table.shared(), null),
                                nowMillis);
        };
    }

    /**
     * Tells what a change that failed on its way to a target is to its row by now.
     *
     * @param row what is known of the row; {@code null} for nothing
     * @param change with the version that the row had when it was passed on; 0 if it failed before
     */
    static Replays.Outcome recall(RowState row, ChangeEvent change) {
        if (row == null) {
            return Replays.Outcome.UNKNOWN;
        }
        var head = row.of(change.source());
        boolean seen = head != null && change.position().compareTo(head.position()) <= 0;
        if (seen && row.version() == change.version()) {
            // The row left one target for another: what is a removal there is none for the others.
            return change.isDelete() && !row.deleted() ? Replays.Outcome.ROW_LIVES : Replays.Outcome.REPLAYED;
        }
        boolean older = change.version() != 0 && change.version() < row.version();
        return seen || older ? Replays.Outcome.SUPERSEDED : Replays.Outcome.UNKNOWN;
    }

    /**
     * Whether a copied row has to wait until all binlogs are read up to now: another source has shown another row, and
     * which of the two is only older, and which one was there at first, can't be known before.
     */
    boolean waits(RowState row, ChangeEvent event, TableRules table) {
        return !ends.isEmpty()
                && table.shared()
                && event.isSnapshot()
                && row != null
                && row.of(event.source()) == null
                && row.standing().effectiveMicros() == Long.MIN_VALUE
                && !isKnown(row, event);
    }

    /**
     * Returns what a source has to be told that is an end, after one of its changes; {@code null} for nothing.
     *
     * @param row the state after the change
     */
    ChangeEvent correction(RowState row, ChangeEvent event, TableRules table) {
        if (!ends.contains(event.source()) || !table.shared()) {
            return null;
        }
        // What an end had at first is overwritten by the first change; only another copied row was not sent as that.
        if (event.isSnapshot() && row.standing().effectiveMicros() != Long.MIN_VALUE) {
            return null;
        }
        var stands = stood(row, table);
        return stands == null || says(event, stands) ? null : correction(row, event, stands);
    }

    /**
     * Returns what an end has to be told after something was written there; {@code null} for nothing. What another source
     * said is on its way, if it is not there yet; what the end itself said was never sent to it, so it may be gone.
     *
     * @param row what is known of the row; {@code null} for nothing
     * @param echo what was written
     */
    ChangeEvent answer(RowState row, ChangeEvent echo, TableRules table) {
        var head = row == null ? null : row.of(echo.source());
        if (head == null || echo.position().compareTo(head.position()) <= 0) {
            return null;
        }
        var stands = stood(row, table);
        return stands == null || !says(head, stands) || says(echo, stands) ? null : correction(row, echo, stands);
    }

    private static boolean says(Head head, Standing stands) {
        if (head.deleted() || stands.row() == null) {
            return head.deleted() && stands.row() == null;
        }
        var image = head.image();
        return image != null
                && stands.row().equals(Image.project(image.row(), image.schema(), stands.schema()));
    }

    private static boolean says(ChangeEvent event, Standing stands) {
        if (event.isDelete() || stands.row() == null) {
            return event.isDelete() && stands.row() == null;
        }
        return stands.schema().equals(event.schema())
                ? stands.row().equals(event.after())
                : stands.row().equals(Image.project(event.after(), event.schema(), stands.schema()));
    }

    private static ChangeEvent correction(RowState row, ChangeEvent event, Standing stands) {
        var held = event.after();
        var told = stands.row() == null
                ? event.standing(Operation.DELETE, event.schema(), event.image(), null)
                : event.standing(
                        held == null ? Operation.INSERT : Operation.UPDATE,
                        stands.schema(),
                        held == null ? null : Image.project(held, event.schema(), stands.schema()),
                        stands.row());
        return told.resolved(row.version(), false).asEcho();
    }

    /**
     * Whether a change says what this job has made of its row, as if somebody else had said it: what is written without a
     * mark comes back so. Two applications may do the same as well, mostly by removing a row, so a removal is none.
     */
    boolean isLoop(RowState row, ChangeEvent event, TableRules table) {
        return !ends.isEmpty()
                && table.shared()
                && !event.isSnapshot()
                && !event.isDelete()
                && row != null
                && !row.standing().source().equals(event.source())
                // A copied row may have been copied there by this job, before it was restored.
                && row.standing().effectiveMicros() != Long.MIN_VALUE
                && isKnown(row, event);
    }

    private static boolean isKnown(RowState row, ChangeEvent event) {
        return !row.deleted() && ConflictRule.hash(event.schema(), event.after()) == row.imageHash();
    }

    /** Returns the state in which a change has been seen and has changed nothing. */
    private RowState ignoring(RowState row, Head before, ChangeEvent event, long effective, long nowMillis) {
        if (row == null) {
            // Nothing of ours to keep: as if the row had been removed.
            var gone = new Head(event.source(), event.position(), effective, true, null);
            return new RowState(List.of(gone), true, event.eventTimeMicros(), expiry(true, nowMillis), 0);
        }
        var head = before == null
                ? new Head(event.source(), event.position(), effective, event.isDelete(), null)
                : new Head(event.source(), event.position(), effective, before.deleted(), before.image());
        return new RowState(
                List.copyOf(row.with(head)), row.deleted(), row.version(), row.expiresAtMillis(), row.imageHash());
    }

    private Verdict byVersion(
            RowState row, ChangeEvent event, long effective, ConflictClass type, TableRules table, long nowMillis) {
        var head = new Head(event.source(), event.position(), effective, event.isDelete(), null);
        if (row != null && !heads.beats(table.strategy(), head, row.standing())) {
            var next = new RowState(
                    List.copyOf(row.with(head)), row.deleted(), row.version(), row.expiresAtMillis(), row.imageHash());
            return new Verdict(
                    Outcome.LOSES,
                    next,
                    null,
                    conflict(type, event, row, table.strategy(), Decision.OURS, Map.of()),
                    null);
        }
        return wins(row, event, effective, type, table, nowMillis);
    }

    private Verdict wins(
            RowState row, ChangeEvent event, long effective, ConflictClass type, TableRules table, long nowMillis) {
        var before = row == null ? null : row.of(event.source());
        boolean keeps = table.shared() && (table.strategy().needsImages() || !ends.isEmpty());
        var head = new Head(
                event.source(),
                event.position(),
                effective,
                event.isDelete(),
                keeps && !event.isDelete() ? image(before, event, effective) : null);
        if (!ends.isEmpty() && event.isSnapshot() && row != null && isKnown(row, event)) {
            var led = RowState.led(row.with(head), event.source());
            var next = new RowState(led, false, row.version(), row.expiresAtMillis(), row.imageHash());
            return new Verdict(Outcome.LOSES, next, null, null, null);
        }
        boolean alone = row == null || (row.heads().size() == 1 && row.of(event.source()) != null);
        var all = alone ? List.of(head) : RowState.led(row.with(head), event.source());
        int hash = table.shared() && !event.isDelete() ? ConflictRule.hash(event.schema(), event.after()) : 0;
        var next = new RowState(
                all, event.isDelete(), version(row, event, effective), expiry(event.isDelete(), nowMillis), hash);
        return new Verdict(
                Outcome.WINS,
                next,
                event.resolved(next.version(), row == null),
                conflict(type, event, row, table.strategy(), Decision.THEIRS, Map.of()),
                null);
    }

    private static Image image(Head before, ChangeEvent event, long effective) {
        return Image.after(before == null || before.deleted() ? null : before.image(), event, effective);
    }

    private Verdict byImages(
            RowState row,
            Head before,
            ChangeEvent event,
            long effective,
            ConflictClass type,
            TableRules table,
            long nowMillis) {
        var image = event.isDelete() ? null : image(before, event, effective);
        var head = new Head(event.source(), event.position(), effective, event.isDelete(), image);
        var all = row == null ? List.of(head) : row.with(head);
        Standing now;
        try {
            now = heads.standing(table.strategy(), all, table.resolver());
        } catch (RuntimeException e) {
            // A fault of the values or of the user's code costs this row, not the job.
            var conflict = conflict(type, event, row, table.strategy(), Decision.STOPPED, Map.of());
            return new Verdict(Outcome.STOPS, row, null, conflict, problem(table.strategy(), e));
        }
        var old = row == null ? null : stood(row, table);
        boolean deleted = now.row() == null;
        var led = RowState.led(all, now.source());
        if (old != null && same(now, old)) {
            var next = new RowState(led, deleted, row.version(), row.expiresAtMillis(), row.imageHash());
            var ours = conflict(type, event, row, table.strategy(), Decision.OURS, now.decisions());
            return new Verdict(Outcome.LOSES, next, null, ours, null);
        }
        int hash = deleted ? 0 : ConflictRule.hash(now.schema(), now.row());
        var next = new RowState(led, deleted, version(row, event, effective), expiry(deleted, nowMillis), hash);
        var passed = passed(event, now, old).resolved(next.version(), row == null);
        boolean theirs =
                deleted ? event.isDelete() : !event.isDelete() && now.row().equals(event.after());
        var decision = theirs ? Decision.THEIRS : Decision.MERGED;
        return new Verdict(
                Outcome.WINS,
                next,
                passed,
                conflict(type, event, row, table.strategy(), decision, now.decisions()),
                null);
    }

    /** What the rules could not bring together before is not known to be what the targets have. */
    private Standing stood(RowState row, TableRules table) {
        if (!table.strategy().needsImages()) {
            var head = row.standing();
            return head.deleted() || head.image() != null ? Standing.of(head) : null;
        }
        try {
            return heads.standing(table.strategy(), row.heads(), table.resolver());
        } catch (RuntimeException e) {
            return null;
        }
    }

    private static boolean same(Standing now, Standing old) {
        return now.row() == null
                ? old.row() == null
                : old.row() != null
                        && now.row().equals(old.row())
                        && now.schema().equals(old.schema());
    }

    /** Returns the change of the row that stands, as a target has to see it. */
    private static ChangeEvent passed(ChangeEvent event, Standing now, Standing old) {
        if (now.row() == null) {
            if (event.isDelete()) {
                return event;
            }
            var schema = old != null && old.row() != null ? old.schema() : event.schema();
            var gone = old != null && old.row() != null ? old.row() : event.after();
            return event.standing(Operation.DELETE, schema, gone, null);
        }
        var operation = event.isSnapshot() ? Operation.READ : Operation.INSERT;
        if (old == null || old.row() == null) {
            return event.standing(operation, now.schema(), null, now.row());
        }
        var was = old.schema().equals(now.schema()) ? old.row() : Image.project(old.row(), old.schema(), now.schema());
        return event.standing(Operation.UPDATE, now.schema(), was, now.row());
    }

    private static String problem(ConflictStrategy strategy, RuntimeException e) {
        return strategy.label() + " could not decide: " + (e.getMessage() == null ? e.toString() : e.getMessage());
    }

    private static Conflict conflict(
            ConflictClass type,
            ChangeEvent event,
            RowState row,
            ConflictStrategy strategy,
            Decision decision,
            Map<String, String> decisions) {
        return type == null
                ? null
                : new Conflict(type, event, row == null ? null : row.standing(), strategy, decision, decisions);
    }

    private static long version(RowState row, ChangeEvent event, long effective) {
        long time = Math.max(effective, event.eventTimeMicros());
        return Math.max(time, row == null ? 0 : row.version() + 1);
    }

    private long expiry(boolean deleted, long nowMillis) {
        if (deleted) {
            return nowMillis + tombstoneMillis;
        }
        return rowMillis == 0 ? 0 : nowMillis + rowMillis;
    }

    /**
     * The rules of one table.
     *
     * @param shared whether several sources can write it; where only one can, there is nothing to disagree about
     * @param resolver the user's, for {@link ConflictStrategy.Custom}; else {@code null}
     */
    record TableRules(ConflictStrategy strategy, boolean shared, ConflictResolver resolver) {}
}
