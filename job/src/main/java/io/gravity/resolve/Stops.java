package io.gravity.resolve;

import io.gravity.event.TableId;
import io.gravity.resolve.ConflictStrategy.ErrorStop.Scope;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;
import org.apache.flink.runtime.operators.coordination.CoordinationResponse;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;

/**
 * What subtasks, their coordinator and the operator at the console tell each other about stopped rows. These live for a
 * moment between processes of one release; nothing of them is ever in state.
 */
public final class Stops {

    /** Stands for the tables of a stopped job. */
    static final TableId EVERY_TABLE = new TableId("*", "*");

    private Stops() {}

    /**
     * Something is stopped.
     *
     * @param scope how much
     * @param table the target table; for a whole job, the one whose conflict stopped it
     * @param row the row whose conflict it is, e.g. {@code shop.orders:7}; {@code shop.orders:*} for a table that is still
     *     stopped after its rows in conflict were released
     * @param reason the conflict's class, or why the strategy could not decide
     */
    public record Stop(Scope scope, TableId table, String row, String reason) implements Serializable {
        private static final long serialVersionUID = 1L;

        /** Returns the stop of a whole table, or of the job, without its rows. */
        static Stop whole(Scope scope, TableId table, String reason) {
            var whole = scope == Scope.JOB ? EVERY_TABLE : table;
            return new Stop(scope, whole, whole + ":*", reason);
        }

        boolean isWhole() {
            return row.equals(table + ":*");
        }
    }

    /** From a subtask: this is stopped. */
    record Stopped(Stop stop) implements OperatorEvent {
        private static final long serialVersionUID = 1L;
    }

    /** To all subtasks: hold this table's changes, or all changes. */
    record Hold(Stop stop) implements OperatorEvent {
        private static final long serialVersionUID = 1L;
    }

    /**
     * To all subtasks: let go.
     *
     * @param table only this table; {@code null} for all
     * @param row only what is held of this row, while its table or the job stays stopped; {@code null} for all rows, and
     *     an end to the stop of the table
     */
    record LetGo(TableId table, String row, Choice choice) implements OperatorEvent {
        private static final long serialVersionUID = 1L;
    }

    /**
     * From the console: what is stopped?
     *
     * @param table {@code database.table}, or {@code null} for all
     */
    public record ListRequest(String table) implements CoordinationRequest {
        private static final long serialVersionUID = 1L;

        boolean concerns(Stop stop) {
            return table == null || stop.table().toString().equals(table);
        }
    }

    /**
     * From the console: decide.
     *
     * @param table {@code database.table}, or {@code null} for all
     * @param row as {@link Stop#row} names it; its table stays stopped if it is. {@code null} for all rows and the table
     */
    public record Release(String table, String row, Choice choice) implements CoordinationRequest {
        private static final long serialVersionUID = 1L;

        Optional<TableId> tableId() {
            return Optional.ofNullable(table).map(TableId::parse);
        }

        boolean concerns(Stop stop) {
            return tableId().map(stop.table()::equals).orElse(true)
                    && (row == null || (row.equals(stop.row()) && !stop.isWhole()));
        }
    }

    /**
     * To the console: what is stopped, or has been released; none if nothing that was asked for is stopped.
     *
     * @param stops the first ones
     * @param count how many there are in all
     */
    public record Answer(List<Stop> stops, long count) implements CoordinationResponse {
        private static final long serialVersionUID = 1L;

        public Answer {
            stops = List.copyOf(stops);
        }
    }
}
