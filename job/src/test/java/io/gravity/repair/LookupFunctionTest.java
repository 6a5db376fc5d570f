package io.gravity.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.quality.Reference;
import io.gravity.repair.FillStrategy.Related;
import io.gravity.types.Attached;
import io.gravity.types.ChangeEventSerializer;
import io.gravity.types.EventTypes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class LookupFunctionTest {
    private static final long NOW = Duration.ofDays(20_000).toMillis();
    private static final long WAIT = 10_000;
    private static final long GRAIN = 100;
    private static final Related.Field NAME =
            new Related.Field("user_name", "users", List.of("user_id"), "user_name", Duration.ofMillis(WAIT));

    private static final LookupGroup PRESENT = new LookupGroup(
            "users",
            List.of("user_id"),
            List.of(),
            List.of(),
            List.of(new LookupGroup.Referring(List.of(), Duration.ofMillis(WAIT))));

    @Test
    void aChildGetsTheValueThoughItsKeyHasAnotherType() throws Exception {
        try (var stage = stage()) {
            stage.processElement(at(1).user(7, "Ann"), 0);
            stage.processElement(at(2).insert(1L, 7L, null, null, null, null), 0);
            assertThat(names(stage)).containsExactly("Ann");
            assertThat(stripped(stage.extractOutputValues().get(1)))
                    .isEqualTo(at(2).insert(1L, 7L, null, null, null, null));
        }
    }

    @Test
    void whatHasAValueOrNamesNoParentPassesAsItIs() throws Exception {
        try (var stage = stage()) {
            var complete = at(1).insert(1L, 7L, "Bob", null, null, null);
            var orphan = at(2).insert(2L, null, null, null, null, null);
            var delete = at(3).delete(1L, 7L, null, null, null, null);
            for (var change : List.of(complete, orphan, delete)) {
                stage.processElement(change, 0);
            }
            assertThat(stage.extractOutputValues()).containsExactly(complete, orphan, delete);
            assertNothingIsLeft(stage);
        }
    }

    @Test
    void aLateParentIsWaitedForAndTheRowsOrderIsKept() throws Exception {
        try (var stage = stage()) {
            var insert = at(1).insert(1L, 7L, null, null, null, null);
            var update = at(2).update(insert.after(), 1L, 7L, "own", null, null, null);
            var other = at(3).insert(2L, 7L, "other", null, null, null);
            for (var change : List.of(insert, update, other)) {
                stage.processElement(change, 0);
            }
            assertThat(stage.extractOutputValues()).containsExactly(other);
            stage.processElement(at(4).user(7, "Ann"), 0);
            assertThat(names(stage)).containsExactly(null, "Ann", null);
            assertThat(stage.extractOutputValues().get(3)).isEqualTo(update);
            stage.setProcessingTime(NOW + WAIT + GRAIN);
            assertThat(stage.extractOutputValues()).hasSize(4);
            assertThat(stage.numKeyedStateEntries()).as("the parent alone").isEqualTo(1);
        }
    }

    @Test
    void aChildOfNobodyGoesOnAfterTheLimit() throws Exception {
        try (var stage = stage()) {
            var insert = at(1).insert(1L, 7L, null, null, null, null);
            stage.processElement(insert, 0);
            stage.setProcessingTime(NOW + WAIT - 1);
            assertThat(stage.extractOutputValues()).isEmpty();
            stage.setProcessingTime(NOW + WAIT + GRAIN);
            assertThat(stage.extractOutputValues()).containsExactly(insert);
            assertNothingIsLeft(stage);
        }
    }

    @Test
    void laterChildrenSeeAParentsUpdateAndItsRemoval() throws Exception {
        try (var stage = stage()) {
            stage.processElement(at(1).user(7, "Ann"), 0);
            stage.processElement(at(3).user(7, "Anna"), 0);
            stage.processElement(at(2).insert(1L, 7L, null, null, null, null), 0);
            stage.processElement(at(4).insert(2L, 7L, null, null, null, null), 0);
            stage.processElement(at(5).userGone(7, "Anna"), 0);
            stage.processElement(at(6).insert(3L, 7L, null, null, null, null), 0);
            assertThat(names(stage)).containsExactly("Ann", "Anna", null);

            stage.setProcessingTime(
                    NOW + Duration.ofHours(LookupFunction.TOMBSTONE_HOURS).toMillis() + GRAIN);
            assertNothingIsLeft(stage);
        }
    }

    @Test
    void anOlderChangeDoesNotBringARemovedParentBack() throws Exception {
        try (var stage = stage()) {
            stage.processElement(at(5).userGone(7, "Ann"), 0);
            stage.processElement(at(1).user(7, "Ann"), 0);
            stage.processElement(at(6).insert(1L, 7L, null, null, null, null), 0);
            assertThat(names(stage)).containsExactly((Object) null);
        }
    }

    @Test
    void aRestoredStageGoesOnWaiting() throws Exception {
        try (var stage = stage()) {
            stage.processElement(at(1).insert(1L, 7L, null, null, null, null), 0);
            stage.processElement(at(2).user(8, "Bob"), 0);
            var state = stage.snapshot(1, 1);
            try (var restored = unopened(group(NAME))) {
                restored.initializeState(state);
                restored.open();
                restored.setProcessingTime(NOW + 1);
                restored.processElement(at(3).user(7, "Ann"), 0);
                restored.processElement(at(4).insert(2L, 8L, null, null, null, null), 0);
                assertThat(names(restored)).containsExactly("Ann", "Bob");
            }
        }
    }

    @Test
    void aKeyOfAnotherLengthIsRefused() throws Exception {
        var field = new Related.Field("user_name", "users", List.of("region", "user_id"), "user_name", Duration.ZERO);
        try (var stage = unopened(group(field))) {
            stage.open();
            assertThatThrownBy(() -> stage.processElement(at(1).user(7, "Ann"), 0))
                    .isInstanceOf(GravityException.class)
                    .hasStackTraceContaining("lookup-from-related can't find rows of shop.users: its primary key has 1"
                            + " columns, and key-field names [region, user_id]. Name as many columns, in the order of"
                            + " that key.");
        }
    }

    /** Whoever is heard first, and wherever the stage is restored: each child gets the same name. */
    @Property(tries = 100)
    void neitherOrderNorARestartChangesWhatIsFound(@ForAll Random random) throws Exception {
        var parents = new ArrayList<ChangeEvent>();
        var children = new ArrayList<ChangeEvent>();
        for (int i = 1; i <= 12; i++) {
            long user = random.nextInt(3);
            if (random.nextInt(3) == 0) {
                parents.add(Rows.at("p", i, NOW + i).user(user, "n" + random.nextInt(3)));
            } else {
                children.add(Rows.at("c", i, NOW + i).insert((long) i, user, null, null, null, null));
            }
        }
        for (long user = 0; user < 3; user++) {
            parents.add(Rows.at("p", 0, NOW).user(user, "first"));
        }
        var all = new ArrayList<>(parents);
        all.addAll(children);
        Collections.sort(all, java.util.Comparator.comparingLong(ChangeEvent::eventTimeMicros));
        var undisturbed = found(all, all.size());
        Collections.shuffle(parents, random);
        var mixed = new ArrayList<>(parents);
        mixed.addAll(children);

        assertThat(found(mixed, random.nextInt(mixed.size()))).isEqualTo(undisturbed);
    }

    @Test
    void aChildWhoseParentMustBeThereWaitsForItAndIsToldOfOtherwise() throws Exception {
        try (var stage = opened(PRESENT)) {
            var nobodys = at(1).insert(1L, null, "x", null, null, null);
            var early = at(2).insert(2L, 7L, "x", null, null, null);
            var orphan = at(3).insert(3L, 8L, "x", null, null, null);
            for (var change : List.of(nobodys, early, orphan)) {
                stage.processElement(change, 0);
            }
            assertThat(stage.extractOutputValues()).containsExactly(nobodys);
            stage.processElement(at(4).user(7, "Ann"), 0);
            assertThat(stage.extractOutputValues()).hasSize(3).endsWith(early);
            stage.setProcessingTime(NOW + WAIT + GRAIN);
            assertThat(unseen(stage)).containsExactly(Map.entry(1L, false), Map.entry(2L, false), Map.entry(3L, true));
            assertThat(stripped(stage.extractOutputValues().get(3))).isEqualTo(orphan);
        }
    }

    @Test
    void aRemovedParentIsUnseenUntilItComesBack() throws Exception {
        try (var stage = opened(PRESENT)) {
            stage.processElement(at(1).user(7, "Ann"), 0);
            stage.processElement(at(3).userGone(7, "Ann"), 0);
            var update = at(5).update(null, 1L, 7L, "later", null, null, null);
            stage.processElement(at(2).insert(1L, 7L, "of its time", null, null, null), 0);
            stage.processElement(at(4).insert(2L, 7L, "waits", null, null, null), 0);
            stage.processElement(update, 0);
            stage.processElement(at(6).delete(2L, 7L, "waits", null, null, null), 0);
            assertThat(unseen(stage)).containsExactly(Map.entry(1L, false));
            stage.processElement(at(7).userGone(7, "Ann"), 0);
            assertThat(unseen(stage)).hasSize(1);
            stage.processElement(at(8).user(7, "Ann"), 0);
            assertThat(stage.extractOutputValues().stream()
                            .filter(change -> change.target().equals(Rows.ORDERS))
                            .map(change -> change.position().toString())
                            .toList())
                    .hasSize(4);
            assertThat(unseen(stage).values()).containsOnly(false);
            stage.setProcessingTime(
                    NOW + Duration.ofHours(LookupFunction.TOMBSTONE_HOURS).toMillis() + GRAIN);
            assertThat(stage.numKeyedStateEntries()).as("the parent alone").isEqualTo(1);
        }
    }

    @Test
    void changesBehindOneThatWaitsKeepTheirOrder() throws Exception {
        try (var stage = opened(PRESENT)) {
            var insert = at(1).insert(1L, 7L, "a", null, null, null);
            var delete = at(2).delete(1L, 7L, "a", null, null, null);
            var again = at(3).insert(1L, 7L, "b", null, null, null);
            for (var change : List.of(insert, delete, again)) {
                stage.processElement(change, 0);
            }
            assertThat(stage.extractOutputValues()).isEmpty();
            stage.setProcessingTime(NOW + WAIT + GRAIN);
            assertThat(stage.extractOutputValues().stream()
                            .map(LookupFunctionTest::stripped)
                            .toList())
                    .containsExactly(insert, delete, again);
            assertNothingIsLeft(stage);
        }
    }

    /** Parents and children each come in their own order, but in any order among each other. */
    @Property(tries = 200)
    void whoIsHeardFirstDoesNotMatterToWhoIsThere(@ForAll Random random) throws Exception {
        var parents = new ArrayList<ChangeEvent>();
        var children = new ArrayList<ChangeEvent>();
        var expected = new HashMap<Long, Boolean>();
        var alive = new boolean[3];
        for (int i = 1; i <= 24; i++) {
            int user = random.nextInt(alive.length);
            if (random.nextInt(3) == 0) {
                var at = Rows.at("p", i, NOW + i);
                parents.add(alive[user] ? at.userGone(user, "n") : at.user(user, "n"));
                alive[user] = !alive[user];
            } else {
                // One that nobody has ever seen, if this one is not there at the moment.
                long named = alive[user] ? user : 9;
                children.add(Rows.at("c", i, NOW + i).insert((long) i, named, "x", null, null, null));
                expected.put((long) i, !alive[user]);
            }
        }
        var found = new HashMap<Long, Boolean>();
        var stage = opened(PRESENT);
        try {
            int restoreAt = random.nextInt(24);
            for (int i = 0; i < 24; i++) {
                if (i == restoreAt) {
                    var state = stage.snapshot(1, 1);
                    found.putAll(unseen(stage));
                    stage.close();
                    stage = unopened(PRESENT);
                    stage.initializeState(state);
                    stage.open();
                    stage.setProcessingTime(NOW + WAIT / 2);
                }
                boolean isParent = children.isEmpty() || (!parents.isEmpty() && random.nextBoolean());
                stage.processElement((isParent ? parents : children).remove(0), 0);
            }
            stage.setProcessingTime(NOW + 2 * WAIT);
            found.putAll(unseen(stage));
            assertThat(found).isEqualTo(expected);
        } finally {
            stage.close();
        }
    }

    private static Map<Long, Boolean> unseen(KeyedOneInputStreamOperatorTestHarness<?, ?, ChangeEvent> stage) {
        var unseen = new TreeMap<Long, Boolean>();
        for (var change : stage.extractOutputValues()) {
            if (change.target().equals(Rows.ORDERS) && !change.isDelete()) {
                boolean isMarked = Attached.value(change, Reference.unseen("users", List.of("user_id"))) != null;
                unseen.merge((Long) change.after().value(0), isMarked, Boolean::logicalOr);
            }
        }
        return unseen;
    }

    private static Map<Object, Object> found(List<ChangeEvent> changes, int restoreAt) throws Exception {
        var found = new HashMap<>();
        var stage = stage();
        try {
            for (int i = 0; i < changes.size(); i++) {
                if (i == restoreAt) {
                    var state = stage.snapshot(1, 1);
                    collect(stage, found);
                    stage.close();
                    stage = unopened(group(NAME));
                    stage.initializeState(state);
                    stage.open();
                    stage.setProcessingTime(NOW);
                }
                stage.processElement(changes.get(i), 0);
            }
            collect(stage, found);
        } finally {
            stage.close();
        }
        return found;
    }

    private static void collect(
            KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> stage, Map<Object, Object> found) {
        for (var change : stage.extractOutputValues()) {
            if (change.target().equals(Rows.ORDERS)) {
                found.put(change.after().value(0), Attached.value(change, "user_name"));
            }
        }
    }

    private static Rows at(long position) {
        return Rows.at("a", position, NOW + position);
    }

    private static List<Object> names(KeyedOneInputStreamOperatorTestHarness<?, ?, ChangeEvent> stage) {
        var names = new ArrayList<Object>();
        for (var change : stage.extractOutputValues()) {
            if (change.target().equals(Rows.ORDERS)) {
                names.add(Attached.value(change, "user_name"));
            }
        }
        return names;
    }

    private static ChangeEvent stripped(ChangeEvent change) {
        return new Attached().strip(change);
    }

    private static void assertNothingIsLeft(KeyedOneInputStreamOperatorTestHarness<?, ?, ?> stage) {
        assertThat(stage.numKeyedStateEntries()).isZero();
        assertThat(stage.numProcessingTimeTimers()).isZero();
        assertThat(stage.numEventTimeTimers()).isZero();
    }

    private static KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> stage() throws Exception {
        return opened(group(NAME));
    }

    private static LookupGroup group(Related.Field field) {
        return new LookupGroup(field.sourceTable(), field.keyFields(), List.of(), List.of(field), List.of());
    }

    private static KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> opened(LookupGroup group)
            throws Exception {
        var stage = unopened(group);
        stage.open();
        stage.setProcessingTime(NOW);
        return stage;
    }

    private static KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> unopened(LookupGroup group)
            throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new LookupFunction(group)),
                new LookupKeys(group),
                EventTypes.ROW_KEY,
                128,
                1,
                0);
        harness.setup(new ChangeEventSerializer());
        return harness;
    }
}
