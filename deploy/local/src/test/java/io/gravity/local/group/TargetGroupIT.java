package io.gravity.local.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.SyncConfig;
import io.gravity.SyncConfigLoader;
import io.gravity.dispatch.TargetConfig.Group.Strategy;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.flink.LocalJob;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The specification's group of two primaries and a backup, real servers, while rows are counted up at the source. Members
 * are killed, paused and brought back; each row's values must never go back, neither at one member nor over all.
 */
@Timeout(300)
class TargetGroupIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private static DatabaseServer source;
    private static final List<DatabaseServer> MEMBERS = new ArrayList<>();

    @BeforeAll
    static void startServers() {
        source = DatabaseServers.start("source", folder.resolve("source"));
        for (var name : List.of("target-A", "target-B", "target-C")) {
            MEMBERS.add(DatabaseServers.start(name, folder.resolve(name)));
        }
    }

    @AfterAll
    static void stopServers() {
        MEMBERS.forEach(DatabaseServer::close);
        MEMBERS.clear();
        if (source != null) {
            source.close();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Strategy.class,
            names = {"ROUND_ROBIN", "CONSISTENT_HASH"})
    void keepsEachRowsOrderThroughTakeoverAndReturn(Strategy strategy) throws Exception {
        var a = MEMBERS.get(0);
        var b = MEMBERS.get(1);
        var c = MEMBERS.get(2);
        History.createTable(source);
        for (var member : MEMBERS) {
            History.createOn(member);
        }
        CounterLoad.preload(source);
        var config = config(strategy);
        try (var flink = LocalFlink.start(config, 2, folder.resolve("flink-" + strategy))) {
            var job = flink.submit(config);
            // Only the first copy may show a row as it was before what has come already.
            await().atMost(LIMIT)
                    .until(() -> History.last(History.merged(MEMBERS)).size() == CounterLoad.ROWS);
            try (var load = CounterLoad.start(source)) {
                awaitMore(a);
                awaitMore(b);
                assertThat(History.size(c)).isZero();

                a.kill();
                said(strategy, "A killed, B goes on", () -> awaitMore(b));
                assertThat(History.size(c)).isZero();

                b.kill();
                said(strategy, "B killed too, the backup takes over", () -> awaitMore(c));

                a.restart();
                said(strategy, "A started again, it takes its load back", () -> awaitMore(a));
                // Each parallel copy of the dispatcher finds that out for itself.
                said(strategy, "the backup rests", () -> awaitRest(c, a));
                long backup = History.size(c);

                b.restart();
                said(strategy, "B started again, it takes its load back", () -> awaitMore(b));

                b.pause();
                said(strategy, "B hangs, A goes on", () -> awaitMore(a));
                b.resume();
                said(strategy, "B goes on, it takes its load back", () -> awaitMore(b));
                assertThat(History.size(c)).isEqualTo(backup);
            }
            var expected = CounterLoad.values(source);
            await().atMost(LIMIT).untilAsserted(() -> assertThat(History.last(History.merged(MEMBERS)))
                    .isEqualTo(expected));
            // The first answer is empty: figures are fetched when they are asked for.
            await().atMost(LIMIT).until(() -> restarts(flink, job).contains("value"));
            assertThat(restarts(flink, job)).contains("\"value\":\"0\"");
            job.cancel();
            tell(strategy, expected);
        }
        for (var member : MEMBERS) {
            assertThat(History.stepsBack(History.of(member)))
                    .as("steps back at " + member.name())
                    .isEmpty();
        }
        assertThat(History.stepsBack(History.merged(MEMBERS)))
                .as("steps back over all members")
                .isEmpty();
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void said(Strategy strategy, String what, Step step) throws Exception {
        long begun = System.nanoTime();
        step.run();
        System.out.printf(
                "%s: %s, after %d ms%n",
                strategy, what, Duration.ofNanos(System.nanoTime() - begun).toMillis());
    }

    private static void tell(Strategy strategy, Map<Integer, Long> expected) throws Exception {
        for (var member : MEMBERS) {
            System.out.printf("%s: %d values at %s%n", strategy, History.size(member), member.name());
        }
        System.out.printf(
                "%s: %d changes of %d rows%n",
                strategy, expected.values().stream().mapToLong(Long::longValue).sum(), expected.size());
    }

    /** Waits until a member has taken some more values. */
    private static void awaitMore(DatabaseServer member) throws Exception {
        long before = History.size(member);
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(50)).until(() -> History.size(member) >= before + 200);
    }

    /** Waits until a member takes nothing while another takes some more. */
    private static void awaitRest(DatabaseServer member, DatabaseServer other) {
        await().atMost(LIMIT).until(() -> {
            long before = History.size(member);
            awaitMore(other);
            return History.size(member) == before;
        });
    }

    private static String restarts(LocalFlink flink, LocalJob job) throws Exception {
        var uri = URI.create(flink.webUi() + "/jobs/" + job.id() + "/metrics?get=numRestarts");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    private static SyncConfig config(Strategy strategy) throws Exception {
        var yaml = new StringBuilder("""
                gravity:
                  checkpoint-interval: 1s
                  sources:
                    - {name: counters, type: mysql, host: %s, port: %d, username: %s, password: "${env:PASSWORD}",
                       tables: ["grp.counters"]}
                  endpoints:
                """.formatted(source.host(), source.port(), source.user()));
        for (var member : MEMBERS) {
            yaml.append(
                    "    - {name: %s, type: mysql, host: %s, port: %d, username: %s, password: \"${env:PASSWORD}\"}%n"
                            .formatted(member.name(), member.host(), member.port(), member.user()));
        }
        yaml.append("""
                  targets:
                    primary: ["target-A", "target-B"]
                    backup: ["target-C"]
                    strategy: %s
                  failover:
                    detection-timeout: 2s
                    retry-interval: 1s
                    max-retries: 3
                """.formatted(strategy.name().toLowerCase(Locale.ROOT)));
        var file = Files.writeString(folder.resolve(strategy + ".yaml"), yaml);
        return SyncConfigLoader.load(file, name -> source.password());
    }
}
