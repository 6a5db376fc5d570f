package io.gravity.resolve;

import static java.util.Objects.requireNonNull;

import io.gravity.field.FieldRule;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Which row stands when sources disagree. Each strategy but {@link ErrorStop} is a function of what every source said
 * last, so the order in which changes of different sources arrive can't matter.
 */
public sealed interface ConflictStrategy extends Serializable {

    /** Returns the name as configuration has it. */
    String label();

    /** Returns whether the decision needs the rows themselves, and not only who wrote them when. */
    boolean needsImages();

    /** The change with the latest event time; equal times: the source of higher priority. */
    record TimestampLatest() implements ConflictStrategy {
        @Override
        public String label() {
            return "timestamp-latest";
        }

        @Override
        public boolean needsImages() {
            return false;
        }
    }

    /** What the source of the highest priority says; equal priorities: the later event time. */
    record SourcePriority() implements ConflictStrategy {
        @Override
        public String label() {
            return "source-priority";
        }

        @Override
        public boolean needsImages() {
            return false;
        }
    }

    /** The row of the source that wrote it first, as it says it is now; when that one removes it, of the next. */
    record TimestampEarliest() implements ConflictStrategy {
        @Override
        public String label() {
            return "timestamp-earliest";
        }

        @Override
        public boolean needsImages() {
            return true;
        }
    }

    /**
     * Each field by its rule, out of the rows of all sources that have one; the latest change decides whether there is
     * a row at all.
     *
     * @param fields rules by column name
     * @param others the rule of all other fields
     */
    record Merge(Map<String, FieldRule> fields, FieldRule others) implements ConflictStrategy {

        public Merge {
            // A LinkedHashMap is serializable and keeps the order in which the user wrote the rules.
            fields = new LinkedHashMap<>(fields);
            requireNonNull(others, "others");
        }

        @Override
        public String label() {
            return "merge";
        }

        @Override
        public boolean needsImages() {
            return true;
        }

        FieldRule of(String column) {
            return fields.getOrDefault(column, others);
        }
    }

    /** A conflict stops what its scope says until an operator decides; without conflict the latest change stands. */
    record ErrorStop(Scope scope) implements ConflictStrategy {

        /** How much a conflict stops. */
        public enum Scope {
            ROW,
            TABLE,
            JOB
        }

        public ErrorStop {
            requireNonNull(scope, "scope");
        }

        @Override
        public String label() {
            return "error-stop";
        }

        @Override
        public boolean needsImages() {
            return false;
        }
    }

    /**
     * What a {@link io.gravity.udf.ConflictResolver} of the user says.
     *
     * @param resolver its name
     */
    record Custom(String resolver) implements ConflictStrategy {

        public Custom {
            requireNonNull(resolver, "resolver");
        }

        @Override
        public String label() {
            return "custom";
        }

        @Override
        public boolean needsImages() {
            return true;
        }
    }

    /** The names of all strategies. */
    enum Name {
        SOURCE_PRIORITY,
        TIMESTAMP_LATEST,
        TIMESTAMP_EARLIEST,
        MERGE,
        ERROR_STOP,
        CUSTOM;

        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
