package io.gravity.quality;

import static java.util.Objects.requireNonNull;

import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import io.gravity.expression.Columns;
import io.gravity.expression.Condition;
import io.gravity.expression.Texts;
import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * A condition that rows must meet. As with a CHECK of SQL, a row breaks it only if the answer is no: NULL breaks none,
 * unless the condition asks for NULL.
 *
 * @param field the column that the condition begins with, unwritten; {@code null} if the condition names all of its own
 * @param condition as configuration has it, e.g. {@code in ['active', 'inactive']}
 * @param message what is told of a row that breaks it; {@code null} for the condition itself
 */
public record BusinessRule(String field, String condition, String message, Severity severity) implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_NAME = 80;
    private static final Pattern OPERATOR = Pattern.compile(
            "(?i)\\s*(=|<>|!=|<=|>=|<|>|(not\\s+)?(in|between|like|regexp|rlike)\\b|is\\s).*", Pattern.DOTALL);

    /** Checks the condition; throws {@link IllegalArgumentException} with what was found and what is expected. */
    public BusinessRule {
        requireNonNull(condition, "condition");
        requireNonNull(severity, "severity");
        broken(field, condition);
    }

    /** Returns what metrics and letters call it: the condition, with the field before it. */
    String name() {
        var name = (field == null ? condition : field + " " + condition.strip()).replaceAll("\\s+", " ");
        return name.length() <= LONGEST_NAME
                ? name
                : name.substring(0, name.offsetByCodePoints(0, LONGEST_NAME - 3)) + "...";
    }

    boolean appliesTo(TableSchema schema) {
        return broken(field, condition).appliesTo(schema);
    }

    RowRule bind(TableSchema schema) {
        var name = name();
        try {
            var broken = broken(field, condition).bind(schema);
            int column = field == null ? -1 : Columns.find(schema, field);
            return row -> broken.test(row)
                    ? new Issue(Check.BUSINESS_RULE, name, field, severity, message(row, column))
                    : null;
        } catch (IllegalArgumentException e) {
            // What can't be judged is not let through as if it had been.
            var unfit = new Issue(
                    Check.BUSINESS_RULE,
                    name,
                    field,
                    severity,
                    "the condition can't be applied to this table: " + e.getMessage());
            return row -> unfit;
        }
    }

    private String message(Row row, int column) {
        var value = column < 0 ? null : row.value(column);
        var told = message != null ? message : "expected " + name();
        if (column < 0 || value instanceof byte[]) {
            return told;
        }
        return told + ": found "
                + (value instanceof String text ? Quote.of(text) : value == null ? "NULL" : Texts.of(value)) + " in "
                + field;
    }

    /** Returns what holds for a row that breaks the rule. */
    private static Condition broken(String field, String condition) {
        Condition.parse(whole(field, condition)); // for a message in the words of the configuration
        return Condition.parse("NOT (" + whole(field, condition) + ")");
    }

    private static String whole(String field, String condition) {
        if (field == null) {
            return condition;
        }
        if (!OPERATOR.matcher(condition).matches()) {
            throw new IllegalArgumentException("found " + Quote.of(condition)
                    + ", expected a condition that begins with =, !=, <, <=, >, >=, in, between, like, regexp or is, e.g."
                    + " \">= 0\" or \"in ['a', 'b']\"; a whole expression goes under expression:");
        }
        return "`" + field + "` " + parenthesized(condition);
    }

    /** Lists in brackets become those of SQL; texts stay as they are. */
    private static String parenthesized(String condition) {
        var sql = new StringBuilder(condition.length());
        boolean quoted = false;
        for (int i = 0; i < condition.length(); i++) {
            char c = condition.charAt(i);
            quoted ^= c == '\'';
            sql.append(quoted ? c : c == '[' ? '(' : c == ']' ? ')' : c);
        }
        return sql.toString();
    }
}
