package io.gravity.quality;

import static java.util.Objects.requireNonNull;

import io.gravity.event.TablePattern;
import io.gravity.event.TableSchema;
import io.gravity.extension.GuardedCalls;
import java.util.ArrayList;
import java.util.List;

/** Whether each value fits its column's declared type, which what comes before this stage may have broken. */
public record SchemaCheck(List<TablePattern> tables, Severity severity) implements TableCheck {
    private static final long serialVersionUID = 1L;

    public SchemaCheck {
        tables = List.copyOf(tables);
        requireNonNull(severity, "severity");
    }

    @Override
    public boolean keepsBack() {
        return severity.keepsBack();
    }

    @Override
    public List<RowRule> bind(TableSchema schema, GuardedCalls calls) {
        var rules = new ArrayList<RowRule>();
        for (int i = 0; i < schema.columnCount(); i++) {
            rules.add(DeclaredType.rule(schema.column(i), i, severity));
        }
        return rules;
    }
}
