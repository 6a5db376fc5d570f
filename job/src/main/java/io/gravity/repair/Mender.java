package io.gravity.repair;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.expression.Columns;
import io.gravity.expression.TextSearch;
import io.gravity.extension.GuardedCalls;
import io.gravity.repair.FillStrategy.Defaults;
import io.gravity.repair.FillStrategy.History;
import io.gravity.repair.FillStrategy.Related;
import io.gravity.types.Attached;
import io.gravity.udf.FieldFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** Fills and corrects the fields of rows of one table and schema. Bound once; not thread-safe. */
final class Mender {
    static final String DEFAULT_VALUES = "default-values";
    static final String DERIVE_FROM_HISTORY = "derive-from-history";
    static final String LOOKUP_FROM_RELATED = "lookup-from-related";

    private final GuardedCalls calls;
    private final List<Gap> gaps = new ArrayList<>();
    private final List<Watched> watched = new ArrayList<>();
    private final List<Fix> fixes = new ArrayList<>();

    /** What gives a value for a field that is NULL; {@code null} for none. */
    private interface Filler {
        Object value(ChangeEvent event, RowPast past);
    }

    private record Fill(String rule, Filler filler) {}

    private record Gap(int index, Column column, List<Fill> fills) {}

    private record Watched(int index, History rule) {}

    private record Fix(int index, Column column, TextSearch pattern, String rule, FieldFunction function) {}

    /**
     * Binds the rules.
     *
     * @param functions finds field functions by name
     * @param calls calls them
     * @param warn hears of rules that don't fit the table
     */
    Mender(
            RepairConfig config,
            TableId table,
            TableSchema schema,
            Function<String, FieldFunction> functions,
            GuardedCalls calls,
            Consumer<String> warn) {
        this.calls = calls;
        var fills = new TreeMap<Integer, List<Fill>>();
        if (config.missing() != null && RepairConfig.includes(config.missing().tables(), table)) {
            for (var strategy : config.missing().strategies()) {
                if (strategy instanceof Defaults defaults) {
                    bind(defaults, table, schema, fills, warn);
                } else if (strategy instanceof History history) {
                    bind(history, schema, fills);
                } else if (strategy instanceof Related related) {
                    bind(related, schema, fills);
                }
            }
        }
        fills.forEach((index, ways) -> gaps.add(new Gap(index, schema.column(index), ways)));
        if (config.formats() != null && RepairConfig.includes(config.formats().tables(), table)) {
            config.formats().corrections().forEach((field, correction) -> {
                if (Columns.has(schema, field)) {
                    fix(schema, Columns.find(schema, field), correction, functions, table, warn);
                }
            });
        }
    }

    private static void bind(
            Defaults defaults,
            TableId table,
            TableSchema schema,
            Map<Integer, List<Fill>> fills,
            Consumer<String> warn) {
        defaults.values().forEach((field, text) -> {
            if (!Columns.has(schema, field)) {
                return;
            }
            int index = Columns.find(schema, field);
            var value = FieldValue.of(schema.column(index), text);
            if (value == null) {
                warn.accept("missing-data-fill.strategies.default-values." + field + " is \"" + text + "\", but "
                        + table + " has it as " + schema.column(index).type().sqlType()
                        + ": it stays NULL. State a value of this type, or name other tables in"
                        + " missing-data-fill.tables.");
                return;
            }
            add(fills, index, new Fill(DEFAULT_VALUES, (event, past) -> value));
        });
    }

    private void bind(History history, TableSchema schema, Map<Integer, List<Fill>> fills) {
        for (var field : history.fields()) {
            if (Columns.has(schema, field)) {
                int index = Columns.find(schema, field);
                var name = schema.column(index).name();
                watched.add(new Watched(index, history));
                add(fills, index, new Fill(DERIVE_FROM_HISTORY, (event, past) -> past.of(name)
                        .derive(Stamp.of(event), history)));
            }
        }
    }

    private static void bind(Related related, TableSchema schema, Map<Integer, List<Fill>> fills) {
        for (var lookup : related.fields()) {
            if (Columns.has(schema, lookup.field())) {
                add(
                        fills,
                        Columns.find(schema, lookup.field()),
                        new Fill(LOOKUP_FROM_RELATED, (event, past) -> Attached.value(event, lookup.field())));
            }
        }
    }

    private static void add(Map<Integer, List<Fill>> fills, int index, Fill fill) {
        fills.computeIfAbsent(index, unknown -> new ArrayList<>()).add(fill);
    }

    private void fix(
            TableSchema schema,
            int index,
            RepairConfig.Correction correction,
            Function<String, FieldFunction> functions,
            TableId table,
            Consumer<String> warn) {
        var column = schema.column(index);
        if (schema.isKey(index)) {
            warn.accept("format-correction: " + table + "." + column.name() + " is part of the primary key and is not"
                    + " corrected: it would become another row. Take it out, or name other tables in"
                    + " format-correction.tables.");
            return;
        }
        var function = functions.apply(correction.function());
        if (!function.accepts().contains(column.type().kind())) {
            warn.accept("format-correction: " + correction.function() + " takes " + function.accepts() + ", but "
                    + table + " has " + column.name() + " as " + column.type().sqlType()
                    + ": it is not corrected. Name another function, or other tables in format-correction.tables.");
            return;
        }
        var pattern = correction.pattern() == null ? null : new TextSearch(correction.pattern());
        fixes.add(new Fix(index, column, pattern, correction.function(), function));
    }

    /** Returns whether it needs to know what the row was before. */
    boolean remembers() {
        return !watched.isEmpty();
    }

    /**
     * Returns the row with its fields filled and corrected.
     *
     * @param event the change with what is attached to it
     * @param row its row after the change, without
     * @param repairs gets what was done
     * @param failed hears of functions that could not be applied, by name and reason
     */
    Row mend(ChangeEvent event, Row row, RowPast past, List<Repair> repairs, Failed failed) {
        var mended = row;
        for (var gap : gaps) {
            if (row.value(gap.index()) == null) {
                mended = fill(event, mended, gap, past, repairs);
            }
        }
        for (var fix : fixes) {
            var value = mended.value(fix.index());
            if (value != null && (fix.pattern() == null || isFound(fix.pattern(), value))) {
                mended = correct(mended, fix, value, repairs, failed);
            }
        }
        return mended;
    }

    private static Row fill(ChangeEvent event, Row row, Gap gap, RowPast past, List<Repair> repairs) {
        for (var fill : gap.fills()) {
            var value = FieldValue.of(gap.column(), fill.filler().value(event, past));
            if (value != null) {
                repairs.add(new Repair(gap.column().name(), null, value, fill.rule()));
                return row.with(gap.index(), value);
            }
        }
        return row;
    }

    private static boolean isFound(TextSearch pattern, Object value) {
        return pattern.finds(value instanceof String string ? string : value.toString());
    }

    private Row correct(Row row, Fix fix, Object value, List<Repair> repairs, Failed failed) {
        var outcome = calls.apply(fix.function(), fix.column().type().kind(), value);
        if (outcome.isFailure()) {
            failed.of(fix.rule(), outcome.failure());
            return row;
        }
        var corrected = outcome.value();
        if (Objects.deepEquals(corrected, value)) {
            return row;
        }
        repairs.add(new Repair(fix.column().name(), value, corrected, fix.rule()));
        return row.with(fix.index(), corrected);
    }

    /** Hears of what could not be applied. */
    interface Failed {
        void of(String rule, String reason);
    }

    /** Returns what is known of the row after this change passed. */
    RowPast remember(ChangeEvent event, Row row, RowPast past, List<Repair> repairs) {
        var next = past;
        var stamp = Stamp.of(event);
        for (var field : watched) {
            var name = event.schema().column(field.index()).name();
            var value = row.value(field.index());
            if (value != null) {
                next = next.with(
                        name, next.of(name).withSeen(stamp, value, field.rule().pick()));
            } else {
                for (var repair : repairs) {
                    if (name.equals(repair.field()) && repair.rule().equals(DERIVE_FROM_HISTORY)) {
                        next = next.with(name, next.of(name).withDerived(stamp, repair.after()));
                    }
                }
            }
        }
        return next;
    }
}
