package io.gravity.repair;

import static java.util.Objects.requireNonNull;

import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.repair.FillStrategy.History;
import io.gravity.repair.FillStrategy.Related;
import java.io.Serializable;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How rows are mended.
 *
 * @param duplicates what becomes of a row that comes a second time; {@code null} for no look at it
 * @param missing what becomes of NULL; {@code null} for nothing
 * @param formats what becomes of values of a wrong form; {@code null} for nothing
 * @param custom users' rules, each for a field that a check complains of
 * @param audit the table that repairs are recorded in; {@code null} for none
 */
public record RepairConfig(
        DuplicateHandling duplicates, MissingFill missing, Formats formats, List<Custom> custom, TableId audit)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public RepairConfig {
        custom = List.copyOf(custom);
    }

    public static RepairConfig none() {
        return new RepairConfig(null, null, null, List.of(), null);
    }

    /** Returns whether no row is ever mended. */
    public boolean isEmpty() {
        return duplicates == null && missing == null && formats == null && custom.isEmpty();
    }

    /** Returns whether any row of a target table may be mended. */
    public boolean watches(TableId table) {
        return (duplicates != null && includes(duplicates.tables(), table))
                || (missing != null && includes(missing.tables(), table))
                || (formats != null && includes(formats.tables(), table))
                || custom.stream().anyMatch(one -> includes(one.tables(), table));
    }

    /** Returns the fields that are looked up in other tables. */
    public List<Related.Field> lookups() {
        return missing == null
                ? List.of()
                : missing.strategies().stream()
                        .filter(Related.class::isInstance)
                        .flatMap(related -> ((Related) related).fields().stream())
                        .toList();
    }

    /** Returns how far back values are derived from; {@code null} for not at all. */
    Duration historyWindow() {
        return missing == null
                ? null
                : missing.strategies().stream()
                        .filter(History.class::isInstance)
                        .map(history -> ((History) history).window())
                        .findFirst()
                        .orElse(null);
    }

    static boolean includes(List<TablePattern> tables, TableId table) {
        return tables.isEmpty() || tables.stream().anyMatch(pattern -> pattern.matches(table));
    }

    /** Returns the copy in the same order, for configuration means it. */
    static <V> Map<String, V> ordered(Map<String, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    /**
     * Strategies by which a NULL becomes a value.
     *
     * @param tables target tables; none for all
     * @param strategies the first that knows a value decides
     */
    public record MissingFill(List<TablePattern> tables, List<FillStrategy> strategies) implements Serializable {
        private static final long serialVersionUID = 1L;

        public MissingFill {
            tables = List.copyOf(tables);
            strategies = List.copyOf(strategies);
        }
    }

    /**
     * Corrections of values.
     *
     * @param tables target tables; none for all
     * @param corrections by field
     */
    public record Formats(List<TablePattern> tables, Map<String, Correction> corrections) implements Serializable {
        private static final long serialVersionUID = 1L;

        public Formats {
            tables = List.copyOf(tables);
            corrections = ordered(corrections);
        }
    }

    /**
     * One correction.
     *
     * @param pattern what is found in a value that is to be corrected; {@code null} for every value
     * @param function name of a field function
     */
    public record Correction(String pattern, String function) implements Serializable {
        private static final long serialVersionUID = 1L;

        public Correction {
            requireNonNull(function, "function");
        }
    }

    /**
     * A user's rule.
     *
     * @param tables target tables; none for all
     * @param fields columns that it mends when a check complains of them; none for all
     */
    public record Custom(List<TablePattern> tables, List<String> fields, String rule) implements Serializable {
        private static final long serialVersionUID = 1L;

        public Custom {
            tables = List.copyOf(tables);
            fields = List.copyOf(fields);
            requireNonNull(rule, "rule");
        }
    }

    static long micros(Duration duration) {
        return duration.toMillis() * 1000;
    }
}
