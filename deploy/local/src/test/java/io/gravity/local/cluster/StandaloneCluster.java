package io.gravity.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.local.demo.Home;
import io.gravity.local.server.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A cluster that the scripts in {@code deploy/cluster} assemble, start and stop: each Flink process one of its own. */
final class StandaloneCluster implements AutoCloseable {
    /** Maven copies Flink's jars at the first start. */
    private static final Duration START_LIMIT = Duration.ofMinutes(6);

    private static final Duration STOP_LIMIT = Duration.ofMinutes(1);
    private static final Duration RUN_LIMIT = Duration.ofMinutes(2);
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
        Files.createDirectories(folder);
        var cluster = new StandaloneCluster(home.resolve("deploy/cluster"), folder);
        Runtime.getRuntime().addShutdownHook(cluster.reaper);
        try {
            cluster.script(
                    START_LIMIT,
                    "start",
                    "--task-managers",
                    Integer.toString(taskManagers),
                    "--slots",
                    Integer.toString(slotsEach),
                    "--port",
                    Integer.toString(cluster.port));
        } catch (IllegalStateException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    FlinkRest rest() {
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
        command.addAll(List.of(shadedJar().toString(), config.toString()));
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

    /** The jar that a cluster is given. */
    static Path shadedJar() throws IOException {
        Path target = Home.find().resolve("job/target");
        try (var files = Files.list(target)) {
            var jars = files.filter(file -> file.getFileName().toString().matches("gravity-job-.*-all\\.jar"))
                    .toList();
            assertThat(jars)
                    .as("the shaded jar in %s; mvn -pl job -am package builds it", target)
                    .hasSize(1);
            return jars.get(0);
        }
    }

    /** The ends of all processes' logs; those of RocksDB, which lie there too, are left out. */
    String tails() throws IOException {
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

    private void stop() {
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
