package io.gravity.local.cluster;

import io.gravity.local.server.Ports;
import io.gravity.local.server.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The ZooKeeper among Flink's jars, in a JVM of its own; what a job manager needs to find its jobs again. */
public final class ZooKeeper implements AutoCloseable {
    private static final int ANSWER_MILLIS = 2_000;
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final String MAIN =
            "org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server.ZooKeeperServerMain";
    /** A session may be as short as two ticks. */
    private static final String SETTINGS = """
            dataDir=%s
            clientPort=%d
            clientPortAddress=127.0.0.1
            tickTime=500
            admin.enableServer=false
            """;

    private final int port;
    private final ServerProcess process;

    private ZooKeeper(int port, ServerProcess process) {
        this.port = port;
        this.process = process;
    }

    /**
     * Starts one that is empty.
     *
     * @param folder receives data, settings and log; created if absent
     * @param classPath Flink's jars
     */
    public static ZooKeeper start(Path folder, String classPath) throws IOException {
        Path home = folder.toAbsolutePath();
        int port = Ports.free();
        var data = Files.createDirectories(home.resolve("data"));
        var settings = Files.writeString(home.resolve("zoo.cfg"), SETTINGS.formatted(data, port));
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath,
                MAIN,
                settings.toString());
        var launch =
                new ServerProcess.Launch("ZooKeeper", command, Map.of(), home, home.resolve("server.log"), START_LIMIT);
        return new ZooKeeper(port, ServerProcess.start(launch, () -> serves(port)));
    }

    /** Where clients connect, as {@code host:port}. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.close();
    }

    private static boolean serves(int port) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            // Asked too early it may take the question and never answer.
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return answer.contains("Mode: standalone");
        }
    }
}
