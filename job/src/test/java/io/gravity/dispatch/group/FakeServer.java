package io.gravity.dispatch.group;

import io.gravity.dispatch.TargetWriter;
import io.gravity.dispatch.TargetWriters;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A server in memory that can be down, hang, or lose its answers. As with a real one, a write that hangs ends when its
 * writer is closed, and nothing is stored through a closed writer.
 */
final class FakeServer implements TargetWriters {
    private static final long serialVersionUID = 1L;

    private final transient List<ChangeEvent> stored;
    private final transient List<ChangeEvent> shared;
    private transient ErrorCode failing;
    private transient boolean hangs;
    private transient boolean losesAnswers;
    private transient Function<ChangeEvent, ErrorCode> refusal = change -> null;
    private transient int writes;
    private transient int checks;
    private transient int open;
    private transient int underWay;
    private transient int hanging;

    /** Creates one that stores into its own memory, and all it has in common with others into {@code shared}. */
    FakeServer(List<ChangeEvent> shared) {
        this.stored = new ArrayList<>();
        this.shared = shared;
    }

    FakeServer() {
        this(new ArrayList<>());
    }

    private final class Writer implements TargetWriter {
        private boolean closed;

        @Override
        public void write(List<ChangeEvent> batch) throws InterruptedException {
            synchronized (FakeServer.this) {
                writes++;
                underWay++;
                try {
                    answer();
                    for (var change : batch) {
                        var code = refusal.apply(change);
                        if (code != null) {
                            throw new GravityException(code, "told to refuse " + change.image());
                        }
                    }
                    synchronized (shared) {
                        stored.addAll(batch);
                        shared.addAll(batch);
                    }
                    if (losesAnswers) {
                        throw new GravityException(ErrorCode.TARGET_UNREACHABLE, "the answer is lost");
                    }
                } finally {
                    underWay--;
                }
            }
        }

        @Override
        public void check() throws InterruptedException {
            synchronized (FakeServer.this) {
                checks++;
                answer();
            }
        }

        private void answer() throws InterruptedException {
            hanging++;
            while (hangs && !closed) {
                FakeServer.this.wait();
            }
            hanging--;
            if (closed) {
                throw new IllegalStateException("the writer is closed");
            }
            if (failing != null) {
                throw new GravityException(failing, "told to fail");
            }
        }

        @Override
        public void close() {
            synchronized (FakeServer.this) {
                if (!closed) {
                    closed = true;
                    open--;
                    FakeServer.this.notifyAll();
                }
            }
        }
    }

    @Override
    public synchronized TargetWriter open() {
        open++;
        return new Writer();
    }

    /** Fails every write and check with the code; {@code null} for no more. */
    synchronized void fail(ErrorCode code) {
        failing = code;
    }

    /** Fails as a server does that is not there. */
    synchronized void kill() {
        failing = ErrorCode.TARGET_UNREACHABLE;
        losesAnswers = false;
        hangs = false;
        notifyAll();
    }

    synchronized void hang() {
        hangs = true;
    }

    synchronized void loseAnswers() {
        losesAnswers = true;
    }

    synchronized void recover() {
        failing = null;
        hangs = false;
        losesAnswers = false;
        notifyAll();
    }

    synchronized void refuse(Function<ChangeEvent, ErrorCode> rule) {
        refusal = rule;
    }

    synchronized int writes() {
        return writes;
    }

    synchronized int checks() {
        return checks;
    }

    synchronized int openWriters() {
        return open;
    }

    synchronized int hanging() {
        return hanging;
    }

    synchronized List<ChangeEvent> stored() {
        return List.copyOf(stored);
    }
}
