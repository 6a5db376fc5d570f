package io.gravity.dispatch.mysql;

import io.gravity.event.Column;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statement texts for one table under one schema, each built once per row count. Thread-safe.
 *
 * <p>{@code ON DUPLICATE KEY UPDATE} changes whichever row any unique index finds. In a table with a secondary one that
 * may be another row, which holds the unique value still, or by right. There the upsert carries a guard: if the row found
 * has another key, a subquery of two rows is evaluated where one value may stand, and the statement fails with error 1242
 * ({@code ER_SUBQUERY_NO_1_ROW}). Servers evaluate it only then (MariaDB 11.4, MySQL 9). It stands in the condition and
 * not among the results, so that it has no say in the key's type; and before any other assignment, as these are made from
 * left to right. The two rows with one unique value that collide by an update are error 1062 in any case.
 */
final class TableStatements {
    /** More rows per statement gained nothing. */
    static final int MAX_ROWS = 1024;

    /** The protocol allows 65,535 placeholders; fewer keep texts within the driver's cache limit. */
    private static final int MAX_PLACEHOLDERS = 16_384;

    private final String table;
    private final TableSchema schema;
    private final int[] indexes;
    private final List<UniqueIndex> unique;
    private final AtomicReferenceArray<String> upserts = new AtomicReferenceArray<>(11);
    private final AtomicReferenceArray<String> additions = new AtomicReferenceArray<>(11);
    private final String delete;

    TableStatements(TableId table, TableSchema schema, List<UniqueIndex> unique) {
        this(table, schema, IntStream.range(0, schema.columnCount()).toArray(), unique);
    }

    /**
     * Creates the statements for rows of which some columns are written.
     *
     * @param schema the columns written
     * @param indexes where each stands in a row
     */
    TableStatements(TableId table, TableSchema schema, int[] indexes, List<UniqueIndex> unique) {
        this.indexes = indexes;
        this.unique = List.copyOf(unique);
        this.table = quoted(table.database()) + "." + quoted(table.name());
        this.schema = schema;
        this.delete = buildDelete(this.table, schema);
    }

    /** Returns how many columns are written. */
    int columnCount() {
        return indexes.length;
    }

    /** Returns where the n-th column written stands in a row. */
    int index(int n) {
        return indexes[n];
    }

    /** Returns the most rows an upsert takes, a power of two. */
    int maxUpsertRows() {
        return Integer.highestOneBit(Math.max(1, Math.min(MAX_ROWS, MAX_PLACEHOLDERS / schema.columnCount())));
    }

    /**
     * Returns the upsert of so many rows; placeholders are all columns of the first row, then of the second, ...
     *
     * @param rows a power of two up to {@link #maxUpsertRows()}
     */
    String upsert(int rows) {
        return cached(upserts, rows, this::buildUpsert);
    }

    /** Returns what inserts so many rows, with the upsert's placeholders, and leaves those as they are that are there. */
    String add(int rows) {
        return cached(additions, rows, this::buildAddition);
    }

    /** Returns the table's unique indexes over other columns than the key. */
    List<UniqueIndex> unique() {
        return unique;
    }

    /** Returns the query for the keys of rows that hold certain values in an index; placeholders are these values. */
    String holders(UniqueIndex index) {
        return "SELECT " + String.join(",", keyNames()) + " FROM " + table + " WHERE "
                + index.columns().stream().map(name -> quoted(name) + "=?").collect(Collectors.joining(" AND "))
                + " LIMIT 1";
    }

    /** Returns the delete of one row; placeholders are its key. */
    String delete() {
        return delete;
    }

    private static String cached(AtomicReferenceArray<String> texts, int rows, IntFunction<String> build) {
        int index = Integer.numberOfTrailingZeros(rows);
        var text = texts.get(index);
        if (text == null) {
            text = build.apply(rows);
            texts.set(index, text);
        }
        return text;
    }

    private String buildUpsert(int rows) {
        return buildInsert(rows)
                + (unique.isEmpty() ? "" : guard() + ",")
                + schema.columns().stream()
                        .map(column -> quoted(column.name()))
                        .map(name -> name + "=VALUES(" + name + ")")
                        .collect(Collectors.joining(","));
    }

    /** IGNORE would do as much, and hide every error besides. */
    private String buildAddition(int rows) {
        var first = keyNames().get(0);
        return buildInsert(rows) + (unique.isEmpty() ? first + "=" + table + "." + first : guard());
    }

    private String buildInsert(int rows) {
        var names = schema.columns().stream()
                .map(Column::name)
                .map(TableStatements::quoted)
                .toList();
        var row = names.stream().map(name -> "?").collect(Collectors.joining(",", "(", ")"));
        return "INSERT INTO " + table + " (" + String.join(",", names) + ") VALUES "
                + repeated(row, ",", rows)
                + " ON DUPLICATE KEY UPDATE ";
    }

    private String guard() {
        var first = keyNames().get(0);
        var isSameRow = keyNames().stream()
                .map(name -> table + "." + name + "<=>VALUES(" + name + ")")
                .collect(Collectors.joining(" AND "));
        return first + "=CASE WHEN IF(" + isSameRow + ",1,(SELECT 1 UNION ALL SELECT 2)) THEN VALUES(" + first
                + ") END";
    }

    private List<String> keyNames() {
        return IntStream.range(0, schema.keyColumnCount())
                .mapToObj(n -> quoted(schema.column(schema.keyColumn(n)).name()))
                .toList();
    }

    private static String buildDelete(String table, TableSchema schema) {
        return "DELETE FROM " + table + " WHERE "
                + IntStream.range(0, schema.keyColumnCount())
                        .mapToObj(n -> schema.column(schema.keyColumn(n)))
                        // Plain equality can't find NULL.
                        .map(key -> quoted(key.name()) + (key.nullable() ? "<=>?" : "=?"))
                        .collect(Collectors.joining(" AND "));
    }

    private static String repeated(String part, String separator, int times) {
        return part + (separator + part).repeat(times - 1);
    }

    /** Quotes an identifier, whatever is in it. */
    static String quoted(String identifier) {
        return "`" + identifier.replace("`", "``") + "`";
    }
}
