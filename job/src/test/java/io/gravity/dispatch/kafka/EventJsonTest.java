package io.gravity.dispatch.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.SyncConfigLoader;
import io.gravity.dispatch.EventMapping;
import io.gravity.dispatch.EventMapping.Timestamps;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.UnfitRule;
import io.gravity.dispatch.UnfitValueException;
import io.gravity.dispatch.UnfitValues;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.InvalidDate;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.event.TableSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.SimpleCounter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventJsonTest {
    private static final TableSchema USERS = new TableSchema(
            List.of(
                    new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false),
                    new Column("name", ColumnType.of(Kind.TEXT, "VARCHAR"), true),
                    new Column("created_at", ColumnType.of(Kind.DATETIME, "DATETIME"), true),
                    new Column("seen_at", ColumnType.of(Kind.TIMESTAMP, "TIMESTAMP"), true)),
            0);
    private static final Row ANN = Row.of(1L, "张三", LocalDateTime.of(2023, 1, 1, 10, 0), null);

    /** The example of the specification (18, section 3.3), from the YAML to the message. */
    @Test
    void makesOfARowTheEventThatTheYamlDescribes(@TempDir Path folder) throws IOException {
        var yaml = Files.writeString(folder.resolve("events.yaml"), """
                gravity:
                  sources:
                    - {name: users-db, type: mysql, host: db, username: u, password: p, tables: [shop.users]}
                  targets:
                    - name: events
                      type: kafka
                      brokers: ["kafka:9092"]
                      topic: "${singular}-events"
                      format: event-json
                      events:
                        - tables: [users]
                          fields: {id: user_id, name: user_name, created_at: timestamp}
                          timestamps: epoch-seconds
                """);
        var target = (TargetConfig.Kafka)
                SyncConfigLoader.load(yaml, name -> null).targets().get(0);
        var insert = user(Operation.INSERT, null, ANN);

        assertThat(Records.value(RecordFormat.of(target, Records.REFUSING), insert))
                .isEqualTo(
                        "{\"event_type\":\"user_created\",\"user_id\":1,\"user_name\":\"张三\",\"timestamp\":1672567200}");
        assertThat(new TopicNames(target.topics(), target.topic()).of("users-db", insert.target()))
                .isEqualTo("user-events");
    }

    @Test
    void tellsAllColumnsWhereNoMappingSpeaksForTheTable() {
        var format = new EventJson(List.of(), Records.REFUSING);
        assertThat(Records.value(format, user(Operation.INSERT, null, ANN)))
                .isEqualTo("{\"event_type\":\"user_created\",\"id\":1,\"name\":\"张三\","
                        + "\"created_at\":\"2023-01-01T10:00:00\",\"seen_at\":null}");
        assertThat(format.hasTombstones()).isFalse();
    }

    @Test
    void tellsTheNamedColumnsInTheMappingsOrder() {
        var fields = new LinkedHashMap<String, String>();
        fields.put("name", "user_name");
        fields.put("id", "user_id");
        fields.put("created_at", "timestamp");
        var format = new EventJson(
                List.of(
                        mapping("accounts", Map.of(), Timestamps.ISO, "UTC"),
                        mapping("users", fields, Timestamps.EPOCH_SECONDS, "UTC")),
                Records.REFUSING);
        assertThat(Records.value(format, user(Operation.INSERT, null, ANN)))
                .isEqualTo(
                        "{\"event_type\":\"user_created\",\"user_name\":\"张三\",\"user_id\":1,\"timestamp\":1672567200}");
    }

    @Test
    void hasAWordForEachOperation() {
        var format = new EventJson(List.of(), Records.REFUSING);
        assertThat(Records.value(format, user(Operation.READ, null, ANN))).contains("\"user_created\"");
        assertThat(Records.value(format, user(Operation.UPDATE, ANN, ANN.with(1, "Bo"))))
                .contains("\"user_updated\"", "\"Bo\"");
        assertThat(Records.value(format, user(Operation.DELETE, ANN, null)))
                .contains("\"event_type\":\"user_deleted\",\"id\":1,\"name\":\"张三\"");
    }

    @Test
    void countsMomentsFrom1970() {
        var row = Row.of(1L, "x", LocalDateTime.of(2023, 1, 1, 18, 0, 0, 999_999_000), Instant.ofEpochMilli(-1));
        var millis = new EventJson(
                List.of(mapping("users", Map.of(), Timestamps.EPOCH_MILLIS, "Asia/Shanghai")), Records.REFUSING);
        assertThat(Records.value(millis, user(Operation.INSERT, null, row)))
                .contains("\"created_at\":1672567200999,\"seen_at\":-1");
        var seconds = new EventJson(
                List.of(mapping("users", Map.of(), Timestamps.EPOCH_SECONDS, "Asia/Shanghai")), Records.REFUSING);
        assertThat(Records.value(seconds, user(Operation.INSERT, null, row)))
                .contains("\"created_at\":1672567200,\"seen_at\":-1");
    }

    @Test
    void saysWhichColumnsATableDoesNotHave() {
        var format =
                new EventJson(List.of(mapping("users", Map.of("nick", "n"), Timestamps.ISO, "UTC")), Records.REFUSING);
        assertThatThrownBy(() -> Records.value(format, user(Operation.INSERT, null, ANN)))
                .isInstanceOf(UnfitTableException.class)
                .hasMessage("the fields of shop.users's events name nick, expected columns that the table has:"
                        + " id, name, created_at, seen_at. Change fields in the target's events.");
    }

    @Test
    void writesADateThatIsNoneWhereItsFormHasOne() {
        var row = Row.of(1L, "x", new InvalidDate(2024, 0, 0, LocalTime.of(1, 2, 3)), InvalidDate.ZERO);
        assertThat(Records.value(new EventJson(List.of(), Records.REFUSING), user(Operation.INSERT, null, row)))
                .contains("\"created_at\":\"2024-00-00T01:02:03\",\"seen_at\":\"0000-00-00T00:00:00Z\"");
        var mapping = mapping("users", Map.of(), Timestamps.EPOCH_SECONDS, "UTC");
        var refusing = new EventJson(List.of(mapping), Records.REFUSING);
        assertThatThrownBy(() -> Records.value(refusing, user(Operation.INSERT, null, row)))
                .isInstanceOf(UnfitValueException.class)
                .hasMessage("found the date 2024-00-00 01:02:03, expected one that is in the calendar");
        var replaced = new SimpleCounter();
        var nearest = new EventJson(List.of(mapping), new UnfitRule(UnfitValues.NEAREST, replaced));
        assertThat(Records.value(nearest, user(Operation.INSERT, null, row.with(3, null))))
                .contains("\"created_at\":"
                        + LocalDateTime.of(2024, 1, 1, 1, 2, 3).toEpochSecond(ZoneOffset.UTC));
        assertThat(replaced.getCount()).isEqualTo(1);
    }

    private static EventMapping mapping(String table, Map<String, String> fields, Timestamps timestamps, String zone) {
        return new EventMapping(
                List.of(new TablePattern(table)),
                EventMapping.DEFAULT_TYPE_FIELD,
                EventMapping.DEFAULT_TYPE,
                EventMapping.DEFAULT_OPERATIONS,
                fields,
                timestamps,
                ZoneId.of(zone));
    }

    private static ChangeEvent user(Operation operation, Row before, Row after) {
        var table = new TableId("shop", "users");
        return ChangeEvent.captured(
                "eu", table, table, operation, USERS, before, after, 0, new SourcePosition(1, 4, 0, 0), 0);
    }
}
