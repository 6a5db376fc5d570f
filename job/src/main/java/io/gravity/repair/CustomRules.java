package io.gravity.repair;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Row;
import io.gravity.expression.Columns;
import io.gravity.extension.Extensions;
import io.gravity.extension.GuardedCalls;
import io.gravity.extension.NamedValues;
import io.gravity.quality.Issue;
import io.gravity.repair.Mender.Failed;
import io.gravity.udf.RepairRule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Asks users' rules for a value when a check complains of a field. Not thread-safe. */
final class CustomRules {
    private final List<RepairConfig.Custom> configured;
    private final GuardedCalls calls;
    private final Map<String, RepairRule> rules = new HashMap<>();

    CustomRules(List<RepairConfig.Custom> configured, GuardedCalls calls) {
        this.configured = configured;
        this.calls = calls;
        if (!configured.isEmpty()) {
            var known = Extensions.of(RepairRule.class);
            configured.forEach(one -> rules.computeIfAbsent(one.rule(), known::named));
        }
    }

    boolean isEmpty() {
        return configured.isEmpty();
    }

    /** Returns the row with the first value that a rule offers for each field complained of. */
    Row mend(ChangeEvent change, Row row, List<Issue> issues, List<Repair> repairs, Failed failed) {
        var mended = row;
        for (var issue : issues) {
            if (issue.field() != null && Columns.has(change.schema(), issue.field())) {
                mended = mend(change, mended, Columns.find(change.schema(), issue.field()), repairs, failed);
            }
        }
        return mended;
    }

    private Row mend(ChangeEvent change, Row row, int index, List<Repair> repairs, Failed failed) {
        var column = change.schema().column(index);
        // What names the row is not to be mended: it would be another row.
        if (change.schema().isKey(index)) {
            return row;
        }
        for (var one : configured) {
            boolean isFor = RepairConfig.includes(one.tables(), change.target())
                    && (one.fields().isEmpty() || one.fields().contains(column.name()));
            var value = isFor ? offer(one.rule(), column.name(), NamedValues.of(change.schema(), row), failed) : null;
            if (value != null && !FieldValue.fits(column.type().kind(), value)) {
                failed.of(one.rule(), "it returned a " + value.getClass().getName());
            } else if (value != null && !Objects.deepEquals(value, row.value(index))) {
                repairs.add(new Repair(column.name(), row.value(index), value, one.rule()));
                return row.with(index, value);
            }
        }
        return row;
    }

    private Object offer(String rule, String field, Map<String, Object> values, Failed failed) {
        var extension = rules.get(rule);
        var outcome =
                calls.call(extension, () -> extension.repair(field, values).orElse(null));
        if (outcome.isFailure()) {
            failed.of(rule, outcome.failure());
        }
        return outcome.value();
    }
}
