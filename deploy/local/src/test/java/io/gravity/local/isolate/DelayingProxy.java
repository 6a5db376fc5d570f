package io.gravity.local.isolate;

import io.gravity.local.server.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Stands between a job and a server, and holds back what the server answers: now and then, or each answer as long as told. */
public final class DelayingProxy implements AutoCloseable {
    private static final int ONE_IN = 40;
    private static final int LONGEST_MILLIS = 500;

    private final String host;
    private final int port;
    private final boolean isRandom;
    private volatile int millisEach;
    private final ServerSocket door;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong delays = new AtomicLong();
    private final AtomicLong delayedMillis = new AtomicLong();

    private DelayingProxy(String host, int port, boolean isRandom) throws IOException {
        this.host = host;
        this.port = port;
        this.isRandom = isRandom;
        this.door = new ServerSocket(Ports.free(), 50, InetAddress.getLoopbackAddress());
        run("accept", this::accept);
    }

    /** Holds back one answer in forty, up to half a second. */
    public static DelayingProxy random(String host, int port) throws IOException {
        return new DelayingProxy(host, port, true);
    }

    /** Holds back nothing until {@link #delayEach} says so. */
    public static DelayingProxy steady(String host, int port) throws IOException {
        return new DelayingProxy(host, port, false);
    }

    /** Holds back each answer from now on. */
    public void delayEach(int millis) {
        millisEach = millis;
    }

    public int port() {
        return door.getLocalPort();
    }

    public long delays() {
        return delays.get();
    }

    public long delayedMillis() {
        return delayedMillis.get();
    }

    private interface Work {
        void run() throws IOException;
    }

    private void run(String name, Work work) {
        var thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // One side hung up: the other one learns it by its socket being closed.
                    }
                },
                "proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            var client = door.accept();
            var database = new Socket(host, port);
            for (var socket : Set.of(client, database)) {
                socket.setTcpNoDelay(true);
                open.add(socket);
            }
            run("ask", () -> forward(client, database, null));
            run("answer", () -> forward(database, client, new Random(delays.get())));
        }
    }

    private void forward(Socket from, Socket to, Random random) throws IOException {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            var buffer = new byte[1 << 16];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (random != null) {
                    delay(isRandom && random.nextInt(ONE_IN) == 0 ? random.nextInt(LONGEST_MILLIS) : millisEach);
                }
                out.write(buffer, 0, length);
            }
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private void delay(int millis) {
        if (millis == 0) {
            return;
        }
        delays.incrementAndGet();
        delayedMillis.addAndGet(millis);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (var socket : open) {
            socket.close();
        }
    }
}
