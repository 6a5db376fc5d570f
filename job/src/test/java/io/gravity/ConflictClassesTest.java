package io.gravity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.dispatch.RecordingTarget;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.resolve.ConflictStrategy;
import io.gravity.resolve.ResolveConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One conflict of each class through the real graph: which row the target ends with, and what the record of it says. */
@Timeout(60)
class ConflictClassesTest {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static final TableId AUDIT = TableId.parse("gravity.conflicts");
    private static final TableId USERS = TableId.parse("shop.users");
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    new Column("id", ColumnType.of(Kind.INTEGER, "BIGINT"), false),
                    new Column("name", ColumnType.of(Kind.TEXT, "VARCHAR"), true),
                    new Column("balance", ColumnType.of(Kind.INTEGER, "INT"), true)),
            0);
    private static final Instant TEN = Instant.parse("2024-05-01T10:00:00Z");
    private static final Instant ONE_PAST = TEN.plusSeconds(60);
    private static final Instant TWO_PAST = TEN.plusSeconds(120);
    private static final Instant SOON = TWO_PAST.plusSeconds(1);

    private static final ConflictStrategy LATEST = new ConflictStrategy.TimestampLatest();
    private static final ConflictStrategy PRIORITY = new ConflictStrategy.SourcePriority();

    private final TestEndpoints endpoints = new TestEndpoints(UUID.randomUUID().toString());
    private final RecordingTarget warehouse = endpoints.target("warehouse");
    private final RecordingTarget reports = endpoints.target("reports");
    private final Map<String, Integer> sent = new HashMap<>();

    /** The specification's first class: both databases give out the same key. */
    @Test
    void primaryKeyConflict() throws Exception {
        var zhang = insert("a", 1, ONE_PAST, Row.of(1L, "Zhang San", 0L));
        var li = insert("b", 1, TWO_PAST, Row.of(1L, "Li Si", 0L));

        arrive(PRIORITY, zhang, li);

        assertRows(zhang.after());
        assertConflict(
                "insert-exists",
                "source-priority",
                "ours",
                zhang,
                li,
                "insert",
                null,
                "{\"id\":1,\"name\":\"Li Si\",\"balance\":0}");
    }

    /** The specification's third class: the older of two changes arrives last. */
    @Test
    void sequenceConflict() throws Exception {
        var hundred = update("a", 1, ONE_PAST, Row.of(1L, "Zhang San", 50L), Row.of(1L, "Zhang San", 100L));
        var twoHundred = update("b", 1, TWO_PAST, Row.of(1L, "Zhang San", 50L), Row.of(1L, "Zhang San", 200L));

        arrive(LATEST, twoHundred, hundred);

        assertRows(twoHundred.after());
        assertConflict(
                "stale-update",
                "timestamp-latest",
                "ours",
                twoHundred,
                hundred,
                "update",
                "{\"id\":1,\"name\":\"Zhang San\",\"balance\":50}",
                "{\"id\":1,\"name\":\"Zhang San\",\"balance\":100}");
    }

    @Test
    void insertExists() throws Exception {
        var ours = insert("a", 1, ONE_PAST, Row.of(1L, "Zhang San", 1L));
        var theirs = insert("b", 1, TWO_PAST, Row.of(1L, "Zhang San", 2L));

        arrive(LATEST, ours, theirs);

        assertRows(theirs.after());
        assertConflict(
                "insert-exists",
                "timestamp-latest",
                "theirs",
                ours,
                theirs,
                "insert",
                null,
                "{\"id\":1,\"name\":\"Zhang San\",\"balance\":2}");
    }

    @Test
    void updateExists() throws Exception {
        var ours = insert("a", 1, TWO_PAST, Row.of(1L, "Zhang San", 1L));
        var theirs = update("b", 1, SOON, Row.of(1L, "Zhang San", 7L), Row.of(1L, "Zhang San", 8L));

        arrive(LATEST, ours, theirs);

        assertRows(theirs.after());
        assertConflict(
                "update-exists",
                "timestamp-latest",
                "theirs",
                ours,
                theirs,
                "update",
                "{\"id\":1,\"name\":\"Zhang San\",\"balance\":7}",
                "{\"id\":1,\"name\":\"Zhang San\",\"balance\":8}");
    }

    @Test
    void updateMissingOfARowThatAnotherSourceRemoved() throws Exception {
        var there = insert("a", 1, TEN, Row.of(1L, "Zhang San", 1L));
        var ours = delete("a", 2, ONE_PAST, Row.of(1L, "Zhang San", 1L));
        var theirs = update("b", 1, TWO_PAST, Row.of(1L, "Zhang San", 1L), Row.of(1L, "Zhang San", 2L));

        arrive(LATEST, there, ours, theirs);

        assertRows(theirs.after());
        assertConflict(
                "update-missing",
                "timestamp-latest",
                "theirs",
                ours,
                theirs,
                "update",
                "{\"id\":1,\"name\":\"Zhang San\",\"balance\":1}",
                "{\"id\":1,\"name\":\"Zhang San\",\"balance\":2}");
    }

    @Test
    void updateMissingOfARowThatWasNeverThere() throws Exception {
        var other = insert("a", 1, TEN, Row.of(9L, "Li Si", 9L));
        var theirs = update("b", 1, TWO_PAST, Row.of(1L, "Zhang San", 1L), Row.of(1L, "Zhang San", 2L))
                .withCompleteHistory();

        arrive(LATEST, other, theirs);

        assertRows(other.after(), theirs.after());
        assertConflict(
                "update-missing",
                "timestamp-latest",
                "theirs",
                null,
                theirs,
                "update",
                "{\"id\":1,\"name\":\"Zhang San\",\"balance\":1}",
                "{\"id\":1,\"name\":\"Zhang San\",\"balance\":2}");
    }

    @Test
    void deleteExists() throws Exception {
        var ours = insert("a", 1, TWO_PAST, Row.of(1L, "Zhang San", 1L));
        var theirs = delete("b", 1, ONE_PAST, Row.of(1L, "Zhang San", 7L));

        arrive(LATEST, ours, theirs);

        assertRows(ours.after());
        assertConflict(
                "delete-exists",
                "timestamp-latest",
                "ours",
                ours,
                theirs,
                "delete",
                "{\"id\":1,\"name\":\"Zhang San\",\"balance\":7}",
                null);
    }

    @Test
    void deleteMissingOfARowThatAnotherSourceRemoved() throws Exception {
        var there = insert("a", 1, TEN, Row.of(1L, "Zhang San", 1L));
        var ours = delete("a", 2, ONE_PAST, Row.of(1L, "Zhang San", 1L));
        var theirs = delete("b", 1, TWO_PAST, Row.of(1L, "Zhang San", 1L));

        arrive(LATEST, there, ours, theirs);

        assertRows();
        assertConflict(
                "delete-missing",
                "timestamp-latest",
                "theirs",
                ours,
                theirs,
                "delete",
                "{\"id\":1,\"name\":\"Zhang San\",\"balance\":1}",
                null);
    }

    @Test
    void deleteMissingOfARowThatWasNeverThere() throws Exception {
        var other = insert("a", 1, TEN, Row.of(9L, "Li Si", 9L));
        var theirs = delete("b", 1, TWO_PAST, Row.of(1L, "Zhang San", 1L)).withCompleteHistory();

        arrive(LATEST, other, theirs);

        assertRows(other.after());
        assertConflict(
                "delete-missing",
                "timestamp-latest",
                "theirs",
                null,
                theirs,
                "delete",
                "{\"id\":1,\"name\":\"Zhang San\",\"balance\":1}",
                null);
    }

    /** Lets changes come in exactly this order; all but the last are delivered before the next one comes. */
    private void arrive(ConflictStrategy strategy, ChangeEvent... changes) throws Exception {
        var settings = new Configuration();
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        var env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
        env.setParallelism(2);
        var resolve = new ResolveConfig(
                strategy, List.of(), Duration.ofSeconds(5), Duration.ofHours(1), Duration.ZERO, AUDIT);
        SyncJob.build(
                env,
                TestConfigs.of(
                        resolve, List.of("a", "b"), TestConfigs.mysql("warehouse"), TestConfigs.clickHouse("reports")),
                endpoints);
        var job = env.executeAsync("gravity");
        for (int i = 0; i < changes.length; i++) {
            var source = endpoints.source(changes[i].source());
            source.add(List.of(changes[i]));
            source.allow(sent.merge(changes[i].source(), 1, Integer::sum));
            int delivered = i + 1;
            if (delivered < changes.length) {
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> warehouse.delivered().size() == delivered);
            }
        }
        endpoints.source("a").allowAllAndEnd();
        endpoints.source("b").allowAllAndEnd();
        job.getJobExecutionResult().get(30, TimeUnit.SECONDS);
    }

    private void assertRows(Row... expected) {
        for (var target : List.of(warehouse, reports)) {
            var rows = new ArrayList<Row>();
            target.rows().forEach((key, row) -> {
                if (row.size() == SCHEMA.columnCount()) {
                    rows.add(row);
                }
            });
            assertThat(rows).containsExactlyInAnyOrder(expected);
        }
    }

    /** @param ours whose change stood; {@code null} if there was none */
    private void assertConflict(
            String type,
            String strategy,
            String decision,
            ChangeEvent ours,
            ChangeEvent theirs,
            String operation,
            String before,
            String after) {
        var expected = new LinkedHashMap<String, Object>();
        expected.put("class", type);
        expected.put("table_name", "shop.users");
        expected.put("row_key", "{\"id\":1}");
        expected.put("strategy", strategy);
        expected.put("decision", decision);
        expected.put("ours_source", ours == null ? null : ours.source());
        expected.put("ours_time", ours == null ? null : time(ours));
        expected.put("ours_position", ours == null ? null : ours.position().toString());
        expected.put("theirs_source", theirs.source());
        expected.put("theirs_time", time(theirs));
        expected.put("theirs_position", theirs.position().toString());
        expected.put("theirs_operation", operation);
        expected.put("theirs_before", before);
        expected.put("theirs_row", after);
        for (var target : List.of(warehouse, reports)) {
            var records = target.delivered().stream()
                    .filter(event -> event.target().equals(AUDIT))
                    .toList();
            assertThat(records).hasSize(1);
            var record = records.get(0);
            var found = new LinkedHashMap<String, Object>();
            expected.keySet()
                    .forEach(column -> found.put(
                            column, record.after().value(record.schema().indexOf(column))));
            assertThat(found).isEqualTo(expected);
        }
    }

    private static Instant time(ChangeEvent event) {
        return Instant.ofEpochMilli(event.eventTimeMicros() / 1000);
    }

    private static ChangeEvent insert(String source, int position, Instant time, Row row) {
        return change(source, position, time, Operation.INSERT, null, row);
    }

    private static ChangeEvent update(String source, int position, Instant time, Row before, Row after) {
        return change(source, position, time, Operation.UPDATE, before, after);
    }

    private static ChangeEvent delete(String source, int position, Instant time, Row row) {
        return change(source, position, time, Operation.DELETE, row, null);
    }

    private static ChangeEvent change(
            String source, int position, Instant time, Operation operation, Row before, Row after) {
        long micros = time.toEpochMilli() * 1000;
        return ChangeEvent.captured(
                source,
                USERS,
                USERS,
                operation,
                SCHEMA,
                before,
                after,
                micros,
                new SourcePosition(1, position, 2, 1),
                micros);
    }
}
