package io.gravity.source;

import io.debezium.relational.Column;
import io.debezium.relational.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The order of a table's rows by its key, as SQL. The server compares, by its own rules of collation and type, and writes
 * the literals that bound a range. Of a key's columns those up to the first one that can't be compared in this way count.
 *
 * @param columns empty if the table can't be cut
 */
record KeyOrder(List<KeyColumn> columns) {
    /** Types of numbers that the server writes as they are. */
    static final Set<String> EXACT_NUMBERS = Set.of(
            "TINYINT",
            "SMALLINT",
            "MEDIUMINT",
            "INT",
            "INTEGER",
            "BIGINT",
            "SERIAL",
            "DECIMAL",
            "NUMERIC",
            "DEC",
            "FIXED",
            "BOOL",
            "BOOLEAN");

    private static final Set<String> TEXTS = Set.of("CHAR", "VARCHAR", "NCHAR", "NVARCHAR", "CHARACTER");
    private static final Set<String> BYTES = Set.of("BINARY", "VARBINARY");
    private static final Set<String> TIMES = Set.of("DATE", "DATETIME", "TIME");

    KeyOrder {
        columns = List.copyOf(columns);
    }

    /**
     * A column of the key.
     *
     * @param name quoted
     * @param literal an expression that the server answers with the column's value as an SQL literal
     */
    record KeyColumn(String name, String literal) {}

    /**
     * Returns the order of a table.
     *
     * @param isUtc whether sessions run in UTC; in other zones an hour of TIMESTAMP comes twice
     */
    static KeyOrder of(Table table, boolean isUtc) {
        var columns = new ArrayList<KeyColumn>();
        for (var column : table.primaryKeyColumns()) {
            var literal = literal(column, isUtc);
            if (literal == null) {
                break;
            }
            columns.add(new KeyColumn(Names.quotedOfConnector(column.name()), literal));
        }
        return new KeyOrder(columns);
    }

    /** Not FLOAT, which the server does not print exactly, nor ENUM and SET, which order and comparison see differently. */
    private static String literal(Column column, boolean isUtc) {
        var type = column.typeName().toUpperCase(Locale.ROOT).split("[ (]", 2)[0];
        var name = Names.quotedOfConnector(column.name());
        if (EXACT_NUMBERS.contains(type) || type.equals("YEAR")) {
            return "CAST(" + name + " AS CHAR)";
        }
        if (TEXTS.contains(type)) {
            return "CONCAT('_utf8mb4 x''', HEX(CONVERT(" + name + " USING utf8mb4)), '''')";
        }
        if (BYTES.contains(type)) {
            return "CONCAT('x''', HEX(" + name + "), '''')";
        }
        return TIMES.contains(type) || (type.equals("TIMESTAMP") && isUtc) ? "QUOTE(CAST(" + name + " AS CHAR))" : null;
    }

    boolean isEmpty() {
        return columns.isEmpty();
    }

    /** Returns the literals of a row's key, to be selected. */
    String literals() {
        return columns.stream().map(KeyColumn::literal).collect(Collectors.joining(", "));
    }

    String ascending() {
        return columns.stream().map(KeyColumn::name).collect(Collectors.joining(", "));
    }

    String descending() {
        return columns.stream().map(column -> column.name() + " DESC").collect(Collectors.joining(", "));
    }

    /**
     * Returns the condition for rows behind one key, up to and including another.
     *
     * @param after literals; {@code null} for no bound
     * @param until literals
     */
    String range(List<String> after, List<String> until) {
        var terms = new ArrayList<String>();
        int from = 0;
        while (after != null && from < columns.size() - 1 && after.get(from).equals(until.get(from))) {
            terms.add(name(from) + " = " + until.get(from));
            from++;
        }
        if (after != null) {
            terms.addAll(bound(from, after, ">", ">"));
        }
        terms.addAll(bound(from, until, "<", "<="));
        return String.join(" AND ", terms);
    }

    /** A comparison of rows, written out: servers use an index for this form, not for that of {@code (a, b) > (x, y)}. */
    private List<String> bound(int from, List<String> key, String strictly, String atTheEnd) {
        int last = columns.size() - 1;
        var term = name(last) + " " + atTheEnd + " " + key.get(last);
        if (from == last) {
            return List.of(term);
        }
        for (int i = last - 1; i >= from; i--) {
            term = "(" + name(i) + " " + strictly + " " + key.get(i) + " OR (" + name(i) + " = " + key.get(i) + " AND "
                    + term + "))";
        }
        // Follows from the other; it tells a server whose optimizer looks no further where to begin and to end.
        return List.of(name(from) + " " + strictly + "= " + key.get(from), term);
    }

    private String name(int column) {
        return columns.get(column).name();
    }
}
