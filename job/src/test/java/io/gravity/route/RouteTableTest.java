package io.gravity.route;

import static io.gravity.route.RouteTable.Delivery.DELETE;
import static io.gravity.route.RouteTable.Delivery.NOTHING;
import static io.gravity.route.RouteTable.Delivery.ROW;
import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.event.TableSchema;
import io.gravity.route.RouteRule.Branch;
import io.gravity.route.RouteRule.Strategy;
import io.gravity.route.RouteTable.Delivery;
import io.gravity.route.RouteTable.Target;
import io.gravity.types.Changes;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteTableTest {
    private static final Target ONE = new Target("one", List.of(), List.of());
    private static final Target TWO = new Target("two", List.of(), List.of());
    private static final Changes A = Changes.from("a").at(1, 1);

    private static final ChangeEvent INSERT = A.insert(1, 5).resolved(1, true);

    @Test
    void broadcastGoesToAllNamedTargets() {
        var three = new Target("three", List.of(), List.of());
        var table = new RouteTable(List.of(rule(Strategy.BROADCAST, "*", "one", "two")), List.of(ONE, TWO, three));
        assertThat(route(table, INSERT, 3)).containsExactly(ROW, ROW, NOTHING);
    }

    @Test
    void singleGoesToItsTarget() {
        var table = new RouteTable(List.of(rule(Strategy.SINGLE, "shop.*", "two")), List.of(ONE, TWO));
        assertThat(route(table, INSERT, 2)).containsExactly(NOTHING, ROW);
    }

    @Test
    void allRulesThatMatchCount() {
        var table = new RouteTable(
                List.of(
                        rule(Strategy.SINGLE, "shop.orders", "one"),
                        rule(Strategy.SINGLE, "shop.items", "one"),
                        rule(Strategy.SINGLE, "*", "two")),
                List.of(ONE, TWO));
        assertThat(route(table, INSERT, 2)).containsExactly(ROW, ROW);
        assertThat(route(table, A.of(TableId.parse("shop.other")).insert(1, 1), 2))
                .containsExactly(NOTHING, ROW);
    }

    @Test
    void aChangeNoRuleSpeaksForIsUnroutable() {
        var table = new RouteTable(List.of(rule(Strategy.SINGLE, "shop.items", "one")), List.of(ONE));
        var deliveries = new Delivery[1];
        assertThat(table.route(INSERT, deliveries)).isFalse();
        assertThat(deliveries).containsExactly(NOTHING);
    }

    @Test
    void goesByTheSourcesTableNotTheMappedOne() {
        var table = new RouteTable(List.of(rule(Strategy.SINGLE, "shop.orders", "one")), List.of(ONE));
        var mapped = INSERT.mappedTo(TableId.parse("dw.facts"), INSERT.key());
        assertThat(route(table, mapped, 1)).containsExactly(ROW);
    }

    @Test
    void aRuleDoesNotSpeakForWhatItExcludes() {
        var table = new RouteTable(
                List.of(new RouteRule(
                        patterns("shop.*"), patterns("shop.orders"), Strategy.BROADCAST, List.of("one"), List.of())),
                List.of(ONE));
        assertThat(route(table, INSERT, 1)).containsExactly(NOTHING);
        assertThat(route(table, A.of(TableId.parse("shop.items")).insert(1, 1), 1))
                .containsExactly(ROW);
    }

    @Test
    void aTargetTakesWhatItNamesAndNeverWhatItExcludes() {
        var rules = List.of(rule(Strategy.BROADCAST, "*", "one"));
        assertThat(route(
                        new RouteTable(rules, List.of(new Target("one", patterns("shop.items"), List.of()))),
                        INSERT,
                        1))
                .containsExactly(NOTHING);
        assertThat(route(new RouteTable(rules, List.of(new Target("one", patterns("shop.or*"), List.of()))), INSERT, 1))
                .containsExactly(ROW);
        assertThat(route(
                        new RouteTable(rules, List.of(new Target("one", patterns("shop.*"), patterns("shop.orders")))),
                        INSERT,
                        1))
                .containsExactly(NOTHING);
    }

    @Test
    void aRowGoesToEveryBranchWhoseConditionHolds() {
        var table = new RouteTable(
                List.of(conditional(
                        new Branch("amount > 3", List.of("one")), new Branch("amount > 100", List.of("two")))),
                List.of(ONE, TWO));
        assertThat(route(table, A.insert(1, 5).resolved(1, true), 2)).containsExactly(ROW, NOTHING);
        assertThat(route(table, A.insert(1, 500).resolved(1, true), 2)).containsExactly(ROW, ROW);
        assertThat(route(table, A.insert(1, 1).resolved(1, true), 2)).containsExactly(NOTHING, NOTHING);
    }

    @Test
    void aRowThatEntersAConditionArrivesAsARow() {
        assertThat(route(amountAboveThree(), A.update(1, 4).resolved(2, false), 1))
                .containsExactly(ROW);
    }

    @Test
    void aRowThatLeavesAConditionLeavesTheTarget() {
        assertThat(route(amountAboveThree(), A.update(1, 1).resolved(2, false), 1))
                .containsExactly(DELETE);
    }

    @Test
    void anInsertOverAnotherSourcesRowLeavesTheTargetToo() {
        assertThat(route(amountAboveThree(), A.insert(1, 1).resolved(2, false), 1))
                .containsExactly(DELETE);
    }

    @Test
    void aRowNeverSeenThatDoesNotMatchIsNotEvenDeleted() {
        assertThat(route(amountAboveThree(), A.insert(1, 1).resolved(1, true), 1))
                .containsExactly(NOTHING);
        assertThat(route(amountAboveThree(), A.read(1, 1).resolved(1, true), 1)).containsExactly(NOTHING);
    }

    @Test
    void anUpdateOfARowNeverSeenMayLeaveATargetFilledBefore() {
        assertThat(route(amountAboveThree(), A.update(1, 1).resolved(1, true), 1))
                .containsExactly(DELETE);
    }

    @Test
    void deletesGoWhereverTheRowCouldBe() {
        assertThat(route(amountAboveThree(), A.delete(1).resolved(2, true), 1)).containsExactly(ROW);
    }

    @Test
    void aConditionOfOneRuleDoesNotLimitAnother() {
        var table = new RouteTable(
                List.of(conditional(new Branch("amount > 3", List.of("one"))), rule(Strategy.BROADCAST, "*", "one")),
                List.of(ONE));
        assertThat(route(table, A.insert(1, 1).resolved(1, true), 1)).containsExactly(ROW);
    }

    @Test
    void aRowThatNoConditionWantsIsNotUnroutable() {
        var deliveries = new Delivery[1];
        assertThat(amountAboveThree().route(A.insert(1, 1).resolved(1, true), deliveries))
                .isTrue();
    }

    @Test
    void conditionsFollowTheColumnWhenTheSchemaChanges() {
        var table = amountAboveThree();
        var id = new Column("id", ColumnType.of(Kind.INTEGER, "BIGINT"), false);
        var amount = new Column("amount", ColumnType.of(Kind.INTEGER, "INT"), true);
        var moved = new TableSchema(List.of(id, new Column("note", amount.type(), true), amount), 0);

        assertThat(route(table, A.insert(1, 5).resolved(1, true), 1)).containsExactly(ROW);
        assertThat(route(table, insert(moved, Row.of(1L, 100L, 1L)), 1)).containsExactly(NOTHING);
        assertThat(route(table, insert(moved, Row.of(1L, 1L, 100L)), 1)).containsExactly(ROW);
        assertThat(route(table, A.insert(1, 1).resolved(1, true), 1)).containsExactly(NOTHING);
    }

    private static ChangeEvent insert(TableSchema schema, Row row) {
        return ChangeEvent.captured(
                        "a",
                        Changes.ORDERS,
                        Changes.ORDERS,
                        Operation.INSERT,
                        schema,
                        null,
                        row,
                        1,
                        new SourcePosition(1, 2, 0, 1),
                        1)
                .resolved(1, true);
    }

    private static RouteTable amountAboveThree() {
        return new RouteTable(List.of(conditional(new Branch("amount > 3", List.of("one")))), List.of(ONE));
    }

    private static Delivery[] route(RouteTable table, ChangeEvent event, int targets) {
        var deliveries = new Delivery[targets];
        table.route(event, deliveries);
        return deliveries;
    }

    private static RouteRule rule(Strategy strategy, String tables, String... targets) {
        return new RouteRule(patterns(tables), List.of(), strategy, List.of(targets), List.of());
    }

    private static RouteRule conditional(Branch... branches) {
        var targets = List.of(branches).stream()
                .flatMap(branch -> branch.targets().stream())
                .toList();
        return new RouteRule(patterns("shop.*"), List.of(), Strategy.CONDITIONAL, targets, List.of(branches));
    }

    private static List<TablePattern> patterns(String text) {
        return List.of(new TablePattern(text));
    }
}
