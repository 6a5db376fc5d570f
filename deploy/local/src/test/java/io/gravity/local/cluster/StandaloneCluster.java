package io.gravity.local.cluster;

import io.gravity.local.server.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A cluster that the scripts in {@code deploy/cluster} assemble, start and stop: each Flink process one of its own. */
public final class StandaloneCluster implements AutoCloseable {
    /** Maven copies Flink's jars at the first start. */
    private static final Duration START_LIMIT = Duration.ofMinutes(6);

    private static final Duration STOP_LIMIT = Duration.ofMinutes(1);
    private static final Duration RUN_LIMIT = Duration.ofMinutes(2);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(20);
    private static final String JOB_MANAGER = "jobmanager";
    private static final int TAIL_LINES = 40;

    private static final String JVM_FLAGS = "env.java.opts.all:";
    private static final Pattern SUBMITTED = Pattern.compile("JobID ([0-9a-f]{32})");

    private final Path scripts;
    private final Path folder;
    private final int port = Ports.free();
    /** The processes have sessions of their own, so they would outlive this JVM. */
    private final Thread reaper = new Thread(this::stop, "standalone-cluster-reaper");

    private StandaloneCluster(Path scripts, Path folder) {
        this.scripts = scripts;
        this.folder = folder;
    }

    /**
     * Starts a cluster.
     *
     * @param home the repository
     * @param folder the cluster's own: jars, logs, checkpoints, savepoints
     * @throws IllegalStateException if it is not up; the message has what the script printed
     */
    static StandaloneCluster start(Path home, Path folder, int taskManagers, int slotsEach) throws IOException {
        var cluster = assemble(home, folder);
        try {
            cluster.start(taskManagers, slotsEach, Map.of());
        } catch (IllegalStateException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    /** Copies what a cluster consists of, and starts nothing. */
    public static StandaloneCluster assemble(Path home, Path folder) throws IOException {
        Files.createDirectories(folder);
        var cluster = new StandaloneCluster(home.resolve("deploy/cluster"), folder);
        Runtime.getRuntime().addShutdownHook(cluster.reaper);
        cluster.script(START_LIMIT, "assemble");
        return cluster;
    }

    /** Starts a cluster that does not run, with these settings of Flink's; or what has died of one that runs. */
    public void start(int taskManagers, int slotsEach, Map<String, String> settings) {
        var arguments = new ArrayList<>(List.of(
                "--task-managers",
                Integer.toString(taskManagers),
                "--slots",
                Integer.toString(slotsEach),
                "--port",
                Integer.toString(port)));
        settings.forEach((key, value) -> arguments.addAll(List.of("-D", key + "=" + value)));
        script(START_LIMIT, "start", arguments.toArray(String[]::new));
    }

    /** SIGKILL to the job manager alone; returns when it is gone. */
    public void killJobManager() {
        kill(JOB_MANAGER);
    }

    /** SIGKILL to the task manager of this number, from 1; returns when it is gone. */
    public void killTaskManager(int number) {
        kill("taskmanager-" + number);
    }

    private void kill(String process) {
        try {
            var pid = Files.readString(folder.resolve("run").resolve(process + ".pid"))
                    .strip();
            var handle = ProcessHandle.of(Long.parseLong(pid))
                    .orElseThrow(() -> new IllegalStateException(process + " does not run"));
            handle.destroyForcibly();
            handle.onExit().get(KILL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException("no process id of " + process, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while killing " + process, e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(process + " survived SIGKILL", e);
        }
    }

    /** The class path of its processes. */
    public String classPath() {
        return folder.resolve("lib") + "/*";
    }

    public Path folder() {
        return folder;
    }

    public FlinkRest rest() {
        return new FlinkRest(URI.create("http://127.0.0.1:" + port));
    }

    /**
     * Runs the shaded jar's job as {@code flink run} does, which makes the graph in a process of its own, and returns the
     * job's id.
     *
     * @param options of {@code flink run}
     */
    String run(List<String> options, Path config) throws IOException {
        Path conf = folder.resolve("conf");
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(jvmFlags(conf.resolve("config.yaml"))));
        command.addAll(
                List.of("-cp", folder + "/lib/*", "org.apache.flink.client.cli.CliFrontend", "run", "--detached"));
        command.addAll(List.of("--jobmanager", "127.0.0.1:" + port, "--class", "io.gravity.SyncJob"));
        command.addAll(options);
        command.addAll(List.of(ShadedJar.find().toString(), config.toString()));
        var builder = new ProcessBuilder(command);
        builder.environment().put("FLINK_CONF_DIR", conf.toString());
        Path output = folder.resolve("run.out");
        execute(RUN_LIMIT, builder, output);
        var submitted = SUBMITTED.matcher(Files.readString(output));
        if (!submitted.find()) {
            throw new IllegalStateException(command + " named no job\n" + tail(output));
        }
        return submitted.group(1);
    }

    private static String[] jvmFlags(Path config) throws IOException {
        try (var lines = Files.lines(config)) {
            return lines.filter(line -> line.startsWith(JVM_FLAGS))
                    .map(line -> line.substring(JVM_FLAGS.length()).strip().split(" +"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The ends of all processes' logs; those of RocksDB, which lie there too, are left out. */
    public String tails() throws IOException {
        try (var files = Files.list(folder.resolve("log"))) {
            return files.filter(file -> file.getFileName().toString().matches("(job|task)manager.*\\.(log|out)"))
                    .sorted()
                    .map(StandaloneCluster::tail)
                    .collect(Collectors.joining("\n"));
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(reaper);
        stop();
    }

    /** Stops it; it can be started again. */
    public void stop() {
        script(STOP_LIMIT, "stop");
    }

    private void script(Duration limit, String name, String... arguments) {
        var command = new ArrayList<>(List.of(scripts.resolve(name).toString(), "--dir", folder.toString()));
        command.addAll(List.of(arguments));
        execute(limit, new ProcessBuilder(command), folder.resolve(name + ".out"));
    }

    private static void execute(Duration limit, ProcessBuilder builder, Path output) {
        var command = builder.command();
        try {
            var process = builder.redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroy();
                throw new IllegalStateException(
                        command + " did not end within " + limit.toSeconds() + " s\n" + tail(output));
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException(command + " ended with " + process.exitValue() + "\n" + tail(output));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command, e);
        }
    }

    private static String tail(Path log) {
        try {
            var lines = Files.readAllLines(log);
            return "--- " + log + "\n"
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "--- " + log + " can't be read: " + e;
        }
    }
}
