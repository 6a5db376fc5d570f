package io.gravity.dispatch.schema;

import static io.gravity.dispatch.schema.Widths.schema;
import static io.gravity.dispatch.schema.Widths.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.dispatch.schema.History.Feeder;
import io.gravity.dispatch.schema.History.Version;
import io.gravity.dispatch.schema.SchemaPolicy.Change;
import io.gravity.dispatch.schema.SchemaPolicy.Mode;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EvolutionTest {
    private static final Widths WIDTHS = new Widths();
    private static final SchemaPolicy EVOLVE = SchemaPolicy.of(Mode.EVOLVE);
    private static final SchemaPolicy LENIENT = SchemaPolicy.of(Mode.LENIENT);

    private final List<Version> versions = new ArrayList<>();

    private EvolutionTest had(String shard, TableSchema schema) {
        var feeder = new Feeder("db", new TableId("shop", shard));
        versions.add(new Version(feeder, new SourcePosition(1, versions.size(), 0, 0), schema));
        return this;
    }

    private Evolution<Integer> evolution(SchemaPolicy policy, List<TargetColumn<Integer>> table) {
        return Evolution.of(policy, WIDTHS, table, History.of(versions));
    }

    private static List<String> steps(Evolution<Integer> evolution) {
        return evolution.steps().stream().map(EvolutionTest::told).toList();
    }

    private static String told(Step<Integer> step) {
        if (step instanceof Step.Add<Integer> add) {
            return "add " + add.column() + " " + add.type() + (add.nullable() ? "?" : "")
                    + (add.isPartial() ? " partial" : "");
        }
        if (step instanceof Step.Modify<Integer> modify) {
            return "modify " + modify.column() + " " + modify.type() + (modify.nullable() ? "?" : "");
        }
        if (step instanceof Step.Rename<Integer> rename) {
            return "rename " + rename.column() + " " + rename.to();
        }
        return "drop " + step.column();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void leavesATableAloneThatFits(Mode mode) {
        had("t", schema("a:5", "b:3?"));
        var evolution = evolution(SchemaPolicy.of(mode), table("a:9?", "b:3?", "own:1?"));
        assertThat(evolution.steps()).isEmpty();
        assertThat(evolution.differences()).isEmpty();
    }

    @Test
    void followsWhatOneSourceDoes() {
        had("t", schema("a:5", "b:3", "c:1")).had("t", schema("x<a:5", "b:7?", "d:2?"));
        assertThat(steps(evolution(EVOLVE, table("a:5", "b:3", "c:1"))))
                .containsExactly("rename a x", "modify b 7?", "add d 2?", "drop c");
    }

    @Test
    void losesNothingWhenLenient() {
        var evolution = Evolution.of(LENIENT, WIDTHS, table("a:5", "b:3", "c:1"), schema("x<a:5", "b:7?", "d:2?"));
        assertThat(steps(evolution))
                .containsExactly("add x 5 partial", "modify b 7?", "add d 2? partial", "modify a 5?", "modify c 1?");
        assertThat(evolution.differences()).isEmpty();
    }

    @Test
    void changesNoTypeThatWouldLoseValuesWhenLenient() {
        var evolution = Evolution.of(LENIENT, WIDTHS, table("a:5"), schema("a:-5"));
        assertThat(evolution.steps()).isEmpty();
        assertThat(evolution.differences())
                .containsExactly("column a: found W5, expected W-5, which does not take all that may be there; change"
                        + " it by hand");
    }

    @Test
    void addsEarlyAndDropsLateWhereShardsMeet() {
        had("t1", schema("a:5")).had("t2", schema("a:5"));
        had("t1", schema("b:2"));
        assertThat(steps(evolution(EVOLVE, table("a:5")))).containsExactly("add b 2 partial", "modify a 5?");
        had("t2", schema("b:2"));
        assertThat(steps(evolution(EVOLVE, table("a:5?", "b:2")))).containsExactly("drop a");
    }

    @Test
    void renamesEarlyWhereShardsMeet() {
        had("t1", schema("a:5")).had("t2", schema("a:5"));
        had("t1", schema("b<a:5"));
        assertThat(steps(evolution(EVOLVE, table("a:5")))).containsExactly("rename a b");
        assertThat(steps(evolution(EVOLVE, table("b:5")))).isEmpty();
        had("t2", schema("b<a:5"));
        assertThat(steps(evolution(EVOLVE, table("b:5")))).isEmpty();
    }

    @Test
    void handsAColumnsNameToAnotherOne() {
        had("t", schema("a:5", "b:3", "c:1")).had("t", schema("a<b:3", "b<c:1", "x<a:5"));
        assertThat(steps(evolution(EVOLVE, table("a:5", "b:3", "c:1"))))
                .containsExactly("rename a x", "rename b a", "rename c b");
        assertThat(steps(evolution(EVOLVE, table("x:5", "b:3", "c:1")))).containsExactly("rename b a", "rename c b");
        assertThat(steps(evolution(EVOLVE, table("x:5", "a:3", "b:1")))).isEmpty();
    }

    @Test
    void takesRowsThatAreOlderThanTheColumns() {
        var older = schema("a:5?", "gone:9");
        had("t", older).had("t", schema("b<a:3"));
        var history = History.of(versions);
        assertThat(steps(Evolution.of(EVOLVE, WIDTHS, table("b:3"), history, older)))
                .containsExactly("modify b 5?");
        assertThat(steps(Evolution.of(EVOLVE, WIDTHS, table("b:5?"), history, older)))
                .isEmpty();
        assertThat(steps(Evolution.of(EVOLVE, WIDTHS, table("b:3"), history, schema("b<a:3"))))
                .isEmpty();
    }

    @Test
    void keepsAColumnWhoseNameAnotherShardStillUses() {
        had("t1", schema("a:5", "b:3")).had("t2", schema("a:5", "b:3"));
        had("t1", schema("a<b:3", "x<a:5"));
        assertThat(steps(evolution(EVOLVE, table("a:5", "b:3")))).doesNotContain("rename a x");
    }

    @Test
    void widensToWhatTakesAllShards() {
        had("t1", schema("a:5")).had("t2", schema("a:7"));
        assertThat(steps(evolution(EVOLVE, table("a:3")))).containsExactly("modify a 7");
        assertThat(steps(evolution(EVOLVE, table("a:9")))).isEmpty();
    }

    @Test
    void saysWhereShardsHaveNothingInCommon() {
        had("t1", schema("a:5")).had("t2", schema("a:-5"));
        var evolution = evolution(EVOLVE, table("a:5"));
        assertThat(evolution.steps()).isEmpty();
        assertThat(evolution.differences())
                .containsExactly("column a: the sources' tables have W5 and W-5, which no type takes both of as they"
                        + " are; change it in all of them, or leave the column of one out by a transform");
        had("t1", schema("a:-5"));
        assertThat(steps(evolution(EVOLVE, table("a:5")))).containsExactly("modify a -5");
    }

    @Test
    void neverDropsWhatNoSourceHasHad() {
        had("t", schema("a:5"));
        assertThat(steps(evolution(EVOLVE, table("a:5", "own:1", "other:1?")))).containsExactly("modify own 1?");
    }

    @Test
    void tellsEachDifferenceInsteadOfMakingAChange() {
        had("t", schema("a:5", "b:7?", "c:1"));
        var evolution = evolution(SchemaPolicy.of(Mode.EXCEPTION), table("b:3", "c:1", "own:1"));
        assertThat(evolution.steps()).isEmpty();
        assertThat(evolution.differences())
                .containsExactly(
                        "column a: missing; add it as W5 NOT NULL, as the source has it",
                        "column b: found W3 NOT NULL, expected W7 NULL, as it is W3, the source's W7",
                        "column own: found W1 NOT NULL, expected W1 NULL, as the source has no such column, so rows"
                                + " come without it");
        assertThat(evolution(SchemaPolicy.of(Mode.IGNORE), table("b:3", "own:1"))
                        .differences())
                .isEmpty();
    }

    @Test
    void makesOnlyTheChangesThatItFollows() {
        had("t", schema("a:5", "b:3", "c:1")).had("t", schema("x<a:5", "b:7"));
        var adds = new SchemaPolicy(Mode.EVOLVE, EnumSet.of(Change.ADD_COLUMN));
        assertThat(steps(evolution(adds, table("a:5?", "b:3", "c:1?")))).containsExactly("add x 5");
        var drops = new SchemaPolicy(Mode.EVOLVE, EnumSet.of(Change.DROP_COLUMN, Change.RENAME_COLUMN));
        assertThat(steps(evolution(drops, table("a:5?", "b:3", "c:1?")))).containsExactly("rename a x", "drop c");
    }
}
