package io.gravity.repair;

import static io.gravity.types.Stages.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.audit.DeadLetters;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Row;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.field.FieldRule;
import io.gravity.quality.ChecksConfig;
import io.gravity.quality.CompletenessCheck;
import io.gravity.quality.FieldFormat;
import io.gravity.quality.FormatCheck;
import io.gravity.quality.Reference;
import io.gravity.quality.ReferenceCheck;
import io.gravity.quality.ReportConfig;
import io.gravity.quality.Severity;
import io.gravity.repair.DuplicateHandling.Strategy;
import io.gravity.repair.FillStrategy.Defaults;
import io.gravity.repair.FillStrategy.History;
import io.gravity.repair.FillStrategy.History.Pick;
import io.gravity.repair.FillStrategy.Related;
import io.gravity.types.Attached;
import io.gravity.types.Stages;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class RepairFunctionTest {
    private static final long NOW = Duration.ofDays(20_000).toMillis();
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final long GRAIN = 60_000;
    private static final long PERIOD = 60_000;
    private static final DeadLetters LETTERS = new DeadLetters("gravity.dead_letters", "quality", null);
    private static final History RECENT = new History(List.of("region"), Duration.ofDays(30), Pick.MOST_RECENT);
    private static final History FREQUENT = new History(List.of("region"), Duration.ofDays(30), Pick.MOST_FREQUENT);
    private static final Defaults CHINA = new Defaults(Map.of("region", "CN", "amount", "0"));

    @Test
    void aDefaultIsOfTheColumnsType() throws Exception {
        try (var stage = stage(filling(CHINA))) {
            send(stage, at(1).insert(1L, null, null, null, null, null));
            assertThat(rows(stage)).containsExactly(Row.of(1L, null, null, "CN", null, new BigDecimal("0.00")));
        }
    }

    @Test
    void aFieldThatTheSourceLeftAloneIsMendedOnBothSides() throws Exception {
        try (var stage = stage(filling(CHINA))) {
            var before = Row.of(1L, null, null, null, null, new BigDecimal("1.00"));
            send(stage, at(1).update(before, 1L, null, null, null, "x", null));
            assertThat(stage.extractOutputValues().get(0).before())
                    .isEqualTo(Row.of(1L, null, null, "CN", null, new BigDecimal("1.00")));
        }
    }

    @Test
    void strategiesAreTriedInTheirOrder() throws Exception {
        try (var stage = stage(filling(RECENT, CHINA))) {
            send(stage, at(1).insert(1L, null, null, null, null, null));
            send(stage, at(2).update(null, 1L, null, null, "EU", null, null));
            send(stage, at(3).update(null, 1L, null, null, null, null, null));
            assertThat(regions(stage)).containsExactly("CN", "EU", "EU");
        }
        try (var stage = stage(filling(CHINA, RECENT))) {
            send(stage, at(2).insert(1L, null, null, "EU", null, null));
            send(stage, at(3).update(null, 1L, null, null, null, null, null));
            assertThat(regions(stage)).containsExactly("EU", "CN");
        }
    }

    @Test
    void whatWasLookedUpIsTakenInItsTurnAndAlwaysTakenOff() throws Exception {
        var related = new Related(
                List.of(new Related.Field("region", "users", List.of("user_id"), "region", Duration.ofSeconds(1))));
        var attached = new Attached();
        try (var stage = stage(filling(related, CHINA))) {
            send(stage, attached.with(at(1).insert(1L, 7L, null, null, null, null), "region", "EU"));
            send(stage, at(2).insert(2L, 7L, null, null, null, null));
            assertThat(regions(stage)).containsExactly("EU", "CN");
        }
        try (var stage = stage(filling(CHINA, related))) {
            send(stage, attached.with(at(1).insert(1L, 7L, null, null, null, null), "region", "EU"));
            assertThat(regions(stage)).containsExactly("CN");
            assertThat(stage.extractOutputValues().get(0).schema()).isEqualTo(Rows.ORDER);
        }
    }

    @Test
    void theMostFrequentValueIsTheMoreRecentOneOfEquals() throws Exception {
        try (var stage = stage(filling(FREQUENT))) {
            int n = 1;
            for (var region : List.of("EU", "CN", "EU", "US", "CN")) {
                send(stage, at(n++).update(null, 1L, null, null, region, null, null));
            }
            send(stage, at(n).update(null, 1L, null, null, null, null, null));
            assertThat(regions(stage)).endsWith("CN");
        }
    }

    @Test
    void aDerivedValueIsNoEvidenceAndNothingCountsBeyondTheWindow() throws Exception {
        try (var stage = stage(filling(RECENT))) {
            send(stage, Rows.at("a", 1, NOW).insert(1L, null, null, "EU", null, null));
            send(stage, Rows.at("a", 2, NOW + 29 * DAY).update(null, 1L, null, null, null, null, null));
            send(stage, Rows.at("a", 3, NOW + 31 * DAY).update(null, 1L, null, null, null, null, null));
            assertThat(regions(stage)).containsExactly("EU", "EU", null);
        }
    }

    @Test
    void theSameChangeAgainIsMendedAsBefore() throws Exception {
        try (var stage = stage(filling(RECENT))) {
            var lacking = Rows.at("a", 2, NOW + 20).update(null, 1L, null, null, null, null, null);
            send(stage, Rows.at("a", 1, NOW + 10).insert(1L, null, null, "EU", null, null), lacking);
            send(stage, Rows.at("a", 3, NOW + 30).update(null, 1L, null, null, "US", null, null));
            send(stage, Rows.at("b", 1, NOW + 15).update(null, 1L, null, null, "CN", null, null), lacking);
            assertThat(regions(stage)).containsExactly("EU", "EU", "US", "CN", "EU");
        }
    }

    @Test
    void aDeletePassesAndTheHistoryStaysForItsTime() throws Exception {
        try (var stage = stage(filling(RECENT))) {
            var delete = at(2).delete(1L, null, null, "EU", null, null);
            send(stage, at(1).insert(1L, null, null, "EU", null, null), delete);
            send(stage, at(3).insert(1L, null, null, null, null, null));
            assertThat(stage.extractOutputValues().get(1)).isEqualTo(delete);
            assertThat(rows(stage).get(2).value(3)).isEqualTo("EU");

            stage.setProcessingTime(NOW + 31 * DAY);
            stage.processWatermark(NOW + 29 * DAY);
            assertThat(stage.numKeyedStateEntries()).isEqualTo(1);
            stage.processWatermark(NOW + 30 * DAY + 2 * GRAIN);
            assertNothingIsLeft(stage);
        }
    }

    @Test
    void formatsAreCorrectedByFunctions() throws Exception {
        var formats = new RepairConfig.Formats(
                List.of(),
                Map.of(
                        "phone", new RepairConfig.Correction("^(\\+86)?1[3-9]\\d{9}$", "normalize_phone"),
                        "user_name", new RepairConfig.Correction("\\s+|[A-Z]", "trim_and_lowercase")));
        try (var stage = stage(new RepairConfig(null, null, formats, List.of(), null))) {
            send(stage, at(1).insert(1L, null, " Ann@X.org ", null, "13800138000", null));
            send(stage, at(2).insert(2L, null, "ann@x.org", null, "none", null));
            assertThat(rows(stage))
                    .containsExactly(
                            Row.of(1L, null, "ann@x.org", null, "+8613800138000", null),
                            Row.of(2L, null, "ann@x.org", null, "none", null));
        }
    }

    @Test
    void whatCannotBeMendedGoesToTheQuarantineWithAllReasons() throws Exception {
        var checks = new ChecksConfig(List.of(
                new CompletenessCheck(List.of(), List.of("region", "phone"), Severity.QUARANTINE),
                new CompletenessCheck(List.of(), List.of("user_name"), Severity.WARN)));
        try (var stage = opened(new RepairFunction(filling(CHINA), checks, Map.of(), LETTERS, null))) {
            var bad = at(1).insert(1L, null, null, null, null, null);
            send(stage, bad, at(2).insert(2L, null, null, null, "1", null));
            assertThat(rows(stage)).containsExactly(Row.of(2L, null, null, "CN", "1", new BigDecimal("0.00")));
            var letters = stage.getSideOutput(RepairFunction.LETTERS);
            assertThat(letters).hasSize(1);
            var letter = letters.iterator().next().getValue();
            assertThat(value(letter, "stage")).isEqualTo("quality");
            assertThat(value(letter, "reason")).isEqualTo("completeness");
            assertThat((String) value(letter, "message"))
                    .contains("found NULL in phone")
                    .contains("found NULL in user_name")
                    .doesNotContain("region");
        }
    }

    @Test
    void aUsersRuleMendsWhatACheckComplainsOfAndItsFailureCostsTheRow() throws Exception {
        var checks = new ChecksConfig(
                List.of(new FormatCheck(List.of(), Map.of("phone", new FieldFormat("^\\d+$")), Severity.QUARANTINE)));
        var config = new RepairConfig(
                null, null, null, List.of(new RepairConfig.Custom(List.of(), List.of("phone"), "digits_only")), null);
        try (var stage = opened(new RepairFunction(config, checks, Map.of(), LETTERS, null))) {
            send(stage, at(1).insert(1L, null, null, null, "1 2-3", null));
            send(stage, at(2).insert(2L, null, null, null, "4 5", new BigDecimal("-1.00")));
            assertThat(rows(stage)).containsExactly(Row.of(1L, null, null, null, "123", null));
            assertThat(stage.getSideOutput(RepairFunction.LETTERS)).hasSize(1);
        }
    }

    @Test
    void aRowWhoseParentWasNotSeenIsJudgedByItUnlessARepairNamesAnother() throws Exception {
        var reference = new Reference(List.of("phone"), "users", Duration.ofSeconds(1));
        var checks = new ChecksConfig(
                List.of(new ReferenceCheck(List.of(new TablePattern("orders")), List.of(reference), Severity.REPAIR)));
        var config = new RepairConfig(
                null, null, null, List.of(new RepairConfig.Custom(List.of(), List.of("phone"), "digits_only")), null);
        var attached = new Attached();
        try (var stage = opened(new RepairFunction(config, checks, Map.of(), LETTERS, null))) {
            var orphan = at(1).insert(1L, null, null, null, "7", null);
            var mended = at(2).insert(2L, null, null, null, "u8", null);
            for (var change : List.of(orphan, mended)) {
                send(stage, attached.with(change, Reference.unseen("users", List.of("phone")), 1L));
            }
            send(stage, at(3).insert(3L, null, null, null, "9", null));
            assertThat(rows(stage))
                    .containsExactly(Row.of(2L, null, null, null, "8", null), Row.of(3L, null, null, null, "9", null));
            var letter = stage.getSideOutput(RepairFunction.LETTERS)
                    .iterator()
                    .next()
                    .getValue();
            assertThat(value(letter, "reason")).isEqualTo("reference");
            assertThat(value(letter, "message"))
                    .isEqualTo(
                            "reference users: found \"7\" in phone, expected the key of a row of users: none was seen"
                                    + " within 1s");
        }
    }

    @Test
    void aPeriodIsReportedWhenItIsOverThoughNoRowComes() throws Exception {
        try (var stage = opened(reporting())) {
            send(stage, at(1).insert(1L, null, null, null, "1", null)); // filled
            send(stage, at(2).insert(2L, null, null, "EU", "x", null)); // quarantined
            send(stage, at(3).insert(3L, null, null, "EU", "1", BigDecimal.ONE));
            send(stage, at(4).delete(3L, null, null, "EU", "1", BigDecimal.ONE));
            assertThat(reports(stage)).isEmpty();
            stage.setProcessingTime(NOW + PERIOD);
            assertThat(reports(stage)).hasSize(1);
            var report = reports(stage).get(0);
            assertThat(figures(report)).containsExactly(3L, 2L, 2L, 3L, 2L, 1L, 1L);
            assertThat(value(report, "completeness")).isEqualTo(2 / 3.0);
            assertThat(value(report, "consistency")).isEqualTo(1.0);
            assertThat(value(report, "repaired")).isEqualTo(0.5);
            assertThat(value(report, "issues"))
                    .isEqualTo("{\"completeness required region\":1,\"format pattern phone\":1}");
            // The repair of what went to the quarantine did not count.
            assertThat(value(report, "repairs")).isEqualTo("{\"default-values\":2}");
            assertThat(value(report, "period_start")).isEqualTo(java.time.Instant.ofEpochMilli(NOW));
            assertThat(KeyGroupRangeAssignment.assignToKeyGroup(report.key(), 128))
                    .isZero();
            assertThat(report.version()).isNotZero();
            stage.setProcessingTime(NOW + 2 * PERIOD);
            assertThat(reports(stage)).hasSize(1);
            assertNothingIsLeft(stage);
        }
    }

    /** The last records of all parts add up to all rows, and to more only if rows are read again. */
    @Property(tries = 30)
    void reportsLoseNoRowInARestart(@ForAll Random random, @ForAll boolean readsAgain) throws Exception {
        var last = new java.util.HashMap<Object, Long>();
        var stage = opened(reporting());
        try {
            var state = stage.snapshot(1, 1);
            long now = NOW;
            int next = 0;
            int checkpointed = 0;
            for (int step = 0; step < 60; step++) {
                now += random.nextInt((int) PERIOD / 4);
                stage.setProcessingTime(now);
                switch (random.nextInt(6)) {
                    case 0 -> {
                        state = stage.snapshot(step + 2, 1);
                        checkpointed = next;
                    }
                    case 1 -> {
                        if (!readsAgain) {
                            state = stage.snapshot(step + 2, 1);
                            checkpointed = next;
                        }
                        note(stage, last);
                        stage.close();
                        stage = unopened(reporting());
                        stage.initializeState(state);
                        stage.open();
                        stage.setProcessingTime(now);
                        next = checkpointed;
                    }
                    default -> send(stage, at(next).insert((long) next++, null, null, "EU", "1", BigDecimal.ONE));
                }
            }
            stage.setProcessingTime(now + PERIOD);
            note(stage, last);
            long reported = last.values().stream().mapToLong(Long::longValue).sum();
            assertThat(reported).isGreaterThanOrEqualTo(next);
            assertThat(readsAgain || reported == next).isTrue();
        } finally {
            stage.close();
        }
    }

    private static void note(
            KeyedOneInputStreamOperatorTestHarness<?, ?, ChangeEvent> stage, Map<Object, Long> lastById) {
        reports(stage).forEach(report -> lastById.put(value(report, "id"), (Long) value(report, "judged_rows")));
    }

    private static RepairFunction reporting() {
        var checks = new ChecksConfig(List.of(
                new CompletenessCheck(List.of(), List.of("region"), Severity.REPAIR),
                new FormatCheck(List.of(), Map.of("phone", new FieldFormat("^\\d+$")), Severity.QUARANTINE)));
        return new RepairFunction(
                filling(CHINA),
                checks,
                Map.of(),
                LETTERS,
                new ReportConfig(TableId.parse("gravity.quality"), Duration.ofMillis(PERIOD)));
    }

    private static List<ChangeEvent> reports(KeyedOneInputStreamOperatorTestHarness<?, ?, ChangeEvent> stage) {
        return stage.extractOutputValues().stream()
                .filter(change -> change.target().name().equals("quality"))
                .toList();
    }

    private static List<Object> figures(ChangeEvent report) {
        return List.of("judged", "complete", "accurate", "consistent", "faulty", "repaired", "quarantined").stream()
                .map(name -> value(report, name + "_rows"))
                .toList();
    }

    @Test
    void everyRepairIsRecordedInTheRowsKeyGroup() throws Exception {
        var config =
                new RepairConfig(null, filling(CHINA).missing(), null, List.of(), TableId.parse("gravity.repairs"));
        try (var stage = stage(config)) {
            var change = at(1).insert(1L, null, null, null, null, new BigDecimal("1.00"));
            send(stage, change);
            var record = stage.extractOutputValues().get(1);
            assertThat(record.target().toString()).isEqualTo("gravity.repairs");
            assertThat(value(record, "row_key")).isEqualTo("{\"id\":1}");
            assertThat(value(record, "field")).isEqualTo("region");
            assertThat(value(record, "value_before")).isNull();
            assertThat(value(record, "value_after")).isEqualTo("CN");
            assertThat(value(record, "rule")).isEqualTo("default-values");
            assertThat(KeyGroupRangeAssignment.assignToKeyGroup(record.key(), 128))
                    .isEqualTo(KeyGroupRangeAssignment.assignToKeyGroup(change.key(), 128));
        }
    }

    @Test
    void theFirstStandsWhateverComesBehind() throws Exception {
        try (var stage = stage(duplicates(Strategy.KEEP_FIRST))) {
            var first = Rows.at("a", 1, NOW).insert(1L, null, "first", null, null, null);
            var update = Rows.at("b", 2, NOW + 2).update(null, 1L, null, "update", null, null, null);
            send(stage, first, Rows.at("b", 1, NOW + 1).insert(1L, null, "second", null, null, null), update);
            assertThat(stage.extractOutputValues()).containsExactly(first, update);
        }
    }

    @Test
    void afterTheWindowOrADeleteARowIsNoDuplicate() throws Exception {
        try (var stage = stage(duplicates(Strategy.KEEP_FIRST))) {
            long later = NOW + Duration.ofMinutes(10).toMillis() + 1;
            send(stage, Rows.at("a", 1, NOW).insert(1L, null, "a", null, null, null));
            send(stage, Rows.at("b", 1, later).insert(1L, null, "b", null, null, null));
            send(stage, Rows.at("a", 2, later).delete(1L, null, "a", null, null, null));
            send(stage, Rows.at("c", 1, later).insert(1L, null, "c", null, null, null));
            assertThat(stage.extractOutputValues()).hasSize(4);
            stage.setProcessingTime(later + DAY);
            stage.processWatermark(later + DAY);
            assertNothingIsLeft(stage);
        }
    }

    @Test
    void aFirstCopyAndTheInsertOfOneReaderAreOneRow() throws Exception {
        try (var stage = stage(duplicates(Strategy.KEEP_FIRST))) {
            var read = Rows.at("a", 0, NOW).read(1L, null, "x", null, null, null);
            var insert = Rows.at("a", 1, NOW + 1).insert(1L, null, "x", null, null, null);
            send(stage, read, insert);
            assertThat(stage.extractOutputValues()).containsExactly(read, insert);
        }
    }

    @Test
    void duplicatesAreMergedByTheirRules() throws Exception {
        try (var stage = stage(duplicates(Strategy.MERGE))) {
            send(stage, Rows.at("a", 1, NOW).insert(1L, 1L, "n", "active", null, new BigDecimal("9.00")));
            send(stage, Rows.at("b", 1, NOW + 1).insert(1L, 2L, "m", "pending", null, new BigDecimal("3.00")));
            assertThat(rows(stage).get(1)).isEqualTo(Row.of(1L, 2L, "m", "active", null, new BigDecimal("9.00")));
        }
    }

    @Test
    void keyFieldsThatDoNotFitTheTableAreRefused() throws Exception {
        var handling =
                new DuplicateHandling(List.of(), List.of("region"), Duration.ofMinutes(1), Strategy.MERGE, Map.of());
        try (var stage = stage(new RepairConfig(handling, null, null, List.of(), null))) {
            assertThatThrownBy(() -> send(stage, at(1).insert(1L, null, null, null, null, null)))
                    .isInstanceOf(GravityException.class)
                    .hasMessageContaining("columns [id] of its primary key are missing");
        }
    }

    /** What stands in the end is the same in any order of the readers' rows. */
    @Property(tries = 100)
    void whatStandsDependsOnNoOrder(@ForAll Random random) throws Exception {
        for (var strategy : Strategy.values()) {
            var changes = new ArrayList<ChangeEvent>();
            for (int i = 0; i < 4; i++) {
                changes.add(Rows.at("s" + i, 1, NOW + random.nextInt(3))
                        .insert(
                                1L,
                                (long) i,
                                null,
                                List.of("active", "pending", "x").get(random.nextInt(3)),
                                null,
                                BigDecimal.valueOf(random.nextInt(500), 2)));
            }
            var standing = standing(strategy, changes);
            java.util.Collections.shuffle(changes, random);
            assertThat(standing(strategy, changes)).as("%s", strategy).isEqualTo(standing);
        }
    }

    private static Row standing(Strategy strategy, List<ChangeEvent> changes) throws Exception {
        try (var stage = stage(duplicates(strategy))) {
            send(stage, changes.toArray(ChangeEvent[]::new));
            return rows(stage).get(rows(stage).size() - 1);
        }
    }

    /** Restored in the middle, with changes read again that came before, rows are as without a disturbance. */
    @Property(tries = 100)
    void aReplayInTheMiddleGivesTheSameRows(@ForAll Random random) throws Exception {
        var config = new RepairConfig(
                duplicates(Strategy.MERGE).duplicates(),
                filling(random.nextBoolean() ? RECENT : FREQUENT, CHINA).missing(),
                null,
                List.of(),
                null);
        var changes = new ArrayList<ChangeEvent>();
        for (int i = 1; i <= 30; i++) {
            var region = random.nextBoolean() ? null : "r" + random.nextInt(3);
            var at = Rows.at("s" + random.nextInt(2), i, NOW + i * 1000L);
            long id = random.nextInt(3);
            changes.add(
                    switch (random.nextInt(6)) {
                        case 0 -> at.delete(id, null, null, region, null, null);
                        case 1 -> at.insert(id, (long) i, null, region, null, null);
                        default -> at.update(null, id, (long) i, null, region, null, null);
                    });
        }
        List<ChangeEvent> undisturbed;
        try (var stage = stage(config)) {
            send(stage, changes.toArray(ChangeEvent[]::new));
            undisturbed = stage.extractOutputValues();
        }
        int middle = random.nextInt(changes.size());
        int again = middle + random.nextInt(changes.size() - middle);
        var disturbed = new ArrayList<ChangeEvent>();
        try (var stage = stage(config)) {
            send(stage, changes.subList(0, middle).toArray(ChangeEvent[]::new));
            var state = stage.snapshot(1, 1);
            disturbed.addAll(stage.extractOutputValues());
            // What it gave beyond the checkpoint is given again.
            send(stage, changes.subList(middle, again).toArray(ChangeEvent[]::new));
            try (var restored = unopened(function(config))) {
                restored.initializeState(state);
                restored.open();
                restored.setProcessingTime(NOW);
                send(restored, changes.subList(middle, changes.size()).toArray(ChangeEvent[]::new));
                disturbed.addAll(restored.extractOutputValues());
            }
        }
        assertThat(disturbed).isEqualTo(undisturbed);
    }

    private static RepairConfig filling(FillStrategy... strategies) {
        return new RepairConfig(
                null, new RepairConfig.MissingFill(List.of(), List.of(strategies)), null, List.of(), null);
    }

    private static RepairConfig duplicates(Strategy strategy) {
        Map<String, FieldRule> rules =
                Map.of("amount", FieldRule.Simple.MAX, "region", new FieldRule.Priority(List.of("active", "pending")));
        return new RepairConfig(
                new DuplicateHandling(List.of(), List.of("id"), Duration.ofMinutes(10), strategy, rules),
                null,
                null,
                List.of(),
                null);
    }

    private static Rows at(long position) {
        return Rows.at("a", position, NOW + position);
    }

    private static List<Row> rows(KeyedOneInputStreamOperatorTestHarness<?, ?, ChangeEvent> stage) {
        return stage.extractOutputValues().stream()
                .filter(change -> change.target().equals(Rows.ORDERS))
                .map(ChangeEvent::after)
                .toList();
    }

    private static List<Object> regions(KeyedOneInputStreamOperatorTestHarness<?, ?, ChangeEvent> stage) {
        var regions = new ArrayList<Object>();
        rows(stage).forEach(row -> regions.add(row.value(3)));
        return regions;
    }

    private static Object value(ChangeEvent event, String column) {
        return event.after().value(event.schema().indexOf(column));
    }

    private static void assertNothingIsLeft(KeyedOneInputStreamOperatorTestHarness<?, ?, ?> stage) {
        assertThat(stage.numKeyedStateEntries()).isZero();
        assertThat(stage.numEventTimeTimers()).isZero();
        assertThat(stage.numProcessingTimeTimers()).isZero();
    }

    private static RepairFunction function(RepairConfig config) {
        return new RepairFunction(config, ChecksConfig.none(), Map.of(), null, null);
    }

    private static KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> stage(RepairConfig config)
            throws Exception {
        return opened(function(config));
    }

    private static KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> opened(
            RepairFunction function) throws Exception {
        var harness = unopened(function);
        harness.open();
        harness.setProcessingTime(NOW);
        return harness;
    }

    private static KeyedOneInputStreamOperatorTestHarness<RowKey, ChangeEvent, ChangeEvent> unopened(
            RepairFunction function) throws Exception {
        return Stages.byRow(new KeyedProcessOperator<>(function), 1, 0);
    }
}
