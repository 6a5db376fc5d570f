package io.gravity.dispatch.schema;

import static java.util.stream.Collectors.joining;

import io.gravity.dispatch.schema.SchemaPolicy.Change;
import io.gravity.dispatch.schema.SchemaPolicy.Mode;
import io.gravity.event.Column;
import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What has to happen to a target's table, and what stands in the way, for the columns that the sources' tables have.
 *
 * @param steps in the order in which they can be made; those that the policy makes
 * @param differences those it does not make, and what no step can mend, in words
 */
public record Evolution<T>(List<Step<T>> steps, List<String> differences) {

    public Evolution {
        steps = List.copyOf(steps);
        differences = List.copyOf(differences);
    }

    /** Decides for rows of one schema, as all that is known. */
    public static <T> Evolution<T> of(
            SchemaPolicy policy, Dialect<T> dialect, List<TargetColumn<T>> table, TableSchema schema) {
        return new Decision<>(policy, dialect, table, List.of(schema), null).decide();
    }

    /** Decides for the newest columns of all sources' tables. */
    public static <T> Evolution<T> of(
            SchemaPolicy policy, Dialect<T> dialect, List<TargetColumn<T>> table, History history) {
        return new Decision<>(policy, dialect, table, history.newest(), history).decide();
    }

    /**
     * Decides as well for rows that are older than the newest columns, where the target converts no value: a type that they
     * don't fit is widened for them.
     */
    public static <T> Evolution<T> of(
            SchemaPolicy policy, Dialect<T> dialect, List<TargetColumn<T>> table, History history, TableSchema rows) {
        var decision = new Decision<>(policy, dialect, table, history.newest(), history);
        if (history.isOutdated(rows)) {
            for (var column : rows.columns()) {
                var name = history.nameNow(rows, column.name());
                if (name != null) {
                    decision.older.put(name, column);
                }
            }
        }
        return decision.decide();
    }

    /** Returns the columns that a new table gets, united from all schemas. */
    public static <T> List<Step.Add<T>> created(
            Dialect<T> dialect, List<TableSchema> schemas, List<String> differences) {
        var decision = new Decision<>(SchemaPolicy.of(Mode.EVOLVE), dialect, List.of(), schemas, null);
        var all = decision.decide();
        differences.addAll(all.differences());
        var added = new ArrayList<Step.Add<T>>();
        for (var step : all.steps()) {
            if (step instanceof Step.Add<T> add) {
                added.add(add);
            }
        }
        return added;
    }

    private static final class Decision<T> {
        private final SchemaPolicy policy;
        private final Dialect<T> dialect;
        private final List<TableSchema> schemas;
        private final History history;
        private final Map<String, TargetColumn<T>> table;
        /** Each column wanted, as the sources' tables have it. */
        private final Map<String, List<Column>> wanted;
        /** What rows that are still under way have under these names. */
        private final Map<String, Column> older;

        private final List<Step<T>> steps = new ArrayList<>();
        private final List<String> differences = new ArrayList<>();

        Decision(
                SchemaPolicy policy,
                Dialect<T> dialect,
                List<TargetColumn<T>> columns,
                List<TableSchema> schemas,
                History history) {
            this.policy = policy;
            this.dialect = dialect;
            this.schemas = schemas;
            this.history = history;
            this.table = new TreeMap<>(dialect.names());
            columns.forEach(column -> table.put(column.name(), column));
            this.wanted = new TreeMap<>(dialect.names());
            this.older = new TreeMap<>(dialect.names());
        }

        Evolution<T> decide() {
            var order = new ArrayList<String>();
            for (var schema : schemas) {
                for (var column : schema.columns()) {
                    var name = history == null ? column.name() : history.alias(schema, column.name());
                    wanted.computeIfAbsent(name, any -> {
                                order.add(name);
                                return new ArrayList<>();
                            })
                            .add(column);
                }
            }
            // A name that is handed on is free only after the one who had it.
            boolean renamed = true;
            while (renamed) {
                renamed = order.stream().anyMatch(this::renames);
            }
            order.forEach(name -> {
                if (table.containsKey(name)) {
                    compare(table.get(name), wanted.get(name));
                } else {
                    add(name, wanted.get(name));
                }
            });
            table.values().stream()
                    .filter(column -> !wanted.containsKey(column.name()))
                    .toList()
                    .forEach(this::leave);
            return new Evolution<>(steps, differences);
        }

        /** Gives a column its new name, so that it keeps its values; returns whether it did. */
        private boolean renames(String name) {
            if (table.containsKey(name) || history == null || !policy.makes(Change.RENAME_COLUMN)) {
                return false;
            }
            for (var former : formerNames(name)) {
                var old = table.get(former);
                boolean isFree = !wanted.containsKey(former) || isHandedOn(former, new HashSet<>(Set.of(name)));
                if (old != null && isFree && history.knew(former, dialect.names())) {
                    steps.add(new Step.Rename<>(old, name, "the source has renamed it"));
                    table.remove(former);
                    table.put(
                            name, new TargetColumn<>(name, old.type(), old.nullable(), old.isKey(), old.isOptional()));
                    return true;
                }
            }
            return false;
        }

        /** Returns whether what the table has under a name is not the column of that name, which another one gets. */
        private boolean isHandedOn(String name, Set<String> seen) {
            return seen.add(name)
                    && formerNames(name).stream()
                            .filter(former -> wanted.get(name).stream()
                                    .allMatch(column ->
                                            column.declared().formerNames().contains(former)))
                            .anyMatch(former -> table.containsKey(former)
                                    && (!wanted.containsKey(former) || isHandedOn(former, seen)));
        }

        private Set<String> formerNames(String name) {
            var names = new TreeSet<>(dialect.names());
            wanted.get(name).forEach(column -> names.addAll(column.declared().formerNames()));
            return names;
        }

        private boolean isPartial(List<Column> columns) {
            return columns.size() < schemas.size();
        }

        private void add(String name, List<Column> columns) {
            var type = united(name, columns);
            if (type.isEmpty()) {
                return;
            }
            var first = columns.get(0);
            boolean nullable = columns.stream().anyMatch(Column::nullable);
            make(new Step.Add<>(
                    first.name().equals(name) ? first : first.named(name),
                    type.get(),
                    nullable,
                    isPartial(columns) || policy.mode() == Mode.LENIENT,
                    "the source has it"));
        }

        /** Returns the type that takes the values of all; empty if there is none, and then it is said. */
        private Optional<T> united(String name, List<Column> columns) {
            var type = dialect.of(columns.get(0));
            for (var column : columns) {
                var joined = dialect.join(type, dialect.of(column));
                if (joined.isEmpty()) {
                    differences.add("column " + name + ": the sources' tables have "
                            + columns.stream()
                                    .map(dialect::of)
                                    .map(dialect::text)
                                    .distinct()
                                    .collect(joining(" and "))
                            + ", which no type takes both of as they are; change it in all of them, or leave the"
                            + " column of one out by a transform");
                    return Optional.empty();
                }
                type = joined.get();
            }
            return Optional.of(type);
        }

        private void compare(TargetColumn<T> column, List<Column> newest) {
            var columns = new ArrayList<>(newest);
            if (older.containsKey(column.name())) {
                columns.add(older.get(column.name()));
            }
            boolean needsNull = !column.nullable()
                    && !column.isKey()
                    && (columns.stream().anyMatch(Column::nullable) || (isPartial(newest) && !column.isOptional()));
            boolean holds = columns.stream().allMatch(one -> dialect.holds(column.type(), one));
            if (holds && !needsNull) {
                return;
            }
            var type = holds ? Optional.of(column.type()) : widened(column, columns);
            if (type.isEmpty()) {
                return;
            }
            var reason = holds
                    ? "rows come without a value for it"
                    : "it is " + dialect.text(column.type()) + ", the source's "
                            + columns.stream()
                                    .map(one -> dialect.text(dialect.of(one)))
                                    .distinct()
                                    .collect(joining(" and "));
            make(new Step.Modify<>(column, columns.get(0), type.get(), column.nullable() || needsNull, reason));
        }

        private Optional<T> widened(TargetColumn<T> column, List<Column> columns) {
            var united = united(column.name(), columns);
            if (united.isEmpty()) {
                return united;
            }
            var type = united.get();
            var joined = dialect.join(column.type(), type);
            if (joined.isPresent()
                    && columns.stream().allMatch(one -> dialect.holds(joined.get(), one))
                    && dialect.widens(column.type(), joined.get())) {
                return joined;
            }
            if (dialect.widens(column.type(), type) || policy.remembers()) {
                return united;
            }
            differences.add("column " + column.name() + ": found " + dialect.text(column.type()) + ", expected "
                    + dialect.text(type) + ", which does not take all that may be there; change it by hand");
            return Optional.empty();
        }

        /** A column that no row brings any more. */
        private void leave(TargetColumn<T> column) {
            boolean wasKnown = history != null && history.knew(column.name(), dialect.names());
            if (wasKnown && !column.isKey() && policy.makes(Change.DROP_COLUMN)) {
                make(new Step.Drop<>(column.name(), "no source has it any more"));
            } else if (!column.nullable() && !column.isOptional()) {
                if (column.isKey()) {
                    differences.add("column " + column.name()
                            + ": part of the key, but no source has it; key rows by what the source keys them by");
                } else {
                    make(new Step.Modify<>(
                            column,
                            null,
                            column.type(),
                            true,
                            "the source has no such column, so rows come without it"));
                }
            }
        }

        private void make(Step<T> step) {
            if (policy.makes(step.change())) {
                steps.add(step);
            } else if (policy.mode() == Mode.EXCEPTION && policy.follows().contains(step.change())) {
                differences.add("column " + step.column() + ": " + wish(step) + ", as " + step.reason());
            }
        }

        private String wish(Step<T> step) {
            if (step instanceof Step.Add<T> add) {
                return "missing; add it as " + dialect.text(add.type()) + nullness(add.nullable());
            }
            if (step instanceof Step.Modify<T> modify) {
                return "found " + dialect.text(modify.from().type())
                        + nullness(modify.from().nullable()) + ", expected " + dialect.text(modify.type())
                        + nullness(modify.nullable());
            }
            return step.change().label();
        }

        private static String nullness(boolean nullable) {
            return nullable ? " NULL" : " NOT NULL";
        }
    }
}
