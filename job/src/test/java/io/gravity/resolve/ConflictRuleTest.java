package io.gravity.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.resolve.Resolution.TableRules;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each class of conflict, and what looks like one but is none. Times in seconds; the handover is after five. */
class ConflictRuleTest {
    private static final Row OLD = Row.of(1L, "old", 1L, "a");
    private static final Row OURS = Row.of(1L, "ours", 1L, "a");
    private static final Row THEIRS = Row.of(1L, "theirs", 1L, "a");
    private static final TableRules LATEST = new TableRules(new ConflictStrategy.TimestampLatest(), true, null);

    private final Resolution resolution = new Resolution(ResolveConfig.defaults(), Map.of("a", 1, "b", 2));

    @Test
    void anInsertWhereAnotherSourcesRowLives() {
        assertThat(classify(insert("a", 10, OURS), insert("b", 100, THEIRS))).isEqualTo(ConflictClass.INSERT_EXISTS);
    }

    @Test
    void twoSnapshotRowsOfOneKeyThatDiffer() {
        assertThat(classify(read("a", OURS), read("b", THEIRS))).isEqualTo(ConflictClass.INSERT_EXISTS);
        assertThat(classify(read("a", OURS), read("b", OURS))).isNull();
    }

    @Test
    void aSnapshotRowSaysNothingAboutAChangeMadeSince() {
        assertThat(classify(insert("a", 10, OURS), read("b", THEIRS))).isNull();
    }

    @Test
    void anInsertThatSaysTheSameIsNoConflict() {
        assertThat(classify(insert("a", 10, OURS), insert("b", 10, OURS))).isNull();
    }

    @Test
    void anUpdateMadeOnAnotherRowThanTheOneThatStands() {
        assertThat(classify(insert("a", 10, OURS), update("b", 12, OLD, THEIRS)))
                .isEqualTo(ConflictClass.UPDATE_EXISTS);
    }

    @Test
    void anUpdateMadeOnTheRowThatStandsIsNoConflict() {
        assertThat(classify(insert("a", 10, OURS), update("b", 10, OURS, THEIRS)))
                .isNull();
    }

    @Test
    void anotherSourceMayTakeOverLater() {
        assertThat(classify(insert("a", 10, OURS), update("b", 15, OLD, THEIRS)))
                .isEqualTo(ConflictClass.UPDATE_EXISTS);
        assertThat(classify(insert("a", 10, OURS), update("b", 16, OLD, THEIRS)))
                .isNull();
        assertThat(classify(insert("a", 10, OURS), delete("b", 16, OLD))).isNull();
    }

    @Test
    void aChangeOlderThanTheOneThatStands() {
        assertThat(classify(insert("a", 10, OURS), update("b", 9, OLD, THEIRS))).isEqualTo(ConflictClass.STALE_UPDATE);
        assertThat(classify(delete("a", 10, OURS), insert("b", 9, THEIRS))).isEqualTo(ConflictClass.STALE_UPDATE);
    }

    @Test
    void anUpdateOfARowThatAnotherSourceRemoved() {
        assertThat(classify(delete("a", 10, OURS), update("b", 11, OLD, THEIRS)))
                .isEqualTo(ConflictClass.UPDATE_MISSING);
        assertThat(classify(delete("a", 10, OURS), insert("b", 11, THEIRS))).isNull();
    }

    @Test
    void anUpdateOrDeleteOfARowThatNobodyEverShowed() {
        assertThat(classify(update("a", 10, OLD, OURS).withCompleteHistory())).isEqualTo(ConflictClass.UPDATE_MISSING);
        assertThat(classify(delete("a", 10, OLD).withCompleteHistory())).isEqualTo(ConflictClass.DELETE_MISSING);
        assertThat(classify(insert("a", 10, OURS).withCompleteHistory())).isNull();
        assertThat(classify(update("a", 10, OLD, OURS)))
                .as("while the snapshot runs, it may still come")
                .isNull();
    }

    @Test
    void aDeleteAgainstANewerChange() {
        assertThat(classify(insert("a", 10, OURS), delete("b", 9, OLD))).isEqualTo(ConflictClass.DELETE_EXISTS);
        assertThat(classify(insert("a", 10, OURS), delete("b", 12, OLD))).isEqualTo(ConflictClass.DELETE_EXISTS);
        assertThat(classify(insert("a", 10, OURS), delete("b", 12, OURS))).isNull();
    }

    @Test
    void aDeleteOfARowThatAnotherSourceRemoved() {
        assertThat(classify(delete("a", 10, OURS), delete("b", 12, OLD))).isEqualTo(ConflictClass.DELETE_MISSING);
    }

    @Test
    void aSourceIsNeverInConflictWithItself() {
        assertThat(classify(insert("a", 10, OURS), update("a", 9, OLD, THEIRS))).isNull();
        assertThat(classify(delete("a", 10, OURS), delete("a", 11, OURS))).isNull();
    }

    @Test
    void theHashKnowsColumnsByNameAndTellsSwappedValuesApart() {
        int one = ConflictRule.hash(RowHistory.SCHEMA, Row.of(1L, "x", 2L, "y"));
        assertThat(ConflictRule.hash(RowHistory.SCHEMA, Row.of(1L, "y", 2L, "x")))
                .isNotEqualTo(one);
        assertThat(ConflictRule.hash(RowHistory.SCHEMA, Row.of(1L, "x", 2L, "y")))
                .isEqualTo(one);
    }

    /** Returns the class of the last change's conflict. */
    private ConflictClass classify(ChangeEvent... changes) {
        RowState row = null;
        Conflict conflict = null;
        for (var change : changes) {
            var verdict = resolution.judge(row, change, LATEST, 0);
            row = verdict.next();
            conflict = verdict.conflict();
        }
        return conflict == null ? null : conflict.type();
    }

    private int position;

    private ChangeEvent read(String source, Row row) {
        return RowHistory.change(source, Operation.READ, null, row, 50_000, 0);
    }

    private ChangeEvent insert(String source, int second, Row row) {
        return RowHistory.change(source, Operation.INSERT, null, row, second * 1000L, ++position);
    }

    private ChangeEvent update(String source, int second, Row before, Row after) {
        return RowHistory.change(source, Operation.UPDATE, before, after, second * 1000L, ++position);
    }

    private ChangeEvent delete(String source, int second, Row before) {
        return RowHistory.change(source, Operation.DELETE, before, null, second * 1000L, ++position);
    }
}
