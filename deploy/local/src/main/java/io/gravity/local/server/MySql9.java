package io.gravity.local.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Starts Oracle's MySQL 9 with GTIDs, from the packages of Debian's development suite.
 *
 * <p>The packages are unpacked into the cache folder (330 MB) and run with their own C library, so
 * nothing of the machine changes and no root is needed. The mirror is the one that the machine's own
 * apt uses; signatures are checked by apt. The suite moves, so the version drifts within MySQL 9.
 */
public final class MySql9 {
    private static final String SUITE = "sid";
    private static final String PACKAGE = "mysql-server-core";
    private static final String KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
    private static final Duration FETCH_LIMIT = Duration.ofMinutes(10);
    private static final Duration INIT_LIMIT = Duration.ofMinutes(2);
    private static final String REMEDY =
            "MySQL 9 is fetched by Debian's apt-get and dpkg-deb; run on Debian, or use an external server"
                    + " through -Dgravity.test.mysql.url.";

    private MySql9() {}

    /** Starts with the defaults. */
    public static DatabaseServer start(String name, Path folder) {
        return start(name, folder, DatabaseOptions.none());
    }

    /**
     * Starts a server; a folder used before continues with its data, on a new port.
     *
     * @throws ServerUnavailableException if the packages can't be had
     */
    public static DatabaseServer start(String name, Path folder, DatabaseOptions options) {
        Path root = Downloads.provide("mysql-9", MySql9::fetch);
        return LocalDatabaseServer.start(name, folder, options, new Unpacked(root));
    }

    /** The unpacked packages, laid out as on a Debian machine. */
    private record Unpacked(Path root) implements LocalDatabaseServer.Flavour {
        @Override
        public List<String> command() {
            return List.of(
                    root.resolve("usr/lib64/ld-linux-x86-64.so.2").toString(),
                    "--library-path",
                    root.resolve("usr/lib/x86_64-linux-gnu").toString(),
                    root.resolve("usr/sbin/mysqld").toString(),
                    "--no-defaults",
                    "--basedir=" + root.resolve("usr"),
                    "--lc-messages-dir=" + root.resolve("usr/share/mysql"),
                    "--character-sets-dir=" + root.resolve("usr/share/mysql/charsets"),
                    "--plugin-dir=" + root.resolve("usr/lib/mysql/plugin"),
                    "--secure-file-priv=",
                    "--mysqlx=OFF",
                    "--innodb-redo-log-capacity=128M");
        }

        @Override
        public List<String> serving() {
            return List.of("--gtid-mode=ON", "--enforce-gtid-consistency=ON");
        }

        @Override
        public void initialise(Path data, Path log) throws IOException {
            Path script = Files.createTempFile("gravity-", ".sql");
            try {
                Files.writeString(script, LocalDatabaseServer.CREATE_USERS);
                var command = new ArrayList<>(command());
                command.addAll(LocalDatabaseServer.storage(data));
                command.addAll(List.of("--initialize-insecure", "--init-file=" + script));
                Commands.run(root, log, Optional.empty(), INIT_LIMIT, command);
            } finally {
                Files.delete(script);
            }
        }
    }

    private static void fetch(Path folder) throws IOException {
        String apt = Commands.require("apt-get", REMEDY);
        String unpack = Commands.require("dpkg-deb", REMEDY);
        Path work = Files.createTempDirectory("gravity-apt-");
        try {
            Path config = privateApt(work, apt);
            Path log = work.resolve("apt.log");
            runApt(work, log, List.of(apt, "-c", config.toString(), "-qq", "update"));
            runApt(
                    work,
                    log,
                    List.of(
                            apt,
                            "-c",
                            config.toString(),
                            "-qq",
                            "-y",
                            "--no-install-recommends",
                            "--download-only",
                            "install",
                            PACKAGE));
            try (var packages = Files.newDirectoryStream(work.resolve("cache/archives"), "*.deb")) {
                for (Path file : packages) {
                    Commands.run(
                            folder,
                            log,
                            Optional.empty(),
                            FETCH_LIMIT,
                            List.of(unpack, "-x", file.toString(), folder.toString()));
                }
            }
            if (!Files.exists(folder.resolve("usr/sbin/mysqld"))) {
                throw new ServerUnavailableException("The package " + PACKAGE + " of " + SUITE + " has no mysqld");
            }
        } finally {
            Downloads.delete(work);
        }
    }

    private static void runApt(Path work, Path log, List<String> command) {
        try {
            Commands.run(work, log, Optional.empty(), FETCH_LIMIT, command);
        } catch (IllegalStateException e) {
            throw new ServerUnavailableException("MySQL 9 can't be fetched: " + e.getMessage() + "\n" + REMEDY, e);
        }
    }

    /** An apt with one source and no installed packages, so that it fetches the C library as well. */
    private static Path privateApt(Path work, String apt) throws IOException {
        for (String folder : List.of("state/lists/partial", "cache/archives/partial", "etc/preferences.d")) {
            Files.createDirectories(work.resolve(folder));
        }
        Files.createFile(work.resolve("state/status"));
        Files.writeString(
                work.resolve("etc/sources.list"),
                "deb [signed-by=" + KEYRING + "] " + mirror(work, apt) + " " + SUITE + " main\n");
        return Files.writeString(work.resolve("apt.conf"), """
                Dir "%1$s";
                Dir::State "%1$s/state";
                Dir::State::lists "%1$s/state/lists";
                Dir::State::status "%1$s/state/status";
                Dir::Cache "%1$s/cache";
                Dir::Etc "%1$s/etc";
                Dir::Etc::sourcelist "%1$s/etc/sources.list";
                Dir::Etc::sourceparts "-";
                Acquire::Languages "none";
                APT::Sandbox::User "%2$s";
                """.formatted(work, System.getProperty("user.name")));
    }

    /** The mirror from which this machine takes its own release; known even before its first update. */
    private static String mirror(Path work, String apt) {
        String release = release();
        var index = Pattern.compile("'([^']+)/dists/" + Pattern.quote(release) + "/InRelease'.*");
        return Commands.output(work, FETCH_LIMIT, List.of(apt, "update", "--print-uris"))
                .lines()
                .map(index::matcher)
                .filter(Matcher::matches)
                .map(found -> found.group(1))
                .findFirst()
                .orElseThrow(() -> new ServerUnavailableException(
                        "The apt sources of this machine name no mirror of " + release + ". " + REMEDY));
    }

    private static String release() {
        var properties = new Properties();
        try (var in = Files.newBufferedReader(Path.of("/etc/os-release"))) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("Can't read /etc/os-release", e);
        }
        return properties.getProperty("VERSION_CODENAME", "").replace("\"", "");
    }
}
