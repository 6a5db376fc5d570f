package io.gravity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gravity.dispatch.RecordingTarget;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Row;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.resolve.ConflictStrategy;
import io.gravity.resolve.ConflictStrategy.ErrorStop.Scope;
import io.gravity.resolve.ResolveConfig;
import io.gravity.types.Changes;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What error-stop has stopped in a running job is listed and released at the console, while the job goes on. */
@Timeout(90)
class ConflictsCommandTest {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static final TableId CUSTOMERS = TableId.parse("shop.customers");
    private static final Changes A = Changes.from("a");
    private static final Changes B = Changes.from("b");
    private static final String NO_JOB = "0123456789abcdef0123456789abcdef";

    private final TestEndpoints endpoints = new TestEndpoints(UUID.randomUUID().toString());
    private final RecordingTarget warehouse = endpoints.target("warehouse");
    private final RecordingTarget reports = endpoints.target("reports");
    private final List<ChangeEvent> fromA = new ArrayList<>();
    private final List<ChangeEvent> fromB = new ArrayList<>();
    private String flink;

    /** What a command did. */
    private record Result(int status, List<String> out, String err) {}

    @BeforeEach
    void findCluster(@InjectMiniCluster MiniCluster cluster) throws Exception {
        flink = cluster.getRestAddress().get().toString();
    }

    @Test
    void aStoppedTableIsReleasedRowByRowAndThenAsAWholeWithoutARestart() throws Exception {
        var job = submit(Scope.TABLE);
        a(
                A.at(1, 1000).insert(1, 10),
                A.at(2, 1000).insert(2, 10),
                A.at(3, 1000).insert(3, 10),
                A.at(4, 1000).insert(6, 10),
                A.at(5, 1000).insert(7, 10));
        awaitDelivered(5);
        b(
                B.at(1, 2000).insert(1, 20),
                B.at(2, 2000).insert(2, 20),
                B.at(3, 2000).insert(6, 20),
                B.at(4, 500).insert(7, 20));
        await().atMost(Duration.ofSeconds(30)).until(() -> run("list").out().size() == 4);
        assertThat(run("list").out())
                .containsExactlyInAnyOrder(
                        "table\tshop.orders:1\tinsert-exists",
                        "table\tshop.orders:2\tinsert-exists",
                        "table\tshop.orders:6\tinsert-exists",
                        "table\tshop.orders:7\tinsert-exists");
        assertThat(run("list").err()).isEqualTo("4 stopped\n");

        // The other table goes on; what comes for this one waits, whoever sends it.
        a(
                A.at(6, 3000).update(3, 30),
                A.at(7, 3000).insert(4, 40),
                A.of(CUSTOMERS).at(8, 3000).insert(1, 1));
        awaitDelivered(6);

        assertThat(run("release", "--row", "shop.orders:1", "--keep-theirs"))
                .isEqualTo(new Result(0, List.of("table\tshop.orders:1\tinsert-exists"), "1 released, keep-theirs\n"));
        awaitDelivered(7);
        assertThat(run("release", "--table", "shop.orders", "--row", "shop.orders:2", "--keep-ours"))
                .isEqualTo(new Result(0, List.of("table\tshop.orders:2\tinsert-exists"), "1 released, keep-ours\n"));
        // A replay asks the times: of one row theirs is later, of the other one ours.
        assertThat(run("release", "--row", "shop.orders:6", "--replay"))
                .isEqualTo(new Result(0, List.of("table\tshop.orders:6\tinsert-exists"), "1 released, replay\n"));
        assertThat(run("release", "--row", "shop.orders:7", "--replay"))
                .isEqualTo(new Result(0, List.of("table\tshop.orders:7\tinsert-exists"), "1 released, replay\n"));
        awaitDelivered(8);
        assertThat(run("list").out()).containsExactly("table\tshop.orders:*\tinsert-exists");
        assertThat(run("list", "--table", "shop.customers").err()).isEqualTo("nothing is stopped\n");
        assertThat(run("release", "--row", "shop.orders:1", "--replay"))
                .isEqualTo(new Result(
                        1, List.of(), "nothing of that is stopped; \"gravity conflicts list\" shows what is\n"));
        assertThat(warehouse.rows()).doesNotContainKey(RowKey.of(Changes.ORDERS, 4L));

        assertThat(run("release", "--table", "shop.orders", "--replay").out())
                .containsExactly("table\tshop.orders:*\tinsert-exists");
        awaitDelivered(10);
        assertThat(run("list").out()).isEmpty();
        a(A.at(9, 9000).insert(5, 50));
        awaitDelivered(11);

        end(job);
        var expected = Map.of(
                RowKey.of(Changes.ORDERS, 1L), Row.of(1L, 20L),
                RowKey.of(Changes.ORDERS, 2L), Row.of(2L, 10L),
                RowKey.of(Changes.ORDERS, 3L), Row.of(3L, 30L),
                RowKey.of(Changes.ORDERS, 4L), Row.of(4L, 40L),
                RowKey.of(Changes.ORDERS, 5L), Row.of(5L, 50L),
                RowKey.of(Changes.ORDERS, 6L), Row.of(6L, 20L),
                RowKey.of(Changes.ORDERS, 7L), Row.of(7L, 10L),
                RowKey.of(CUSTOMERS, 1L), Row.of(1L, 1L));
        assertThat(warehouse.rows()).isEqualTo(expected);
        assertThat(reports.rows()).isEqualTo(expected);
    }

    @Test
    void aStoppedRowHoldsUpNoOtherRow() throws Exception {
        var job = submit(Scope.ROW);
        a(A.at(1, 1000).insert(1, 10));
        awaitDelivered(1);
        b(B.at(1, 2000).insert(1, 20), B.at(2, 2000).insert(2, 20));
        awaitDelivered(2);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> run("list", "--job", job.getJobID().toString())
                        .out()
                        .equals(List.of("row\tshop.orders:1\tinsert-exists")));
        run("release", "--keep-ours");
        end(job);
        assertThat(warehouse.rows())
                .isEqualTo(Map.of(
                        RowKey.of(Changes.ORDERS, 1L), Row.of(1L, 10L),
                        RowKey.of(Changes.ORDERS, 2L), Row.of(2L, 20L)));
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(run("list").err()).contains("no job is running there");
        assertThat(run("list", "--job", NO_JOB)).satisfies(result -> {
            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err())
                    .isEqualTo(
                            "The job at " + flink + " could not be asked: Could not find Flink job (" + NO_JOB + ")\n");
        });
        assertThat(command("list").err()).contains("--flink http://HOST:PORT").contains("Usage:");
        assertThat(command("list", "--flink", "https://host:1").err())
                .contains("found \"https://host:1\", expected http://HOST:PORT");
        assertThat(run("release").err()).contains("needs a decision: --keep-ours, --keep-theirs or --replay");
        assertThat(run("release", "--replay", "--keep-ours").err()).contains("beside another decision");
        assertThat(run("list", "--replay").err()).contains("list takes no decision");
        assertThat(run("list", "--row", "shop.orders:1").err()).contains("list takes no --row");
        assertThat(run("release", "--row", "--replay").err()).contains("--row needs a value");
        assertThat(run("release", "--table", "orders", "--replay").err()).contains("expected database.table");
        assertThat(run("list", "--job", "7").err()).contains("32 hexadecimal digits");
        assertThat(run("free").err()).contains("expected list or release");
        assertThat(run("list", "--all")).satisfies(result -> {
            assertThat(result.status()).isEqualTo(2);
            assertThat(result.err()).contains("unknown argument \"--all\"");
        });
    }

    private JobClient submit(Scope scope) throws Exception {
        var settings = new Configuration();
        // A restart would fail the test.
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        var env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
        env.setParallelism(2);
        var resolve = new ResolveConfig(
                new ConflictStrategy.ErrorStop(scope),
                List.of(),
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                Duration.ZERO,
                null);
        SyncJob.build(
                env,
                TestConfigs.of(
                        resolve, List.of("a", "b"), TestConfigs.mysql("warehouse"), TestConfigs.clickHouse("reports")),
                endpoints);
        return env.executeAsync("gravity");
    }

    private void a(ChangeEvent... changes) {
        send("a", fromA, changes);
    }

    private void b(ChangeEvent... changes) {
        send("b", fromB, changes);
    }

    private void send(String source, List<ChangeEvent> all, ChangeEvent... changes) {
        endpoints.source(source).add(List.of(changes));
        all.addAll(List.of(changes));
        endpoints.source(source).allow(all.size());
    }

    private void end(JobClient job) throws Exception {
        endpoints.source("a").allowAllAndEnd();
        endpoints.source("b").allowAllAndEnd();
        job.getJobExecutionResult().get(30, TimeUnit.SECONDS);
    }

    private void awaitDelivered(int changes) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> warehouse.delivered().size() == changes
                        && reports.delivered().size() == changes);
    }

    private Result run(String action, String... options) {
        var args = new ArrayList<>(List.of(action, "--flink", flink));
        args.addAll(List.of(options));
        return command(args.toArray(new String[0]));
    }

    private static Result command(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int status;
        try (var outText = new PrintStream(out, true, StandardCharsets.UTF_8);
                var errText = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            status = ConflictsCommand.run(List.of(args), outText, errText);
        }
        return new Result(
                status, out.toString(StandardCharsets.UTF_8).lines().toList(), err.toString(StandardCharsets.UTF_8));
    }
}
