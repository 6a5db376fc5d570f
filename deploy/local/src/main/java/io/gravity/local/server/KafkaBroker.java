package io.gravity.local.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * One Kafka broker that is its own controller (KRaft), in a JVM of its own; about 0.2 GB of memory.
 *
 * <p>Its jars are copied by the build to {@code target/kafka} of this module and never meet this
 * class path; system property {@code gravity.kafka.lib} names another folder of them.
 */
public final class KafkaBroker implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final Duration FORMAT_LIMIT = Duration.ofSeconds(60);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final int ADMIN_TIMEOUT_MILLIS = 2_000;

    private static final String LOG4J = """
            log4j.rootLogger=WARN, stdout
            log4j.appender.stdout=org.apache.log4j.ConsoleAppender
            log4j.appender.stdout.layout=org.apache.log4j.PatternLayout
            log4j.appender.stdout.layout.ConversionPattern=%d %p %m (%c)%n
            """;

    private final int port;
    private final ServerProcess process;

    private KafkaBroker(int port, ServerProcess process) {
        this.port = port;
        this.process = process;
    }

    /** Starts with the defaults. */
    public static KafkaBroker start(Path folder) {
        return start(folder, Map.of());
    }

    /**
     * Starts a broker; a folder used before continues with its data, on a new port.
     *
     * @param folder receives data, settings and log; created if absent
     * @param settings broker settings that win over the defaults
     * @throws ServerUnavailableException if the broker's jars are not there
     */
    public static KafkaBroker start(Path folder, Map<String, String> settings) {
        Path home = folder.toAbsolutePath();
        Path log = home.resolve("server.log");
        Path config = home.resolve("server.properties");
        int port = Ports.free();
        var java = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                // Tests and the demo end before the second compiler has earned what it costs.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Dlog4j.configuration=file:" + home.resolve("log4j.properties"),
                "-cp",
                libraries() + "/*");
        try {
            Files.createDirectories(home);
            Files.writeString(home.resolve("log4j.properties"), LOG4J);
            Files.writeString(config, properties(home.resolve("data"), port, settings));
            if (!Files.exists(home.resolve("data/meta.properties"))) {
                Commands.run(
                        home,
                        log,
                        Optional.empty(),
                        FORMAT_LIMIT,
                        concat(java, "kafka.tools.StorageTool", "format", "-t", clusterId(), "-c", config.toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Can't prepare the Kafka broker in " + home, e);
        }
        var command = concat(java, "kafka.Kafka", config.toString());
        var launch = new ServerProcess.Launch("Kafka broker", command, Map.of(), home, log, START_LIMIT);
        return new KafkaBroker(port, ServerProcess.start(launch, () -> answers(port)));
    }

    /** Where clients connect, as {@code host:port}; the same over restarts. */
    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    /** SIGKILL; returns when the broker is gone. */
    public void kill() {
        process.kill();
    }

    /** Kills the broker if it lives, and starts it on the same data and the same port. */
    public void restart() {
        process.restart();
    }

    /** SIGSTOP: connections stay open, nothing is answered. */
    public void pause() {
        process.pause();
    }

    /** SIGCONT: ends {@link #pause()}. */
    public void resume() {
        process.resume();
    }

    /** Whether the process exists. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Stops the broker; its data stays. */
    @Override
    public void close() {
        process.close();
    }

    private static String properties(Path data, int port, Map<String, String> settings) {
        int controllerPort = Ports.free();
        var all = new TreeMap<String, String>();
        all.put("process.roles", "broker,controller");
        all.put("node.id", "1");
        all.put("controller.quorum.voters", "1@" + HOST + ":" + controllerPort);
        all.put("listeners", "PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
        all.put("advertised.listeners", "PLAINTEXT://" + HOST + ":" + port);
        all.put("controller.listener.names", "CONTROLLER");
        all.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        all.put("log.dirs", data.toString());
        all.put("num.partitions", "1");
        all.put("offsets.topic.replication.factor", "1");
        all.put("offsets.topic.num.partitions", "4");
        all.put("transaction.state.log.replication.factor", "1");
        all.put("transaction.state.log.min.isr", "1");
        all.put("transaction.state.log.num.partitions", "4");
        all.put("group.initial.rebalance.delay.ms", "0");
        // The default of 128 MB does not fit the heap.
        all.put("log.cleaner.dedupe.buffer.size", "8388608");
        // A killed broker may come back as soon as its old session has ended.
        all.put("broker.session.timeout.ms", "2000");
        all.put("broker.heartbeat.interval.ms", "500");
        all.putAll(settings);
        var text = new StringBuilder();
        all.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        return text.toString();
    }

    private static boolean answers(int port) throws InterruptedException, ExecutionException {
        if (!ServerProcess.accepts(HOST, port)) {
            return false;
        }
        var settings = Map.<String, Object>of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, HOST + ":" + port,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ADMIN_TIMEOUT_MILLIS,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ADMIN_TIMEOUT_MILLIS);
        try (var admin = Admin.create(settings)) {
            return admin.describeCluster().nodes().get().size() == 1;
        }
    }

    /** A random id in the form that Kafka wants: 16 bytes, URL-safe Base64, no leading dash. */
    private static String clusterId() {
        var random = UUID.randomUUID();
        var bytes = ByteBuffer.allocate(16)
                .putLong(random.getMostSignificantBits() & Long.MAX_VALUE)
                .putLong(random.getLeastSignificantBits());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    private static Path libraries() {
        Path folder = Optional.ofNullable(System.getProperty("gravity.kafka.lib"))
                .map(Path::of)
                .orElseGet(KafkaBroker::besideThisModule);
        if (!Files.isDirectory(folder)) {
            throw new ServerUnavailableException("The Kafka broker's jars are not in " + folder
                    + ". Build the module deploy/local (mvn process-resources), or name their folder with"
                    + " -Dgravity.kafka.lib=FOLDER.");
        }
        return folder;
    }

    /** This class lies in {@code target/classes} or in a jar in {@code target}. */
    private static Path besideThisModule() {
        try {
            URI here = KafkaBroker.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
            return Objects.requireNonNull(Path.of(here).getParent()).resolve("kafka");
        } catch (URISyntaxException e) {
            throw new IllegalStateException("Can't tell where this class was loaded from", e);
        }
    }

    private static List<String> concat(List<String> first, String... rest) {
        var all = new ArrayList<>(first);
        all.addAll(List.of(rest));
        return all;
    }
}
