package io.gravity.quality;

import static java.util.Objects.requireNonNull;

import io.gravity.config.Durations;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Row;
import io.gravity.event.TablePattern;
import io.gravity.event.TableSchema;
import io.gravity.expression.Texts;
import io.gravity.extension.GuardedCalls;
import io.gravity.types.Attached;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Columns that name rows of other tables, which must have been seen. Whether they were is no matter of the row alone: a
 * stage that knows those tables has attached the answer.
 */
public record ReferenceCheck(List<TablePattern> tables, List<Reference> references, Severity severity)
        implements TableCheck {
    private static final long serialVersionUID = 1L;

    public ReferenceCheck {
        tables = List.copyOf(tables);
        references = List.copyOf(references);
        requireNonNull(severity, "severity");
    }

    @Override
    public boolean keepsBack() {
        return severity.keepsBack();
    }

    @Override
    public List<RowRule> bind(TableSchema schema, GuardedCalls calls) {
        return List.of();
    }

    /**
     * Adds the references of a change whose other row was not seen. A value that a repair has put there was not looked
     * for, and passes.
     *
     * @param row what the change's row has become
     */
    void judge(ChangeEvent change, Row row, List<Issue> issues) {
        for (var reference : references) {
            if (Attached.value(change, Reference.unseen(reference.table(), reference.fields())) != null
                    && isStill(change, row, reference)) {
                issues.add(issue(reference, change));
            }
        }
    }

    private static boolean isStill(ChangeEvent change, Row row, Reference reference) {
        for (var field : reference.fields()) {
            int column = change.schema().indexOf(field);
            if (!Objects.deepEquals(row.value(column), change.after().value(column))) {
                return false;
            }
        }
        return true;
    }

    private Issue issue(Reference reference, ChangeEvent change) {
        var names = String.join(", ", reference.fields());
        var values = new ArrayList<String>();
        for (var field : reference.fields()) {
            values.add(Texts.of(change.after().value(change.schema().indexOf(field))));
        }
        return new Issue(
                Check.REFERENCE,
                reference.table(),
                reference.fields().size() == 1 ? names : null,
                severity,
                "found " + Quote.of(String.join(", ", values)) + " in " + names + ", expected the key of a row of "
                        + reference.table() + ": none was seen within " + Durations.format(reference.maxWait()));
    }
}
