package io.gravity.dispatch.strong;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A target with transactions in memory, found again by its name from any task of this JVM. Keeps its ledger and every
 * change applied; can be told to block, to be down, to lose its answers, or to refuse changes.
 */
public record RecordingLedger(String name) implements LedgerWriters {
    private static final Map<String, Memory> MEMORIES = new ConcurrentHashMap<>();

    private static final class Memory {
        private final List<ChangeEvent> applied = new ArrayList<>();
        private final Map<String, Map<Integer, Long>> ledgers = new HashMap<>();
        private Function<ChangeEvent, ErrorCode> rule = change -> null;
        private boolean blocked;
        private int failures;
        private int lostAnswers;
        private int commits;
        private int open;
    }

    @Override
    public LedgerWriter open(Seat seat) {
        var memory = memory();
        synchronized (memory) {
            memory.open++;
        }
        return new Writer(memory, seat);
    }

    private record Writer(Memory memory, Seat seat) implements LedgerWriter {

        private Map<Integer, Long> ledger() {
            return memory.ledgers.computeIfAbsent(seat.ledger(), any -> new HashMap<>());
        }

        @Override
        public Map<Integer, Long> positions(Collection<Integer> lanes) {
            synchronized (memory) {
                failIfTold();
                var found = new HashMap<>(ledger());
                found.keySet().retainAll(lanes);
                return found;
            }
        }

        @Override
        public void commit(List<LaneBatch> batch) throws InterruptedException {
            synchronized (memory) {
                memory.commits++;
                while (memory.blocked) {
                    memory.wait();
                }
                failIfTold();
                for (var one : batch) {
                    if (ledger().getOrDefault(one.lane(), LaneBatch.NONE) != one.expected()) {
                        throw new GravityException(ErrorCode.TARGET_BUSY, "the ledger says otherwise");
                    }
                }
                for (var change : LaneBatch.changes(batch)) {
                    var refused = memory.rule.apply(change);
                    if (refused != null) {
                        throw new GravityException(refused, "told to refuse " + change.image());
                    }
                }
                memory.applied.addAll(LaneBatch.changes(batch));
                batch.forEach(one -> ledger().put(one.lane(), one.to()));
                if (memory.lostAnswers > 0) {
                    memory.lostAnswers--;
                    throw new GravityException(ErrorCode.TARGET_UNREACHABLE, "the answer got lost");
                }
            }
        }

        private void failIfTold() {
            if (memory.failures > 0) {
                memory.failures--;
                throw new GravityException(ErrorCode.TARGET_UNREACHABLE, "told to fail");
            }
        }

        @Override
        public void close() {
            synchronized (memory) {
                memory.open--;
            }
        }
    }

    void block() {
        synchronized (memory()) {
            memory().blocked = true;
        }
    }

    void unblock() {
        synchronized (memory()) {
            memory().blocked = false;
            memory().notifyAll();
        }
    }

    /** Lets the next calls fail as a target does that is down. */
    void failNext(int times) {
        synchronized (memory()) {
            memory().failures = times;
        }
    }

    /** Lets the next commits succeed and their answers fail. */
    void loseAnswers(int times) {
        synchronized (memory()) {
            memory().lostAnswers = times;
        }
    }

    /** Lets the target refuse batches with changes for which there is a code. */
    void refuse(Function<ChangeEvent, ErrorCode> rule) {
        synchronized (memory()) {
            memory().rule = rule;
        }
    }

    int commits() {
        synchronized (memory()) {
            return memory().commits;
        }
    }

    int openWriters() {
        synchronized (memory()) {
            return memory().open;
        }
    }

    /** Returns every change applied, in order, as often as it was. */
    public List<ChangeEvent> applied() {
        synchronized (memory()) {
            return List.copyOf(memory().applied);
        }
    }

    private Memory memory() {
        return MEMORIES.computeIfAbsent(name, any -> new Memory());
    }
}
