package io.gravity.repair;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Where a value comes from when a field is NULL. */
public sealed interface FillStrategy extends Serializable {

    /** Values that configuration states, by field, in the form of a text. */
    record Defaults(Map<String, String> values) implements FillStrategy {
        private static final long serialVersionUID = 1L;

        public Defaults {
            values = RepairConfig.ordered(values);
        }
    }

    /**
     * Values that the same row had before.
     *
     * @param window how far back by event time
     */
    record History(List<String> fields, Duration window, Pick pick) implements FillStrategy {
        private static final long serialVersionUID = 1L;

        /** Which of the row's earlier values. */
        public enum Pick {
            MOST_RECENT,
            /** Of equally frequent ones the most recent. */
            MOST_FREQUENT
        }

        public History {
            fields = List.copyOf(fields);
            requireNonNull(window, "window");
            requireNonNull(pick, "pick");
        }
    }

    /** Values of rows of other tables. */
    record Related(List<Field> fields) implements FillStrategy {
        private static final long serialVersionUID = 1L;

        public Related {
            fields = List.copyOf(fields);
        }

        /**
         * One field.
         *
         * @param sourceTable {@code table} or {@code database.table}, after table mapping; without database it is in that
         *     of the row
         * @param keyFields columns that hold the other row's primary key, in its order
         * @param sourceField the other table's column
         * @param maxWait for how long a row waits for one that is not known yet
         */
        public record Field(
                String field, String sourceTable, List<String> keyFields, String sourceField, Duration maxWait)
                implements Serializable {
            private static final long serialVersionUID = 1L;

            public Field {
                requireNonNull(field, "field");
                requireNonNull(sourceTable, "sourceTable");
                keyFields = List.copyOf(keyFields);
                requireNonNull(sourceField, "sourceField");
                requireNonNull(maxWait, "maxWait");
            }
        }
    }
}
