package io.gravity.extension;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A thread that makes one call after the other for one caller, who waits. Both sides
 * look again for a moment before they lie down, as waking a thread costs more than a short call.
 */
final class CallThread implements Runnable {
    private static final int LOOKS = 200;
    /** A pause of the whole JVM counts as one slice at most. */
    private static final long SLICE_NANOS = 50_000_000;

    private Thread thread;
    private volatile Thread caller;
    private volatile Supplier<?> call;
    private volatile Answer answer;
    private volatile boolean abandoned;
    private long waitedNanos;

    /** What came of a call: it returned the value, or threw. */
    record Answer(Object value, Throwable thrown) {}

    private CallThread() {}

    static CallThread started() {
        var calls = new CallThread();
        calls.thread = new Thread(
                calls, "gravity-extension-of-" + Thread.currentThread().getName());
        calls.thread.setDaemon(true);
        calls.thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        calls.thread.start();
        return calls;
    }

    /** Returns the answer; {@code null} if there was none in time, and this thread must not be used again then. */
    Answer run(Supplier<?> next, long limitNanos) {
        answer = null;
        caller = Thread.currentThread();
        call = next;
        LockSupport.unpark(thread);
        for (int look = 0; look < LOOKS && answer == null; look++) {
            Thread.onSpinWait();
        }
        long waited = 0;
        waitedNanos = 0;
        while (answer == null) {
            if (Thread.currentThread().isInterrupted()) {
                abandon();
                throw new IllegalStateException("the task was cancelled while a user's extension ran");
            }
            if (waited >= limitNanos) {
                abandon();
                return null;
            }
            long from = System.nanoTime();
            LockSupport.parkNanos(this, Math.min(SLICE_NANOS, limitNanos - waited));
            waited += Math.min(SLICE_NANOS, System.nanoTime() - from);
            waitedNanos = waited;
        }
        return answer;
    }

    /** Returns how long the caller has waited for the last answer. */
    long waitedNanos() {
        return waitedNanos;
    }

    /** Ends the thread as soon as its call comes back. */
    void abandon() {
        abandoned = true;
        thread.interrupt();
    }

    boolean hasEnded() {
        return !thread.isAlive();
    }

    @Override
    public void run() {
        while (!abandoned) {
            for (int look = 0; look < LOOKS && call == null; look++) {
                Thread.onSpinWait();
            }
            var next = call;
            if (next == null) {
                LockSupport.park(this);
                continue;
            }
            call = null;
            Answer made;
            try {
                made = new Answer(next.get(), null);
            } catch (Throwable e) {
                made = new Answer(null, e);
            }
            answer = made;
            LockSupport.unpark(caller);
        }
    }
}
