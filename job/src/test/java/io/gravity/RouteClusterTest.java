package io.gravity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Row;
import io.gravity.event.RowKey;
import io.gravity.types.Changes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real graph: rows that enter and leave conditions and shards end where they belong, and nowhere else. */
@Timeout(90)
class RouteClusterTest {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(2)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static final List<String> TARGETS =
            List.of("copy", "only", "high", "even", "hash-0", "hash-1", "hash-2", "low", "middle", "rest");
    private static final int ROWS = 40;
    private static final int CHANGES = 1_500;

    private static final String ROUTES = """
              routing:
                - {source-tables: [orders], targets: [copy]}
                - {source-tables: [orders], targets: [only], strategy: single}
                - source-tables: [orders]
                  targets: [high, even]
                  strategy: conditional
                  conditions:
                    - {if: amount > 500 and not amount between 700 and 799, targets: [high]}
                    - {if: amount % 2 = 0 or amount is null, targets: [even]}
                - {source-tables: [orders], strategy: hash, key: amount, targets: [hash-0, hash-1, hash-2]}
                - source-tables: [orders]
                  strategy: range
                  key: amount
                  ranges:
                    - {range: 0 to 299, target: low}
                    - {range: 300 to 599, target: middle}
                  default-target: rest
            """;

    @TempDir
    Path directory;

    private final TestEndpoints endpoints = new TestEndpoints(UUID.randomUUID().toString());

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void everyRowEndsWhereItBelongsThoughTheJobBrokeDown(int sources) throws Exception {
        for (int s = 0; s < sources; s++) {
            endpoints.source("s" + s).add(history("s" + s, s + 1));
            endpoints.source("s" + s).allowAllAndEnd();
        }
        endpoints.source("s0").breakDownAt(CHANGES / 2);
        endpoints.target("hash-1").crashNext();

        run(sources);

        var rows = rows("copy");
        assertThat(rows).hasSizeGreaterThan(ROWS / 2);
        assertThat(rows("only")).isEqualTo(rows);
        assertThat(rows("high")).isEqualTo(those(rows, amount -> amount > 500 && (amount < 700 || amount > 799)));
        assertThat(rows("even")).isEqualTo(those(rows, amount -> amount % 2 == 0));
        for (int shard = 0; shard < 3; shard++) {
            int own = shard;
            assertThat(rows("hash-" + shard)).isEqualTo(those(rows, amount -> crc(amount) % 3 == own));
        }
        assertThat(rows("low")).isEqualTo(those(rows, amount -> amount < 300));
        assertThat(rows("middle")).isEqualTo(those(rows, amount -> amount >= 300 && amount < 600));
        assertThat(rows("rest")).isEqualTo(those(rows, amount -> amount >= 600));
    }

    private Map<RowKey, Row> rows(String target) {
        return endpoints.target(target).rows();
    }

    private static Map<RowKey, Row> those(Map<RowKey, Row> rows, LongPredicate amounts) {
        return rows.entrySet().stream()
                .filter(row -> amounts.test((Long) row.getValue().value(1)))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static long crc(long amount) {
        var crc = new CRC32();
        crc.update(Long.toString(amount).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        return crc.getValue();
    }

    /** One source's changes of a few rows, with the before images that its own changes have. */
    private static List<ChangeEvent> history(String source, int seed) {
        var random = new Random(seed);
        var now = new HashMap<Long, Long>();
        var changes = new ArrayList<ChangeEvent>();
        for (int i = 1; i <= CHANGES; i++) {
            long row = random.nextInt(ROWS);
            long amount = random.nextInt(1000);
            var at = Changes.from(source).at(i, 1000 + 10L * i + random.nextInt(9));
            var before = now.get(row);
            if (before == null) {
                changes.add(at.insert(row, amount));
            } else if (random.nextInt(10) == 0) {
                changes.add(at.delete(row, before));
                amount = -1;
            } else {
                changes.add(at.update(row, before, amount));
            }
            if (amount < 0) {
                now.remove(row);
            } else {
                now.put(row, amount);
            }
        }
        return changes;
    }

    private void run(int sources) throws Exception {
        var settings = new Configuration();
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 5);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        settings.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.resolve("checkpoints").toUri().toString());
        var env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
        env.setParallelism(2);
        SyncJob.build(env, config(sources), endpoints);
        env.executeAsync("gravity").getJobExecutionResult().get(60, TimeUnit.SECONDS);
    }

    private SyncConfig config(int sources) throws Exception {
        var yaml = new StringBuilder("gravity:\n  checkpoint-interval: 200ms\n  sources:\n");
        for (int s = 0; s < sources; s++) {
            yaml.append("    - {name: s" + s
                    + ", type: mysql, host: h, username: u, password: p, tables: [shop.orders]}\n");
        }
        yaml.append("  targets:\n");
        for (var target : TARGETS) {
            yaml.append("    - {name: " + target + ", type: mysql, host: t, username: u, password: p}\n");
        }
        var file = Files.writeString(directory.resolve("job.yaml"), yaml + ROUTES);
        return SyncConfigLoader.load(file, name -> null);
    }
}
