package io.gravity.local.converge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import io.gravity.SyncConfig;
import io.gravity.SyncConfigLoader;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.isolate.DelayingProxy;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import io.gravity.local.server.KafkaBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Three servers, one of them read with random delays, into one topic of one partition: its reader sees times that never
 * step back but in records marked late.
 */
class TimeSeriesIT {
    private static final int SECONDS = Integer.getInteger("gravity.time-series.seconds", 20);
    private static final int TICK_MILLIS = 10;
    private static final int ROWS_PER_TICK = 2;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final List<String> NAMES = List.of("one", "two", "three");
    private static final AtomicInteger NUMBER = new AtomicInteger();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private static final List<DatabaseServer> SOURCES = new ArrayList<>();
    private static KafkaBroker kafka;

    /** A record as its reader sees it. */
    private record Seen(String operation, String source, long micros, boolean late) {
        /** Rows of the first copy have no place in time. */
        boolean isChange() {
            return !operation.equals("r");
        }
    }

    @BeforeAll
    static void startServers() {
        kafka = KafkaBroker.start(folder.resolve("kafka"));
        for (var name : NAMES) {
            SOURCES.add(DatabaseServers.start(name, folder.resolve(name)));
        }
    }

    @AfterAll
    static void stopServers() {
        SOURCES.forEach(DatabaseServer::close);
        SOURCES.clear();
        if (kafka != null) {
            kafka.close();
        }
    }

    /** @param mostLate how large the share of late records may be; 1 is no bound */
    @ParameterizedTest
    @CsvSource({"20ms, 1", "3s, 0.05"})
    void timesNeverStepBackUnlessMarked(String maxDelay, double mostLate) throws Exception {
        var topic = "series-" + NUMBER.incrementAndGet();
        for (int i = 0; i < SOURCES.size(); i++) {
            SOURCES.get(i)
                    .execute(
                            "DROP DATABASE IF EXISTS ts",
                            "CREATE DATABASE ts",
                            "CREATE TABLE ts.events (id BIGINT PRIMARY KEY, made DATETIME(6) NOT NULL)",
                            "INSERT INTO ts.events VALUES (" + -i + ", NOW(6))");
        }
        try (var proxy =
                DelayingProxy.random(SOURCES.get(2).host(), SOURCES.get(2).port())) {
            var config = config(topic, maxDelay, proxy);
            try (var flink = LocalFlink.start(config, 2, folder.resolve("flink-" + topic));
                    var reader = reader()) {
                var job = flink.submit(config);
                var seen = new ArrayList<Seen>();
                await().atMost(LIMIT).until(() -> read(reader, topic, seen).size() == SOURCES.size());
                int sent = SOURCES.size() + load();
                await().atMost(LIMIT).until(() -> read(reader, topic, seen).size() >= sent);
                job.cancel();

                assertThat(seen).hasSize(sent);
                var changes = seen.stream().filter(Seen::isChange).toList();
                assertTimesAscendUnlessMarked(changes);
                for (var name : NAMES) {
                    System.out.printf(
                            "TimeSeriesIT: max-delay %s, source %s: %.4f late%n",
                            maxDelay,
                            name,
                            lateShare(changes.stream()
                                    .filter(one -> one.source().equals(name))
                                    .toList()));
                }
                System.out.printf(
                        "TimeSeriesIT: max-delay %s: %d changes, %.4f late, %d delays of %d ms in all%n",
                        maxDelay, changes.size(), lateShare(changes), proxy.delays(), proxy.delayedMillis());
                assertThat(lateShare(changes)).isLessThanOrEqualTo(mostLate);
            }
        }
    }

    private static void assertTimesAscendUnlessMarked(List<Seen> all) {
        long latest = Long.MIN_VALUE;
        for (var one : all) {
            assertThat(one.late() || one.micros() >= latest)
                    .as("%s after %d", one, latest)
                    .isTrue();
            latest = Math.max(latest, one.micros());
        }
    }

    private static double lateShare(List<Seen> all) {
        return (double) all.stream().filter(Seen::late).count() / all.size();
    }

    /** Inserts rows of its own into each source, a few at a time, and returns how many. */
    private static int load() throws Exception {
        var sent = new AtomicInteger();
        var problem = new AtomicReference<Exception>();
        var clock = Executors.newScheduledThreadPool(SOURCES.size());
        try {
            for (int i = 0; i < SOURCES.size(); i++) {
                var statement = SOURCES.get(i).connect("ts").createStatement();
                var ids = new AtomicInteger(1_000_000 * (i + 1));
                var unused = clock.scheduleAtFixedRate(
                        () -> {
                            try {
                                var rows = new ArrayList<String>();
                                for (int n = 0; n < ROWS_PER_TICK; n++) {
                                    rows.add("(" + ids.incrementAndGet() + ", NOW(6))");
                                }
                                sent.addAndGet(statement.executeUpdate(
                                        "INSERT INTO events VALUES " + String.join(", ", rows)));
                            } catch (SQLException e) {
                                problem.set(e);
                                throw new IllegalStateException(e);
                            }
                        },
                        0,
                        TICK_MILLIS,
                        TimeUnit.MILLISECONDS);
            }
            new CountDownLatch(1).await(SECONDS, TimeUnit.SECONDS);
        } finally {
            clock.shutdown();
        }
        assertThat(clock.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(problem.get()).isNull();
        return sent.get();
    }

    private static KafkaConsumer<byte[], byte[]> reader() {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Reads on, and returns all that was seen so far. */
    private static List<Seen> read(KafkaConsumer<byte[], byte[]> reader, String topic, List<Seen> seen)
            throws IOException {
        if (reader.assignment().isEmpty()) {
            var partitions = reader.listTopics().get(topic);
            if (partitions == null) {
                return seen;
            }
            assertThat(partitions).hasSize(1);
            reader.assign(List.of(new TopicPartition(topic, 0)));
        }
        for (var message : reader.poll(Duration.ofMillis(200))) {
            seen.add(seen(message.value()));
        }
        return seen;
    }

    private static Seen seen(byte[] envelope) throws IOException {
        String operation = null;
        String source = null;
        long micros = 0;
        boolean late = false;
        try (var json = new JsonFactory().createParser(envelope)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                var name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "op" -> operation = json.getText();
                    case "source" -> source = json.getText();
                    case "ts_us" -> micros = json.getLongValue();
                    case "late" -> late = json.getBooleanValue();
                    default -> json.skipChildren();
                }
            }
        }
        return new Seen(operation, source, micros, late);
    }

    private static SyncConfig config(String topic, String maxDelay, DelayingProxy proxy) throws Exception {
        var yaml = new StringBuilder("gravity:\n  checkpoint-interval: 2s\n  sources:\n");
        for (int i = 0; i < SOURCES.size(); i++) {
            yaml.append("""
                      - {name: %s, type: mysql, host: 127.0.0.1, port: %d, username: %s, password: "${env:PASSWORD}",
                         tables: ["ts.events"], event-time: {events: made}}
                    """.formatted(
                            NAMES.get(i),
                            i == 2 ? proxy.port() : SOURCES.get(i).port(),
                            SOURCES.get(i).user())
                    .indent(2));
        }
        yaml.append("""
                targets:
                  - {name: bus, type: kafka, brokers: ["%s"], topic: %s}
                merge: {strategy: time-series, max-delay: %s}
                """.formatted(kafka.bootstrapServers(), topic, maxDelay).indent(2));
        var file = Files.writeString(folder.resolve(topic + ".yaml"), yaml);
        return SyncConfigLoader.load(file, Map.of("PASSWORD", SOURCES.get(0).password())::get);
    }
}
