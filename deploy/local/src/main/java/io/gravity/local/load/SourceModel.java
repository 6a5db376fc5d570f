package io.gravity.local.load;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Draws the transactions of one source database. Not safe for use by several threads. */
final class SourceModel {
    private static final int INSERT_ROWS = 500;
    private static final int BURST_ROWS = 250;

    private final String source;
    private final List<TableLoad> tables;
    private final Draw draw;

    private SourceModel(String source, List<TableLoad> tables, Draw draw) {
        this.source = source;
        this.tables = List.copyOf(tables);
        this.draw = draw;
    }

    static SourceModel of(String source, List<TableShape> shapes, WorkloadOptions options, Clock clock) {
        // Each table draws from its own sequence: one more column in one table leaves the others as they were.
        long seed = options.seed() * 31 + source.hashCode();
        var tables = shapes.stream()
                .map(shape ->
                        new TableLoad(shape, new Draw(seed * 31 + shape.table().hashCode(), clock), options.hotShare()))
                .toList();
        return new SourceModel(source, tables, new Draw(seed, clock));
    }

    String source() {
        return source;
    }

    List<String> tables() {
        return tables.stream().map(TableLoad::table).toList();
    }

    int tableCount() {
        return tables.size();
    }

    /** Inserts of so many new rows into each table. */
    List<Transaction> preload(long rowsPerTable) {
        var transactions = new ArrayList<Transaction>();
        for (var table : tables) {
            for (long left = rowsPerTable; left > 0; left -= INSERT_ROWS) {
                transactions.add(newRows(table, (int) Math.min(left, INSERT_ROWS)));
            }
        }
        return transactions;
    }

    /** The next transaction of ordinary traffic: mostly one row, now and then up to twenty. */
    Transaction next() {
        int die = draw.below(10);
        if (die == 0) {
            return newRows(tables.get(draw.below(tables.size())), 2 + draw.below(4));
        }
        return changes(die < 6 ? 1 : die < 9 ? 2 + draw.below(4) : 6 + draw.below(15));
    }

    /** A transaction that changes many rows at once. */
    Transaction burst() {
        return changes(BURST_ROWS);
    }

    void reload(Connection connection) throws SQLException {
        for (var table : tables) {
            table.reload(connection);
        }
    }

    private Transaction changes(int count) {
        var statements = new ArrayList<String>();
        var tally = new HashMap<String, Integer>();
        for (int i = 0; i < count; i++) {
            var table = tables.get(draw.below(tables.size()));
            statements.add(table.change());
            tally.merge(table.table(), 1, Integer::sum);
        }
        return new Transaction(statements, tally);
    }

    private static Transaction newRows(TableLoad table, int rows) {
        return new Transaction(List.of(table.insert(rows)), Map.of(table.table(), rows));
    }
}
