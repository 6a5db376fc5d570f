package io.gravity.local.load;

import java.util.List;
import java.util.Map;

/**
 * Statements that are committed together.
 *
 * @param changes how many rows they change, per {@code database.table}
 */
record Transaction(List<String> statements, Map<String, Integer> changes) {

    Transaction {
        statements = List.copyOf(statements);
        changes = Map.copyOf(changes);
    }

    int size() {
        return changes.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** One text for one round trip to the server. */
    String script() {
        return "BEGIN; " + String.join("; ", statements) + "; COMMIT";
    }
}
