package io.gravity.local.converge;

import io.gravity.local.server.DatabaseServer;
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

/** Stands between a job and a database, and now and then holds back what the database answers, up to half a second. */
final class DelayingProxy implements AutoCloseable {
    private static final int ONE_IN = 40;
    private static final int LONGEST_MILLIS = 500;

    private final DatabaseServer server;
    private final ServerSocket door;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong delays = new AtomicLong();
    private final AtomicLong delayedMillis = new AtomicLong();

    private DelayingProxy(DatabaseServer server, ServerSocket door) {
        this.server = server;
        this.door = door;
    }

    static DelayingProxy before(DatabaseServer server) throws IOException {
        var proxy = new DelayingProxy(server, new ServerSocket(Ports.free(), 50, InetAddress.getLoopbackAddress()));
        proxy.run("accept", proxy::accept);
        return proxy;
    }

    int port() {
        return door.getLocalPort();
    }

    long delays() {
        return delays.get();
    }

    long delayedMillis() {
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
            var database = new Socket(server.host(), server.port());
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
                if (random != null && random.nextInt(ONE_IN) == 0) {
                    delay(random.nextInt(LONGEST_MILLIS));
                }
                out.write(buffer, 0, length);
            }
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private void delay(int millis) {
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
