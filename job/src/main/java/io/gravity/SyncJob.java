package io.gravity;

import io.gravity.config.ConfigException;
import io.gravity.dispatch.Lanes;
import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The job: {@code SyncJob CONF} submits it, {@code SyncJob --validate CONF} checks and prints its configuration. */
public final class SyncJob {

    private static final Logger LOG = LoggerFactory.getLogger(SyncJob.class);

    private SyncJob() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 2 && args[0].equals("--validate")) {
            System.exit(validate(Path.of(args[1])));
        }
        if (args.length != 1) {
            throw new IllegalArgumentException("usage: SyncJob [--validate] CONF");
        }
        // Thrown on, not exited with: a session cluster may run this in its own process.
        var config = SyncConfigLoader.load(Path.of(args[0]), System::getenv);
        config.extensions().found().forEach(extension -> LOG.info("Extension {}", extension));
        var env = StreamExecutionEnvironment.getExecutionEnvironment();
        build(env, config);
        env.execute("gravity");
    }

    private static int validate(Path file) {
        try {
            System.out.print(SyncConfigLoader.load(file, System::getenv).render());
            return 0;
        } catch (ConfigException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }

    /** Builds the job against the servers its configuration names. What the cluster has configured is kept. */
    public static void build(StreamExecutionEnvironment env, SyncConfig config) {
        build(env, config, new RealEndpoints());
    }

    /** Builds the same graph between other endpoints. */
    public static void build(StreamExecutionEnvironment env, SyncConfig config, Endpoints endpoints) {
        configure(env, config);
        SyncTopology.build(env, config, endpoints);
    }

    /** Builds those of the job's stages that keep state for each row, and no others, for a stream made elsewhere. */
    public static DataStream<ChangeEvent> decide(KeyedStream<ChangeEvent, RowKey> changes, SyncConfig config) {
        configure(changes.getExecutionEnvironment(), config);
        return SyncTopology.decide(changes, config);
    }

    private static void configure(StreamExecutionEnvironment env, SyncConfig config) {
        env.configure(defaults(env.getConfiguration(), config));
        env.setMaxParallelism(Lanes.COUNT);
    }

    private static Configuration defaults(ReadableConfig cluster, SyncConfig config) {
        var defaults = new Configuration();
        // Without these two a type falls to reflection, or a state to a generated name, unnoticed.
        defaults.set(PipelineOptions.GENERIC_TYPES, false);
        defaults.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        // Changes are immutable, so stages of one task share them.
        defaults.set(PipelineOptions.OBJECT_REUSE, true);
        extensions(cluster, defaults, config);
        // Timers on the heap would go into the raw keyed state, where the stages keep what they hold.
        defaults.setString("state.backend.rocksdb.timer-service.factory", "ROCKSDB");
        ifUnset(cluster, defaults, CheckpointingOptions.CHECKPOINTING_INTERVAL, config.checkpointInterval());
        ifUnset(
                cluster,
                defaults,
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        ifUnset(cluster, defaults, CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, Integer.MAX_VALUE);
        ifUnset(cluster, defaults, StateBackendOptions.STATE_BACKEND, "rocksdb");
        // What a long outage of a target has piled up is written once, and not again with each checkpoint.
        ifUnset(cluster, defaults, CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        // Each change reads the state of its row. The filters spare the files that lack it, and in parts they stay in a
        // cache smaller than the state; what is read from a file costs less to unpack as LZ4.
        ifUnset(cluster, defaults, rocksDb("use-bloom-filter"), "true");
        ifUnset(cluster, defaults, rocksDb("memory.partitioned-index-filters"), "true");
        ifUnset(cluster, defaults, rocksDb("compression.per.level"), "LZ4_COMPRESSION");
        ifUnset(cluster, defaults, ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(5));
        ifUnset(cluster, defaults, TaskManagerOptions.BUFFER_DEBLOAT_ENABLED, true);
        ifUnset(cluster, defaults, RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        ifUnset(
                cluster,
                defaults,
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
                Duration.ofSeconds(30));
        return defaults;
    }

    /** Users' jars go the way of the job's own, so the class loader of a task has both. */
    private static void extensions(ReadableConfig cluster, Configuration defaults, SyncConfig config) {
        if (config.extensions().isEmpty()) {
            return;
        }
        var jars = new LinkedHashSet<>(cluster.getOptional(PipelineOptions.JARS).orElse(List.of()));
        config.extensions().urls().forEach(url -> jars.add(url.toString()));
        defaults.set(PipelineOptions.JARS, List.copyOf(jars));
    }

    /** By name, as the state backend's own classes are the cluster's. */
    private static ConfigOption<String> rocksDb(String key) {
        return ConfigOptions.key("state.backend.rocksdb." + key).stringType().noDefaultValue();
    }

    private static <T> void ifUnset(ReadableConfig cluster, Configuration defaults, ConfigOption<T> option, T value) {
        if (cluster.getOptional(option).isEmpty()) {
            defaults.set(option, value);
        }
    }
}
