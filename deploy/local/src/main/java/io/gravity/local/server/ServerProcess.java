package io.gravity.local.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * One server as a child process that can be killed, paused and started again with the same command.
 *
 * <p>The child dies with this JVM: by a shutdown hook, and where {@code setpriv} can do so also by
 * the kernel when the JVM is killed. Methods may be called from any thread, one at a time. A paused
 * server keeps its port and answers nothing; {@link #kill()} works on it too.
 */
public final class ServerProcess implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(25);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(20);
    private static final Set<ServerProcess> RUNNING = ConcurrentHashMap.newKeySet();
    private static final List<String> DIES_WITH_PARENT = diesWithParent();

    /**
     * The kernel sends the death signal when the <em>thread</em> that forked ends, so all children
     * are forked by one thread that lives as long as the JVM.
     */
    private static final ExecutorService FORKER = Executors.newSingleThreadExecutor(task -> {
        var thread = new Thread(task, "server-process-forker");
        thread.setDaemon(true);
        return thread;
    });

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> RUNNING.forEach(ServerProcess::close), "server-process-reaper"));
    }

    /** Answers whether the server accepts work; an exception means "not yet". */
    @FunctionalInterface
    public interface Readiness {
        boolean ready() throws Exception;
    }

    /**
     * What to run.
     *
     * @param name for messages
     * @param command program and arguments
     * @param environment added to this JVM's own
     * @param folder the working directory
     * @param log receives output and errors, appended over restarts
     * @param startLimit how long the server may take to become ready
     */
    public record Launch(
            String name,
            List<String> command,
            Map<String, String> environment,
            Path folder,
            Path log,
            Duration startLimit) {
        public Launch {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }

    private final Launch launch;
    private final Readiness readiness;
    private Process process;

    private ServerProcess(Launch launch, Readiness readiness) {
        this.launch = launch;
        this.readiness = readiness;
    }

    /**
     * Starts the server and waits until it is ready.
     *
     * @throws IllegalStateException if it ends or is not ready in time; the message has its log's
     *     tail, and the process is gone
     */
    public static ServerProcess start(Launch launch, Readiness readiness) {
        var server = new ServerProcess(launch, readiness);
        server.launch();
        return server;
    }

    /** SIGKILL to the process and all its descendants; returns when they are gone. */
    public synchronized void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            if (!process.waitFor(KILL_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(launch.name() + " (process " + process.pid() + ") survived SIGKILL for "
                        + KILL_LIMIT.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while killing " + launch.name(), e);
        } finally {
            RUNNING.remove(this);
        }
    }

    /** Kills the process if it lives, runs the same command again and waits until it is ready. */
    public synchronized void restart() {
        kill();
        launch();
    }

    /** SIGSTOP: the server holds its connections and does nothing. */
    public synchronized void pause() {
        signal("STOP");
    }

    /** SIGCONT: ends {@link #pause()}. */
    public synchronized void resume() {
        signal("CONT");
    }

    /** Whether the process exists, paused or not. */
    public synchronized boolean isAlive() {
        return process.isAlive();
    }

    /** The operating system's process id; a new one after each restart. */
    public synchronized long pid() {
        return process.pid();
    }

    /** The server's output so far. */
    public Path log() {
        return launch.log();
    }

    /** Kills the process; the data stays. May be called twice. */
    @Override
    public void close() {
        kill();
    }

    /** A readiness check for servers that open their port last. */
    static boolean accepts(String host, int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), (int)
                    Duration.ofSeconds(1).toMillis());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private synchronized void launch() {
        process = fork();
        RUNNING.add(this);
        try {
            awaitReady();
        } catch (RuntimeException e) {
            kill();
            throw e;
        }
    }

    private Process fork() {
        var command = new ArrayList<>(DIES_WITH_PARENT);
        command.addAll(launch.command());
        var builder = new ProcessBuilder(command)
                .directory(launch.folder().toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(launch.log().toFile()));
        builder.environment().putAll(launch.environment());
        try {
            return FORKER.submit(builder::start).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Can't start " + launch.name() + ": " + launch.command(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while starting " + launch.name(), e);
        }
    }

    private void awaitReady() {
        long deadline = System.nanoTime() + launch.startLimit().toNanos();
        Exception lastProblem = null;
        while (System.nanoTime() < deadline) {
            try {
                if (process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new IllegalStateException(launch.name() + " ended at start with exit code "
                            + process.exitValue() + ". " + Commands.tail(launch.log()));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while waiting for " + launch.name(), e);
            }
            try {
                if (readiness.ready()) {
                    return;
                }
            } catch (Exception e) {
                lastProblem = e;
            }
        }
        throw new IllegalStateException(
                launch.name() + " was not ready within " + launch.startLimit().toSeconds() + " s. "
                        + Commands.tail(launch.log()),
                lastProblem);
    }

    private void signal(String name) {
        var targets = new ArrayList<String>();
        targets.add(Long.toString(process.pid()));
        process.descendants().map(child -> Long.toString(child.pid())).forEach(targets::add);
        // The shell's own kill: the program of that name is not on every machine.
        Commands.output(
                launch.folder(),
                KILL_LIMIT,
                List.of("/bin/sh", "-c", "kill -" + name + " " + String.join(" ", targets)));
    }

    private static List<String> diesWithParent() {
        Optional<Path> setpriv = Commands.find("setpriv");
        if (setpriv.isEmpty()) {
            return List.of();
        }
        var prefix = List.of(setpriv.get().toString(), "--pdeathsig", "KILL", "--");
        var probe = new ArrayList<>(prefix);
        probe.add("true");
        try {
            Path folder = Files.createTempDirectory("gravity-");
            try {
                Commands.output(folder, KILL_LIMIT, probe);
                return prefix;
            } catch (IllegalStateException e) {
                // A setpriv without that option (busybox); the shutdown hook remains.
                return List.of();
            } finally {
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Can't create a temporary folder", e);
        }
    }
}
