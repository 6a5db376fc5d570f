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
 */
public final class GuardedCalls implements AutoCloseable {
    /** How long one call may take. */
    public static final Duration LIMIT = Duration.ofMillis(500);

    static final int MAX_STRAYS = 4;

    private static final String SHIPPED = "io.gravity.udf.functions";
    private static final long FIRST_PAUSE = Duration.ofSeconds(5).toNanos();
    private static final int MAX_DOUBLINGS = 10;
    private static final int MAX_MESSAGE_LENGTH = 500;

    private final long limitNanos;
    private final LongSupplier nanoClock;
    private final IdentityHashMap<Extension, Trouble> troubles = new IdentityHashMap<>();
    private CallThread thread;

    /** The times that an extension did not return. */
    private static final class Trouble {
        private final Deque<CallThread> strays = new ArrayDeque<>();
        private int times;
        private long pausedUntil;
    }

    public GuardedCalls() {
        this(LIMIT, System::nanoTime);
    }

    GuardedCalls(Duration limit, LongSupplier nanoClock) {
        this.limitNanos = limit.toNanos();
        this.nanoClock = nanoClock;
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
        var trouble = troubles.get(extension);
        if (trouble != null && isPaused(trouble)) {
            return Outcome.failed(named(extension) + " is not called for a while, as it did not return within "
                    + Duration.ofNanos(limitNanos).toMillis() + " ms before");
        }
        if (thread == null) {
            thread = CallThread.started();
        }
        var answer = thread.run(call, limitNanos);
        if (answer == null) {
            return stray(extension);
        }
        return answer.thrown() == null ? Outcome.of(answer.value()) : thrown(extension, answer.thrown());
    }

    private boolean isPaused(Trouble trouble) {
        trouble.strays.removeIf(CallThread::hasEnded);
        return trouble.strays.size() >= MAX_STRAYS || nanoClock.getAsLong() - trouble.pausedUntil < 0;
    }

    private Outcome stray(Extension extension) {
        var trouble = troubles.computeIfAbsent(extension, first -> new Trouble());
        trouble.pausedUntil = nanoClock.getAsLong() + (FIRST_PAUSE << Math.min(trouble.times++, MAX_DOUBLINGS));
        trouble.strays.add(thread);
        thread = null;
        return Outcome.failed(named(extension) + " did not return within "
                + Duration.ofNanos(limitNanos).toMillis() + " ms");
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
