package io.gravity;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The real graph with the specification's checks and repairs: a row of each defect ends mended, or as a dead letter. */
@Timeout(90)
class RepairClusterTest {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(2)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static final TableId ORDERS = TableId.parse("shop.orders");
    private static final TableId USERS = TableId.parse("shop.users");
    private static final List<String> TEXTS = List.of(
            "email", "phone", "status", "country", "currency", "user_type", "region", "user_name", "phone_number");
    private static final TableSchema ORDER = order();
    private static final TableSchema USER =
            new TableSchema(List.of(number("id"), time("timestamp"), time("created_at"), text("user_name")), 0);
    private static final LocalDateTime TIME = LocalDateTime.of(2026, 1, 2, 3, 4, 5);

    /** What the specification has no example of stands in front of its own. */
    private static final String SETTINGS = "quarantine: {target: letters}\n"
            + SpecBlock.of("19-7.2").replace("  realtime_checks:\n", """
                  realtime_checks:
                    foreign_keys:
                      tables: ["orders"]
                      rules:
                        - {field: "user_id", references: "users", wait: 0s}
                """)
            + SpecBlock.of("19-7.3") + "routing:\n  - {source-tables: [orders], targets: [copy]}\n";

    @TempDir
    Path directory;

    private final TestEndpoints endpoints = new TestEndpoints(UUID.randomUUID().toString());

    @Test
    void everyDefectIsMendedOrTold() throws Exception {
        var changes = new ArrayList<ChangeEvent>();
        changes.add(insert(1, USERS, USER, Row.of(7L, TIME, TIME, "Ann")));
        changes.add(order(2, Map.of("id", 1L, "region", "EU")));
        changes.add(order(3, Map.of("id", 2L, "email", " Bob@Example.ORG ", "phone_number", "13800138000")));
        changes.add(order(4, Map.of("id", 3L, "phone", "12", "amount", -1L, "status", "gone")));
        changes.add(order(5, Map.of("id", 4L, "user_id", "NULL")));
        changes.add(order(6, Map.of("id", 5L, "user_id", 8L, "country", "DE")));
        changes.add(insert(7, USERS, USER, Row.of(8L, TIME, TIME, "Late")));
        var again = changes.get(1);
        changes.add(change(8, Operation.UPDATE, ORDERS, ORDER, again.after(), values(Map.of("id", 1L, "amount", 9L))));
        changes.add(order(9, Map.of("id", 6L, "user_id", 99L, "user_name", "Nobody")));
        endpoints.source("s").add(changes);
        endpoints.source("s").allowAllAndEnd();
        endpoints.source("s").breakDownAt(5);

        run();

        var rows = endpoints.target("copy").rows().values().stream()
                .collect(Collectors.toMap(row -> (Long) row.value(0), row -> row));
        assertThat(rows).containsOnlyKeys(1L, 2L, 5L);
        var filled = Map.<String, Object>of("country", "CN", "currency", "CNY", "user_name", "Ann");
        assertThat(rows.get(1L)).isEqualTo(with(filled, Map.of("id", 1L, "amount", 9L, "region", "EU")));
        assertThat(rows.get(2L))
                .isEqualTo(
                        with(filled, Map.of("id", 2L, "email", "bob@example.org", "phone_number", "+8613800138000")));
        assertThat(rows.get(5L))
                .isEqualTo(with(filled, Map.of("id", 5L, "user_id", 8L, "country", "DE", "user_name", "Late")));

        var letters = endpoints.target("letters").rows().values().stream()
                .collect(Collectors.toMap(row -> (String) row.value(9), row -> row));
        assertThat(letters).containsOnlyKeys("{\"id\":3}", "{\"id\":4}", "{\"id\":6}");
        assertThat(letters.get("{\"id\":3}").value(3)).isEqualTo("quality");
        assertThat((String) letters.get("{\"id\":3}").value(12))
                .contains("phone")
                .contains("Amount cannot be negative")
                .contains("Invalid status value");
        assertThat(letters.get("{\"id\":4}").value(2)).isEqualTo("completeness");
        assertThat(letters.get("{\"id\":6}").value(2)).isEqualTo("reference");
        assertThat((String) letters.get("{\"id\":6}").value(12)).contains("found \"99\" in user_id");
    }

    private static TableSchema order() {
        var columns = new ArrayList<Column>();
        columns.addAll(List.of(number("id"), number("user_id"), number("amount")));
        columns.addAll(List.of(time("timestamp"), time("created_at"), time("updated_at")));
        TEXTS.forEach(name -> columns.add(text(name)));
        return new TableSchema(columns, 0);
    }

    private static Column number(String name) {
        return new Column(name, ColumnType.of(Kind.INTEGER, "BIGINT"), true);
    }

    private static Column time(String name) {
        return new Column(name, ColumnType.of(Kind.DATETIME, "DATETIME"), true);
    }

    private static Column text(String name) {
        return new Column(name, new ColumnType(Kind.TEXT, "VARCHAR", 60, -1), true);
    }

    @SafeVarargs
    private static Row with(Map<String, Object>... values) {
        var all = new java.util.HashMap<String, Object>();
        for (var one : values) {
            all.putAll(one);
        }
        return values(all);
    }

    /** Returns a row without fault but for what it lacks; the text NULL stands for NULL. */
    private static Row values(Map<String, Object> own) {
        var values = new Object[ORDER.columnCount()];
        for (int i = 0; i < values.length; i++) {
            var name = ORDER.column(i).name();
            values[i] = own.get(name);
            if (values[i] == null && !own.containsKey(name)) {
                values[i] = switch (name) {
                    case "user_id" -> 7L;
                    case "timestamp", "created_at", "updated_at" -> TIME;
                    case "status" -> "active";
                    default -> null;
                };
            }
            values[i] = "NULL".equals(values[i]) ? null : values[i];
        }
        return Row.of(values);
    }

    private static ChangeEvent order(int position, Map<String, Object> own) {
        return insert(position, ORDERS, ORDER, values(own));
    }

    private static ChangeEvent insert(int position, TableId table, TableSchema schema, Row after) {
        return change(position, Operation.INSERT, table, schema, null, after);
    }

    private static ChangeEvent change(
            int position, Operation operation, TableId table, TableSchema schema, Row before, Row after) {
        long micros = 1_000_000L * position;
        return ChangeEvent.captured(
                "s",
                table,
                table,
                operation,
                schema,
                before,
                after,
                micros,
                new SourcePosition(1, position, 2, 1),
                micros);
    }

    private void run() throws Exception {
        var settings = new Configuration();
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 5);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        settings.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.resolve("checkpoints").toUri().toString());
        var env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
        env.setParallelism(2);
        var yaml = """
                gravity:
                  checkpoint-interval: 200ms
                  sources:
                    - {name: s, type: mysql, host: h, username: u, password: p, tables: [shop.*]}
                  targets:
                    - {name: copy, type: mysql, host: t, username: u, password: p}
                    - {name: letters, type: mysql, host: t, username: u, password: p}
                """ + SETTINGS.indent(2);
        var file = Files.writeString(directory.resolve("job.yaml"), yaml);
        SyncJob.build(env, SyncConfigLoader.load(file, name -> null), endpoints);
        env.executeAsync("gravity").getJobExecutionResult().get(60, TimeUnit.SECONDS);
    }
}
