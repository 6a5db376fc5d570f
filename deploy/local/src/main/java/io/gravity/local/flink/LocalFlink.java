package io.gravity.local.flink;

import io.gravity.SyncConfig;
import io.gravity.SyncJob;
import io.gravity.source.SourceConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.contrib.streaming.state.RocksDBOptions;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FileUtils;

/** A Flink cluster in this JVM, with its web UI on a free port of 127.0.0.1. Failed tasks restart without end. */
public final class LocalFlink implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(20);

    private static final Path MEMORY = Path.of("/dev/shm");

    private final MiniCluster cluster;
    private final Configuration configuration;
    private final Path folder;
    private final URI webUi;

    private LocalFlink(MiniCluster cluster, Configuration configuration, Path folder, URI webUi) {
        this.cluster = cluster;
        this.configuration = configuration;
        this.folder = folder;
        this.webUi = webUi;
    }

    /** Starts one task manager with as many slots as the job needs. */
    public static LocalFlink start(SyncConfig config, int parallelism, Path folder) throws Exception {
        int slots = config.sources().stream().mapToInt(SourceConfig::maxWorkers).reduce(parallelism, Math::max);
        var settings = new Configuration();
        settings.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
        return start(1, slots, folder, settings);
    }

    /**
     * Starts a cluster.
     *
     * @param folder receives checkpoints, savepoints and temporary files
     * @param settings win over the defaults; {@code parallelism.default} is 2 unless given here
     */
    public static LocalFlink start(int taskManagers, int slotsEach, Path folder, Configuration settings)
            throws Exception {
        Path home = Files.createDirectories(folder.toAbsolutePath());
        var configuration = defaults(home);
        configuration.addAll(settings);
        var cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(taskManagers)
                .setNumSlotsPerTaskManager(slotsEach)
                .setCommonBindAddress("127.0.0.1")
                .withRandomPorts()
                .build());
        try {
            cluster.start();
            return new LocalFlink(
                    cluster, configuration, home, cluster.getRestAddress().get());
        } catch (Exception e) {
            close(cluster);
            throw e;
        }
    }

    /** Submits the job of a configuration. */
    public LocalJob submit(SyncConfig config) throws Exception {
        return submit(config, null);
    }

    /** Submits the job of a configuration, restored from a savepoint or checkpoint. */
    public LocalJob submit(SyncConfig config, String savepoint) throws Exception {
        return submit(env -> SyncJob.build(env, config), savepoint);
    }

    /**
     * Submits whatever graph is built.
     *
     * @param savepoint where to restore from; null for a fresh start
     */
    public LocalJob submit(Consumer<StreamExecutionEnvironment> graph, String savepoint) throws Exception {
        var env = new StreamExecutionEnvironment(configuration);
        graph.accept(env);
        var streams = env.getStreamGraph();
        streams.setJobName("gravity");
        var job = streams.getJobGraph();
        // What a client of Flink does with its configuration; there is none here.
        for (String jar :
                env.getConfiguration().getOptional(PipelineOptions.JARS).orElse(List.of())) {
            job.addJar(new org.apache.flink.core.fs.Path(jar));
        }
        if (savepoint != null) {
            job.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));
        }
        cluster.submitJob(job).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        return new LocalJob(
                cluster, job.getJobID(), folder.resolve("savepoints"), new FlinkMetrics(webUi, job.getJobID()));
    }

    /** Ends the task manager with this number, counted from 0 in the order of starts, and all tasks in it. */
    public void killTaskManager(int number) throws Exception {
        cluster.terminateTaskManager(number).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Starts one more task manager. */
    public void startTaskManager() throws Exception {
        cluster.startTaskManager();
    }

    /** Address of the web UI and the REST interface. */
    public URI webUi() {
        return webUi;
    }

    /** Where checkpoints, savepoints and temporary files are. */
    public Path folder() {
        return folder;
    }

    /** Ends all jobs and the cluster; files stay. */
    @Override
    public void close() throws IOException {
        close(cluster);
        var scratch = configuration.get(RocksDBOptions.LOCAL_DIRECTORIES);
        if (scratch != null) {
            FileUtils.deleteDirectoryQuietly(Path.of(scratch).toFile());
        }
    }

    private static void close(MiniCluster cluster) throws IOException {
        try {
            cluster.closeAsync().get(CLOSE_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("Flink did not end", e);
        }
    }

    private static Configuration defaults(Path home) {
        var settings = new Configuration();
        settings.set(CoreOptions.DEFAULT_PARALLELISM, 2);
        settings.set(CoreOptions.TMP_DIRS, home.resolve("tmp").toString());
        settings.set(RestOptions.ADDRESS, "127.0.0.1");
        settings.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        settings.set(WebOptions.SUBMIT_ENABLE, false);
        settings.set(MetricOptions.METRIC_FETCHER_UPDATE_INTERVAL, Duration.ofSeconds(1));
        settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(512));
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(96));
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(96));
        settings.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofSeconds(2));
        settings.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, Duration.ofSeconds(20));

        settings.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        // RocksDB's own files need not outlive the process, but it syncs them at every checkpoint, with the task at a
        // stop.
        if (Files.isWritable(MEMORY)) {
            settings.set(
                    RocksDBOptions.LOCAL_DIRECTORIES,
                    MEMORY.resolve("gravity-" + UUID.randomUUID()).toString());
        }
        settings.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        settings.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                home.resolve("checkpoints").toUri().toString());
        settings.set(
                CheckpointingOptions.SAVEPOINT_DIRECTORY,
                home.resolve("savepoints").toUri().toString());

        settings.set(PipelineOptions.GENERIC_TYPES, false);
        settings.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        settings.set(PipelineOptions.OBJECT_REUSE, true);

        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, Duration.ofMillis(200));
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, Duration.ofSeconds(2));
        settings.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
                Duration.ofSeconds(30));
        return settings;
    }
}
