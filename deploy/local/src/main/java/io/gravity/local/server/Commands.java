package io.gravity.local.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs short helper commands to their end, and finds tools on the PATH. */
final class Commands {
    private static final int TAIL_LINES = 25;

    private Commands() {}

    /**
     * Runs a command in a folder with an empty or given standard input; output and errors go to the
     * log.
     *
     * @throws IllegalStateException if it does not end in time or not with 0; the message has the
     *     log's tail
     */
    static void run(Path folder, Path log, Optional<Path> input, Duration limit, List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectInput(input.orElse(Path.of("/dev/null")).toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            try {
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new IllegalStateException(
                            command.get(0) + " did not end within " + limit.toSeconds() + " s\n" + tail(log));
                }
            } finally {
                process.destroyForcibly();
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException(
                        command.get(0) + " ended with exit code " + process.exitValue() + "\n" + tail(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while " + command.get(0) + " was running", e);
        } catch (IOException e) {
            throw new UncheckedIOException("Can't run " + command.get(0), e);
        }
    }

    /** Runs a command as {@link #run} does, and returns what it printed. */
    static String output(Path folder, Duration limit, List<String> command) {
        try {
            Path log = Files.createTempFile("gravity-", ".out");
            try {
                run(folder, log, Optional.empty(), limit, command);
                return Files.readString(log);
            } finally {
                Files.delete(log);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Can't keep the output of " + command.get(0), e);
        }
    }

    /** The full path of a tool, if the PATH has it. */
    static Optional<Path> find(String tool) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
        return Stream.of(path.split(":"))
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** A tool that must be there. */
    static String require(String tool, String remedy) {
        return find(tool)
                .map(Path::toString)
                .orElseThrow(() -> new ServerUnavailableException(tool + " is not on the PATH. " + remedy));
    }

    /** The last lines of a log, led by its path. */
    static String tail(Path log) {
        try {
            var lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .collect(Collectors.toList());
            return "Last lines of " + log + ":\n"
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log at " + log + ": " + e.getMessage() + ")";
        }
    }
}
