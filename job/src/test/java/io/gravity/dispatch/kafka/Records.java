package io.gravity.dispatch.kafka;

import io.gravity.dispatch.UnfitRule;
import io.gravity.dispatch.UnfitValues;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.metrics.SimpleCounter;

/** Changes for the tests of formats, and their records as text. */
final class Records {
    static final UnfitRule REFUSING = new UnfitRule(UnfitValues.REFUSE, new SimpleCounter());
    static final TableSchema ORDERS = new TableSchema(
            List.of(
                    new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false),
                    new Column("total", new ColumnType(Kind.DECIMAL, "DECIMAL", 10, 2), true),
                    new Column("note", new ColumnType(Kind.TEXT, "VARCHAR", 20, -1), true)),
            0);
    static final Row OLD = Row.of(7L, new BigDecimal("9.90"), null);
    static final Row NEW = Row.of(7L, new BigDecimal("10.00"), null);

    private Records() {}

    static ChangeEvent change(Operation operation, TableSchema schema, Row before, Row after) {
        return ChangeEvent.captured(
                        "eu",
                        new TableId("shop", "orders"),
                        new TableId("dwh", "orders"),
                        operation,
                        schema,
                        before,
                        after,
                        1_700_000_000_000_000L,
                        new SourcePosition(3, 1207, 0, 2),
                        1_700_000_000_004_000L)
                .resolved(42, false);
    }

    static ChangeEvent update() {
        return change(Operation.UPDATE, ORDERS, OLD, NEW);
    }

    /** Returns a change of a table with the one column {@code v}. */
    static ChangeEvent insertOf(ColumnType type, Object value) {
        var schema = new TableSchema(List.of(new Column("v", type, true)), 0);
        return change(Operation.INSERT, schema, null, Row.of(value));
    }

    static String key(ChangeEvent event) {
        return text(new RecordEncoder(new GravityJson()).key(event));
    }

    static String value(RecordFormat format, ChangeEvent event) {
        return text(new RecordEncoder(format).value(event));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
