package io.gravity.types;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.List;

/**
 * Makes changes of a table {@code (id, amount)} for tests.
 *
 * @param position the transaction's place in the source; 0 is where a snapshot begins
 */
public record Changes(String source, TableId table, long position, long timeMicros) {
    public static final TableId ORDERS = TableId.parse("shop.orders");
    public static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    new Column("id", ColumnType.of(Kind.INTEGER, "BIGINT"), false),
                    new Column("amount", ColumnType.of(Kind.INTEGER, "INT"), true)),
            0);

    public static Changes from(String source) {
        return new Changes(source, ORDERS, 1, 0);
    }

    public Changes of(TableId other) {
        return new Changes(source, other, position, timeMicros);
    }

    public Changes at(long newPosition, long timeMillis) {
        return new Changes(source, table, newPosition, timeMillis * 1000);
    }

    public ChangeEvent read(long id, long amount) {
        return change(Operation.READ, null, Row.of(id, amount));
    }

    public ChangeEvent insert(long id, long amount) {
        return change(Operation.INSERT, null, Row.of(id, amount));
    }

    public ChangeEvent update(long id, long amount) {
        return change(Operation.UPDATE, Row.of(id, amount - 1), Row.of(id, amount));
    }

    public ChangeEvent update(long id, long before, long after) {
        return change(Operation.UPDATE, Row.of(id, before), Row.of(id, after));
    }

    public ChangeEvent delete(long id) {
        return delete(id, 0);
    }

    public ChangeEvent delete(long id, long before) {
        return change(Operation.DELETE, Row.of(id, before), null);
    }

    public ChangeEvent marker(Operation operation) {
        return ChangeEvent.marker(
                source, table, operation, SCHEMA, timeMicros, new SourcePosition(1, position, 0, 0), timeMicros + 5000);
    }

    private ChangeEvent change(Operation operation, Row before, Row after) {
        var where = operation == Operation.READ
                ? new SourcePosition(1, position, 0, 0)
                : new SourcePosition(1, position, 2, 1);
        return ChangeEvent.captured(
                source, table, table, operation, SCHEMA, before, after, timeMicros, where, timeMicros + 5000);
    }
}
