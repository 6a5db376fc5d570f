package io.gravity.local.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A server in Debian's packages, whichever release of Debian this machine has.
 *
 * <p>Its packages are unpacked into the cache folder and run with their own C library, so nothing of
 * the machine changes and no root is needed. The mirror is the one that the machine's own apt uses;
 * signatures are checked by apt.
 *
 * @param folder the name in the cache folder
 * @param suite of Debian's, like {@code sid}
 * @param name of the package; what it needs comes too
 * @param program that it is fetched for, from the root
 */
record DebianPackages(String folder, String suite, String name, String program) {
    private static final String KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
    private static final Duration FETCH_LIMIT = Duration.ofMinutes(10);
    private static final String LOADER = "ld-linux-x86-64.so.2";
    private static final String REMEDY =
            "It is fetched by Debian's apt-get and dpkg-deb; run on Debian, or use an external server"
                    + " through -Dgravity.test.mysql.url.";

    /**
     * The root of the unpacked packages, laid out as on a Debian machine.
     *
     * @throws ServerUnavailableException if they can't be had
     */
    Path unpacked() {
        return Downloads.provide(folder, this::fetch);
    }

    /** The start of the command line. Libraries moved from {@code lib} to {@code usr/lib} in Debian 13. */
    List<String> program(Path root) {
        String libraries = Stream.of("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu")
                .map(root::resolve)
                .filter(Files::isDirectory)
                .map(Path::toString)
                .collect(Collectors.joining(":"));
        Path loader = Stream.of("usr/lib64", "lib64", "lib/x86_64-linux-gnu")
                .map(parent -> root.resolve(parent).resolve(LOADER))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new ServerUnavailableException("No " + LOADER + " in " + root));
        return List.of(
                loader.toString(),
                "--library-path",
                libraries,
                root.resolve(program).toString());
    }

    private void fetch(Path folder) throws IOException {
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
                            name));
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
            if (!Files.exists(folder.resolve(program))) {
                throw new ServerUnavailableException("The package " + name + " of " + suite + " has no " + program);
            }
        } finally {
            Downloads.delete(work);
        }
    }

    private void runApt(Path work, Path log, List<String> command) {
        try {
            Commands.run(work, log, Optional.empty(), FETCH_LIMIT, command);
        } catch (IllegalStateException e) {
            throw new ServerUnavailableException(
                    name + " of " + suite + " can't be fetched: " + e.getMessage() + "\n" + REMEDY, e);
        }
    }

    /** An apt with one source and no installed packages, so that it fetches the C library as well. */
    private Path privateApt(Path work, String apt) throws IOException {
        for (String folder : List.of("state/lists/partial", "cache/archives/partial", "etc/preferences.d")) {
            Files.createDirectories(work.resolve(folder));
        }
        Files.createFile(work.resolve("state/status"));
        Files.writeString(
                work.resolve("etc/sources.list"),
                "deb [signed-by=" + KEYRING + "] " + mirror(work, apt) + " " + suite + " main\n");
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
