package io.gravity.quality;

import static io.gravity.types.Stages.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.quality.DuplicateConfig.Action;
import io.gravity.types.Changes;
import io.gravity.types.KeyGroupLocal;
import io.gravity.types.Stages;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class QualityOperatorTest {
    private static final long WINDOW = Duration.ofMinutes(5).toMillis();
    private static final long GRAIN = 60_000;
    private static final long NOW = Duration.ofDays(20_000).toMillis();
    private static final Changes A = Changes.from("a");
    private static final Changes B = Changes.from("b");

    @Test
    void theFirstOfEqualChangesPassesWhateverItsSource() throws Exception {
        try (var stage = stage(Action.SKIP)) {
            var insert = A.at(1, NOW).insert(1, 7);
            var other = B.at(2, NOW).insert(1, 8);
            var update = B.at(3, NOW).update(1, 7);
            send(
                    stage,
                    insert,
                    B.at(1, NOW + 1000).insert(1, 7),
                    other,
                    update,
                    A.at(2, NOW + 2000).update(1, 7));
            assertThat(stage.extractOutputValues()).containsExactly(insert, other, update);
            assertThat(duplicates(stage)).isEqualTo(2);
        }
    }

    @Test
    void aRowOfTheFirstCopyAndItsInsertAreDuplicates() throws Exception {
        try (var stage = stage(Action.SKIP)) {
            var read = A.at(0, NOW).read(1, 7);
            send(stage, read, A.at(1, NOW + 10).insert(1, 7));
            assertThat(stage.extractOutputValues()).containsExactly(read);
        }
    }

    @Test
    void theWindowIsOfEventTimeInBothDirections() throws Exception {
        try (var stage = stage(Action.SKIP)) {
            var first = A.at(1, NOW).insert(1, 7);
            var older = B.at(2, NOW - WINDOW - 1).insert(1, 7);
            var later = B.at(3, NOW + WINDOW + 1).insert(1, 7);
            send(
                    stage,
                    first,
                    B.at(1, NOW - WINDOW).insert(1, 7),
                    older,
                    A.at(4, NOW + WINDOW).insert(1, 7));
            assertThat(stage.extractOutputValues()).containsExactly(first, older);
            send(stage, later);
            assertThat(stage.extractOutputValues()).containsExactly(first, older, later);
        }
    }

    @Test
    void aDeletePassesAndTheRowBeginsAnew() throws Exception {
        try (var stage = stage(Action.SKIP)) {
            var insert = A.at(1, NOW).insert(1, 7);
            var delete = A.at(2, NOW).delete(1);
            var again = A.at(4, NOW).insert(1, 7);
            send(stage, insert, delete, A.at(3, NOW).delete(1), again);
            assertThat(stage.extractOutputValues())
                    .containsExactly(insert, delete, A.at(3, NOW).delete(1), again);
            assertThat(duplicates(stage)).isZero();
        }
    }

    @Test
    void aRepeatOfTheSameChangeIsLeftToResolve() throws Exception {
        try (var stage = stage(Action.STORE)) {
            var insert = A.at(1, NOW).insert(1, 7);
            send(stage, insert, insert);
            assertThat(stage.extractOutputValues()).containsExactly(insert, insert);
            assertThat(duplicates(stage)).isZero();
        }
    }

    @Test
    void anAlertLetsThemPassAndCounts() throws Exception {
        try (var stage = stage(Action.ALERT)) {
            send(
                    stage,
                    A.at(1, NOW).insert(1, 7),
                    B.at(1, NOW).insert(1, 7),
                    B.at(2, NOW).insert(1, 7));
            assertThat(stage.extractOutputValues()).hasSize(3);
            assertThat(duplicates(stage)).isEqualTo(2);
        }
    }

    @Test
    void whatIsStoredBecomesARowInTheSameKeyGroup() throws Exception {
        try (var stage = stage(Action.STORE)) {
            for (int id = 0; id < 20; id++) {
                send(stage, A.at(id, NOW).insert(id, 7), B.at(id, NOW + 5).insert(id, 7));
            }
            var records = stage.extractOutputValues().stream()
                    .filter(event -> event.target().equals(DuplicateRecord.TABLE))
                    .toList();
            assertThat(records).hasSize(20);
            assertThat(records.get(3)).satisfies(record -> {
                assertThat(record.version()).as("decided already").isEqualTo(NOW * 1000);
                assertThat(value(record, "detected_at")).isEqualTo(Instant.ofEpochMilli(NOW));
                assertThat(value(record, "table_name")).isEqualTo("shop.orders");
                assertThat(value(record, "row_key")).isEqualTo("{\"id\":3}");
                assertThat(value(record, "first_source")).isEqualTo("a");
                assertThat(value(record, "first_time")).isEqualTo(Instant.ofEpochMilli(NOW));
                assertThat(value(record, "first_position")).isEqualTo("1:3:2:1");
                assertThat(value(record, "source")).isEqualTo("b");
                assertThat(value(record, "event_time")).isEqualTo(Instant.ofEpochMilli(NOW + 5));
                assertThat(value(record, "operation")).isEqualTo("insert");
                assertThat(value(record, "row_after")).isEqualTo("{\"id\":3,\"amount\":7}");
            });
            for (int id = 0; id < 20; id++) {
                assertThat(group(records.get(id).key()))
                        .isEqualTo(group(A.insert(id, 7).key()));
            }
        }
    }

    @Test
    void onlyTheTablesNamedAreWatched() throws Exception {
        var config = new DuplicateConfig(
                List.of(new TablePattern("shop.cust*")), Duration.ofMinutes(5), List.of("id"), Action.SKIP);
        var customers = TableId.parse("shop.customers");
        try (var stage = stage(config)) {
            send(stage, A.at(1, NOW).insert(1, 7), B.at(1, NOW).insert(1, 7));
            send(
                    stage,
                    A.of(customers).at(1, NOW).insert(1, 7),
                    B.of(customers).at(1, NOW).insert(1, 8));
            assertThat(stage.extractOutputValues()).hasSize(3);
            assertThat(operator(stage).remembered()).isEqualTo(1);
        }
    }

    @Test
    void whatIsRememberedIsForgottenWhenTheWatermarkIsPastIt() throws Exception {
        try (var stage = stage(Action.SKIP)) {
            send(stage, A.at(1, NOW).insert(1, 7), A.at(2, NOW).insert(2, 7));
            stage.snapshot(1, 1);
            stage.processWatermark(NOW + WINDOW);
            assertThat(operator(stage).remembered()).isEqualTo(2);
            assertThat(stage.numKeyedStateEntries()).as("in two key groups").isEqualTo(2);
            stage.processWatermark(NOW + WINDOW + GRAIN);
            assertNothingIsLeft(stage);
        }
    }

    @Test
    void whatPassedLaterIsKeptForItsOwnTime() throws Exception {
        try (var stage = stage(Action.SKIP)) {
            send(stage, A.at(1, NOW).insert(1, 7));
            stage.setProcessingTime(NOW + WINDOW);
            send(stage, A.at(2, NOW + WINDOW).update(1, 8));
            stage.processWatermark(NOW + WINDOW + GRAIN);
            send(stage, B.at(1, NOW + WINDOW).update(1, 8));
            assertThat(stage.extractOutputValues()).hasSize(2);
            stage.processWatermark(NOW + 2 * WINDOW + GRAIN);
            assertNothingIsLeft(stage);
        }
    }

    @Test
    void aTimeFarInTheFutureIsForgottenByTheClock() throws Exception {
        try (var stage = stage(Action.SKIP)) {
            send(stage, A.at(1, NOW + 1000 * WINDOW).insert(1, 7));
            stage.processWatermark(NOW + WINDOW + GRAIN);
            assertNothingIsLeft(stage);
        }
    }

    @Test
    void changesFarBehindTheWatermarkAreComparedAsWell() throws Exception {
        try (var stage = stage(Action.SKIP)) {
            stage.processWatermark(NOW);
            send(stage, A.at(1, NOW - 10 * WINDOW).insert(1, 7));
            stage.processWatermark(NOW + 1);
            send(stage, B.at(1, NOW - 10 * WINDOW).insert(1, 7));
            assertThat(stage.extractOutputValues()).hasSize(1);
            stage.processWatermark(NOW + WINDOW + GRAIN);
            assertNothingIsLeft(stage);
        }
    }

    @Test
    void aDeleteIsForgottenAsWell() throws Exception {
        try (var stage = stage(Action.SKIP)) {
            send(
                    stage,
                    A.at(1, NOW).insert(1, 7),
                    A.at(2, NOW).update(1, 8),
                    A.at(3, NOW).delete(1));
            stage.processWatermark(NOW + WINDOW + GRAIN);
            assertNothingIsLeft(stage);
        }
    }

    @Test
    void aRestoredStageRemembers() throws Exception {
        var insert = A.at(1, NOW).insert(1, 7);
        var again = A.at(3, NOW).insert(2, 8);
        OperatorSubtaskState state;
        try (var stage = stage(Action.SKIP)) {
            send(stage, insert, A.at(1, NOW).insert(2, 8), A.at(2, NOW).delete(2));
            state = stage.snapshot(1, 1);
        }
        try (var restored = restored(state)) {
            send(
                    restored,
                    insert,
                    B.at(1, NOW).insert(1, 7),
                    again,
                    B.at(2, NOW).insert(2, 8));
            assertThat(restored.extractOutputValues()).containsExactly(insert, again);
            restored.processWatermark(NOW + WINDOW + GRAIN);
            assertNothingIsLeft(restored);
        }
    }

    @Test
    void eachOfTwoSubtasksTakesUpItsRows() throws Exception {
        OperatorSubtaskState state;
        try (var stage = stage(Action.SKIP)) {
            for (int id = 0; id < 1_000; id++) {
                send(stage, A.at(id, NOW).insert(id, 7));
            }
            state = stage.snapshot(1, 1);
        }
        for (int subtask = 0; subtask < 2; subtask++) {
            var own = AbstractStreamOperatorTestHarness.repartitionOperatorState(state, 128, 1, 2, subtask);
            try (var restored = restored(own, 2, subtask)) {
                var before = operator(restored).remembered();
                int sent = 0;
                for (int id = 0; id < 1_000; id++) {
                    var duplicate = B.at(id, NOW).insert(id, 7);
                    if (KeyGroupRangeAssignment.assignKeyToParallelOperator(duplicate.key(), 128, 2) == subtask) {
                        send(restored, duplicate);
                        sent++;
                    }
                }
                assertThat(before).isEqualTo(sent).isBetween(400L, 600L);
                assertThat(restored.extractOutputValues()).isEmpty();
            }
        }
    }

    /** Under these keys savepoints hold what is remembered. */
    @Test
    void theKeysOfKeyGroupsNeverChange() {
        assertThat(List.of(0, 1, 64, 127))
                .extracting(group -> KeyGroupLocal.id("passed", DuplicateRecord.TABLE, group, 128))
                .containsExactly("passed~130", "passed~51", "passed~138", "passed~137");
    }

    @Test
    void aTableWhoseKeyIsNotCoveredIsRefused() throws Exception {
        try (var stage = stage(new DuplicateConfig(List.of(), Duration.ofMinutes(5), List.of("amount"), Action.SKIP))) {
            assertThatThrownBy(() -> send(stage, A.at(1, NOW).insert(1, 7)))
                    .isInstanceOf(GravityException.class)
                    .hasMessage("duplicate-detection can't watch shop.orders: its key-fields are [amount], and columns"
                            + " [id] of its primary key are missing. Add them, or name in duplicate-detection.tables"
                            + " only tables that they fit.");
        }
    }

    @Test
    void aTableWithoutAFieldIsRefused() throws Exception {
        try (var stage =
                stage(new DuplicateConfig(List.of(), Duration.ofMinutes(5), List.of("id", "at"), Action.SKIP))) {
            assertThatThrownBy(() -> send(stage, A.at(1, NOW).insert(1, 7)))
                    .isInstanceOf(GravityException.class)
                    .hasMessageContaining("the table has no columns [at]");
        }
    }

    /**
     * Exactly those are dropped of whose kind and content a change passed, within the window and since the last delete, as
     * long as it has not been forgotten.
     */
    @Property(tries = 300)
    void duplicatesAreDroppedAndNothingElse(@ForAll Random random) throws Exception {
        var stage = stage(Action.SKIP);
        try {
            var passed = new ArrayList<ChangeEvent>();
            long watermark = Long.MIN_VALUE;
            for (int n = 1; n <= 60; n++) {
                var change = any(random, n);
                int before = stage.extractOutputValues().size();
                send(stage, change);
                var alike = passed.stream()
                        .filter(earlier -> alike(earlier, change))
                        .toList();
                boolean dropped = stage.extractOutputValues().size() == before;
                if (dropped) {
                    assertThat(alike).as("%s after %s", change, passed).isNotEmpty();
                } else {
                    assertThat(stage.extractOutputValues().get(before)).isEqualTo(change);
                    long mark = watermark;
                    assertThat(alike)
                            .as("%s behind %s", change, mark)
                            .noneMatch(earlier -> isStandard(earlier, passed) && expiry(earlier) >= mark);
                    if (change.isDelete()) {
                        passed.removeIf(earlier -> earlier.key().equals(change.key()));
                    } else {
                        passed.add(change);
                    }
                }
                if (random.nextInt(10) == 0) {
                    watermark = Math.max(watermark, NOW + random.nextInt(n) * 10_000L);
                    stage.processWatermark(watermark);
                }
                if (random.nextInt(20) == 0) {
                    var state = stage.snapshot(n, n);
                    var output = stage.extractOutputValues();
                    stage.close();
                    stage = restored(state);
                    for (var earlier : output) {
                        stage.getOutput().add(new StreamRecord<>(earlier));
                    }
                }
            }
            stage.processWatermark(NOW + 100 * WINDOW);
            assertNothingIsLeft(stage);
        } finally {
            stage.close();
        }
    }

    /** Returns whether later changes are compared with this one: the last of its kind that passed. */
    private static boolean isStandard(ChangeEvent change, List<ChangeEvent> passed) {
        return passed.stream()
                .filter(other -> sayTheSame(other, change))
                .allMatch(other -> other == change
                        || passed.indexOf(other) < passed.indexOf(change)
                                && other.eventTimeMicros() < change.eventTimeMicros());
    }

    private static long expiry(ChangeEvent change) {
        return Math.min(NOW, change.eventTimeMicros() / 1000) + WINDOW;
    }

    private static ChangeEvent any(Random random, int n) {
        long time = NOW + (random.nextInt(4) == 0 ? random.nextInt(1_200_000) - 600_000 : n * 10_000L);
        var source = (random.nextBoolean() ? A : B).at(n, time);
        int id = random.nextInt(2);
        int amount = random.nextInt(3);
        return switch (random.nextInt(8)) {
            case 0 -> source.delete(id);
            case 1, 2, 3 -> source.insert(id, amount);
            case 4 -> source.read(id, amount);
            default -> source.update(id, amount);
        };
    }

    private static boolean alike(ChangeEvent one, ChangeEvent other) {
        return sayTheSame(one, other) && Math.abs(one.eventTimeMicros() - other.eventTimeMicros()) <= WINDOW * 1000;
    }

    private static boolean sayTheSame(ChangeEvent one, ChangeEvent other) {
        return one.key().equals(other.key())
                && !one.isDelete()
                && !other.isDelete()
                && (one.before() == null) == (other.before() == null)
                && one.after().equals(other.after());
    }

    private static void assertNothingIsLeft(KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ?> stage) {
        assertThat(stage.numKeyedStateEntries()).isZero();
        assertThat(operator(stage).remembered()).isZero();
    }

    private static long duplicates(KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ?> stage) {
        return operator(stage).duplicates(Changes.ORDERS);
    }

    private static QualityOperator operator(KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ?> stage) {
        return (QualityOperator) stage.getOperator();
    }

    private static Object value(ChangeEvent event, String column) {
        return event.after().value(event.schema().indexOf(column));
    }

    private static int group(RowKey key) {
        return KeyGroupRangeAssignment.assignToKeyGroup(key, 128);
    }

    private static DuplicateConfig config(Action action) {
        return new DuplicateConfig(List.of(), Duration.ofMinutes(5), List.of("id", "amount"), action);
    }

    private static KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> stage(Action action)
            throws Exception {
        return stage(config(action));
    }

    private static KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> stage(
            DuplicateConfig config) throws Exception {
        var harness = unopened(config, 1, 0);
        harness.open();
        harness.setProcessingTime(NOW);
        return harness;
    }

    private static KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> restored(
            OperatorSubtaskState state) throws Exception {
        return restored(state, 1, 0);
    }

    private static KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> restored(
            OperatorSubtaskState state, int parallelism, int subtask) throws Exception {
        var harness = unopened(config(Action.SKIP), parallelism, subtask);
        harness.initializeState(state);
        harness.open();
        harness.setProcessingTime(NOW);
        return harness;
    }

    private static KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> unopened(
            DuplicateConfig config, int parallelism, int subtask) throws Exception {
        return Stages.byRow(new QualityOperator(new QualityConfig(config, ChecksConfig.none())), parallelism, subtask);
    }
}
