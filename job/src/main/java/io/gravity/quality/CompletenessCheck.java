package io.gravity.quality;

import static java.util.Objects.requireNonNull;

import io.gravity.event.TablePattern;
import io.gravity.event.TableSchema;
import io.gravity.expression.Columns;
import io.gravity.extension.GuardedCalls;
import java.util.List;

/** Columns that may not be NULL. A text without characters is a value. */
public record CompletenessCheck(List<TablePattern> tables, List<String> requiredFields, Severity severity)
        implements TableCheck {
    private static final long serialVersionUID = 1L;
    private static final String RULE = "required";

    public CompletenessCheck {
        tables = List.copyOf(tables);
        requiredFields = List.copyOf(requiredFields);
        requireNonNull(severity, "severity");
    }

    @Override
    public boolean keepsBack() {
        return severity.keepsBack();
    }

    @Override
    public List<RowRule> bind(TableSchema schema, GuardedCalls calls) {
        return requiredFields.stream()
                .filter(field -> Columns.has(schema, field))
                .map(field -> required(Columns.find(schema, field), field))
                .toList();
    }

    private RowRule required(int column, String field) {
        var missing =
                new Issue(Check.COMPLETENESS, RULE, field, severity, "found NULL in " + field + ", expected a value");
        return row -> row.value(column) == null ? missing : null;
    }
}
