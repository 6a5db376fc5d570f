package io.gravity.resolve;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What one source does to one row: a true history, in which an update's before image is what the row was, and the
 * snapshot row is what the row was when its chunk was read, at any moment beside the changes.
 *
 * @param changes by position; their times are close together and step back at times
 * @param snapshot {@code null} if the row was not there when its chunk was read, or nobody read it
 */
record RowHistory(String source, List<ChangeEvent> changes, ChangeEvent snapshot) {
    static final TableId TABLE = TableId.parse("shop.accounts");
    static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    new Column("id", ColumnType.of(Kind.INTEGER, "BIGINT"), false),
                    new Column("name", ColumnType.of(Kind.TEXT, "VARCHAR"), true),
                    new Column("hits", ColumnType.of(Kind.INTEGER, "INT"), true),
                    new Column("tags", ColumnType.of(Kind.SET, "SET"), false)),
            0);
    private static final List<String> TAGS = List.of("a", "a,b", "b", "b,c", "c");

    static RowHistory draw(String source, Random random) {
        boolean there = random.nextBoolean();
        var row = there ? row(random) : null;
        var first = row;
        var states = new ArrayList<Row>();
        states.add(row);
        var changes = new ArrayList<ChangeEvent>();
        int count = there ? random.nextInt(6) : 1 + random.nextInt(6);
        for (int position = 1; position <= count; position++) {
            var before = row;
            Operation operation;
            if (before == null) {
                operation = Operation.INSERT;
                row = row(random);
            } else if (random.nextInt(4) == 0) {
                operation = Operation.DELETE;
                row = null;
            } else {
                operation = Operation.UPDATE;
                int column = 1 + random.nextInt(3);
                row = before.with(column, row(random).value(column));
            }
            changes.add(change(source, operation, before, row, random.nextInt(6), position));
            states.add(row);
        }
        var read = states.get(random.nextInt(states.size()));
        boolean snapshotted = read != null && (first != null || random.nextBoolean());
        return new RowHistory(source, changes, snapshotted ? change(source, Operation.READ, null, read, 3, 0) : null);
    }

    private static Row row(Random random) {
        return Row.of(
                1L,
                random.nextInt(8) == 0 ? null : "n" + random.nextInt(4),
                random.nextInt(8) == 0 ? null : (long) random.nextInt(50),
                TAGS.get(random.nextInt(TAGS.size())));
    }

    static ChangeEvent change(
            String source, Operation operation, Row before, Row after, long timeMillis, long position) {
        return ChangeEvent.captured(
                source,
                TABLE,
                TABLE,
                operation,
                SCHEMA,
                before,
                after,
                timeMillis * 1000,
                new SourcePosition(1, position, position == 0 ? 0 : 2, 0),
                timeMillis * 1000);
    }
}
