package io.gravity.dispatch.mysql;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BatchPlanTest {
    private static final TableId PARENT = new TableId("shop", "parent");
    private static final TableId CHILD = new TableId("shop", "child");

    @Test
    void keepsTheOrderInWhichTablesFirstAppear() {
        var plan = BatchPlan.of(
                List.of(change(PARENT, 1, 1), change(CHILD, 1, 2), change(PARENT, 1, 3), change(CHILD, 2, 4)),
                table -> table);
        assertThat(plan).extracting(BatchPlan.Group::table).containsExactly(PARENT, CHILD);
        assertThat(plan.get(0).upserts()).hasSize(1);
        assertThat(plan.get(1).upserts()).hasSize(2);
    }

    @Test
    void separatesRowsReadUnderOtherColumns() {
        var plan = BatchPlan.of(List.of(change(PARENT, 1, 1), event(PARENT, schema("more"), 2, 2)), table -> table);
        assertThat(plan).hasSize(2);
    }

    @Test
    void writesIntoTheTablesThatTheTargetNames() {
        assertThat(BatchPlan.of(List.of(change(PARENT, 1, 1)), table -> new TableId("dwh", table.name())))
                .extracting(BatchPlan.Group::table)
                .containsExactly(new TableId("dwh", "parent"));
    }

    /** Negative numbers delete the row of that number. */
    @Property
    void endsWhereWritingOneByOneEnds(@ForAll @Size(max = 40) List<@IntRange(min = -5, max = 5) Integer> changes) {
        var batch = new ArrayList<ChangeEvent>();
        var expected = new HashMap<Long, Long>();
        for (int i = 0; i < changes.size(); i++) {
            batch.add(change(PARENT, changes.get(i), i));
            if (changes.get(i) < 0) {
                expected.remove((long) -changes.get(i));
            } else {
                expected.put((long) changes.get(i), (long) i);
            }
        }
        assertThat(applied(BatchPlan.of(batch, table -> table))).isEqualTo(expected);
    }

    private static Map<Long, Long> applied(List<BatchPlan.Group> plan) {
        var table = new HashMap<Long, Long>();
        for (var group : plan) {
            group.deletes().forEach(event -> table.remove((long) event.before().value(0)));
            group.upserts()
                    .forEach(event -> table.put(
                            (long) event.after().value(0), (long) event.after().value(1)));
        }
        return table;
    }

    private static ChangeEvent change(TableId table, long id, long value) {
        return event(table, schema("value"), id, value);
    }

    private static ChangeEvent event(TableId table, TableSchema schema, long id, long value) {
        var row = Row.of(Math.abs(id), value);
        return ChangeEvent.captured(
                "eu",
                table,
                table,
                id < 0 ? Operation.DELETE : Operation.UPDATE,
                schema,
                row,
                id < 0 ? null : row,
                0,
                SourcePosition.NONE,
                0);
    }

    private static TableSchema schema(String second) {
        var type = ColumnType.of(Kind.INTEGER, "BIGINT");
        return new TableSchema(List.of(new Column("id", type, false), new Column(second, type, true)), 0);
    }
}
