package io.gravity.local.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Counts how a target compares, table by table. */
final class Comparison {
    private static final int EXAMPLES = 5;

    private final String target;
    private final List<String> examples = new ArrayList<>();
    private long expected;
    private long equal;
    private long missing;
    private long unexpected;

    Comparison(String target) {
        this.target = target;
    }

    /** Compares a source row, and takes it out of the target's rows. */
    void row(CheckedTable table, Map<String, String> held, String key, String row) {
        expected++;
        String found = held.remove(key);
        if (found == null) {
            missing++;
            example(table, key, "missing");
        } else if (found.equals(row)) {
            equal++;
        } else {
            example(table, key, CheckedRow.difference(table, row, found));
        }
    }

    /** Counts what is left after all source rows were taken out. */
    void left(CheckedTable table, Map<String, String> held) {
        unexpected += held.size();
        held.keySet().stream().limit(EXAMPLES).forEach(key -> example(table, key, "unexpected"));
    }

    TargetResult result() {
        return new TargetResult(target, expected, equal, missing, unexpected, examples);
    }

    private void example(CheckedTable table, String key, String what) {
        if (examples.size() < EXAMPLES) {
            examples.add(table.id() + " " + CheckedRow.split(key) + ": " + what);
        }
    }
}
