package io.gravity.quality;

import static java.util.Objects.requireNonNull;

import io.gravity.event.TablePattern;
import io.gravity.event.TableSchema;
import io.gravity.extension.Extensions;
import io.gravity.extension.GuardedCalls;
import io.gravity.extension.NamedValues;
import io.gravity.udf.QualityRule;
import java.util.List;

/** Rules of the users' own, by name. One that fails at a row has found fault with it: the row could not be judged. */
public record CustomCheck(List<TablePattern> tables, List<String> rules, Severity severity) implements TableCheck {
    private static final long serialVersionUID = 1L;

    public CustomCheck {
        tables = List.copyOf(tables);
        rules = List.copyOf(rules);
        requireNonNull(severity, "severity");
    }

    @Override
    public boolean keepsBack() {
        return severity.keepsBack();
    }

    @Override
    public List<RowRule> bind(TableSchema schema, GuardedCalls calls) {
        var known = Extensions.of(QualityRule.class);
        return rules.stream()
                .map(name -> bind(schema, name, known.named(name), calls))
                .toList();
    }

    private RowRule bind(TableSchema schema, String name, QualityRule rule, GuardedCalls calls) {
        return row -> {
            var outcome = calls.call(
                    rule, () -> rule.complaint(NamedValues.of(schema, row)).orElse(null));
            if (outcome.isFailure()) {
                return issue(name, "the rule can't judge the row: " + outcome.failure());
            }
            var complaint = outcome.value();
            if (complaint == null) {
                return null;
            }
            return complaint instanceof String text
                    ? issue(name, text)
                    : issue(
                            name,
                            "the rule can't judge the row: it returned a "
                                    + complaint.getClass().getSimpleName() + ", expected a String");
        };
    }

    private Issue issue(String name, String message) {
        return new Issue(Check.CUSTOM, name, null, severity, Quote.cut(message));
    }
}
