package io.gravity.source;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.List;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;
import org.apache.flink.runtime.operators.coordination.CoordinationResponse;

/** What the console and a source's enumerator say to each other about copies of tables. */
public final class Resnapshots {

    private Resnapshots() {}

    /**
     * Copy a table, or a part of it, once more.
     *
     * @param run a name that no other copy has; the same request twice is one
     * @param where a condition on its rows, as the server understands it; {@code null} for all of them
     */
    public record Begin(String run, String database, String table, String where) implements CoordinationRequest {
        private static final long serialVersionUID = 1L;

        public Begin {
            requireNonNull(run, "run");
            requireNonNull(database, "database");
            requireNonNull(table, "table");
        }
    }

    /** How far are the copies? */
    public record Ask() implements CoordinationRequest {
        private static final long serialVersionUID = 1L;
    }

    /**
     * The answer to both.
     *
     * @param copies those known since the last restart of the job, in the order in which they were begun
     * @param refusal why nothing was begun; {@code null} if it was, or was not asked for
     */
    public record Answer(List<Progress> copies, String refusal) implements CoordinationResponse {
        private static final long serialVersionUID = 1L;

        public Answer {
            // A list that Flink's serialization takes whatever the caller has.
            copies = new java.util.ArrayList<>(copies);
        }

        static Answer refused(String why) {
            return new Answer(List.of(), why);
        }
    }

    /**
     * How far the copy of one table is, counted since the last restart of the job.
     *
     * @param run empty for a table's first copy
     * @param rowsTotal as the server estimates them
     * @param chunksCut how many chunks have been cut so far
     * @param secondsLeft {@code -1} while that can't be told
     */
    public record Progress(
            String run,
            String table,
            String where,
            long rowsDone,
            long rowsTotal,
            int chunksDone,
            int chunksCut,
            long secondsLeft,
            boolean complete)
            implements Serializable {
        private static final long serialVersionUID = 1L;
    }
}
