package io.gravity.source;

import io.gravity.event.TableId;

/**
 * Names as SQL writes them, and as the connector keeps those of columns: it takes off the quotes around a name, but leaves
 * a backtick inside of it double. Pure.
 */
final class Names {
    private Names() {}

    static String quoted(String name) {
        return "`" + doubled(name) + "`";
    }

    static String quoted(TableId table) {
        return quoted(table.database()) + "." + quoted(table.name());
    }

    /** Returns the name of a column that the connector calls so. */
    static String ofConnector(String told) {
        return told.replace("``", "`");
    }

    /** Returns what the connector calls a column of this name. */
    static String forConnector(String name) {
        return doubled(name);
    }

    /** Returns a column that the connector calls so, as SQL writes it. */
    static String quotedOfConnector(String told) {
        return quoted(ofConnector(told));
    }

    private static String doubled(String name) {
        return name.replace("`", "``");
    }
}
