package io.gravity.dispatch.mysql;

import io.gravity.event.Column;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statement texts for one table under one schema, each built once per row count. Thread-safe.
 *
 * <p>An upsert also sets the key columns: should a row meet another one through a secondary unique key (its own change
 * is still on the way in another lane), it takes that row over instead of being dropped, and the other row is inserted
 * again by its own change. So a swap of unique values converges whatever the order.
 */
final class TableStatements {
    /** More rows per statement gained nothing. */
    static final int MAX_ROWS = 1024;

    /** The protocol allows 65,535 placeholders; fewer keep texts within the driver's cache limit. */
    private static final int MAX_PLACEHOLDERS = 16_384;

    private final String table;
    private final TableSchema schema;
    private final AtomicReferenceArray<String> upserts = new AtomicReferenceArray<>(11);
    private final String delete;

    TableStatements(TableId table, TableSchema schema) {
        this.table = quoted(table.database()) + "." + quoted(table.name());
        this.schema = schema;
        this.delete = buildDelete(this.table, schema);
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
        var names = schema.columns().stream()
                .map(Column::name)
                .map(TableStatements::quoted)
                .toList();
        var row = names.stream().map(name -> "?").collect(Collectors.joining(",", "(", ")"));
        return "INSERT INTO " + table + " (" + String.join(",", names) + ") VALUES "
                + repeated(row, ",", rows)
                + " ON DUPLICATE KEY UPDATE "
                + names.stream().map(name -> name + "=VALUES(" + name + ")").collect(Collectors.joining(","));
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
