package io.gravity.quality;

import static java.util.stream.Collectors.joining;

import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.event.TableSchema;
import io.gravity.expression.Texts;
import io.gravity.extension.GuardedCalls;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Checks that sample rows of a table suggest: a column that is hardly ever NULL is one that may not be, a text that nearly
 * always looks like an address is one. What each would have said of the sample is told, and whether it is meant so is for
 * people to decide; so all of them only warn.
 */
public final class Proposals {
    private static final double NEARLY_ALWAYS = 0.9;
    private static final int MOST_VALUES = 20;
    /** With fewer rows for each value, few values are chance. */
    private static final int ROWS_PER_VALUE = 5;

    private static final int LONGEST_VALUE = 40;

    private static final List<String> PATTERNS = List.of(
            "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$",
            "^1[3-9]\\d{9}$",
            "^\\+[1-9]\\d{6,14}$",
            "yyyy-MM-dd HH:mm:ss",
            "yyyy-MM-dd'T'HH:mm:ss",
            "yyyy-MM-dd'T'HH:mm:ssXXX",
            "yyyy-MM-dd",
            "yyyy/MM/dd",
            "dd.MM.yyyy",
            "HH:mm:ss",
            "^https?://[^\\s]+$",
            "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$");

    private final TableId table;
    private final TableSchema schema;
    private final List<Row> rows;

    /**
     * A check with one rule.
     *
     * @param passing the share of the sample's rows that it finds nothing wrong with, from 0 to 1
     */
    public record Proposal(TableCheck check, double passing) {
        /** Returns the share as text, e.g. {@code 99.95 % of rows pass}. */
        public String told() {
            // Rounded down: only all of them are 100 %.
            return String.format(Locale.ROOT, "%.2f %% of rows pass", Math.floor(passing * 10_000) / 100);
        }
    }

    private Proposals(TableId table, TableSchema schema, List<Row> rows) {
        this.table = table;
        this.schema = schema;
        this.rows = rows;
    }

    /** Returns what rows of a target table suggest, column by column; nothing if there are no rows. */
    public static List<Proposal> of(TableId table, TableSchema schema, List<Row> rows) {
        var proposals = new Proposals(table, schema, rows);
        var found = new ArrayList<Proposal>();
        for (int i = 0; i < schema.columnCount() && !rows.isEmpty(); i++) {
            proposals.add(i, found);
        }
        return found;
    }

    private void add(int column, List<Proposal> found) {
        var name = schema.column(column).name();
        var values = rows.stream()
                .map(row -> row.value(column))
                .filter(Objects::nonNull)
                .toList();
        if (values.size() >= NEARLY_ALWAYS * rows.size()) {
            found.add(proposal(new CompletenessCheck(tables(), List.of(name), Severity.WARN)));
        }
        var kind = schema.column(column).type().kind();
        if (values.isEmpty() || name.indexOf('`') >= 0) {
            return;
        }
        if (kind == Kind.TEXT) {
            var pattern = pattern(values);
            if (pattern.isPresent()) {
                found.add(proposal(new FormatCheck(tables(), Map.of(name, pattern.get()), Severity.WARN)));
            } else {
                enumeration(values).ifPresent(list -> found.add(business(name, list)));
            }
        } else if (kind == Kind.INTEGER || kind == Kind.DECIMAL) {
            found.add(business(name, enumeration(values).orElseGet(() -> range(values))));
        }
    }

    private Proposal business(String name, String condition) {
        return proposal(new BusinessCheck(tables(), List.of(new BusinessRule(name, condition, null, Severity.WARN))));
    }

    private Proposal proposal(TableCheck check) {
        try (var calls = new GuardedCalls()) {
            var checks = new Checks(new ChecksConfig(List.of(check)), calls);
            long passing = rows.stream()
                    .filter(row -> checks.judge(table, schema, row).isEmpty())
                    .count();
            return new Proposal(check, (double) passing / rows.size());
        }
    }

    private List<TablePattern> tables() {
        return List.of(new TablePattern(table.toString()));
    }

    private static Optional<FieldFormat> pattern(List<Object> values) {
        return PATTERNS.stream()
                .map(FieldFormat::new)
                .filter(format -> {
                    var matcher = format.matcher();
                    long fit = values.stream()
                            .filter(value -> matcher.test((String) value))
                            .count();
                    return fit >= NEARLY_ALWAYS * values.size();
                })
                .findFirst();
    }

    private static Optional<String> enumeration(List<Object> values) {
        var distinct = new TreeSet<Comparable<?>>();
        for (var value : values) {
            distinct.add((Comparable<?>) value);
            boolean isLong = value instanceof String text && text.length() > LONGEST_VALUE;
            if (isLong || distinct.size() > MOST_VALUES) {
                return Optional.empty();
            }
        }
        return distinct.size() * ROWS_PER_VALUE > values.size()
                ? Optional.empty()
                : Optional.of(distinct.stream().map(Proposals::literal).collect(joining(", ", "in [", "]")));
    }

    private static String literal(Object value) {
        return value instanceof String text ? "'" + text.replace("'", "''") + "'" : Texts.of(value);
    }

    private static String range(List<Object> values) {
        BigDecimal least = null;
        BigDecimal most = null;
        for (var value : values) {
            var number = value instanceof Long whole ? BigDecimal.valueOf(whole) : (BigDecimal) value;
            least = least == null ? number : least.min(number);
            most = most == null ? number : most.max(number);
        }
        // Most numbers grow with time; that they are never negative lasts.
        return least.signum() >= 0 ? ">= 0" : "between " + least.toPlainString() + " and " + most.toPlainString();
    }
}
