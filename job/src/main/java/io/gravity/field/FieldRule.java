package io.gravity.field;

import io.gravity.event.Column;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * How one field of a merged row follows from what the sources say of it. A function of a set: candidates come sorted,
 * from the one that changed first to the one that changed last, so the order of arrival can't matter.
 */
public sealed interface FieldRule extends Serializable {

    /** Returns the name as configuration has it. */
    String label();

    /**
     * Returns the field's value.
     *
     * @param candidates what each source that has the row and the column says; never empty
     * @throws RuntimeException if the values can't be brought together, e.g. a sum that leaves the type's range
     */
    Object merge(Column column, List<Candidate> candidates);

    /**
     * What one source says of one field.
     *
     * @param value the value now; {@code null} for NULL
     * @param base the value before the first change known; {@code null} for none
     * @param changedMicros when the source changed this field last; {@link Long#MIN_VALUE} for before it was watched
     */
    record Candidate(String source, int priority, Object value, Object base, long changedMicros) {
        /** The source of the highest priority first. */
        public static final Comparator<Candidate> BY_RANK =
                Comparator.comparingInt(Candidate::priority).thenComparing(Candidate::source);
    }

    /** Rules without an argument. */
    enum Simple implements FieldRule {
        /** The value that was changed last. */
        LATEST {
            @Override
            public Object merge(Column column, List<Candidate> candidates) {
                return candidates.get(candidates.size() - 1).value();
            }
        },
        /** The value that was changed first. */
        EARLIEST {
            @Override
            public Object merge(Column column, List<Candidate> candidates) {
                return candidates.get(0).value();
            }
        },
        /** The greatest value that is not NULL. */
        MAX {
            @Override
            public Object merge(Column column, List<Candidate> candidates) {
                return extreme(candidates, 1);
            }
        },
        /** The smallest value that is not NULL. */
        MIN {
            @Override
            public Object merge(Column column, List<Candidate> candidates) {
                return extreme(candidates, -1);
            }
        },
        /** The value of the source of the highest priority. */
        SOURCE_PRIORITY {
            @Override
            public Object merge(Column column, List<Candidate> candidates) {
                return Collections.min(candidates, Candidate.BY_RANK).value();
            }
        },
        /** The value that was changed first, of those that are not NULL. */
        FIRST_NON_NULL {
            @Override
            public Object merge(Column column, List<Candidate> candidates) {
                for (var candidate : candidates) {
                    if (candidate.value() != null) {
                        return candidate.value();
                    }
                }
                return null;
            }
        },
        /** The value that was changed last, of those that are not NULL. */
        LAST_NON_NULL {
            @Override
            public Object merge(Column column, List<Candidate> candidates) {
                for (int i = candidates.size() - 1; i >= 0; i--) {
                    if (candidates.get(i).value() != null) {
                        return candidates.get(i).value();
                    }
                }
                return null;
            }
        },
        /** The common base plus what each source added: counters. The base is that of the source of highest priority. */
        SUM_OF_DELTAS {
            @Override
            public Object merge(Column column, List<Candidate> candidates) {
                return Numbers.sumOfDeltas(column, candidates);
            }
        },
        /** All members of SETs and JSON arrays, all keys of JSON objects; for one key the value changed last. */
        UNION {
            @Override
            public Object merge(Column column, List<Candidate> candidates) {
                return Union.of(column, candidates);
            }
        };

        @Override
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private static Object extreme(List<Candidate> candidates, int sign) {
            Object best = null;
            for (var candidate : candidates) {
                var value = candidate.value();
                if (value != null && (best == null || sign * FieldOrder.compare(value, best) > 0)) {
                    best = value;
                }
            }
            return best;
        }
    }

    /**
     * The value that stands first in a list; one that is not in it comes after all that are. Of equals, the one changed
     * last.
     */
    record Priority(List<String> values) implements FieldRule {

        public Priority {
            values = List.copyOf(values);
            if (values.isEmpty()) {
                throw new IllegalArgumentException("priority has no values, expected at least one");
            }
        }

        @Override
        public String label() {
            return "priority";
        }

        @Override
        public Object merge(Column column, List<Candidate> candidates) {
            Object best = null;
            int bestRank = Integer.MAX_VALUE;
            for (var candidate : candidates) {
                int rank = rank(candidate.value());
                if (rank <= bestRank) {
                    best = candidate.value();
                    bestRank = rank;
                }
            }
            return best;
        }

        private int rank(Object value) {
            if (value == null) {
                return Integer.MAX_VALUE;
            }
            var text = value instanceof BigDecimal number ? number.toPlainString() : value.toString();
            int index = values.indexOf(text);
            return index < 0 ? Integer.MAX_VALUE - 1 : index;
        }
    }

    /** All different texts one after the other, by the sources' priority. */
    record Concat(String separator) implements FieldRule {

        public Concat {
            Objects.requireNonNull(separator, "separator");
        }

        @Override
        public String label() {
            return "concat";
        }

        @Override
        public Object merge(Column column, List<Candidate> candidates) {
            var texts = new LinkedHashSet<String>();
            candidates.stream()
                    .filter(candidate -> candidate.value() != null)
                    .sorted(Candidate.BY_RANK)
                    .forEach(candidate -> texts.add(FieldOrder.text(column, candidate.value())));
            return texts.isEmpty() ? null : String.join(separator, texts);
        }
    }
}
