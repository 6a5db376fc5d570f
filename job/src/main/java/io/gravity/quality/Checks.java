package io.gravity.quality;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.extension.GuardedCalls;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges rows. The rules are bound once to each table and schema; a row that is fine costs no object. The same row is
 * always judged the same. One instance per task; not thread-safe.
 */
public final class Checks {
    /** More schemas than this in one task is no case for a cache: begin again. */
    private static final int MAX_SCHEMAS = 10_000;

    private final ChecksConfig config;
    private final GuardedCalls calls;
    private final List<ReferenceCheck> references;
    private final IdentityHashMap<TableSchema, Map<TableId, RowRule[]>> bound = new IdentityHashMap<>();

    private TableSchema lastSchema;
    private TableId lastTable;
    private RowRule[] lastRules;

    /**
     * Creates the rules.
     *
     * @param calls calls users' rules; stays the caller's to close
     */
    public Checks(ChecksConfig config, GuardedCalls calls) {
        this.config = config;
        this.calls = calls;
        this.references = config.of(ReferenceCheck.class);
    }

    /** Returns what is wrong with the row after a change, in the order of the configuration; nothing about a delete. */
    public List<Issue> judge(ChangeEvent change) {
        return change.isDelete() ? List.of() : judge(change.target(), change.schema(), change.after());
    }

    /** Returns what is wrong with a row of a target table. */
    public List<Issue> judge(TableId table, TableSchema schema, Row row) {
        List<Issue> issues = null;
        for (var rule : rules(table, schema)) {
            var issue = rule.judge(row);
            if (issue != null) {
                issues = issues == null ? new ArrayList<>(4) : issues;
                issues.add(issue);
            }
        }
        return issues == null ? List.of() : issues;
    }

    /**
     * Returns what is wrong with a row by itself and beside the rows that it names.
     *
     * @param change the change with what earlier stages have attached to it
     * @param schema of the row, without that
     * @param row what has become of its row
     */
    public List<Issue> judge(ChangeEvent change, TableSchema schema, Row row) {
        var issues = judge(change.target(), schema, row);
        if (references.isEmpty() || change.schema().columnCount() == schema.columnCount()) {
            return issues;
        }
        var all = new ArrayList<>(issues);
        for (var check : references) {
            if (check.isFor(change.target())) {
                check.judge(change, row, all);
            }
        }
        return all;
    }

    @SuppressWarnings("ReferenceEquality") // the same schema is the usual case, and cheap to see
    private RowRule[] rules(TableId table, TableSchema schema) {
        if (schema == lastSchema && table.equals(lastTable)) {
            return lastRules;
        }
        if (bound.size() >= MAX_SCHEMAS) {
            bound.clear();
        }
        lastRules = bound.computeIfAbsent(schema, unknown -> new HashMap<>())
                .computeIfAbsent(table, unknown -> bind(table, schema));
        lastSchema = schema;
        lastTable = table;
        return lastRules;
    }

    private RowRule[] bind(TableId table, TableSchema schema) {
        return config.checks().stream()
                .filter(check -> check.isFor(table))
                .flatMap(check -> check.bind(schema, calls).stream())
                .toArray(RowRule[]::new);
    }
}
