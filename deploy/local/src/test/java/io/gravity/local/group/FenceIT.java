package io.gravity.local.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.config.Secret;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetWriter;
import io.gravity.dispatch.clickhouse.ClickHouseWriter;
import io.gravity.dispatch.kafka.KafkaWriter;
import io.gravity.dispatch.mysql.MySqlWriter;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.local.server.ClickHouseServer;
import io.gravity.local.server.DatabaseServers;
import io.gravity.local.server.KafkaBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a group rests on: a write that hangs at a server that has stopped ends when its writer is closed. */
@Timeout(120)
class FenceIT {
    private static final long LIMIT_SECONDS = 15;
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false),
                    new Column("value", ColumnType.of(Kind.INTEGER, "INT"), true)),
            0);

    @TempDir
    private Path folder;

    @Test
    void mySqlEndsAndNothingIsCommittedLater() throws Exception {
        try (var server = DatabaseServers.start("target", folder)) {
            History.createOn(server);
            var target = new TargetConfig.MySql(
                    "t",
                    server.host(),
                    server.port(),
                    server.user(),
                    Secret.of(server.password()),
                    null,
                    Map.of(),
                    delivery());
            hangs(MySqlWriter.of(target).open(), server::pause);
            server.resume();
            assertThat(History.last(History.of(server))).isEqualTo(Map.of(1, 1L));
            try (var fresh = MySqlWriter.of(target).open()) {
                fresh.write(List.of(change(3)));
            }
            assertThat(History.of(server)).extracting(History.Entry::value).containsExactly(1L, 3L);
        }
    }

    @Test
    void kafkaEnds() throws Exception {
        try (var broker = KafkaBroker.start(folder)) {
            var target = new TargetConfig.Kafka("t", List.of(broker.bootstrapServers()), "t", Map.of(), delivery());
            hangs(KafkaWriter.of(target).open(), broker::pause);
            broker.resume();
        }
    }

    @Test
    void clickHouseEnds() throws Exception {
        try (var server = ClickHouseServer.start(folder)) {
            var target = new TargetConfig.ClickHouse(
                    "t",
                    server.host(),
                    server.port(),
                    server.user(),
                    Secret.of(server.password()),
                    null,
                    Map.of(),
                    delivery());
            hangs(ClickHouseWriter.of(target).open(), server::pause);
            server.resume();
        }
    }

    /** Writes, stops the server, writes again, and closes the writer under that. */
    private static void hangs(TargetWriter writer, Runnable pause) throws Exception {
        writer.write(List.of(change(1)));
        pause.run();
        var write = CompletableFuture.runAsync(() -> {
            try {
                writer.write(List.of(change(2)));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        await().during(Duration.ofSeconds(1)).until(() -> !write.isDone());
        long begun = System.nanoTime();
        writer.close();
        try {
            write.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            throw new AssertionError("the write was answered by a server that does not run");
        } catch (ExecutionException e) {
            System.out.printf(
                    "%s ended after %d ms: %s%n",
                    writer.getClass().getSimpleName(),
                    Duration.ofNanos(System.nanoTime() - begun).toMillis(),
                    e.getCause());
        }
    }

    private static ChangeEvent change(long value) {
        var table = new TableId("grp", "counters");
        return ChangeEvent.captured(
                "s",
                table,
                table,
                Operation.UPDATE,
                SCHEMA,
                Row.of(1L, value - 1),
                Row.of(1L, value),
                value,
                new SourcePosition(1, value, 2, 1),
                value);
    }

    private static TargetConfig.Delivery delivery() {
        return new TargetConfig.Delivery(
                List.of(),
                List.of(),
                10,
                1 << 20,
                Duration.ZERO,
                1,
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ZERO);
    }
}
