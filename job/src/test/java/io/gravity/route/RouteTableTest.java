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
import io.gravity.types.SharedTables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
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

    @Test
    void whereOneTableWritesTheBeforeImageTellsWhetherTheTargetHoldsTheRow() {
        var table = alone(conditional(new Branch("amount > 3", List.of("one"))));
        assertThat(route(table, A.update(1, 3).resolved(2, false), 1)).containsExactly(NOTHING);
        assertThat(route(table, change(5, 2).resolved(2, false), 1)).containsExactly(DELETE);
        assertThat(route(table, change(5, 2).resolved(2, true), 1)).containsExactly(DELETE);
        assertThat(route(table, change(2, 5).resolved(2, false), 1)).containsExactly(ROW);
        assertThat(route(table, A.insert(1, 1).resolved(2, false), 1))
                .as("an insert has no before image")
                .containsExactly(DELETE);
    }

    @Test
    void aRowWhoseShardKeyChangesLeavesItsOldShardAlone() {
        var table = alone(byAmount());
        assertThat(route(table, A.insert(1, 4).resolved(1, true), 3)).containsExactly(ROW, NOTHING, NOTHING);
        assertThat(route(table, change(4, 6).resolved(2, false), 3)).containsExactly(ROW, NOTHING, NOTHING);
        assertThat(route(table, change(6, 7).resolved(2, false), 3)).containsExactly(DELETE, ROW, NOTHING);
        assertThat(route(table, change(7, 6).resolved(3, false), 3))
                .as("from the second shard to the first")
                .containsExactly(ROW, DELETE, NOTHING);
        assertThat(route(table, A.delete(1).resolved(4, false), 3))
                .as("the row may be anywhere")
                .containsExactly(ROW, ROW, NOTHING);
    }

    @Test
    void aRowThatSeveralWriteLeavesAllOtherShards() {
        var table = new RouteTable(List.of(byAmount()), List.of(ONE, TWO));
        assertThat(route(table, change(4, 4).resolved(2, false), 2)).containsExactly(ROW, DELETE);
        assertThat(route(table, A.read(1, 4).resolved(2, false), 2)).containsExactly(ROW, DELETE);
        assertThat(route(table, A.read(1, 4).resolved(2, true), 2)).containsExactly(ROW, NOTHING);
    }

    @Test
    void aShardOfThePrimaryKeyNeverChanges() {
        var byId = RouteRule.sharded(
                patterns("*"), List.of(), Strategy.HASH, new HashSharding(List.of("ID"), List.of("one", "two")));
        var table = new RouteTable(List.of(byId), List.of(ONE, TWO));
        assertThat(route(table, A.update(1, 4).resolved(2, false), 2)).containsExactly(NOTHING, ROW);
        assertThat(route(table, A.delete(1).resolved(3, false), 2)).containsExactly(NOTHING, ROW);
        assertThat(route(table, A.insert(42, 4).resolved(4, false), 2)).containsExactly(ROW, NOTHING);
    }

    @Test
    void aRowWithoutAPlaceIsUnroutableAndLeavesTheShardItHad() {
        var table = alone(RouteRule.sharded(
                patterns("*"),
                List.of(),
                Strategy.RANGE,
                new RangeSharding("amount", List.of(ShardRange.parse("0 to 9", "one")), null)));
        var deliveries = new Delivery[1];
        assertThat(table.route(change(5, 10).resolved(2, false), deliveries)).isFalse();
        assertThat(deliveries).containsExactly(DELETE);
        assertThat(table.route(change(5, 9).resolved(3, false), deliveries)).isTrue();
        assertThat(deliveries).containsExactly(ROW);
    }

    @Test
    void aConditionThatCannotBeAppliedIsToldOnceAndDeletesNothing() {
        var warnings = new ArrayList<String>();
        var table = new RouteTable(
                List.of(
                        conditional(new Branch("region = 'x'", List.of("one"))),
                        conditional(new Branch("amount > 3", List.of("two")))),
                List.of(ONE, TWO),
                SharedTables.NONE,
                warnings::add);
        var deliveries = new Delivery[2];

        assertThat(table.route(A.insert(1, 5).resolved(1, true), deliveries)).isFalse();
        assertThat(deliveries).containsExactly(NOTHING, ROW);
        assertThat(table.route(A.update(1, 1).resolved(2, false), deliveries)).isFalse();
        assertThat(deliveries).containsExactly(NOTHING, NOTHING);
        assertThat(table.route(A.delete(1).resolved(3, false), deliveries)).isTrue();
        assertThat(deliveries).containsExactly(ROW, ROW);
        assertThat(warnings)
                .containsExactly(
                        "the condition region = 'x' can't be applied to shop.orders, so its inserts and updates"
                                + " do not go to one by that rule: the table has no column region, expected one of id, amount.");
    }

    @Test
    void aRuleForAllTablesSpeaksForThoseThatHaveItsColumns() {
        var warnings = new ArrayList<String>();
        var everywhere = new RouteRule(
                patterns("*"),
                List.of(),
                Strategy.CONDITIONAL,
                List.of("one"),
                List.of(new Branch("region = 'x'", List.of("one"))));
        var table = new RouteTable(
                List.of(everywhere, rule(Strategy.SINGLE, "*", "two")),
                List.of(ONE, TWO),
                SharedTables.NONE,
                warnings::add);
        var deliveries = new Delivery[2];
        assertThat(table.route(A.delete(1).resolved(1, true), deliveries)).isTrue();
        assertThat(deliveries).containsExactly(NOTHING, ROW);
        assertThat(warnings).isEmpty();
    }

    /** Whatever the history of one row, the shards together hold it where it belongs, and nowhere else. */
    @Property(tries = 200)
    void afterAnyHistoryTheRowIsAtOneShardAlone(
            @ForAll @Size(min = 1, max = 20) List<@IntRange(min = -3, max = 12) Integer> amounts,
            @ForAll boolean believed,
            @ForAll @IntRange(min = 0, max = 3) int deleteEvery) {
        var shards =
                List.of(new ModuloSharding.Shard(List.of(0, 2), "one"), new ModuloSharding.Shard(List.of(1), "two"));
        var rule = RouteRule.sharded(
                patterns("*"), List.of(), Strategy.MODULO, new ModuloSharding("amount", 3, shards, null));
        var table = new RouteTable(
                List.of(rule), List.of(ONE, TWO), believed ? SharedTables.NONE : SharedTables.ALL, warning -> {});
        var held = new Integer[2];
        Integer now = null;
        int version = 0;
        for (int amount : amounts) {
            boolean deletes = deleteEvery > 0 && now != null && version % (deleteEvery + 1) == deleteEvery;
            var event = deletes
                    ? of(Operation.DELETE, Row.of(1L, (long) now), null)
                    : now == null
                            ? of(Operation.INSERT, null, Row.of(1L, (long) amount))
                            : of(Operation.UPDATE, Row.of(1L, (long) now), Row.of(1L, (long) amount));
            var deliveries = route(table, event.resolved(++version, version == 1), 2);
            now = deletes ? null : (Integer) amount;
            if (deletes) {
                Arrays.fill(held, null);
                assertThat(deliveries).containsOnly(ROW);
            } else {
                hold(held, deliveries, amount);
            }
            int at = now == null ? -1 : Math.floorMod(now, 3) == 1 ? 1 : 0;
            assertThat(held[0]).isEqualTo(at == 0 ? now : null);
            assertThat(held[1]).isEqualTo(at == 1 ? now : null);
        }
    }

    /** A row is copied as it is at some later moment, and then the binlog tells its changes from the beginning. */
    @Property(tries = 200)
    void aRowCopiedAheadOfItsChangesEndsAtOneShardAlone(
            @ForAll @Size(min = 2, max = 12) List<@IntRange(min = 0, max = 5) Integer> amounts,
            @ForAll @IntRange(min = 0, max = 11) int copiedAt) {
        var table = new RouteTable(List.of(byAmount()), List.of(ONE, TWO), SharedTables.NONE, warning -> {});
        var held = new Integer[2];
        int copied = amounts.get(copiedAt % amounts.size());
        hold(held, route(table, A.read(1, copied).resolved(1, true), 2), copied);
        for (int i = 1; i < amounts.size(); i++) {
            var event = change(amounts.get(i - 1), amounts.get(i));
            hold(held, route(table, event.resolved(i + 1, false), 2), amounts.get(i));
        }
        int last = amounts.get(amounts.size() - 1);
        assertThat(held).containsExactly(last % 2 == 0 ? last : null, last % 2 == 1 ? last : null);
    }

    private static void hold(Integer[] held, Delivery[] deliveries, int amount) {
        for (int i = 0; i < held.length; i++) {
            if (deliveries[i] != NOTHING) {
                held[i] = deliveries[i] == DELETE ? null : (Integer) amount;
            }
        }
    }

    private static ChangeEvent change(long before, long after) {
        return of(Operation.UPDATE, Row.of(1L, before), Row.of(1L, after));
    }

    private static ChangeEvent of(Operation operation, Row before, Row after) {
        return ChangeEvent.captured(
                "a",
                Changes.ORDERS,
                Changes.ORDERS,
                operation,
                Changes.SCHEMA,
                before,
                after,
                1,
                new SourcePosition(1, 2, 0, 1),
                1);
    }

    /** Even amounts go to the first target, odd ones to the second. */
    private static RouteRule byAmount() {
        var shards = List.of(new ModuloSharding.Shard(List.of(0), "one"), new ModuloSharding.Shard(List.of(1), "two"));
        return RouteRule.sharded(
                patterns("*"), List.of(), Strategy.MODULO, new ModuloSharding("amount", 2, shards, null));
    }

    private static RouteTable alone(RouteRule rule) {
        var three = new Target("three", List.of(), List.of());
        var targets = rule.targets().size() > 1 ? List.of(ONE, TWO, three) : List.of(ONE);
        return new RouteTable(List.of(rule), targets, SharedTables.NONE, warning -> {});
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
