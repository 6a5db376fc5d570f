package io.gravity.dispatch;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Row;
import io.gravity.event.RowKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A target in memory, found again by its name from any task of this JVM. Keeps every delivered change and, as a database
 * does, the rows they leave; can be told to block, to be down, to refuse rows, or to fail in a way nobody expected.
 */
public record RecordingTarget(String name) implements TargetWriters {
    private static final Map<String, Memory> MEMORIES = new ConcurrentHashMap<>();

    /** What the target refuses, by the rows that were there before the batch. */
    @FunctionalInterface
    public interface Rule {
        /** Returns why the change is refused; {@code null} if it is not. */
        ErrorCode refuses(ChangeEvent change, Map<RowKey, Row> rows);
    }

    private static final class Memory {
        private final List<ChangeEvent> delivered = new ArrayList<>();
        private final Map<RowKey, Row> rows = new HashMap<>();
        private Rule rule = (change, rows) -> null;
        private boolean blocked;
        private int failures;
        private int crashes;
        private int attempts;
        private int open;
    }

    @Override
    public TargetWriter open() {
        var memory = memory();
        synchronized (memory) {
            memory.open++;
        }
        return new Writer(memory);
    }

    private record Writer(Memory memory) implements TargetWriter {

        @Override
        public void write(List<ChangeEvent> batch) throws InterruptedException {
            synchronized (memory) {
                memory.attempts++;
                while (memory.blocked) {
                    memory.wait();
                }
                if (memory.crashes > 0) {
                    memory.crashes--;
                    throw new ArithmeticException("a fault of the writer");
                }
                if (memory.failures > 0) {
                    memory.failures--;
                    throw new GravityException(ErrorCode.TARGET_UNREACHABLE, "told to fail");
                }
                for (var event : batch) {
                    var refused = memory.rule.refuses(event, memory.rows);
                    if (refused == ErrorCode.TABLE_STOPPED) {
                        throw new TableStoppedException(event.target(), "told to stop", null);
                    }
                    if (refused != null) {
                        throw new GravityException(refused, "told to refuse " + event.image());
                    }
                }
                for (var event : batch) {
                    if (event.isMarker()) {
                        continue;
                    }
                    memory.delivered.add(event);
                    if (event.isDelete()) {
                        memory.rows.remove(event.key());
                    } else {
                        memory.rows.put(event.key(), event.after());
                    }
                }
            }
        }

        @Override
        public boolean followsTables() {
            return true;
        }

        @Override
        public void check() throws InterruptedException {
            write(List.of());
        }

        @Override
        public void close() {
            synchronized (memory) {
                memory.open--;
            }
        }
    }

    /** Lets writes wait from now on, until {@link #unblock}. */
    public void block() {
        synchronized (memory()) {
            memory().blocked = true;
        }
    }

    public void unblock() {
        synchronized (memory()) {
            memory().blocked = false;
            memory().notifyAll();
        }
    }

    /** Lets the next writes fail as a target does that is down. */
    public void failNext(int times) {
        synchronized (memory()) {
            memory().failures = times;
        }
    }

    /** Lets the target refuse batches with such changes, as a whole. */
    public void refuse(Rule rule) {
        synchronized (memory()) {
            memory().rule = rule;
        }
    }

    /** Lets the next write fail with an exception no writer should throw. */
    public void crashNext() {
        synchronized (memory()) {
            memory().crashes = 1;
        }
    }

    /** Returns whether a told crash has not happened yet. */
    public boolean willCrash() {
        synchronized (memory()) {
            return memory().crashes > 0;
        }
    }

    /** Forgets all that was delivered. */
    public void forget() {
        synchronized (memory()) {
            memory().delivered.clear();
            memory().rows.clear();
        }
    }

    public int attempts() {
        synchronized (memory()) {
            return memory().attempts;
        }
    }

    public int openWriters() {
        synchronized (memory()) {
            return memory().open;
        }
    }

    public List<ChangeEvent> delivered() {
        synchronized (memory()) {
            return List.copyOf(memory().delivered);
        }
    }

    /** Returns what a reader of the target sees. */
    public Map<RowKey, Row> rows() {
        synchronized (memory()) {
            return Map.copyOf(memory().rows);
        }
    }

    /** Returns the amounts delivered for each row, in order; what was delivered again counts where it came first. */
    public Map<RowKey, List<Object>> amountsByRow() {
        var amounts = new LinkedHashMap<RowKey, List<Object>>();
        for (var event : delivered()) {
            var own = amounts.computeIfAbsent(event.key(), key -> new ArrayList<>());
            var amount = event.image().value(1);
            if (!own.contains(amount)) {
                own.add(amount);
            }
        }
        return amounts;
    }

    private Memory memory() {
        return MEMORIES.computeIfAbsent(name, any -> new Memory());
    }
}
