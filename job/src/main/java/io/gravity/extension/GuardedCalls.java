package io.gravity.extension;

import io.gravity.event.ColumnType.Kind;
import io.gravity.udf.Extension;
import io.gravity.udf.FieldFunction;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Calls extensions so that whatever one does costs the row that it was called for, and nothing else: not the job, and
 * other rows no more than {@link #LIMIT}. One instance per task, which must be closed; not thread-safe.
 *
 * <p>Those that we ship run in the caller's thread. A user's run in a thread beside it, as nothing in Java ends a loop
 * from outside: if a call takes longer than the limit, its thread is left to itself, and the extension is not called for
 * a pause that doubles each time. While {@value #MAX_STRAYS} such threads have not come back it is not called at all.
 *
 * <p>Rows behind wait for slow calls too. So calls that take longer than {@link #SLOW} use up the limit, which fills up
 * again by a tenth of the time that passes: an extension that has used up its own pauses as well, and when all together
 * have, a call gets {@link #LEAST}.
 */
public final class GuardedCalls implements AutoCloseable {
    /** How long one call may take. */
    public static final Duration LIMIT = Duration.ofMillis(500);

    /** A call that is no longer than this is none that others wait for. */
    static final Duration SLOW = Duration.ofMillis(5);

    /** How long a call may take at least: time enough for a thread to begin. */
    static final Duration LEAST = Duration.ofMillis(50);

    static final int MAX_STRAYS = 4;

    private static final String SHIPPED = "io.gravity.udf.functions";
    private static final long FIRST_PAUSE = Duration.ofSeconds(5).toNanos();
    private static final int MAX_DOUBLINGS = 10;
    private static final int MAX_MESSAGE_LENGTH = 500;

    private final long limitNanos;
    private final LongSupplier nanoClock;
    private final IdentityHashMap<Extension, Trouble> troubles = new IdentityHashMap<>();
    private final Budget together;
    private CallThread thread;

    /** Time that slow calls use up. */
    private static final class Budget {
        private static final int REFILL = 10;

        private final long most;
        private long left;
        private long at;

        Budget(long most, long now) {
            this.most = most;
            this.left = most;
            this.at = now;
        }

        long left(long now) {
            left = Math.min(most, left + (now - at) / REFILL);
            at = now;
            return left;
        }

        void use(long nanos) {
            left = Math.max(0, left - nanos);
        }

        boolean isEmpty() {
            return left == 0;
        }
    }

    /** The times that an extension took too long. */
    private static final class Trouble {
        private final Deque<CallThread> strays = new ArrayDeque<>();
        private final Budget own;
        private int times;
        private long pausedUntil;

        Trouble(Budget own, long now) {
            this.own = own;
            this.pausedUntil = now;
        }
    }

    public GuardedCalls() {
        this(LIMIT, System::nanoTime);
    }

    GuardedCalls(Duration limit, LongSupplier nanoClock) {
        this.limitNanos = limit.toNanos();
        this.nanoClock = nanoClock;
        this.together = new Budget(limitNanos, nanoClock.getAsLong());
    }

    /** Applies a function to a value that is not {@code null}; the result is of the column's kind. */
    public Outcome apply(FieldFunction function, Kind kind, Object value) {
        var outcome = call(function, () -> function.apply(value));
        var complaint = outcome.isFailure() ? null : ValueClasses.complaint(kind, outcome.value());
        return complaint == null ? outcome : Outcome.failed(named(function) + " " + complaint);
    }

    /** Returns what the call returns; everything that touches what the extension made belongs into it. */
    public Outcome call(Extension extension, Supplier<?> call) {
        if (extension.getClass().getPackageName().equals(SHIPPED)) {
            try {
                return Outcome.of(call.get());
            } catch (RuntimeException e) {
                return thrown(extension, e);
            }
        }
        long now = nanoClock.getAsLong();
        var trouble = troubles.computeIfAbsent(extension, first -> new Trouble(new Budget(limitNanos, now), now));
        if (isPaused(trouble, now)) {
            return Outcome.failed(named(extension) + " is not called for a while, as it took too long before");
        }
        if (thread == null) {
            thread = CallThread.started();
        }
        long limit =
                Math.max(Math.min(LEAST.toNanos(), limitNanos), Math.min(together.left(now), trouble.own.left(now)));
        var answer = thread.run(() -> outcome(extension, call), limit);
        if (answer == null) {
            use(trouble, limit);
            trouble.strays.add(thread);
            thread = null;
            pause(trouble);
            return Outcome.failed(named(extension) + " did not return within "
                    + Duration.ofNanos(limit).toMillis() + " ms");
        }
        use(trouble, thread.waitedNanos());
        if (trouble.own.isEmpty()) {
            pause(trouble);
        }
        if (answer.thrown() instanceof VirtualMachineError fatal) {
            throw fatal;
        }
        return (Outcome) answer.value();
    }

    private void use(Trouble trouble, long nanos) {
        if (nanos > SLOW.toNanos()) {
            together.use(nanos);
            trouble.own.use(nanos);
        }
    }

    private void pause(Trouble trouble) {
        trouble.pausedUntil = nanoClock.getAsLong() + (FIRST_PAUSE << Math.min(trouble.times++, MAX_DOUBLINGS));
    }

    private static boolean isPaused(Trouble trouble, long now) {
        trouble.strays.removeIf(CallThread::hasEnded);
        return trouble.strays.size() >= MAX_STRAYS || now - trouble.pausedUntil < 0;
    }

    /** Even the message of what an extension throws is its own code. */
    private static Outcome outcome(Extension extension, Supplier<?> call) {
        try {
            return Outcome.of(call.get());
        } catch (Throwable e) {
            try {
                return thrown(extension, e);
            } catch (RuntimeException | LinkageError | StackOverflowError unspeakable) {
                return Outcome.failed(
                        named(extension) + " threw " + e.getClass().getName());
            }
        }
    }

    /** Out of memory and the like is no matter of one row. */
    private static Outcome thrown(Extension extension, Throwable thrown) {
        if (thrown instanceof VirtualMachineError fatal && !(thrown instanceof StackOverflowError)) {
            throw fatal;
        }
        var text = named(extension)
                + (thrown instanceof IllegalArgumentException ? ": " + thrown.getMessage() : " threw " + thrown);
        return Outcome.failed(text.length() <= MAX_MESSAGE_LENGTH ? text : text.substring(0, MAX_MESSAGE_LENGTH));
    }

    private static String named(Extension extension) {
        return extension.getClass().getPackageName().equals(SHIPPED)
                ? extension.name()
                : extension.getClass().getName();
    }

    @Override
    public void close() {
        if (thread != null) {
            thread.abandon();
            thread = null;
        }
    }
}
