package io.gravity.quality;

import io.gravity.event.TablePattern;
import io.gravity.event.TableSchema;
import io.gravity.extension.GuardedCalls;
import java.util.List;

/** Conditions that rows must meet. */
public record BusinessCheck(List<TablePattern> tables, List<BusinessRule> rules) implements TableCheck {
    private static final long serialVersionUID = 1L;

    public BusinessCheck {
        tables = List.copyOf(tables);
        rules = List.copyOf(rules);
    }

    @Override
    public boolean keepsBack() {
        return rules.stream().anyMatch(rule -> rule.severity().keepsBack());
    }

    @Override
    public List<RowRule> bind(TableSchema schema, GuardedCalls calls) {
        return rules.stream()
                .filter(rule -> rule.appliesTo(schema))
                .map(rule -> rule.bind(schema))
                .toList();
    }
}
