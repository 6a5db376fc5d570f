package io.gravity.local;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C, and any other ordinary end of the JVM, into an interruption of one thread, and holds the end up until
 * that thread has cleaned up behind it.
 */
public final class ExitSignal implements AutoCloseable {
    private static final long LIMIT_SECONDS = 40;

    private final CountDownLatch done = new CountDownLatch(1);

    private ExitSignal() {}

    /** Interrupts the calling thread when the JVM is told to end; close it after the last clean-up. */
    public static ExitSignal onThisThread() {
        var signal = new ExitSignal();
        var worker = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> signal.end(worker), "exit-signal"));
        return signal;
    }

    @Override
    public void close() {
        done.countDown();
    }

    private void end(Thread worker) {
        if (done.getCount() == 0) {
            return;
        }
        worker.interrupt();
        try {
            done.await(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
