package io.gravity.repair;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.field.FieldRule;
import io.gravity.field.FieldRule.Candidate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Decides what stands when a row comes a second time: inserted or first read by another reader, or inserted again, with
 * equal key fields and within the window, and not removed in between. A reader is a table of a source.
 *
 * <p>What stands is a function of what the readers said last, so the order in which they are heard can't matter: a change
 * that comes late and has a say is passed on with the time of the latest one.
 */
final class Duplicates {
    private final DuplicateHandling rules;
    private final Map<String, Integer> priorities;

    Duplicates(DuplicateHandling rules, Map<String, Integer> priorities) {
        this.rules = rules;
        this.priorities = priorities;
    }

    /**
     * What becomes of a change.
     *
     * @param members what the readers said last, from now on
     * @param passed the change as it goes on; {@code null} for one that stands back
     * @param isDuplicate whether the row was there
     */
    record Answer(List<ChangeEvent> members, ChangeEvent passed, boolean isDuplicate) {}

    Answer judge(List<ChangeEvent> members, ChangeEvent event) {
        if (event.isDelete()) {
            return new Answer(List.of(), event, false);
        }
        if (event.operation() == Operation.UPDATE) {
            return new Answer(updated(members, event), event, false);
        }
        var own = members.stream().filter(member -> isSameReader(member, event)).findFirst();
        if (own.isPresent() && (event.isSnapshot() || isOneChange(own.get(), event))) {
            // The first copy reads what changes tell as well, and what is read again is known: resolve drops those.
            return new Answer(event.isSnapshot() ? members : updated(members, event), event, false);
        }
        var rivals = members.stream().filter(member -> isLike(member, event)).toList();
        var all = with(members, event);
        return rivals.isEmpty() ? new Answer(all, event, false) : settle(rivals, event, all);
    }

    private Answer settle(List<ChangeEvent> rivals, ChangeEvent event, List<ChangeEvent> all) {
        var together = new ArrayList<>(rivals);
        together.add(event);
        together.sort(Comparator.comparing(Stamp::of));
        var last = together.get(together.size() - 1);
        boolean isLast = isSame(last, event);
        var row =
                switch (rules.strategy()) {
                    case KEEP_FIRST -> aligned(together.get(0), event.schema());
                    case KEEP_LATEST -> aligned(last, event.schema());
                    case MERGE -> merged(together, event.schema());
                };
        boolean stood =
                switch (rules.strategy()) {
                    case KEEP_FIRST -> !isSame(together.get(0), event);
                    case KEEP_LATEST -> !isLast;
                    case MERGE -> !isLast && row.equals(standing(rivals, event.schema()));
                };
        return new Answer(all, stood ? null : at(last.eventTimeMicros(), event, row), true);
    }

    private Row standing(List<ChangeEvent> rivals, TableSchema schema) {
        var sorted = new ArrayList<>(rivals);
        sorted.sort(Comparator.comparing(Stamp::of));
        return merged(sorted, schema);
    }

    private Row merged(List<ChangeEvent> sorted, TableSchema schema) {
        var last = aligned(sorted.get(sorted.size() - 1), schema);
        for (var rule : rules.rules().entrySet()) {
            int column = schema.indexOf(rule.getKey());
            if (column >= 0 && !schema.isKey(column)) {
                last = last.with(column, merge(rule.getValue(), sorted, schema, column));
            }
        }
        return last;
    }

    private Object merge(FieldRule rule, List<ChangeEvent> sorted, TableSchema schema, int column) {
        var candidates = new ArrayList<Candidate>();
        for (var one : sorted) {
            int own = one.schema().indexOf(schema.column(column).name());
            if (own >= 0) {
                candidates.add(new Candidate(
                        one.source(),
                        priorities.getOrDefault(one.source(), Integer.MAX_VALUE),
                        one.after().value(own),
                        null,
                        one.eventTimeMicros()));
            }
        }
        return candidates.isEmpty() ? null : rule.merge(schema.column(column), candidates);
    }

    private static Row aligned(ChangeEvent event, TableSchema schema) {
        if (event.schema().equals(schema)) {
            return event.after();
        }
        var values = new Object[schema.columnCount()];
        for (int i = 0; i < values.length; i++) {
            int own = event.schema().indexOf(schema.column(i).name());
            values[i] = own < 0 ? null : event.after().value(own);
        }
        return Row.of(values);
    }

    private boolean isLike(ChangeEvent member, ChangeEvent event) {
        if (Math.abs(member.eventTimeMicros() - event.eventTimeMicros()) > RepairConfig.micros(rules.window())) {
            return false;
        }
        for (var field : rules.keyFields()) {
            int one = member.schema().indexOf(field);
            int other = event.schema().indexOf(field);
            if (one < 0
                    || other < 0
                    || !Objects.deepEquals(
                            member.after().value(one), event.after().value(other))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSameReader(ChangeEvent one, ChangeEvent other) {
        return one.source().equals(other.source()) && one.table().equals(other.table());
    }

    private static boolean isSame(ChangeEvent one, ChangeEvent other) {
        return isSameReader(one, other) && one.position().equals(other.position());
    }

    private static boolean isOneChange(ChangeEvent member, ChangeEvent event) {
        return member.isSnapshot() || member.position().equals(event.position());
    }

    /** A reader that is not watched yet, because its row was there before, is none whose row came twice. */
    private List<ChangeEvent> updated(List<ChangeEvent> members, ChangeEvent event) {
        boolean isKnown = members.stream()
                .anyMatch(member ->
                        isSameReader(member, event) && Stamp.of(member).compareTo(Stamp.of(event)) <= 0);
        return isKnown ? with(members, event) : members;
    }

    /** What is too old to have a duplicate is let go by the way. */
    private List<ChangeEvent> with(List<ChangeEvent> members, ChangeEvent event) {
        var next = new ArrayList<ChangeEvent>(members.size() + 1);
        for (var member : members) {
            boolean isPast = event.eventTimeMicros() - member.eventTimeMicros() > RepairConfig.micros(rules.window());
            if (!isPast && !isSameReader(member, event)) {
                next.add(member);
            }
        }
        next.add(event.standing(event.operation(), event.schema(), null, event.after()));
        return Collections.unmodifiableList(next);
    }

    private static ChangeEvent at(long timeMicros, ChangeEvent event, Row row) {
        if (timeMicros == event.eventTimeMicros()) {
            return row.equals(event.after())
                    ? event
                    : event.standing(event.operation(), event.schema(), event.before(), row);
        }
        return new ChangeEvent(
                event.source(),
                event.table(),
                event.target(),
                event.operation(),
                event.key(),
                event.schema(),
                event.before(),
                row,
                timeMicros,
                event.position(),
                event.captureTimeMicros(),
                event.version(),
                event.late(),
                event.firstSeen(),
                event.historyComplete());
    }

    /**
     * Refuses a table that the key fields do not fit.
     *
     * @throws GravityException with CONFIG_INVALID
     */
    static void check(DuplicateHandling rules, TableId table, TableSchema schema) {
        var absent = rules.keyFields().stream()
                .filter(field -> schema.indexOf(field) < 0)
                .toList();
        var uncovered = new ArrayList<String>();
        for (int i = 0; i < schema.keyColumnCount(); i++) {
            var name = schema.column(schema.keyColumn(i)).name();
            if (!rules.keyFields().contains(name)) {
                uncovered.add(name);
            }
        }
        if (!absent.isEmpty() || !uncovered.isEmpty()) {
            throw new GravityException(
                    ErrorCode.CONFIG_INVALID,
                    "duplicate-handling can't watch " + table + ": its key-fields are " + rules.keyFields() + ", and "
                            + (absent.isEmpty()
                                    ? "columns " + uncovered + " of its primary key are missing. Add them"
                                    : "the table has no columns " + absent + ". Name columns that it has")
                            + ", or name in duplicate-handling.tables only tables that they fit.");
        }
    }
}
