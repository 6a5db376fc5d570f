package io.gravity.resolve;

import io.gravity.types.ChangeBytes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;
import org.apache.flink.runtime.operators.coordination.CoordinationResponse;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;

/**
 * What the operator at the console, the coordinator and the subtasks tell each other about dead letters that are to go
 * out once more. Nothing of them is ever in state: what a restart interrupts is forgotten, so that the console sees it
 * and keeps its letters.
 */
public final class Replays {

    private Replays() {}

    /** What became of a letter's change. */
    public enum Outcome {
        /** It is still what stands for its row, and was passed on again. */
        REPLAYED,
        /** A newer change of its row was passed on, or its source has said something newer: nothing is passed on. */
        SUPERSEDED,
        /** A conflict has stopped its row, or its table: nothing is passed on until that is released. */
        HELD,
        /** It removes the row from one target alone, while the row lives on in others. */
        ROW_LIVES,
        /** Nothing says whether it is still the newest of its row. */
        UNKNOWN,
        /** Another release wrote it, or it is damaged. */
        UNREADABLE;

        /** Whether the letter has had its effect. */
        public boolean isDone() {
            return this == REPLAYED || this == SUPERSEDED;
        }
    }

    /**
     * From the console: pass these changes on again.
     *
     * @param run names this request in {@link Ask}; a new one each time
     * @param changes by the letter's id, in the form of {@link ChangeBytes}
     * @param unknownToo whether to pass on also what nothing is known about
     */
    public record Begin(String run, Map<String, byte[]> changes, boolean unknownToo) implements CoordinationRequest {
        private static final long serialVersionUID = 1L;

        public Begin {
            changes = Map.copyOf(changes);
        }
    }

    /** From the console: what became of it? */
    public record Ask(String run) implements CoordinationRequest {
        private static final long serialVersionUID = 1L;
    }

    /**
     * To the console.
     *
     * @param known whether the run is known; not after a restart of the job, which may have undone it
     * @param outcomes by the letter's id, those that were told so far
     * @param lasting whether a checkpoint holds all that the run has passed on, so that no restart can undo it
     */
    public record Answer(boolean known, Map<String, Outcome> outcomes, boolean lasting)
            implements CoordinationResponse {
        private static final long serialVersionUID = 1L;

        public Answer {
            outcomes = Map.copyOf(outcomes);
        }
    }

    /** To all subtasks: pass this change on if its row is yours. */
    record Order(String run, String letter, byte[] change, boolean unknownToo) implements OperatorEvent {
        private static final long serialVersionUID = 1L;
    }

    /** From the subtask that has the row. */
    record Done(String run, String letter, Outcome outcome) implements OperatorEvent {
        private static final long serialVersionUID = 1L;
    }

    /** How far one request is. The coordinator's memory of it, used under its lock. */
    static final class Run {
        private final int letters;
        private final Map<String, Outcome> outcomes = new HashMap<>();
        private long firstCheckpoint = Long.MAX_VALUE;
        private boolean lasting;

        Run(int letters) {
            this.letters = letters;
        }

        void done(String letter, Outcome outcome) {
            outcomes.put(letter, outcome);
        }

        /** A checkpoint begins: it will hold what is complete by now, for the subtasks see its barrier later. */
        void checkpointBegins(long checkpoint) {
            if (outcomes.size() == letters) {
                firstCheckpoint = Math.min(firstCheckpoint, checkpoint);
            }
        }

        void checkpointComplete(long checkpoint) {
            lasting |= checkpoint >= firstCheckpoint;
        }

        Answer answer() {
            return new Answer(true, outcomes, lasting);
        }

        static Answer unknown() {
            return new Answer(false, Map.of(), false);
        }
    }

    /** Returns the orders of a request. */
    static List<Order> orders(Begin begin) {
        return begin.changes().entrySet().stream()
                .map(letter -> new Order(begin.run(), letter.getKey(), letter.getValue(), begin.unknownToo()))
                .toList();
    }
}
