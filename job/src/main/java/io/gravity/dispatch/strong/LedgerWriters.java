package io.gravity.dispatch.strong;

import java.io.Serializable;

/** Opens the writer of one target in the task that delivers to it. */
@FunctionalInterface
public interface LedgerWriters extends Serializable {

    /** Opens without reaching the target: what is unreachable shows at the first call. */
    LedgerWriter open(Seat seat);

    /**
     * Whose writer it is.
     *
     * @param ledger the name of the job's ledger at this target, the same for all subtasks and after every restore
     * @param formerParallelism how many subtasks the job had that left the state; 0 if there was none
     */
    record Seat(String ledger, int subtask, int parallelism, int formerParallelism) {}
}
