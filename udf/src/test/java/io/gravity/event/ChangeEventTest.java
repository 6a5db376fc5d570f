package io.gravity.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.event.ColumnType.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChangeEventTest {
    private static final TableId ORDERS = TableId.parse("shop.orders");
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    new Column("id", ColumnType.of(Kind.INTEGER, "BIGINT"), false),
                    new Column("amount", ColumnType.of(Kind.INTEGER, "INT"), true)),
            0);

    @Test
    void keyIsThatOfTheRowAfterTheChange() {
        assertThat(captured(Operation.UPDATE, Row.of(1L, 5L), Row.of(1L, 6L)).key())
                .isEqualTo(RowKey.of(ORDERS, 1L));
        assertThat(captured(Operation.DELETE, Row.of(2L, 5L), null).key()).isEqualTo(RowKey.of(ORDERS, 2L));
    }

    @Test
    void asDeleteKeepsTheRowThatLeaves() {
        var update = captured(Operation.UPDATE, Row.of(1L, 5L), Row.of(1L, 6L)).resolved(9, false);
        var insert = captured(Operation.INSERT, null, Row.of(1L, 6L));

        assertThat(update.asDelete().before()).isEqualTo(Row.of(1L, 5L));
        assertThat(update.asDelete().after()).isNull();
        assertThat(update.asDelete().version()).isEqualTo(9);
        assertThat(update.asDelete().isDelete()).isTrue();
        assertThat(insert.asDelete().before()).isEqualTo(Row.of(1L, 6L));
    }

    @Test
    void eachStepChangesWhatItIsForAndNothingElse() {
        var event = captured(Operation.INSERT, null, Row.of(1L, 6L));
        var other = TableId.parse("dw.orders");
        var moved = event.mappedTo(other, RowKey.of(other, 1L)).asLate().resolved(7, true);

        assertThat(moved.target()).isEqualTo(other);
        assertThat(moved.table()).isEqualTo(ORDERS);
        assertThat(moved.key()).isEqualTo(RowKey.of(other, 1L));
        assertThat(moved.late()).isTrue();
        assertThat(moved.version()).isEqualTo(7);
        assertThat(moved.firstSeen()).isTrue();
        assertThat(moved.after()).isSameAs(event.after());
        assertThat(moved.position()).isEqualTo(event.position());
        assertThat(moved.eventTimeMicros()).isEqualTo(event.eventTimeMicros());
        assertThat(moved.captureTimeMicros()).isEqualTo(event.captureTimeMicros());
    }

    @Test
    void tableNamesSplitAtTheFirstDot() {
        assertThat(TableId.parse("db.a.b")).isEqualTo(new TableId("db", "a.b"));
        assertThatThrownBy(() -> TableId.parse("orders"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected database.table, found \"orders\"");
    }

    @Test
    void rowsAreEqualByContentOfArraysToo() {
        assertThat(Row.of(1L, new byte[] {1})).isEqualTo(Row.of(1L, new byte[] {1}));
        assertThat(Row.of(1L, "a").with(1, "b")).isEqualTo(Row.of(1L, "b"));
    }

    private static ChangeEvent captured(Operation operation, Row before, Row after) {
        return ChangeEvent.captured(
                "a", ORDERS, ORDERS, operation, SCHEMA, before, after, 1000, new SourcePosition(1, 4, 0, 1), 2000);
    }
}
