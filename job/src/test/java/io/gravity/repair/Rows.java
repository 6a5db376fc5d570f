package io.gravity.repair;

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
 * Makes changes of {@code shop.orders (id, user_id, user_name, region, phone, amount)} and of their parents
 * {@code shop.users (id, user_name)}.
 *
 * @param position the transaction's place in the source
 */
record Rows(String source, long position, long timeMillis) {
    static final TableId ORDERS = TableId.parse("shop.orders");
    static final TableId USERS = TableId.parse("shop.users");
    static final TableSchema ORDER = new TableSchema(
            List.of(
                    new Column("id", ColumnType.of(Kind.INTEGER, "BIGINT"), false),
                    new Column("user_id", ColumnType.of(Kind.INTEGER, "INT"), true),
                    text("user_name"),
                    text("region"),
                    text("phone"),
                    new Column("amount", new ColumnType(Kind.DECIMAL, "DECIMAL", 10, 2), true)),
            0);
    static final TableSchema USER = new TableSchema(
            List.of(new Column("id", ColumnType.of(Kind.UNSIGNED_BIGINT, "BIGINT UNSIGNED"), false), text("user_name")),
            0);

    private static Column text(String name) {
        return new Column(name, new ColumnType(Kind.TEXT, "VARCHAR", 60, -1), true);
    }

    static Rows at(String source, long position, long timeMillis) {
        return new Rows(source, position, timeMillis);
    }

    /** Returns the change that the row's values follow from; {@code null} stands for NULL. */
    ChangeEvent insert(Object... values) {
        return change(Operation.INSERT, ORDERS, ORDER, null, Row.of(values));
    }

    ChangeEvent read(Object... values) {
        return change(Operation.READ, ORDERS, ORDER, null, Row.of(values));
    }

    ChangeEvent update(Row before, Object... values) {
        return change(Operation.UPDATE, ORDERS, ORDER, before, Row.of(values));
    }

    ChangeEvent delete(Object... values) {
        return change(Operation.DELETE, ORDERS, ORDER, Row.of(values), null);
    }

    ChangeEvent user(long id, String name) {
        return change(Operation.INSERT, USERS, USER, null, user(id, (Object) name));
    }

    ChangeEvent userGone(long id, String name) {
        return change(Operation.DELETE, USERS, USER, user(id, (Object) name), null);
    }

    private static Row user(long id, Object name) {
        return Row.of(java.math.BigInteger.valueOf(id), name);
    }

    private ChangeEvent change(Operation operation, TableId table, TableSchema schema, Row before, Row after) {
        return ChangeEvent.captured(
                source,
                table,
                table,
                operation,
                schema,
                before,
                after,
                timeMillis * 1000,
                new SourcePosition(1, position, 2, 1),
                timeMillis * 1000);
    }
}
