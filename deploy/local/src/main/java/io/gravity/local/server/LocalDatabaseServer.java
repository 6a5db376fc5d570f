package io.gravity.local.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A database server as a child process; the data lies in {@code <folder>/data}. */
final class LocalDatabaseServer implements DatabaseServer {
    private static final String HOST = "127.0.0.1";
    private static final String USER = "gravity";
    private static final String ADMIN = "gravity_admin";
    private static final String PASSWORD = "gravity";
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    /** One statement a line, as the bootstrap modes of both makers want it. */
    static final String CREATE_USERS = """
            CREATE USER 'gravity_admin'@'%' IDENTIFIED BY 'gravity';
            GRANT ALL PRIVILEGES ON *.* TO 'gravity_admin'@'%' WITH GRANT OPTION;
            CREATE USER 'gravity'@'%' IDENTIFIED BY 'gravity';
            GRANT SELECT, RELOAD, SHOW DATABASES, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'gravity'@'%';
            GRANT ALL PRIVILEGES ON *.* TO 'gravity'@'%';
            """;

    /** Where one maker's server lies and how its data folder is made. */
    interface Flavour {
        /** The program and what it needs in every run. */
        List<String> command();

        /** Arguments of a serving run beyond those that both makers share. */
        List<String> serving();

        /** Fills an absent folder with the system tables and the users. */
        void initialise(Path data, Path log) throws IOException;
    }

    private final String name;
    private final int port;
    private final ServerProcess process;

    private LocalDatabaseServer(String name, int port, ServerProcess process) {
        this.name = name;
        this.port = port;
        this.process = process;
    }

    static DatabaseServer start(String name, Path folder, DatabaseOptions options, Flavour flavour) {
        Path home = folder.toAbsolutePath();
        Path data = home.resolve("data");
        Path log = home.resolve("server.log");
        try {
            Files.createDirectories(home);
            if (!Files.isDirectory(data)) {
                Path part = home.resolve("data.part");
                Downloads.delete(part);
                flavour.initialise(part, log);
                Files.move(part, data, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Can't initialise the database " + name + " in " + home, e);
        }

        int port = Ports.free();
        var command = new ArrayList<>(flavour.command());
        command.addAll(common(data, port));
        command.addAll(flavour.serving());
        command.addAll(options.arguments());
        var launch = new ServerProcess.Launch("Database " + name, command, Map.of(), home, log, START_LIMIT);
        return new LocalDatabaseServer(name, port, ServerProcess.start(launch, () -> answers(port)));
    }

    /** Settings of initialisation as well as of serving: fast, and safe against kill -9. */
    static List<String> storage(Path data) {
        var arguments = new ArrayList<>(List.of(
                "--datadir=" + data,
                "--innodb-flush-log-at-trx-commit=2",
                // The page cache outlives the process; only a crash of the machine would lose it.
                "--innodb-flush-method=nosync",
                "--innodb-buffer-pool-size=128M",
                "--performance-schema=OFF"));
        if ("root".equals(System.getProperty("user.name"))) {
            arguments.add("--user=root");
        }
        return arguments;
    }

    private static List<String> common(Path data, int port) {
        var arguments = new ArrayList<>(storage(data));
        arguments.addAll(List.of(
                "--bind-address=" + HOST,
                "--port=" + port,
                // Relative to the data folder: the path of a socket may have 107 bytes only.
                "--socket=server.sock",
                "--pid-file=server.pid",
                "--skip-name-resolve",
                "--max-connections=300",
                "--server-id=" + port,
                "--log-bin=binlog",
                "--binlog-format=ROW",
                "--binlog-row-image=FULL",
                "--sync-binlog=0",
                "--character-set-server=utf8mb4",
                "--default-time-zone=+00:00"));
        return arguments;
    }

    private static boolean answers(int port) throws Exception {
        if (!ServerProcess.accepts(HOST, port)) {
            return false;
        }
        String limits = "&connectTimeout=2000&socketTimeout=10000";
        try (var connection = DriverManager.getConnection(url(port, "") + limits, ADMIN, PASSWORD)) {
            return connection.isValid(2);
        }
    }

    private static String url(int port, String database) {
        return "jdbc:mysql://" + HOST + ":" + port + "/" + database + "?sslMode=DISABLED&allowPublicKeyRetrieval=true";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String host() {
        return HOST;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String user() {
        return USER;
    }

    @Override
    public String password() {
        return PASSWORD;
    }

    @Override
    public String adminUser() {
        return ADMIN;
    }

    @Override
    public String adminPassword() {
        return PASSWORD;
    }

    @Override
    public String jdbcUrl(String database) {
        return url(port, database);
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public void restart() {
        process.restart();
    }

    @Override
    public void pause() {
        process.pause();
    }

    @Override
    public void resume() {
        process.resume();
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.close();
    }
}
