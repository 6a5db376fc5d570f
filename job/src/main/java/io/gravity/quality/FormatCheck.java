package io.gravity.quality;

import static java.util.Objects.requireNonNull;

import io.gravity.event.TablePattern;
import io.gravity.event.TableSchema;
import io.gravity.expression.Columns;
import io.gravity.expression.Texts;
import io.gravity.extension.GuardedCalls;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How values of columns are written. NULL is no matter of form; a date or time that has a type of its own always has the
 * right form, and a number has the form of its digits.
 *
 * @param formats by the column's name
 */
public record FormatCheck(List<TablePattern> tables, Map<String, FieldFormat> formats, Severity severity)
        implements TableCheck {
    private static final long serialVersionUID = 1L;
    private static final String RULE = "pattern";

    public FormatCheck {
        tables = List.copyOf(tables);
        formats = Collections.unmodifiableMap(new LinkedHashMap<>(formats));
        requireNonNull(severity, "severity");
    }

    @Override
    public boolean keepsBack() {
        return severity.keepsBack();
    }

    @Override
    public List<RowRule> bind(TableSchema schema, GuardedCalls calls) {
        return formats.entrySet().stream()
                .filter(rule -> Columns.has(schema, rule.getKey()))
                .map(rule -> formatted(schema, Columns.find(schema, rule.getKey()), rule.getKey(), rule.getValue()))
                .toList();
    }

    private RowRule formatted(TableSchema schema, int column, String field, FieldFormat format) {
        return switch (schema.column(column).type().kind()) {
            case DATE, TIME, DATETIME, TIMESTAMP, BITS, BINARY, GEOMETRY -> row -> null;
            case INTEGER, UNSIGNED_BIGINT, DECIMAL, FLOAT, DOUBLE, YEAR, TEXT, ENUM, SET, JSON -> {
                var matcher = format.matcher();
                yield row -> {
                    var value = row.value(column);
                    if (value == null) {
                        return null;
                    }
                    var text = value instanceof String string ? string : Texts.of(value);
                    return matcher.test(text) ? null : issue(field, text, format);
                };
            }
        };
    }

    private Issue issue(String field, String text, FieldFormat format) {
        return new Issue(
                Check.FORMAT,
                RULE,
                field,
                severity,
                "found " + Quote.of(text) + " in " + field + ", expected " + format.expected());
    }
}
