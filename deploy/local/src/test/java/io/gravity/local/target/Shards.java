package io.gravity.local.target;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.Column.Declaration;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Changes and markers of sources' tables that are one table, {@code shop.orders}, at the target. */
final class Shards {
    static final TableId ORDERS = new TableId("shop", "orders");
    private static final AtomicLong CLOCK = new AtomicLong();

    private Shards() {}

    static ChangeEvent row(String shard, TableSchema schema, Object... values) {
        return ChangeEvent.captured(
                        "eu",
                        new TableId("shop", shard),
                        ORDERS,
                        Operation.INSERT,
                        schema,
                        null,
                        Row.of(values),
                        1_700_000_000_000_000L,
                        next(),
                        0)
                .resolved(CLOCK.get(), false);
    }

    static ChangeEvent marker(String shard, TableSchema schema) {
        return ChangeEvent.marker("eu", new TableId("shop", shard), Operation.SCHEMA, schema, 0, next(), 0)
                .markerOf(ORDERS, schema);
    }

    private static SourcePosition next() {
        return new SourcePosition(1, CLOCK.incrementAndGet(), 0, 0);
    }

    static TableSchema schema(Column... further) {
        var columns = new ArrayList<Column>();
        columns.add(new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false));
        columns.addAll(List.of(further));
        return new TableSchema(columns, 0);
    }

    static Column number(String name, String sqlType, boolean nullable) {
        return new Column(name, ColumnType.of(Kind.INTEGER, sqlType), nullable);
    }

    static Column text(String name, int length) {
        return new Column(name, new ColumnType(Kind.TEXT, "VARCHAR", length, -1), true);
    }

    static Column declared(Column column, String defaultSql, String comment) {
        return new Column(
                column.name(),
                column.type(),
                column.nullable(),
                new Declaration(defaultSql, comment, null, null, false, List.of(), List.of()));
    }

    static Column renamed(Column column, String former) {
        return new Column(
                column.name(), column.type(), column.nullable(), Declaration.PLAIN.withFormerNames(List.of(former)));
    }
}
